-- Share links that were opened. What a share must remember itself (its key, how it is) stands in drive_session
-- under the place's name.
CREATE TABLE opened_share (
    place     TEXT PRIMARY KEY NOT NULL,
    kind      TEXT NOT NULL,
    host      TEXT NOT NULL,
    link_id   TEXT NOT NULL,
    password  TEXT,
    drive     TEXT NOT NULL,
    opened_at INTEGER NOT NULL
) STRICT;
