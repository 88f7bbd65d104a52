-- Payment codes: 18 digits shown as barcode and QR, good for a minute, used once.
CREATE TABLE wallet_code (
  code TEXT PRIMARY KEY,
  person_id TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_by TEXT                         -- the trade that used it; null until then
);
CREATE INDEX wallet_code_expires ON wallet_code (expires_at);
