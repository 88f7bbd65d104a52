-- What signed in, as it named itself: for the person's own list of sessions.
ALTER TABLE identity_session ADD COLUMN agent TEXT NOT NULL DEFAULT '';

-- How often the PIN was set again after the first time.
ALTER TABLE identity_pin ADD COLUMN changes BIGINT NOT NULL DEFAULT 0;

-- Six digits sent to a phone, which prove that its holder asked. One for each number and purpose.
CREATE TABLE identity_phone_code (
  phone TEXT NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('signin', 'pin')),
  nonce BYTEA NOT NULL,
  hash BYTEA NOT NULL,                 -- SHA-256 of nonce and digits: short-lived, so no slow hash
  tries BIGINT NOT NULL DEFAULT 0,     -- counted before the digits are looked at
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (phone, purpose)
);

-- How often something was done in a span of time, to refuse more.
CREATE TABLE identity_quota (
  name TEXT NOT NULL,
  span BIGINT NOT NULL,                -- when the span began
  used BIGINT NOT NULL,
  PRIMARY KEY (name, span)
);
CREATE INDEX identity_quota_span ON identity_quota (span);
