-- Conversations: each is read whole, by its SID; what is in columns is what lists and the path of messages look for.
CREATE TABLE conversations (
  sid TEXT PRIMARY KEY,
  service TEXT NOT NULL,
  unique_name TEXT,
  state TEXT NOT NULL,
  date_created BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX conversations_by_creation ON conversations (service, date_created, sid);
CREATE UNIQUE INDEX conversations_by_name ON conversations (service, unique_name) WHERE unique_name IS NOT NULL;

CREATE TABLE conversation_participants (
  sid TEXT PRIMARY KEY,
  conversation TEXT NOT NULL,
  identity TEXT,
  address TEXT,
  date_created BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX conversation_participants_of ON conversation_participants (conversation);
CREATE INDEX conversation_participants_by_identity ON conversation_participants (identity, date_created, sid)
  WHERE identity IS NOT NULL;
CREATE INDEX conversation_participants_by_address ON conversation_participants (address, date_created, sid)
  WHERE address IS NOT NULL;

CREATE TABLE conversation_messages (
  sid TEXT PRIMARY KEY,
  conversation TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX conversation_messages_of ON conversation_messages (conversation);

-- Interactions with their channel, invites, participants and transfers.
CREATE TABLE interactions (
  sid TEXT PRIMARY KEY,
  conversation TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX interactions_of ON interactions (conversation);

-- A contact's address and ours are bound to one open conversation at most.
CREATE TABLE conversation_pairs (
  address TEXT NOT NULL,
  proxy_address TEXT NOT NULL,
  conversation TEXT NOT NULL,
  PRIMARY KEY (address, proxy_address)
);
CREATE INDEX conversation_pairs_of ON conversation_pairs (conversation);

-- The conversation whose messages reach an execution.
ALTER TABLE executions ADD COLUMN conversation TEXT;
CREATE INDEX executions_by_conversation ON executions (conversation) WHERE conversation IS NOT NULL AND status = 'active';
