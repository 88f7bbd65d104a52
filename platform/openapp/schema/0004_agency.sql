-- A merchant lets another app act for one of its own: third-party agency.
CREATE TABLE openapp_grant (
  agent TEXT NOT NULL,                  -- the app that acts
  app_id TEXT NOT NULL,                 -- the app that is acted for
  granted_at BIGINT NOT NULL,
  ended_at BIGINT,                      -- null while it holds
  PRIMARY KEY (agent, app_id)
);
CREATE INDEX openapp_grant_app ON openapp_grant (app_id, granted_at, agent);

CREATE TABLE openapp_grant_secret (
  hash BYTEA PRIMARY KEY,               -- SHA-256 of a code or token; itself it is kept nowhere
  kind TEXT NOT NULL CHECK (kind IN ('code', 'access', 'refresh')),
  agent TEXT NOT NULL,
  app_id TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT                       -- null while it may be used
);
CREATE INDEX openapp_grant_secret_app ON openapp_grant_secret (agent, app_id);

-- What a merchant tells the order centre (alipay.merchant.order.sync), by its own number: the newest word counts.
CREATE TABLE openapp_merchant_order (
  app_id TEXT NOT NULL,
  out_biz_no TEXT NOT NULL,
  order_id TEXT NOT NULL UNIQUE,
  record_id TEXT NOT NULL,              -- changes with every word
  person TEXT NOT NULL,                 -- whose order it is
  trade_no TEXT NOT NULL,
  status TEXT NOT NULL,
  content TEXT NOT NULL,                -- JSON as it came
  modified_at BIGINT NOT NULL,          -- by the merchant's clock, ms: an older word changes nothing
  made_at BIGINT NOT NULL,
  PRIMARY KEY (app_id, out_biz_no)
);
CREATE INDEX openapp_merchant_order_person ON openapp_merchant_order (person, modified_at);

-- Red packets that go back to their payer when their time has come.
CREATE TABLE openapp_packet (
  trade_no TEXT PRIMARY KEY,
  app_id TEXT NOT NULL,
  back_at BIGINT NOT NULL,              -- ms
  ended_at BIGINT                       -- null while something of it may be left
);
CREATE INDEX openapp_packet_due ON openapp_packet (back_at, trade_no) WHERE ended_at IS NULL;

-- The app that acted for the owner when an order was made: its notifications name both.
CREATE TABLE openapp_agent_order (
  number TEXT PRIMARY KEY,              -- trade_no, auth_no, agreement_no
  agent TEXT NOT NULL
);
