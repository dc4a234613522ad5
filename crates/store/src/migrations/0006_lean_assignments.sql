-- The event log by groups: what happened to one thing at one moment is one row, whose body holds all its events.
-- Words are what they can be found by, a blank on either side of each.
CREATE TABLE event_groups (
  sid TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  task TEXT,
  date_created BIGINT NOT NULL,
  words TEXT NOT NULL,
  body BLOB NOT NULL
);
INSERT INTO event_groups (sid, workspace, task, date_created, words, body)
  SELECT sid, workspace, task, date_created,
    ' ' || kind || ' ' || COALESCE(task, '') || ' ' || COALESCE(worker, '') || ' ' || COALESCE(reservation, '')
      || ' ' || COALESCE(queue, '') || ' ' || COALESCE(workflow, '') || ' ' || COALESCE(task_channel, '') || ' ',
    CAST('[' || body || ']' AS BLOB)
  FROM events ORDER BY date_created, sid;
CREATE INDEX event_groups_by_time ON event_groups (workspace, date_created);
CREATE INDEX event_groups_by_task ON event_groups (task, date_created) WHERE task IS NOT NULL;
DROP TABLE events;

-- What offers change about workers, apart from the workers' own long rows.
CREATE TABLE idle_times (
  worker TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  body TEXT NOT NULL
);
