CREATE INDEX wallet_code_person ON wallet_code (person_id, expires_at);
