-- What the servers on this state share: limits that they count together, and apps. Times are milliseconds since 1970 of the database's clock.

-- Guesses of passwords, PINs and codes, by client and by all of them. A bucket without a row is full; another one is full
-- again at its time.
CREATE TABLE attempt_bucket (
    name    TEXT COLLATE "C" PRIMARY KEY,
    full_at BIGINT NOT NULL
);
CREATE INDEX attempt_bucket_by_time ON attempt_bucket (full_at);

-- The clients of tickets with limits, and the last time at which a server sent them something.
CREATE TABLE ticket_client (
    ticket  BYTEA NOT NULL,
    client  BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (ticket, client)
);
CREATE INDEX ticket_client_by_time ON ticket_client (seen_at);

-- Lets a client in under a ticket, or not. One call at a time per ticket, by the lock on its row.
CREATE FUNCTION admit_ticket_client(
    of_ticket BYTEA, of_client BIGINT, max_viewers BIGINT, most_visits BIGINT, viewer_ttl BIGINT, visit_ttl BIGINT
) RETURNS TEXT LANGUAGE plpgsql AS $$
DECLARE
    now_ms BIGINT;
    others BIGINT;
BEGIN
    PERFORM 1 FROM ticket WHERE id = of_ticket FOR UPDATE;
    now_ms := CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT);
    SELECT COUNT(*) INTO others FROM ticket_client
        WHERE ticket = of_ticket AND client <> of_client AND seen_at > now_ms - viewer_ttl;
    IF others >= max_viewers THEN
        RETURN 'full';
    END IF;
    IF most_visits IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM ticket_client WHERE ticket = of_ticket AND client = of_client AND seen_at > now_ms - visit_ttl
    ) THEN
        UPDATE ticket SET visits = visits + 1 WHERE id = of_ticket AND visits < most_visits;
        IF NOT FOUND THEN
            RETURN 'used up';
        END IF;
    END IF;
    INSERT INTO ticket_client (ticket, client, seen_at) VALUES (of_ticket, of_client, now_ms)
        ON CONFLICT (ticket, client) DO UPDATE SET seen_at = excluded.seen_at;
    RETURN 'admitted';
END
$$;

-- What each server knows of the apps that speak to it, and messages for sockets at a server.
CREATE TABLE app_sighting (
    ticket  BYTEA NOT NULL,
    server  TEXT COLLATE "C" NOT NULL,
    body    TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (ticket, server)
);
CREATE TABLE app_message (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    server  TEXT COLLATE "C" NOT NULL,
    ticket  BYTEA NOT NULL,
    body    TEXT NOT NULL,
    sent_at BIGINT NOT NULL
);
CREATE INDEX app_message_by_server ON app_message (server);

-- A statement that changes no row is no notice: servers answer one by looking, and some looks are such statements.
DO $$
DECLARE
    of_trigger RECORD;
BEGIN
    FOR of_trigger IN
        SELECT c.relname AS name, pg_get_triggerdef(t.oid) AS definition
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE t.tgname = 'notify_servers' AND c.relnamespace = CAST(CAST(current_schema() AS TEXT) AS regnamespace)
    LOOP
        EXECUTE format('DROP TRIGGER notify_servers ON %I', of_trigger.name);
        EXECUTE replace(of_trigger.definition, 'FOR EACH STATEMENT', 'FOR EACH ROW');
    END LOOP;
END
$$;
