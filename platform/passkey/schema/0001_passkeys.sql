CREATE TABLE passkey_key (
  id TEXT PRIMARY KEY,                 -- the credential's id, base64url
  person_id TEXT NOT NULL,
  name TEXT NOT NULL,                  -- the browser with which it was made
  credential TEXT NOT NULL,            -- JSON of the library: public key, flags, counter
  made_at BIGINT NOT NULL,
  used_at BIGINT                       -- null until used
);
CREATE INDEX passkey_key_person ON passkey_key (person_id, made_at);

-- Questions put to authenticators: each is answered once.
CREATE TABLE passkey_question (
  id TEXT PRIMARY KEY,                 -- the challenge, base64url
  purpose TEXT NOT NULL,               -- what the answer will be for: register, signin, spend
  person_id TEXT NOT NULL,             -- '' when anybody may answer (sign-in)
  session TEXT NOT NULL,               -- JSON of the library
  expires_at BIGINT NOT NULL
);
CREATE INDEX passkey_question_expires ON passkey_question (expires_at);
