-- What waits for its second half: sign-ins in progress, codes of apps. The text is that of its kind.
CREATE TABLE pending (
    kind    TEXT NOT NULL,
    id      TEXT NOT NULL,
    body    TEXT NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);
