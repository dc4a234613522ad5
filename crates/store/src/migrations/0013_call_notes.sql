-- What went wrong in calls, and what applications were asked and answered; `kind` is the log's level or 'request'.
CREATE TABLE call_notes (
  sid TEXT PRIMARY KEY,
  call TEXT NOT NULL,
  kind TEXT NOT NULL,
  date_created BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX call_notes_by_call ON call_notes (call, kind, date_created, sid);
CREATE INDEX call_notes_by_kind ON call_notes (kind, date_created, sid);
CREATE INDEX call_notes_by_creation ON call_notes (date_created);
