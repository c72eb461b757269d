-- Copies and moves between places, which go on after a restart.
CREATE TABLE task (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT NOT NULL,                 -- copy, move
    state       TEXT NOT NULL,                 -- queued, running, paused, done, failed, cancelled
    from_place  TEXT NOT NULL,
    from_paths  TEXT NOT NULL,                 -- paths, a line each
    to_place    TEXT NOT NULL,
    to_path     TEXT NOT NULL,                 -- the folder
    total_bytes INTEGER,                       -- NULL until the source was listed
    problem     TEXT,                          -- the kind of the failure
    created_at  INTEGER NOT NULL
) STRICT;

-- The entries of a task, folders before what is in them.
CREATE TABLE task_item (
    task      INTEGER NOT NULL REFERENCES task (id),
    number    INTEGER NOT NULL,
    path      TEXT NOT NULL,
    target    TEXT NOT NULL,
    is_folder INTEGER NOT NULL,
    size      INTEGER NOT NULL,
    state     INTEGER NOT NULL,                -- 0 waiting, 1 begun, 2 done
    PRIMARY KEY (task, number)
) STRICT, WITHOUT ROWID;
