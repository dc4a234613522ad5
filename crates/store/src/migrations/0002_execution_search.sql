-- What executions are searched by; those of before get theirs when they next change.
ALTER TABLE executions ADD COLUMN contact TEXT NOT NULL DEFAULT '';
ALTER TABLE executions ADD COLUMN ours TEXT NOT NULL DEFAULT '';
ALTER TABLE executions ADD COLUMN call TEXT;
ALTER TABLE executions ADD COLUMN widget TEXT;
-- From when on it counts as stuck, unless it moves on before.
ALTER TABLE executions ADD COLUMN stuck_at BIGINT;
CREATE INDEX executions_by_creation ON executions (date_created, sid);
CREATE INDEX executions_by_contact ON executions (contact, date_created, sid);
CREATE INDEX executions_by_ours ON executions (ours, date_created, sid);
CREATE INDEX executions_by_call ON executions (call) WHERE call IS NOT NULL;
CREATE INDEX executions_stuck ON executions (stuck_at) WHERE stuck_at IS NOT NULL;

-- What the contact of an execution is to perform, until whoever has the contact asks for it.
CREATE TABLE scripts (
  execution TEXT PRIMARY KEY,
  body TEXT NOT NULL
);
