-- What a program may tell: a title and named places to fill.
CREATE TABLE notice_template (
  template_id TEXT PRIMARY KEY,
  app_id TEXT NOT NULL,
  title TEXT NOT NULL,
  title_zh TEXT NOT NULL,
  keywords TEXT NOT NULL,              -- JSON: [{name, nameZh}], filled as keyword1, keyword2, …
  lasting BOOLEAN NOT NULL,            -- one yes is good until it is taken back; otherwise each yes is good for one message
  made_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX notice_template_app ON notice_template (app_id, made_at, template_id);

-- What a person answered about a template last.
CREATE TABLE notice_choice (
  person_id TEXT NOT NULL,
  template_id TEXT NOT NULL REFERENCES notice_template (template_id),
  app_id TEXT NOT NULL,
  accepted BOOLEAN NOT NULL,
  kept BOOLEAN NOT NULL,               -- the answer counts from now on without asking
  sends BIGINT NOT NULL CHECK (sends >= 0),  -- messages still allowed; of a lasting template always 0
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, template_id)
) WITHOUT ROWID;

CREATE TABLE notice_message (
  message_id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  template_id TEXT NOT NULL REFERENCES notice_template (template_id),
  out_no TEXT NOT NULL,                -- the app's own number, or a hash of what it says: the same is not sent twice
  content_hash TEXT NOT NULL,
  lines TEXT NOT NULL,                 -- JSON: what fills the places, in their order
  page TEXT NOT NULL,                  -- the program's page about it, with its query; '' for its first
  sent_at BIGINT NOT NULL,
  read_at BIGINT                       -- null until the person has seen it
) WITHOUT ROWID;
CREATE UNIQUE INDEX notice_message_out ON notice_message (app_id, out_no);
CREATE INDEX notice_message_person ON notice_message (person_id, sent_at, message_id);
CREATE INDEX notice_message_sent ON notice_message (sent_at, message_id);
