-- Indexes whose entries lie near each other when their rows are written together: a commit writes whole pages.

-- Reservations have numbers, in the order in which they came; those of a worker are found in each bucket of 4,096.
CREATE TABLE numbered_reservations (
  number INTEGER PRIMARY KEY,
  sid TEXT NOT NULL UNIQUE,
  workspace TEXT NOT NULL,
  task TEXT NOT NULL,
  worker TEXT NOT NULL,
  status TEXT NOT NULL,
  is_live BIGINT NOT NULL,
  date_created BIGINT NOT NULL,
  body TEXT NOT NULL
);
INSERT INTO numbered_reservations (sid, workspace, task, worker, status, is_live, date_created, body)
  SELECT sid, workspace, task, worker, status, is_live, date_created, body
  FROM reservations ORDER BY date_created, sid;
DROP TABLE reservations;
ALTER TABLE numbered_reservations RENAME TO reservations;
CREATE INDEX reservations_by_task ON reservations (task);
CREATE INDEX reservations_by_worker ON reservations (number / 4096, worker);
CREATE INDEX reservations_live ON reservations (workspace) WHERE is_live = 1;

-- Live tasks are read all at once, in any order.
DROP INDEX tasks_live;
CREATE INDEX tasks_live ON tasks (workspace) WHERE date_ended IS NULL;
