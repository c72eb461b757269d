-- Limits of a ticket; NULL for none. They stand in the ticket, too; here they are for lists.
ALTER TABLE ticket ADD COLUMN max_viewers INTEGER;
ALTER TABLE ticket ADD COLUMN max_visits INTEGER;
-- Visits so far; counted only where they are limited.
ALTER TABLE ticket ADD COLUMN visits INTEGER NOT NULL DEFAULT 0;
-- 0 if it opens streams alone, and no originals.
ALTER TABLE ticket ADD COLUMN original INTEGER NOT NULL DEFAULT 1;
