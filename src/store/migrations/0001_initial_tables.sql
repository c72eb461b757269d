CREATE TABLE server_key (
    name  TEXT PRIMARY KEY NOT NULL,
    value BLOB NOT NULL
) STRICT;

CREATE TABLE drive_session (
    drive      TEXT PRIMARY KEY NOT NULL,
    session    TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
