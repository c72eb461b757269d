CREATE TABLE owner_password (
    only   INTEGER PRIMARY KEY NOT NULL CHECK (only = 1),
    hash   TEXT NOT NULL,
    origin TEXT NOT NULL,
    set_at INTEGER NOT NULL
) STRICT;

CREATE TABLE owner_session (
    hash         BLOB PRIMARY KEY NOT NULL,
    device       TEXT NOT NULL,
    address      TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE api_token (
    hash         BLOB PRIMARY KEY NOT NULL,
    id           TEXT UNIQUE NOT NULL,
    name         TEXT NOT NULL,
    scope        TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;
