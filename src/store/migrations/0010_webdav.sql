-- Locks of WebDAV clients (RFC 4918 §6). Expired ones are removed when another is made.
CREATE TABLE dav_lock (
    token      TEXT PRIMARY KEY NOT NULL,      -- urn:uuid:…
    place      TEXT NOT NULL,
    path       TEXT NOT NULL,
    is_deep    INTEGER NOT NULL,               -- 1: "Depth: infinity"
    is_shared  INTEGER NOT NULL,
    owner      TEXT NOT NULL,                  -- the element DAV:owner as XML, or empty
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX dav_lock_by_place ON dav_lock (place);

-- Properties that WebDAV clients keep with an entry (RFC 4918 §4.3).
CREATE TABLE dav_property (
    place     TEXT NOT NULL,
    path      TEXT NOT NULL,
    folder    TEXT NOT NULL,                   -- the path of the folder that contains the entry
    namespace TEXT NOT NULL,
    name      TEXT NOT NULL,
    element   TEXT NOT NULL,                   -- the whole element as XML
    PRIMARY KEY (place, path, namespace, name)
) STRICT;
CREATE INDEX dav_property_by_folder ON dav_property (place, folder);
