CREATE TABLE staff_member (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('operator', 'merchant')),
  merchant_id TEXT REFERENCES merchant_merchant (id),   -- null of an operator
  key_hash BYTEA NOT NULL UNIQUE,                       -- SHA-256 of the key; the key itself is nowhere
  made_at BIGINT NOT NULL,
  used_at BIGINT,                                       -- null until the first sign-in
  ended_at BIGINT,                                      -- null while the key opens
  CHECK ((role = 'merchant') = (merchant_id IS NOT NULL))
);

CREATE TABLE staff_session (
  hash BYTEA PRIMARY KEY,                               -- SHA-256 of the token
  member_id TEXT REFERENCES staff_member (id),          -- null of a demo's session without a key
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('operator', 'merchant')),
  merchant_id TEXT REFERENCES merchant_merchant (id),   -- null of an operator
  expires_at BIGINT NOT NULL
);
CREATE INDEX staff_session_expires ON staff_session (expires_at);
