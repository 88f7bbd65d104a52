-- An entry holds its own lines: each "amount unit account", in the order of accounts, a line feed between them. Postings are the same by
-- account: one tree instead of two, and Verify compares both.
ALTER TABLE ledger_entry ADD COLUMN lines TEXT NOT NULL DEFAULT '';

UPDATE ledger_entry SET lines = COALESCE((SELECT string_agg(CAST(p.amount AS TEXT) || ' ' || a.unit || ' ' || p.account_id, '
' ORDER BY p.line) FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id WHERE p.entry_id = ledger_entry.id), '');

CREATE TABLE ledger_posting_by_account (
  account_id TEXT NOT NULL,
  posted_at BIGINT NOT NULL,
  entry_id TEXT NOT NULL,
  line BIGINT NOT NULL,
  shard BIGINT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount <> 0),
  PRIMARY KEY (account_id, posted_at, entry_id)
) WITHOUT ROWID;

INSERT INTO ledger_posting_by_account (account_id, posted_at, entry_id, line, shard, amount)
  SELECT account_id, posted_at, entry_id, line, shard, amount FROM ledger_posting ORDER BY account_id, posted_at, entry_id;

DROP TABLE ledger_posting;

ALTER TABLE ledger_posting_by_account RENAME TO ledger_posting;
