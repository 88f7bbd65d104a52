CREATE TABLE merchant_merchant (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_zh TEXT NOT NULL,
  fee_bp BIGINT NOT NULL DEFAULT 60 CHECK (fee_bp BETWEEN 0 AND 10000),   -- what settlement keeps, in ten-thousandths
  stripes BIGINT NOT NULL,
  made_at BIGINT NOT NULL
);

CREATE TABLE merchant_app (
  id TEXT PRIMARY KEY,
  merchant_id TEXT NOT NULL REFERENCES merchant_merchant (id),
  name TEXT NOT NULL,
  name_zh TEXT NOT NULL,
  icon TEXT NOT NULL DEFAULT '',
  made_at BIGINT NOT NULL
);
CREATE INDEX merchant_app_merchant ON merchant_app (merchant_id, id);

-- The hosts that a program may call through my.request: exact names, no wildcards.
CREATE TABLE merchant_domain (
  app_id TEXT NOT NULL REFERENCES merchant_app (id),
  host TEXT NOT NULL,
  PRIMARY KEY (app_id, host)
);
