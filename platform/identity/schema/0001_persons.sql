CREATE TABLE identity_person (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_zh TEXT NOT NULL,
  phone TEXT UNIQUE,                   -- E.164 digits without plus; null when not given
  avatar TEXT NOT NULL DEFAULT '',
  made_at BIGINT NOT NULL,
  closed_at BIGINT                     -- null while active
);

CREATE TABLE identity_pin (
  person_id TEXT PRIMARY KEY REFERENCES identity_person (id),
  hash TEXT NOT NULL,                  -- argon2id with its salt and parameters
  tries BIGINT NOT NULL DEFAULT 0,     -- attempts since the last right one; counted before the PIN is looked at
  locked_until BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE identity_session (
  hash BYTEA PRIMARY KEY,              -- SHA-256 of the token; the token itself is nowhere
  person_id TEXT NOT NULL REFERENCES identity_person (id),
  made_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX identity_session_person ON identity_session (person_id);

-- Who a person is to a program: names of its own, so that two programs cannot compare their users.
CREATE TABLE identity_link (
  app_id TEXT NOT NULL,
  person_id TEXT NOT NULL REFERENCES identity_person (id),
  open_id TEXT NOT NULL UNIQUE,
  user_id TEXT NOT NULL UNIQUE,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (app_id, person_id)
);

CREATE TABLE identity_auth_code (
  hash BYTEA PRIMARY KEY,
  app_id TEXT NOT NULL,
  person_id TEXT NOT NULL REFERENCES identity_person (id),
  scopes TEXT NOT NULL,                -- separated by spaces
  expires_at BIGINT NOT NULL,
  used_at BIGINT                       -- null until exchanged
);

CREATE TABLE identity_token (
  hash BYTEA PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
  app_id TEXT NOT NULL,
  person_id TEXT NOT NULL REFERENCES identity_person (id),
  scopes TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT                      -- null until rotated or revoked
);
CREATE INDEX identity_token_person ON identity_token (person_id, app_id);

CREATE TABLE identity_consent (
  person_id TEXT NOT NULL REFERENCES identity_person (id),
  app_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  granted BOOLEAN NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, app_id, scope)
);

-- What was agreed and taken back, never changed.
CREATE TABLE identity_consent_log (
  id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES identity_person (id),
  app_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  granted BOOLEAN NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX identity_consent_log_person ON identity_consent_log (person_id, at);

CREATE TABLE identity_address (
  id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES identity_person (id),
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  province TEXT NOT NULL,
  city TEXT NOT NULL,
  district TEXT NOT NULL,
  street TEXT NOT NULL,
  position BIGINT NOT NULL
);
CREATE INDEX identity_address_person ON identity_address (person_id, position);
