-- Calls: live ones are in memory with their media; their facts are here, so that a restart can end them cleanly.
CREATE TABLE calls (
  sid TEXT PRIMARY KEY,
  parent TEXT,
  caller TEXT NOT NULL,
  callee TEXT NOT NULL,
  status TEXT NOT NULL,
  date_created BIGINT NOT NULL,
  date_ended BIGINT,
  body TEXT NOT NULL
);
CREATE INDEX calls_by_creation ON calls (date_created, sid);
CREATE INDEX calls_by_caller ON calls (caller, date_created, sid);
CREATE INDEX calls_by_callee ON calls (callee, date_created, sid);
CREATE INDEX calls_by_parent ON calls (parent, date_created, sid) WHERE parent IS NOT NULL;
CREATE INDEX calls_live ON calls (sid) WHERE date_ended IS NULL;

-- Who waits in which queue of calls, for the next start: the queues themselves are resources.
CREATE TABLE queue_members (
  call TEXT PRIMARY KEY,
  queue TEXT NOT NULL,
  body TEXT NOT NULL
);

CREATE TABLE conferences (
  sid TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  date_created BIGINT NOT NULL,
  date_updated BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX conferences_by_creation ON conferences (date_created, sid);
CREATE INDEX conferences_by_name ON conferences (name, date_created, sid);
CREATE INDEX conferences_live ON conferences (sid) WHERE status <> 'completed';

CREATE TABLE participants (
  conference TEXT NOT NULL,
  sid TEXT NOT NULL,
  status TEXT NOT NULL,
  date_created BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (conference, sid)
);

CREATE TABLE recordings (
  sid TEXT PRIMARY KEY,
  call TEXT NOT NULL,
  conference TEXT,
  status TEXT NOT NULL,
  date_created BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX recordings_by_creation ON recordings (date_created, sid);
CREATE INDEX recordings_by_call ON recordings (call, date_created, sid);
CREATE INDEX recordings_by_conference ON recordings (conference, date_created, sid) WHERE conference IS NOT NULL;
