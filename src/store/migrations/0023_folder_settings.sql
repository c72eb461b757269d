-- Bytes per second of a ticket, for all that play by it; NULL for no limit.
ALTER TABLE ticket ADD COLUMN bytes_per_s BIGINT;

-- A note above the list of a folder, and the patterns of the names that are hidden in it and below, one a line.
CREATE TABLE folder_setting (
    place  TEXT NOT NULL,
    path   TEXT NOT NULL,
    note   TEXT NOT NULL,
    hidden TEXT NOT NULL,
    PRIMARY KEY (place, path)
);
