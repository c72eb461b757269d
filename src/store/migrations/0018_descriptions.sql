-- What the files beside an item say apart from its name. They are read once more for it.
ALTER TABLE library_item ADD COLUMN described_title TEXT;
ALTER TABLE library_item ADD COLUMN rating REAL;       -- from 0 to 10
UPDATE library_item SET side_files_at = NULL;
