-- Who did what at the console: written in the transaction of what was done, never changed.
CREATE TABLE audit_entry (
  id TEXT PRIMARY KEY,                  -- the time, then randomness: in order
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,                  -- a member's id; '' before anybody is signed in
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  merchant TEXT NOT NULL,               -- whose person it was; '' of an operator
  act TEXT NOT NULL,                    -- /apps/{app}/key
  target TEXT NOT NULL,                 -- /apps/2021000000000001/key
  note TEXT NOT NULL,                   -- JSON object of the form's fields that are no secrets
  remote TEXT NOT NULL
);
CREATE INDEX audit_entry_merchant ON audit_entry (merchant, id);
