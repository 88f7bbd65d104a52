-- No REFERENCES to merchant: Create has just read the app, and on PostgreSQL every payment to a busy seller would lock its row.
CREATE TABLE pay_trade (
  trade_no TEXT PRIMARY KEY,           -- 28 digits beginning with the time, so that new ones are neighbours
  shard BIGINT NOT NULL,
  app_id TEXT NOT NULL,
  out_trade_no TEXT NOT NULL,          -- the merchant's own number
  merchant_id TEXT NOT NULL,
  seller TEXT NOT NULL,                -- the ledger account that is credited, and its stripes, as of creation
  stripes BIGINT NOT NULL,
  fee_bp BIGINT NOT NULL,
  product TEXT NOT NULL,               -- JSAPI_PAY, FACE_TO_FACE_PAYMENT, …
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  goods TEXT NOT NULL,                 -- JSON, see Good
  notify_url TEXT NOT NULL,
  passback TEXT NOT NULL,
  total_fen BIGINT NOT NULL CHECK (total_fen > 0),
  buyer_id TEXT,                       -- who alone may pay, and who paid; null while anybody may
  status TEXT NOT NULL CHECK (status IN ('WAIT_BUYER_PAY', 'TRADE_SUCCESS', 'TRADE_FINISHED', 'TRADE_CLOSED')),
  tenders TEXT NOT NULL DEFAULT '',    -- JSON, see Tender; '' until paid
  refunded_fen BIGINT NOT NULL DEFAULT 0,
  digest BYTEA NOT NULL,               -- SHA-256 of what a repeated creation must repeat
  made_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  opened_at BIGINT,                    -- null while the payer has not seen it: such a trade does not exist for query
  paid_at BIGINT,                      -- null until paid
  closed_at BIGINT,                    -- null until closed or finished
  settlement TEXT,                     -- null until settled to the merchant
  UNIQUE (app_id, out_trade_no),
  CHECK (refunded_fen BETWEEN 0 AND total_fen),
  CHECK ((paid_at IS NULL) = (tenders = '')),
  CHECK (status NOT IN ('TRADE_SUCCESS', 'TRADE_FINISHED') OR (paid_at IS NOT NULL AND buyer_id IS NOT NULL))
) WITHOUT ROWID WITH (fillfactor = 80);
CREATE INDEX pay_trade_buyer ON pay_trade (buyer_id, made_at, trade_no) WHERE buyer_id IS NOT NULL;
CREATE INDEX pay_trade_waiting ON pay_trade (expires_at, trade_no) WHERE status = 'WAIT_BUYER_PAY';
CREATE INDEX pay_trade_paid ON pay_trade (merchant_id, paid_at, trade_no) WHERE paid_at IS NOT NULL;

CREATE TABLE pay_refund (
  trade_no TEXT NOT NULL REFERENCES pay_trade (trade_no),
  out_request_no TEXT NOT NULL,
  merchant_id TEXT NOT NULL,
  amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
  reason TEXT NOT NULL,
  refunded_before BIGINT NOT NULL,     -- what was refunded of the trade before: with it the split by tender can be computed again
  fee_back_fen BIGINT NOT NULL,        -- settlement fee given back to the merchant
  made_at BIGINT NOT NULL,
  PRIMARY KEY (trade_no, out_request_no)
) WITHOUT ROWID;
CREATE INDEX pay_refund_day ON pay_refund (merchant_id, made_at, trade_no, out_request_no);

CREATE TABLE pay_settlement (
  id TEXT PRIMARY KEY,                 -- merchant/day/part
  merchant_id TEXT NOT NULL,
  day TEXT NOT NULL,
  trades BIGINT NOT NULL,
  captured_fen BIGINT NOT NULL,
  refunded_fen BIGINT NOT NULL,
  fee_fen BIGINT NOT NULL,
  made_at BIGINT NOT NULL
);
CREATE INDEX pay_settlement_day ON pay_settlement (merchant_id, day, id);
