-- What a member may do: the owner everything, finance gives money back and reads, a clerk reads.
ALTER TABLE staff_member ADD COLUMN duty TEXT NOT NULL DEFAULT 'owner' CHECK (duty IN ('owner', 'finance', 'clerk'));
ALTER TABLE staff_session ADD COLUMN duty TEXT NOT NULL DEFAULT 'owner' CHECK (duty IN ('owner', 'finance', 'clerk'));
