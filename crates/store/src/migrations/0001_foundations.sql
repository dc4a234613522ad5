-- Who may write a shard: the epoch grows with each new holder, and every commit checks it.
CREATE TABLE leases (
  shard TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

-- Configuration of every kind: read whole, changed seldom, unique by name below its parent.
CREATE TABLE resources (
  sid TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  parent TEXT NOT NULL,
  name TEXT,
  version BIGINT NOT NULL,
  date_created BIGINT NOT NULL,
  date_updated BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX resources_by_parent ON resources (kind, parent, date_created, sid);
CREATE UNIQUE INDEX resources_by_name ON resources (kind, parent, name) WHERE name IS NOT NULL;

-- Tasks: those without an end are in the router's memory, the others are history.
CREATE TABLE tasks (
  sid TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  status TEXT NOT NULL,
  priority BIGINT NOT NULL,
  workflow TEXT,
  queue TEXT,
  date_created BIGINT NOT NULL,
  virtual_start BIGINT NOT NULL,
  date_ended BIGINT,
  body TEXT NOT NULL
);
CREATE INDEX tasks_by_creation ON tasks (workspace, date_created, sid);
CREATE INDEX tasks_live ON tasks (workspace, date_created, sid) WHERE date_ended IS NULL;
CREATE INDEX tasks_ended ON tasks (workspace, date_ended) WHERE date_ended IS NOT NULL;

CREATE TABLE reservations (
  sid TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  task TEXT NOT NULL,
  worker TEXT NOT NULL,
  status TEXT NOT NULL,
  is_live BIGINT NOT NULL,
  date_created BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX reservations_by_task ON reservations (task, date_created, sid);
CREATE INDEX reservations_by_worker ON reservations (worker, date_created, sid);
CREATE INDEX reservations_live ON reservations (workspace) WHERE is_live = 1;

-- The event log: what happened, as it was at that moment.
CREATE TABLE events (
  sid TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  kind TEXT NOT NULL,
  task TEXT,
  worker TEXT,
  reservation TEXT,
  queue TEXT,
  workflow TEXT,
  date_created BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX events_by_time ON events (workspace, date_created, sid);
CREATE INDEX events_by_task ON events (task, date_created, sid) WHERE task IS NOT NULL;

-- Executions: at most one that is active for each contact of a flow.
CREATE TABLE executions (
  sid TEXT PRIMARY KEY,
  flow TEXT NOT NULL,
  contact_key TEXT NOT NULL,
  status TEXT NOT NULL,
  version BIGINT NOT NULL,
  date_created BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX executions_by_flow ON executions (flow, date_created, sid);
CREATE UNIQUE INDEX executions_active ON executions (contact_key) WHERE status = 'active';

CREATE TABLE steps (
  sid TEXT PRIMARY KEY,
  execution TEXT NOT NULL,
  date_created BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX steps_by_execution ON steps (execution, date_created, sid);

CREATE TABLE messages (
  sid TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  status TEXT NOT NULL,
  date_created BIGINT NOT NULL,
  date_sent BIGINT,
  body TEXT NOT NULL
);
CREATE INDEX messages_by_creation ON messages (account, date_created, sid);
CREATE INDEX messages_by_recipient ON messages (recipient, date_created, sid);
CREATE INDEX messages_by_sender ON messages (sender, date_created, sid);

-- What one part of the house owes another, or the world: gone when it is done.
CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  date_created BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX outbox_by_creation ON outbox (date_created, id);

-- When an aggregate wants to be woken: one row each, its next deadline.
CREATE TABLE timers (
  aggregate TEXT PRIMARY KEY,
  due_at BIGINT NOT NULL
);
CREATE INDEX timers_by_due ON timers (due_at);
