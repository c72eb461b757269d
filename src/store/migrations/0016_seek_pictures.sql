-- Small pictures of films, one for every ten seconds. They can be lost: players draw them again.
CREATE TABLE seek_picture (
    place   TEXT NOT NULL,
    path    TEXT NOT NULL,
    content TEXT NOT NULL,                     -- another version of the file has other pictures
    number  INTEGER NOT NULL,
    image   BLOB NOT NULL,
    PRIMARY KEY (place, path, number)
) STRICT;
