-- Messages that the simulated network delivered.
CREATE TABLE messenger_message (
  id TEXT PRIMARY KEY,
  phone TEXT NOT NULL,
  text TEXT NOT NULL,
  sent_at BIGINT NOT NULL
);
CREATE INDEX messenger_message_phone ON messenger_message (phone, sent_at, id);
CREATE INDEX messenger_message_sent ON messenger_message (sent_at);
