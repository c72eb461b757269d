-- Films, series, seasons and episodes, found by the names of files. Times are milliseconds since 1970.
CREATE TABLE library_item (
    id            INTEGER PRIMARY KEY,
    kind          TEXT NOT NULL,               -- film, series, season, episode
    key           TEXT NOT NULL UNIQUE,        -- equal for all files of one item
    parent        INTEGER REFERENCES library_item (id),
    series        INTEGER REFERENCES library_item (id),
    title         TEXT NOT NULL,
    title_key     TEXT NOT NULL,
    sort_key      BLOB NOT NULL,
    year          INTEGER,
    season        INTEGER,                     -- 0: specials
    number        INTEGER,
    last_number   INTEGER,
    aired         TEXT,
    overview      TEXT,
    place         TEXT,                        -- the folder of a series
    folder        TEXT,
    side_files_at INTEGER,                     -- when the files beside it were read
    is_present    INTEGER NOT NULL DEFAULT 0,  -- 1 if there is a file of it
    added_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX library_item_by_title ON library_item (kind, is_present, sort_key, id);
CREATE INDEX library_item_by_time ON library_item (kind, is_present, added_at DESC, id);
CREATE INDEX library_item_by_year ON library_item (kind, is_present, year DESC, id);
CREATE INDEX library_item_by_key ON library_item (kind, title_key);
CREATE INDEX library_item_by_parent ON library_item (parent);
CREATE INDEX library_item_by_series ON library_item (series);

CREATE TABLE library_file (
    place         TEXT NOT NULL,
    path          TEXT NOT NULL,
    folder        TEXT NOT NULL,
    item          INTEGER NOT NULL REFERENCES library_item (id),
    identity      TEXT,                        -- the same after a rename or a move
    size          INTEGER NOT NULL,
    has_thumbnail INTEGER NOT NULL,
    duration_s    REAL,
    label         TEXT,                        -- tells versions apart: 1080p, Director's Cut
    gone_at       INTEGER,
    PRIMARY KEY (place, path)
) STRICT;
CREATE INDEX library_file_by_folder ON library_file (place, folder);
CREATE INDEX library_file_by_item ON library_file (item);
CREATE INDEX library_file_by_identity ON library_file (place, identity);

-- Pictures and descriptions beside the films.
CREATE TABLE library_side_file (
    place  TEXT NOT NULL,
    path   TEXT NOT NULL,
    folder TEXT NOT NULL,
    role   TEXT NOT NULL,                      -- poster, backdrop, banner, logo, thumb, nfo
    stem   TEXT,                               -- the film that it belongs to; NULL: all of the folder
    PRIMARY KEY (place, path)
) STRICT;
CREATE INDEX library_side_file_by_folder ON library_side_file (place, folder);

CREATE TABLE library_mark (
    viewer     TEXT NOT NULL,
    item       INTEGER NOT NULL REFERENCES library_item (id),
    is_watched INTEGER NOT NULL,
    marked_at  INTEGER NOT NULL,
    PRIMARY KEY (viewer, item)
) STRICT;

CREATE TABLE library_walk (
    place      TEXT PRIMARY KEY NOT NULL,
    state      TEXT NOT NULL,                  -- running, done, stopped, failed
    seen       INTEGER NOT NULL,
    found      INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT;

-- Folders that a walk has still to visit.
CREATE TABLE library_walk_folder (
    place TEXT NOT NULL,
    path  TEXT NOT NULL,
    PRIMARY KEY (place, path)
) STRICT;

CREATE VIRTUAL TABLE library_search USING fts5 (title, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2');
