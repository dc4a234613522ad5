-- Which execution took a message that a flow's webhook was told of: a request that is repeated gets its answer.
CREATE TABLE webhook_messages (
  flow TEXT NOT NULL,
  message TEXT NOT NULL,
  execution TEXT NOT NULL,
  PRIMARY KEY (flow, message)
);
CREATE INDEX webhook_messages_by_execution ON webhook_messages (execution);
