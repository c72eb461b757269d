-- The servers that use this state, each with a lease that it renews, and its share of the limits of every account, in
-- millionths. Times are milliseconds since 1970 of the database's clock.
CREATE TABLE server_lease (
    server     TEXT COLLATE "C" PRIMARY KEY,
    share      BIGINT NOT NULL,
    joined_at  BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Work that one server does at a time. A claim counts as long as the lease of its server does.
CREATE TABLE work_claim (
    work   TEXT COLLATE "C" PRIMARY KEY,
    server TEXT COLLATE "C" NOT NULL,
    claim  TEXT COLLATE "C" NOT NULL
);

-- Servers hold the notes of folders in memory, too.
CREATE TRIGGER notify_servers AFTER INSERT OR DELETE OR UPDATE ON folder_setting
    FOR EACH STATEMENT EXECUTE FUNCTION notify_servers();
