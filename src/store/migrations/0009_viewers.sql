-- The members of the household. Times are milliseconds since 1970.
CREATE TABLE viewer (
    id         TEXT PRIMARY KEY NOT NULL,   -- owner, or sixteen hexadecimal digits
    name       TEXT NOT NULL,
    colour     TEXT NOT NULL,
    pin_hash   TEXT,                        -- argon2id
    places     TEXT,                        -- a JSON array of places; NULL: all
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO viewer (id, name, colour, created_at) VALUES ('owner', 'Owner', '#f2a65a', 0);

-- Positions are of one viewer each. Those of before are the owner's.
CREATE TABLE viewer_history (
    viewer     TEXT NOT NULL,
    place      TEXT NOT NULL,
    path       TEXT NOT NULL,
    position_s REAL NOT NULL,
    duration_s REAL NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (viewer, place, path)
) STRICT;
INSERT INTO viewer_history SELECT 'owner', place, path, position_s, duration_s, updated_at FROM history;
DROP TABLE history;
ALTER TABLE viewer_history RENAME TO history;
CREATE INDEX history_by_time ON history (viewer, updated_at DESC);
CREATE INDEX history_by_file ON history (place, path);

UPDATE library_mark SET viewer = 'owner' WHERE viewer = '';

ALTER TABLE ticket ADD COLUMN viewer TEXT;      -- NULL: the owner, or a guest
ALTER TABLE api_token ADD COLUMN viewer TEXT;   -- NULL: a token for every viewer
