-- The key under which the target keeps the bytes of a copy that is interrupted; NULL if it keeps none.
ALTER TABLE task_item ADD COLUMN resume_key TEXT;
