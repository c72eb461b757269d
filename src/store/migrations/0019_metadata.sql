-- Titles, texts and pictures of a metadata service. They can be lost: they are fetched again. Times are milliseconds since
-- 1970.
CREATE TABLE library_metadata (
    item        INTEGER NOT NULL,
    item_key    TEXT NOT NULL,                 -- the key of the item: renamed to another title, it is looked up again
    language    TEXT NOT NULL,
    source_id   INTEGER,                       -- the number at the service; NULL: no title for certain
    title       TEXT,
    year        INTEGER,
    overview    TEXT,
    rating      REAL,
    runtime_min INTEGER,
    poster      TEXT,                          -- names of pictures at the service
    backdrop    TEXT,
    failures    INTEGER NOT NULL DEFAULT 0,    -- attempts that failed since the last success
    failure     TEXT,                          -- the last of them
    tried_at    INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,              -- the next attempt
    PRIMARY KEY (item)
) STRICT;

CREATE TABLE library_episode_metadata (
    season   INTEGER NOT NULL,                 -- the item of the season
    number   INTEGER NOT NULL,
    title    TEXT,
    overview TEXT,
    aired    TEXT,
    rating   REAL,
    still    TEXT,
    PRIMARY KEY (season, number)
) STRICT;

CREATE TABLE metadata_picture (
    name         TEXT NOT NULL,
    content_type TEXT NOT NULL,
    image        BLOB NOT NULL,
    size         INTEGER NOT NULL,
    used_at      INTEGER NOT NULL,
    PRIMARY KEY (name)
) STRICT;
