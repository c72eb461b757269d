-- Apps that speak Jellyfin's API. Times are milliseconds since 1970.
CREATE TABLE app_device (
    ticket      BLOB PRIMARY KEY NOT NULL REFERENCES ticket (id),
    app         TEXT NOT NULL,
    app_version TEXT NOT NULL,
    device      TEXT NOT NULL,
    device_id   TEXT NOT NULL,
    parent      BLOB                            -- the ticket that it signed in with
) STRICT;
CREATE INDEX app_device_by_id ON app_device (device_id);
CREATE INDEX app_device_by_parent ON app_device (parent);

-- The way back from an id to its entry.
CREATE TABLE app_item (
    id    BLOB PRIMARY KEY NOT NULL,
    place TEXT NOT NULL,
    path  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE app_favourite (
    viewer TEXT NOT NULL,
    id     BLOB NOT NULL,
    PRIMARY KEY (viewer, id)
) STRICT, WITHOUT ROWID;

-- Settings that apps store for their own use.
CREATE TABLE app_preference (
    viewer TEXT NOT NULL,
    app    TEXT NOT NULL,
    id     TEXT NOT NULL,
    value  TEXT NOT NULL,                       -- JSON
    PRIMARY KEY (viewer, app, id)
) STRICT;
