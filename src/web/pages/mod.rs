//! The pages for people: one view struct per page, and the template that renders it.
//!
//! A view contains formatted text and URLs (absolute paths that contain the base path, so that the same
//! page serves the owner and, under a ticket, a guest). Templates contain no logic beyond conditions and
//! loops, and a view has no access to drives or requests: the handlers fill it.

pub mod account;
pub mod archives;
pub mod browse;
mod cards;
pub(in crate::web) mod choose_viewer;
pub mod connect;
mod data_block;
pub mod devices;
pub mod drive_form;
mod drive_path;
pub mod drives;
pub mod error;
mod error_page;
pub mod external_players;
mod first_look;
mod folder_sequence;
pub mod folder_settings;
pub(in crate::web) mod form_fields;
pub mod format;
pub mod guest;
pub mod guest_link;
pub mod home;
pub(in crate::web) mod language;
pub mod layout;
pub mod login;
pub mod login_code;
pub mod login_openid;
mod new_names;
pub mod organize;
pub mod own_shares;
pub(in crate::web) mod page_context;
pub mod passkeys;
pub mod password;
pub mod picture;
pub mod playback_problem;
mod player_apps;
mod queue;
pub mod remote_downloads;
pub mod rename_many;
pub mod reports;
pub mod search;
pub mod second_factor;
pub(in crate::web) mod send;
pub mod sessions;
pub mod share;
pub mod share_panel;
pub mod site_sign_in;
pub mod status;
pub mod tasks;
pub mod ticket_card;
pub(in crate::web) mod titles;
pub mod trash;
pub mod unfurl;
pub mod upload;
pub mod versions;
pub(in crate::web) mod viewers;
pub mod watch;

use crate::web::api::drives::DriveState;
use crate::web::locale::Language;

/// A link with a text.
#[derive(Debug, Clone)]
pub struct TextLink {
    /// Its text.
    pub label: String,
    /// Its URL.
    pub href: String,
}

/// A folder in a grid.
#[derive(Debug, Clone)]
pub struct FolderCard {
    /// Its name.
    pub name: String,
    /// Its browse page.
    pub href: String,
    /// A short text below the name, such as the date of the last change; may be empty.
    pub detail: String,
    /// The actions on it.
    pub tools: Option<Tools>,
}

/// The actions on an entry.
#[derive(Debug, Clone)]
pub struct Tools {
    /// Its path, for the tick box; `None` on pages without actions on several entries.
    pub path: Option<String>,
    /// The page with the actions.
    pub href: String,
}

/// A film or a sound recording in a grid.
#[derive(Debug, Clone, Default)]
pub struct FilmCard {
    /// Its name.
    pub name: String,
    /// Its watch page.
    pub href: String,
    /// The URL of its picture, if it has one.
    pub poster: Option<String>,
    /// The URL of a smaller picture for small screens, if the drive has one.
    pub small_poster: Option<String>,
    /// `1:32:05`, or empty.
    pub length: String,
    /// `1.4 GB`, or empty.
    pub size: String,
    /// Another text below the name, such as the folder that contains it; may be empty.
    pub detail: String,
    /// True for sound without a picture.
    pub is_audio: bool,
    /// The watched share in percent; `None` if it was not watched.
    pub watched_percent: Option<u8>,
    /// True if it was watched to its end.
    pub is_watched: bool,
    /// The actions on it.
    pub tools: Option<Tools>,
}

/// Any other file, in a list.
#[derive(Debug, Clone)]
pub struct FileRow {
    /// Its name.
    pub name: String,
    /// The URL of its own bytes, if the drive provides them.
    pub href: Option<String>,
    /// The kind in a word: `image`, `subtitle`, `file`.
    pub kind: String,
    /// `1.4 MB`.
    pub size: String,
    /// The day of the last change, or empty.
    pub modified: String,
    /// The actions on it.
    pub tools: Option<Tools>,
}

/// A name and a value in a list.
#[derive(Debug, Clone)]
pub struct Fact {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// A URL to be copied into another player.
#[derive(Debug, Clone)]
pub struct PlayerLink {
    /// The kind of stream: `Adaptive stream (HLS)`.
    pub label: String,
    /// The players that it suits: `VLC, mpv, Kodi, Safari`.
    pub about: String,
    /// The absolute URL.
    pub url: String,
}

/// A drive as a card.
#[derive(Debug, Clone)]
pub struct DriveCard {
    /// Its name.
    pub name: String,
    /// The browse page of its root, or its account page if it holds no files; `None` without both.
    pub href: Option<String>,
    /// The kind in words: `TeraBox`, `Folder`.
    pub kind: String,
    /// `ready`, `signed_out` or `failed`.
    pub state: DriveState,
    /// The state in words: `Ready`, `Signed out`, `Not reachable`.
    pub state_label: String,
    /// The name of the account, and its plan.
    pub account: Option<String>,
    /// The used storage, if the drive reports it.
    pub quota: Option<QuotaBar>,
    /// Further facts about the account (shown on the status page).
    pub facts: Vec<Fact>,
    /// The capabilities, in words (shown on the status page).
    pub capabilities: Vec<String>,
    /// The page of its account; `None` if the drive has none.
    pub account_href: Option<String>,
    /// A sentence about an expected problem.
    pub warning: Option<String>,
    /// A sentence about the current problem.
    pub problem: Option<String>,
    /// A link to the next step.
    pub step: Option<TextLink>,
}

/// The used share of a drive's storage.
#[derive(Debug, Clone)]
pub struct QuotaBar {
    /// `1.2 TB`.
    pub used: String,
    /// `2.0 TB`.
    pub total: String,
    /// From 0 to 100.
    pub percent: u8,
}

impl QuotaBar {
    /// Formats the numbers of bytes.
    pub fn of(language: &'static Language, used_bytes: u64, total_bytes: u64) -> Self {
        QuotaBar {
            used: language.size(used_bytes),
            total: language.size(total_bytes),
            percent: format::percent(used_bytes, total_bytes),
        }
    }

    /// Returns true if at least 90 percent are used.
    pub fn is_nearly_full(&self) -> bool {
        self.percent >= 90
    }
}

#[cfg(test)]
mod tests;
