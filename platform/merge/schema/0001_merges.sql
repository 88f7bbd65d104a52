-- Several trades that are paid with one yes, or not at all.
CREATE TABLE merge_order (
  merge_no TEXT PRIMARY KEY,           -- pre_order_no
  app_id TEXT NOT NULL,
  out_merge_no TEXT NOT NULL,
  digest BYTEA NOT NULL,               -- SHA-256 of the trades' numbers
  total_fen BIGINT NOT NULL CHECK (total_fen > 0),
  made_at BIGINT NOT NULL,
  UNIQUE (app_id, out_merge_no)
) WITHOUT ROWID;

CREATE TABLE merge_trade (
  merge_no TEXT NOT NULL REFERENCES merge_order (merge_no),
  trade_no TEXT NOT NULL,
  PRIMARY KEY (merge_no, trade_no)
) WITHOUT ROWID;
