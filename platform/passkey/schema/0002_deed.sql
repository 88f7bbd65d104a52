ALTER TABLE passkey_question ADD COLUMN deed TEXT NOT NULL DEFAULT '';   -- what exactly an answer allows; '' unless the purpose is spend
