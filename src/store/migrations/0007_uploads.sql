CREATE TABLE upload_note (
    drive      TEXT NOT NULL,
    key        TEXT NOT NULL,
    note       TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (drive, key)
) STRICT;
