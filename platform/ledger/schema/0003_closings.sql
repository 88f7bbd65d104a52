-- What an account held at the end of a closed day, for the days on which something moved on it; other days have the balance of the day before.
CREATE TABLE ledger_closing (
  account_id TEXT NOT NULL,
  day BIGINT NOT NULL,                 -- days since 1970 in China
  balance BIGINT NOT NULL,
  PRIMARY KEY (account_id, day)
) WITHOUT ROWID;

-- Up to which day, inclusive, the books were closed, and when.
CREATE TABLE ledger_close (
  day BIGINT PRIMARY KEY,
  closed_at BIGINT NOT NULL
);
