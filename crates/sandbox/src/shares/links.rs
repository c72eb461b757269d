//! The share links that every sandbox has.

use super::{FILM, SERIES, ShareCondition};

/// The initial state of a share.
pub(super) struct ShareTemplate {
    pub(super) name: &'static str,
    pub(super) surl: &'static str,
    pub(super) password: Option<&'static str>,
    /// The shared entries, by the paths of their owner.
    pub(super) roots: &'static [&'static str],
    pub(super) state: ShareCondition,
    /// Playlists end after three segments.
    pub(super) preview: bool,
    /// Renditions are made after their first request.
    pub(super) transcodes: bool,
    /// Lifetime in days; 0 for no end.
    pub(super) period_days: i64,
}

const ALIVE: ShareTemplate = ShareTemplate {
    name: "film",
    surl: "SbxFilm0000000000000aA",
    password: None,
    roots: &[FILM],
    state: ShareCondition::Alive,
    preview: false,
    transcodes: false,
    period_days: 0,
};

/// All shares.
pub(super) const SHARES: &[ShareTemplate] = &[
    ALIVE,
    ShareTemplate {
        name: "series",
        surl: "-SbxSeries000000000bB-_",
        roots: &[SERIES],
        period_days: 30,
        ..ALIVE
    },
    ShareTemplate {
        name: "mixed",
        surl: "1SbxMixed000000000000cC",
        roots: &[
            FILM,
            "/2024-03 shared/Sound only.mp3",
            "/2024-03 shared/Notes & signs #1 100%.txt",
            "/Elsewhere/Borrowed Light.mp4",
        ],
        ..ALIVE
    },
    ShareTemplate {
        name: "password",
        surl: "SbxPassword0000000000dD",
        password: Some("w3xz"),
        roots: &["/Behind a door/Locked Harbour.mp4"],
        ..ALIVE
    },
    ShareTemplate {
        name: "second password",
        surl: "SbxSecond000000000000eE",
        password: Some("k7q2"),
        roots: &["/Behind a door/Second Harbour.mp4"],
        ..ALIVE
    },
    ShareTemplate {
        name: "expired",
        surl: "SbxExpired00000000000fF",
        state: ShareCondition::Expired,
        period_days: 7,
        ..ALIVE
    },
    ShareTemplate {
        name: "cancelled",
        surl: "SbxCancelled000000000gG",
        state: ShareCondition::Cancelled,
        ..ALIVE
    },
    ShareTemplate {
        name: "preview",
        surl: "SbxPreview00000000000hH",
        roots: &["/2024-03 shared/Only a Glimpse.mp4"],
        preview: true,
        ..ALIVE
    },
    ShareTemplate {
        name: "transcoding",
        surl: "SbxTranscode000000000iI",
        roots: &["/2024-03 shared/Still in the Making.mp4"],
        transcodes: true,
        ..ALIVE
    },
];
