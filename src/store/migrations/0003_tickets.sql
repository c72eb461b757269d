-- Times are milliseconds since 1970.
CREATE TABLE ticket (
    id           BLOB PRIMARY KEY NOT NULL,
    kind         TEXT NOT NULL,              -- device, guest, or owner
    name         TEXT NOT NULL,
    scope        TEXT NOT NULL,              -- as it stands in the ticket; not kept of a withdrawn one
    prefers_hls  INTEGER NOT NULL,
    key          INTEGER NOT NULL,           -- the number of the key that signed it
    made_at      INTEGER NOT NULL,
    ends_at      INTEGER,
    last_used_at INTEGER,
    withdrawn_at INTEGER
) STRICT;

-- What is shown of a ticket's entry without asking anybody.
CREATE TABLE ticket_card (
    ticket  BLOB PRIMARY KEY NOT NULL REFERENCES ticket (id),
    entry   TEXT NOT NULL,
    picture BLOB,
    lost    INTEGER NOT NULL DEFAULT 0       -- whether the entry was found to be gone or locked
) STRICT;

-- Keys after the first, which is the server's key “ticket” and has the number 0.
CREATE TABLE ticket_key (
    number     INTEGER PRIMARY KEY NOT NULL,
    value      BLOB,                         -- not kept of a retired one
    made_at    INTEGER NOT NULL,
    retired_at INTEGER
) STRICT;
