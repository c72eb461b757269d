-- The second factor of the owner's password: the secret of an authenticator app, and the step of the last code.
CREATE TABLE owner_totp (
    only_row  BIGINT PRIMARY KEY NOT NULL CHECK (only_row = 1),
    secret    TEXT NOT NULL,
    last_step BIGINT NOT NULL
);

-- SHA-256 of the recovery codes that were not used yet, in hexadecimal digits.
CREATE TABLE owner_recovery_code (
    hash TEXT PRIMARY KEY NOT NULL
);
