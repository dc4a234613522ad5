-- Parts of texts that came in, until the others are there; `units` is UTF-16 as JSON.
CREATE TABLE message_parts (
  carrier TEXT NOT NULL,
  whole TEXT NOT NULL,
  part BIGINT NOT NULL,
  units TEXT NOT NULL,
  date_created BIGINT NOT NULL,
  PRIMARY KEY (carrier, whole, part)
);

-- How far the correspondence of two addresses has got, on networks whose messages answer each other; JSON.
CREATE TABLE message_threads (
  carrier TEXT NOT NULL,
  ours TEXT NOT NULL,
  theirs TEXT NOT NULL,
  thread TEXT NOT NULL,
  PRIMARY KEY (carrier, ours, theirs)
);
