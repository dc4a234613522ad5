-- Messages that a carrier has, or may have: how receipts find them. The provider's id is there once it is known.
CREATE TABLE submissions (
  message TEXT PRIMARY KEY,
  carrier TEXT NOT NULL,
  provider_id TEXT
);
CREATE INDEX submissions_by_provider_id ON submissions (carrier, provider_id);

-- What carriers have told: the same is told once only. A receipt that comes before its message's submission is
-- answered waits here.
CREATE TABLE carrier_events (
  carrier TEXT NOT NULL,
  event TEXT NOT NULL,
  provider_id TEXT NOT NULL,
  date_created BIGINT NOT NULL,
  early_receipt TEXT,
  PRIMARY KEY (carrier, event)
);
CREATE INDEX carrier_events_by_provider_id ON carrier_events (carrier, provider_id);
