CREATE TABLE hold_auth (
  auth_no TEXT PRIMARY KEY,
  app_id TEXT NOT NULL,
  merchant_id TEXT NOT NULL,
  out_order_no TEXT NOT NULL,
  title TEXT NOT NULL,
  product TEXT NOT NULL,
  notify_url TEXT NOT NULL,
  payer_id TEXT,                       -- who alone may agree, and who agreed; null while anybody may
  status TEXT NOT NULL CHECK (status IN ('INIT', 'AUTHORIZED', 'FINISH', 'CLOSED')),
  total_fen BIGINT NOT NULL CHECK (total_fen > 0),
  paid_fen BIGINT NOT NULL DEFAULT 0,
  unfrozen_fen BIGINT NOT NULL DEFAULT 0,
  part BIGINT NOT NULL DEFAULT 0,      -- number of the ledger hold that reserves the rest; 0 before the first
  made_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,          -- of the question while INIT, of the reservation afterwards
  ended_at BIGINT,                     -- null until FINISH or CLOSED
  UNIQUE (app_id, out_order_no),
  CHECK (paid_fen >= 0 AND unfrozen_fen >= 0 AND paid_fen + unfrozen_fen <= total_fen)
) WITHOUT ROWID;
CREATE INDEX hold_auth_live ON hold_auth (expires_at, auth_no) WHERE status IN ('INIT', 'AUTHORIZED');
CREATE INDEX hold_auth_payer ON hold_auth (payer_id, made_at, auth_no) WHERE payer_id IS NOT NULL;

CREATE TABLE hold_operation (
  auth_no TEXT NOT NULL REFERENCES hold_auth (auth_no),
  out_request_no TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('FREEZE', 'UNFREEZE', 'PAY')),
  status TEXT NOT NULL CHECK (status IN ('INIT', 'SUCCESS', 'CLOSED')),
  amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
  remark TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (auth_no, out_request_no)
) WITHOUT ROWID;
