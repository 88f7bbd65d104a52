-- A person's standing yes: this app may take payments from the wallet later, within the bounds that stand here.
CREATE TABLE agreement_paper (
  agreement_no TEXT PRIMARY KEY,
  app_id TEXT NOT NULL,
  merchant_id TEXT NOT NULL,
  external_no TEXT NOT NULL,           -- the merchant's own number
  product TEXT NOT NULL,               -- personal_product_code
  scene TEXT NOT NULL,
  subject TEXT NOT NULL,               -- what the person reads
  notify_url TEXT NOT NULL,
  return_url TEXT NOT NULL,
  person_id TEXT,                      -- null until signed
  status TEXT NOT NULL CHECK (status IN ('TEMP', 'NORMAL', 'UNSIGN')),
  single_fen BIGINT NOT NULL CHECK (single_fen > 0),
  total_fen BIGINT NOT NULL,           -- 0: no sum over all payments
  times BIGINT NOT NULL,               -- 0: any number of payments
  period_type TEXT NOT NULL CHECK (period_type IN ('', 'DAY', 'MONTH')),
  period BIGINT NOT NULL,
  next_on TEXT NOT NULL,               -- 2026-11-22, the next planned day; '' without a plan
  paid_fen BIGINT NOT NULL DEFAULT 0,
  payments BIGINT NOT NULL DEFAULT 0,
  made_at BIGINT NOT NULL,
  ask_until BIGINT NOT NULL,           -- the question's end
  signed_at BIGINT,                    -- null until signed
  valid_until BIGINT NOT NULL,
  last_at BIGINT,                      -- null until the first payment
  ended_at BIGINT,                     -- null until it ends
  UNIQUE (app_id, external_no, product),
  CHECK (status = 'TEMP' OR signed_at IS NOT NULL AND person_id IS NOT NULL)
) WITHOUT ROWID;
CREATE INDEX agreement_paper_person ON agreement_paper (person_id, signed_at, agreement_no) WHERE person_id IS NOT NULL;
