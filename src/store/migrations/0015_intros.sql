-- The intro of each season, marked by hand. Seconds from the beginning of an episode.
CREATE TABLE season_intro (
    season  INTEGER PRIMARY KEY NOT NULL REFERENCES library_item (id) ON DELETE CASCADE,
    start_s REAL NOT NULL,
    end_s   REAL NOT NULL
) STRICT;
