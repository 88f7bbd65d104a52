-- At most one row: what this database is for.
CREATE TABLE charter_charter (
  id TEXT PRIMARY KEY CHECK (id = 'charter'),
  kind TEXT NOT NULL CHECK (kind IN ('real', 'play')),
  made_at BIGINT NOT NULL
);
