-- What servers share while they send and receive. It is of the moment, so a crash of the database may forget it. Times are
-- milliseconds since 1970 of the database's clock.

-- The time up to which the turns of a ticket with a limit of speed are given away.
CREATE UNLOGGED TABLE ticket_turn (
    ticket  BYTEA PRIMARY KEY,
    next_at BIGINT NOT NULL
);
CREATE INDEX ticket_turn_by_time ON ticket_turn (next_at);

-- Pauses that upstreams have asked for: of the calls of a drive, of what is sent to it, or of one of its media hosts.
CREATE UNLOGGED TABLE account_pause (
    drive   TEXT COLLATE "C" NOT NULL,
    limiter TEXT COLLATE "C" NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (drive, limiter)
);

-- A drive with other settings may be another account.
CREATE FUNCTION forget_account_pauses() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM account_pause WHERE drive IN (OLD.name, NEW.name);
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_account_pauses AFTER INSERT OR DELETE OR UPDATE OF name, kind, settings ON connected_drive
    FOR EACH ROW EXECUTE FUNCTION forget_account_pauses();

-- The progress of uploads, in bytes, as the server that receives the file has stored it last.
CREATE UNLOGGED TABLE upload_progress (
    id       TEXT COLLATE "C" PRIMARY KEY,
    received BIGINT NOT NULL,
    sent     BIGINT NOT NULL,
    size     BIGINT,
    seen_at  BIGINT NOT NULL
);
CREATE INDEX upload_progress_by_time ON upload_progress (seen_at);
