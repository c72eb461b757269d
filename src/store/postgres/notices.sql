-- Other servers on this state are notified of what they hold in memory.
CREATE FUNCTION notify_servers() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('drivein', COALESCE(current_setting('drivein.server', TRUE), ''));
    RETURN NULL;
END
$$;
CREATE TRIGGER notify_servers AFTER INSERT OR DELETE OR UPDATE OF withdrawn_at ON ticket
    FOR EACH STATEMENT EXECUTE FUNCTION notify_servers();
CREATE TRIGGER notify_servers AFTER INSERT OR DELETE OR UPDATE ON ticket_key
    FOR EACH STATEMENT EXECUTE FUNCTION notify_servers();
CREATE TRIGGER notify_servers AFTER INSERT OR DELETE OR UPDATE ON owner_password
    FOR EACH STATEMENT EXECUTE FUNCTION notify_servers();
CREATE TRIGGER notify_servers AFTER INSERT OR DELETE ON owner_totp
    FOR EACH STATEMENT EXECUTE FUNCTION notify_servers();
CREATE TRIGGER notify_servers AFTER DELETE ON owner_session
    FOR EACH STATEMENT EXECUTE FUNCTION notify_servers();
CREATE TRIGGER notify_servers AFTER DELETE ON api_token
    FOR EACH STATEMENT EXECUTE FUNCTION notify_servers();
CREATE TRIGGER notify_servers AFTER INSERT OR DELETE OR UPDATE ON viewer
    FOR EACH STATEMENT EXECUTE FUNCTION notify_servers();
CREATE TRIGGER notify_servers AFTER INSERT OR DELETE OR UPDATE ON opened_share
    FOR EACH STATEMENT EXECUTE FUNCTION notify_servers();
CREATE TRIGGER notify_servers AFTER INSERT OR DELETE OR UPDATE ON connected_drive
    FOR EACH STATEMENT EXECUTE FUNCTION notify_servers();

-- The server that renews the session of a drive at the moment. Times are milliseconds since 1970 of the database's clock.
CREATE TABLE session_lease (
    drive      TEXT COLLATE "C" PRIMARY KEY,
    holder     TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- The order in which pictures were stored, as SQLite's rows have it.
ALTER TABLE seek_picture ADD COLUMN rowid BIGINT GENERATED ALWAYS AS IDENTITY;
CREATE INDEX seek_picture_by_row ON seek_picture (rowid);
