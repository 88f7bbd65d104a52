-- The string that was signed, secrets masked, cut to a bound.
ALTER TABLE openapp_call ADD COLUMN signed TEXT NOT NULL DEFAULT '';
