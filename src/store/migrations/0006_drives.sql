-- Drives that were connected from a page. `settings` is a JSON object of texts, secrets among them.
CREATE TABLE connected_drive (
    name         TEXT NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL,
    settings     TEXT NOT NULL,
    connected_at INTEGER NOT NULL
) STRICT;
