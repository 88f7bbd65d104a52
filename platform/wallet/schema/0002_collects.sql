-- Codes by which a person collects money: whoever scans one pays its person. Good for any number of payers until it ends.
CREATE TABLE wallet_collect (
  id TEXT PRIMARY KEY,                 -- 22 random letters and digits, as in the address behind the QR code
  person_id TEXT NOT NULL,
  amount_fen BIGINT,                   -- null: the payer says how much
  note TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  expires_at BIGINT,                   -- null: the person's standing code, which never ends
  CHECK (amount_fen IS NULL OR amount_fen > 0)
);
CREATE UNIQUE INDEX wallet_collect_standing ON wallet_collect (person_id) WHERE expires_at IS NULL;
CREATE INDEX wallet_collect_person ON wallet_collect (person_id, expires_at);
