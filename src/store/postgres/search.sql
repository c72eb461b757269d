CREATE TABLE library_search (
    rowid BIGINT PRIMARY KEY,
    title TEXT COLLATE "C" NOT NULL,
    words TSVECTOR GENERATED ALWAYS AS (to_tsvector('simple', search_text(title))) STORED
);
CREATE INDEX library_search_by_words ON library_search USING gin (words)
