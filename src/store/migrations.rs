//! The migrations of the tables, by number.

/// All migrations in order. A released migration is never altered.
#[rustfmt::skip]
pub(super) const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "initial tables", include_str!("migrations/0001_initial_tables.sql")),
    (2, "opened shares", include_str!("migrations/0002_opened_shares.sql")),
    (3, "tickets", include_str!("migrations/0003_tickets.sql")),
    (4, "access", include_str!("migrations/0004_access.sql")),
    (5, "history", include_str!("migrations/0005_history.sql")),
    (6, "connected drives", include_str!("migrations/0006_drives.sql")),
    (7, "resumable uploads", include_str!("migrations/0007_uploads.sql")),
    (8, "the library", include_str!("migrations/0008_library.sql")),
    (9, "viewers", include_str!("migrations/0009_viewers.sql")),
    (10, "locks and properties of WebDAV clients", include_str!("migrations/0010_webdav.sql")),
    (11, "copies between places", include_str!("migrations/0011_tasks.sql")),
    (12, "drives are switched off and ordered", include_str!("migrations/0012_drive_settings.sql")),
    (14, "apps", include_str!("migrations/0014_apps.sql")),
    (15, "intros", include_str!("migrations/0015_intros.sql")),
    (16, "seek pictures", include_str!("migrations/0016_seek_pictures.sql")),
    (17, "ticket limits", include_str!("migrations/0017_ticket_limits.sql")),
    (18, "descriptions", include_str!("migrations/0018_descriptions.sql")),
    (19, "metadata", include_str!("migrations/0019_metadata.sql")),
    (20, "the second factor of the password", include_str!("migrations/0020_second_factor.sql")),
    (21, "passkeys", include_str!("migrations/0021_passkeys.sql")),
    (23, "folder settings", include_str!("migrations/0023_folder_settings.sql")),
    (24, "sign-in of viewers", include_str!("migrations/0024_viewer_sign_in.sql")),
    (25, "what waits for its second half", include_str!("migrations/0025_pending.sql")),
    (28, "copies resume in the middle of a file", include_str!("migrations/0028_resumed_copies.sql")),
];
