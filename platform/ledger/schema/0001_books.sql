-- One sign everywhere: a positive posting is value that the account gains. Per unit all balances sum to zero,
-- because what comes from outside is an account too (it is allowed to be negative).
CREATE TABLE ledger_account (
  id TEXT PRIMARY KEY,                 -- owner kind/owner/purpose, see account.go
  shard BIGINT NOT NULL,
  unit TEXT NOT NULL,
  parent_id TEXT,                      -- null unless this is a stripe of a busy account
  stripes BIGINT NOT NULL DEFAULT 0,   -- how many stripes take this account's credits
  floor BIGINT,                        -- least balance - held; null is no limit
  day_limit BIGINT,                    -- most that may leave in a day; null is no limit
  balance BIGINT NOT NULL DEFAULT 0,
  held BIGINT NOT NULL DEFAULT 0,      -- sum of the live holds
  day TEXT NOT NULL DEFAULT '',        -- the day that day_out counts
  day_out BIGINT NOT NULL DEFAULT 0,
  opened_at BIGINT NOT NULL,
  closed_at BIGINT,                    -- null while open
  CHECK (held >= 0),
  CHECK (floor IS NULL OR balance - held >= floor),
  CHECK (balance BETWEEN -4000000000000000000 AND 4000000000000000000)
) WITHOUT ROWID WITH (fillfactor = 70);
CREATE INDEX ledger_account_parent ON ledger_account (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE ledger_entry (
  id TEXT PRIMARY KEY,                 -- chosen by the caller: posting twice is posting once
  kind TEXT NOT NULL,
  title TEXT NOT NULL,                 -- what a person reads in the bill
  ref TEXT NOT NULL,                   -- the trade, transfer or settlement it belongs to
  reverses TEXT,                       -- null unless this entry takes another one back
  digest BYTEA NOT NULL,               -- SHA-256 of the content, lines included
  posted_at BIGINT NOT NULL,
  seal BIGINT                          -- null until a seal covers it; the one column that ever changes, once
) WITHOUT ROWID;
CREATE UNIQUE INDEX ledger_entry_reverses ON ledger_entry (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX ledger_entry_unsealed ON ledger_entry (id) WHERE seal IS NULL;
CREATE INDEX ledger_entry_seal ON ledger_entry (seal, id) WHERE seal IS NOT NULL;

-- No REFERENCES here: Post has just written both rows in the same transaction, the check would lock a busy seller's
-- account row once more on PostgreSQL, and Verify counts strays.
CREATE TABLE ledger_posting (
  entry_id TEXT NOT NULL,
  line BIGINT NOT NULL,
  shard BIGINT NOT NULL,
  account_id TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount <> 0),
  posted_at BIGINT NOT NULL,
  PRIMARY KEY (entry_id, line)
) WITHOUT ROWID;
CREATE INDEX ledger_posting_account ON ledger_posting (account_id, posted_at, entry_id);

CREATE TABLE ledger_hold (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES ledger_account (id),
  amount BIGINT NOT NULL CHECK (amount > 0),
  used BIGINT NOT NULL DEFAULT 0,      -- how much of it was posted
  state TEXT NOT NULL CHECK (state IN ('held', 'posted', 'voided', 'expired')),
  entry_id TEXT,                       -- the entry that used it; null unless posted
  made_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT,                     -- null while held
  CHECK (used BETWEEN 0 AND amount),
  CHECK ((state = 'held') = (ended_at IS NULL))
);
CREATE INDEX ledger_hold_live ON ledger_hold (expires_at, id) WHERE state = 'held';
CREATE INDEX ledger_hold_account ON ledger_hold (account_id) WHERE state = 'held';

-- The hash chain, one link for a batch of entries, so that writers never wait for one another.
CREATE TABLE ledger_seal (
  seq BIGINT PRIMARY KEY,
  entries BIGINT NOT NULL CHECK (entries > 0),
  hash BYTEA NOT NULL,                 -- SHA-256 of the link before and of the entries, in id order
  sealed_at BIGINT NOT NULL
);
