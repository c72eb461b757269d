-- Passkeys of the owner. `id` is the credential's id, `public_key` what never changes of it, `flags` its counter and
-- what else does: all in unpadded base64url.
CREATE TABLE owner_passkey (
    id           TEXT PRIMARY KEY NOT NULL,
    name         TEXT NOT NULL,
    public_key   TEXT NOT NULL,
    flags        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT
);
