-- How far each film was watched. Positions and lengths are seconds, times milliseconds since 1970.
CREATE TABLE history (
    place      TEXT NOT NULL,
    path       TEXT NOT NULL,
    position_s REAL NOT NULL,
    duration_s REAL NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (place, path)
) STRICT;
CREATE INDEX history_by_time ON history (updated_at DESC);
