-- Which master key seals the secrets of this database; the key itself is not in it. No row: they are not sealed.
CREATE TABLE openapp_vault (
  id TEXT PRIMARY KEY CHECK (id = 'vault'),
  key_id TEXT NOT NULL,
  made_at BIGINT NOT NULL
);

-- The platform's earlier keys. An app that has not taken the new one yet is still answered with its own until until_at.
CREATE TABLE openapp_platform_old (
  sn TEXT PRIMARY KEY,                  -- of the certificate
  private_key TEXT NOT NULL,
  certificate TEXT NOT NULL,            -- PEM
  retired_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL
);

ALTER TABLE openapp_app ADD COLUMN signer TEXT NOT NULL DEFAULT '';  -- serial of the platform key that signs for it; '' is the present one
