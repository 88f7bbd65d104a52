-- Our own signing key and certificates: one row, made at the first start.
CREATE TABLE openapp_platform (
  id TEXT PRIMARY KEY CHECK (id = 'platform'),
  private_key TEXT NOT NULL,            -- Base64 of PKCS#1
  certificate TEXT NOT NULL,            -- PEM, vouches for private_key
  root_key TEXT NOT NULL,               -- Base64 of PKCS#1
  root TEXT NOT NULL,                   -- PEM
  created_at BIGINT NOT NULL
);

-- How an app of platform/merchant proves that it is calling.
CREATE TABLE openapp_app (
  app_id TEXT PRIMARY KEY,
  public_key TEXT NOT NULL,             -- Base64 of SubjectPublicKeyInfo; empty when the app only uses certificates
  aes_key TEXT NOT NULL,                -- Base64; empty when the app encrypts nothing
  message_url TEXT NOT NULL,            -- where messages other than trade notifications go; empty for nowhere
  updated_at BIGINT NOT NULL
);

CREATE TABLE openapp_certificate (
  sn TEXT PRIMARY KEY,                  -- 32 hex digits
  app_id TEXT NOT NULL REFERENCES openapp_app (app_id),
  pem TEXT NOT NULL,
  not_before BIGINT NOT NULL,
  not_after BIGINT NOT NULL,
  revoked_at BIGINT                     -- null while it may be used
);
CREATE INDEX openapp_certificate_app ON openapp_certificate (app_id);

-- Nonces of v3 requests, kept as long as their timestamp would be accepted.
CREATE TABLE openapp_nonce (
  app_id TEXT NOT NULL,
  nonce TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (app_id, nonce)
);
CREATE INDEX openapp_nonce_expires ON openapp_nonce (expires_at);

-- Where the payer's browser goes after paying an order that a page created.
CREATE TABLE openapp_order (
  trade_no TEXT PRIMARY KEY,
  app_id TEXT NOT NULL,
  method TEXT NOT NULL,                 -- the method that created the trade
  return_url TEXT NOT NULL,             -- empty: the payer stays
  quit_url TEXT NOT NULL,               -- empty: no way back without paying
  created_at BIGINT NOT NULL
);

-- A notification to a merchant's server: what it says and how telling it went.
CREATE TABLE openapp_notification (
  id TEXT PRIMARY KEY,                  -- notify_id, the same in every attempt
  app_id TEXT NOT NULL,
  cause TEXT NOT NULL UNIQUE,           -- what it tells of, so that an event seen twice is told once
  form TEXT NOT NULL CHECK (form IN ('trade', 'message')),
  url TEXT NOT NULL,
  fields TEXT NOT NULL,                 -- JSON object of strings, unsigned
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
  attempts BIGINT NOT NULL,
  last_error TEXT NOT NULL,             -- why the last attempt did not count; empty before and after success
  created_at BIGINT NOT NULL,
  attempted_at BIGINT                   -- null before the first attempt
);
CREATE INDEX openapp_notification_app ON openapp_notification (app_id, created_at, id);

-- Calls of the open API as developers see them, secrets masked.
CREATE TABLE openapp_call (
  trace_id TEXT PRIMARY KEY,
  app_id TEXT NOT NULL,                 -- as claimed; may be no app of ours
  dialect TEXT NOT NULL CHECK (dialect IN ('v2', 'v3')),
  method TEXT NOT NULL,
  sub_code TEXT NOT NULL,               -- empty on success
  request TEXT NOT NULL,                -- masked JSON, cut to a bound
  reply TEXT NOT NULL,                  -- masked JSON, cut to a bound
  remote TEXT NOT NULL,
  micros BIGINT NOT NULL,               -- how long we took
  called_at BIGINT NOT NULL
);
CREATE INDEX openapp_call_app ON openapp_call (app_id, called_at, trace_id);
CREATE INDEX openapp_call_age ON openapp_call (called_at);
