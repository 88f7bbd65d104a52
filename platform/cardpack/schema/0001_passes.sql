-- What a merchant's passes look like: content is what its door was given, and only that door reads it.
CREATE TABLE cardpack_template (
  template_id TEXT PRIMARY KEY,
  app_id TEXT NOT NULL,
  form TEXT NOT NULL CHECK (form IN ('pass', 'card')),   -- which of the doors' two spellings content has
  out_no TEXT NOT NULL,                -- the merchant's own number
  content TEXT NOT NULL,               -- JSON
  made_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  UNIQUE (app_id, form, out_no)
) WITHOUT ROWID;

-- A card, voucher or ticket that a person holds.
CREATE TABLE cardpack_pass (
  pass_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('card', 'voucher', 'ticket')),
  app_id TEXT NOT NULL,                -- who issued it
  merchant_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  serial TEXT NOT NULL,                -- the merchant's own number
  template_id TEXT NOT NULL,           -- '': made without one
  params TEXT NOT NULL,                -- JSON of the issuer's door: what the face was made of
  issue_hash TEXT NOT NULL,            -- of what was issued first: the same again is no second pass
  title TEXT NOT NULL,
  title_zh TEXT NOT NULL,
  line TEXT NOT NULL,                  -- under the title
  line_zh TEXT NOT NULL,
  colour TEXT NOT NULL,                -- '#rrggbb', '' for the pack's own
  amount_fen BIGINT,                   -- a card's balance or a voucher's face value; null: neither
  facts TEXT NOT NULL,                 -- JSON: what else stands on it, label by label
  code TEXT NOT NULL,                  -- what its barcode and QR code say; '': none
  page TEXT NOT NULL,                  -- the program's page about it, with its query; '': its first
  valid_from BIGINT NOT NULL,          -- 0: at once
  valid_until BIGINT NOT NULL,         -- 0: for good
  state TEXT NOT NULL CHECK (state IN ('usable', 'used', 'expired', 'void')),
  used_code TEXT NOT NULL DEFAULT '',  -- what was read when it was used
  removed BOOLEAN NOT NULL DEFAULT false,  -- the person wants to see it no more
  changes BIGINT NOT NULL DEFAULT 0,
  made_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  ended_at BIGINT,                     -- null while usable
  UNIQUE (merchant_id, serial),
  CHECK (kind <> 'card' OR state <> 'used'),
  CHECK ((state = 'usable') = (ended_at IS NULL))
) WITHOUT ROWID;
CREATE INDEX cardpack_pass_person ON cardpack_pass (person_id, kind, made_at, pass_id) WHERE NOT removed;
CREATE INDEX cardpack_pass_due ON cardpack_pass (valid_until, pass_id) WHERE state = 'usable' AND valid_until > 0;
