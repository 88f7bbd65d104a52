ALTER TABLE pay_trade ADD COLUMN split_fen BIGINT NOT NULL DEFAULT 0;      -- what royalty splits took from the seller's part
ALTER TABLE pay_trade ADD COLUMN frozen BOOLEAN NOT NULL DEFAULT false;    -- true: not settled until a split says that it was the last

CREATE TABLE pay_receiver (
  app_id TEXT NOT NULL,
  receiver TEXT NOT NULL,              -- a ledger account, of a person or a merchant
  name TEXT NOT NULL,
  memo TEXT NOT NULL,
  bound_at BIGINT NOT NULL,
  PRIMARY KEY (app_id, receiver)
) WITHOUT ROWID;

CREATE TABLE pay_split (
  trade_no TEXT NOT NULL REFERENCES pay_trade (trade_no),
  out_request_no TEXT NOT NULL,
  settle_no TEXT NOT NULL UNIQUE,
  digest BYTEA NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (trade_no, out_request_no)
) WITHOUT ROWID;

CREATE TABLE pay_split_line (
  settle_no TEXT NOT NULL REFERENCES pay_split (settle_no),
  line BIGINT NOT NULL,
  trade_no TEXT NOT NULL,
  receiver TEXT NOT NULL,
  amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
  returned_fen BIGINT NOT NULL DEFAULT 0,
  memo TEXT NOT NULL,
  PRIMARY KEY (settle_no, line),
  CHECK (returned_fen BETWEEN 0 AND amount_fen)
) WITHOUT ROWID;
CREATE INDEX pay_split_line_trade ON pay_split_line (trade_no, receiver);

CREATE TABLE pay_transfer (
  app_id TEXT NOT NULL,
  out_biz_no TEXT NOT NULL,
  order_id TEXT NOT NULL UNIQUE,
  payee TEXT NOT NULL,                 -- a ledger account
  amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
  title TEXT NOT NULL,
  remark TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (app_id, out_biz_no)
) WITHOUT ROWID;
