ALTER TABLE agreement_paper ADD COLUMN anchor BIGINT NOT NULL DEFAULT 0;  -- the plan's day of the month, which shorter months shorten; 0 without a monthly plan
