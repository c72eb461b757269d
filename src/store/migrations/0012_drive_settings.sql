-- A drive that was connected from a page can be switched off, and has a place in the order of drives.
ALTER TABLE connected_drive ADD COLUMN is_enabled INTEGER NOT NULL DEFAULT 1;
ALTER TABLE connected_drive ADD COLUMN position INTEGER;
