//! The pages for people: one view struct per page and the template that prints it.
//!
//! A view holds finished words and ready-made addresses (absolute paths that contain the base path, so
//! that the same page serves the owner and, under a ticket, a guest). The template does no thinking,
//! and a view knows nothing of drives or requests: the handlers fill it.

pub mod browse;
pub(in crate::web) mod desk;
pub mod error;
pub mod home;
pub mod human;
pub mod layout;
pub mod login;
pub mod search;
pub mod status;
pub mod verdict;
pub mod watch;

/// A text that leads somewhere.
#[derive(Debug, Clone)]
pub struct Link {
    /// Its text.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

/// A folder in a grid.
#[derive(Debug, Clone)]
pub struct FolderCard {
    /// Its name.
    pub name: String,
    /// Its browse page.
    pub href: String,
    /// Something small below the name, such as the date of the last change; may be empty.
    pub detail: String,
}

/// A film or a sound recording in a grid.
#[derive(Debug, Clone, Default)]
pub struct FilmCard {
    /// Its name.
    pub name: String,
    /// Its watch page.
    pub href: String,
    /// The address of its picture, where there is one.
    pub poster: Option<String>,
    /// `1:32:05`, or empty.
    pub length: String,
    /// `1.4 GB`, or empty.
    pub size: String,
    /// Something more below the name, such as the place it was found in; may be empty.
    pub detail: String,
    /// Sound without a picture.
    pub is_audio: bool,
    /// How far it was watched, in percent; `None` where it was not.
    pub watched_percent: Option<u8>,
}

/// Any other file, in a list.
#[derive(Debug, Clone)]
pub struct FileRow {
    /// Its name.
    pub name: String,
    /// The address of its own bytes, where they can be had.
    pub href: Option<String>,
    /// What it is, in a word: `image`, `subtitle`, `file`.
    pub kind: &'static str,
    /// `1.4 MB`.
    pub size: String,
    /// The day of the last change, or empty.
    pub modified: String,
}

/// A name and its value in a list of facts.
#[derive(Debug, Clone)]
pub struct Fact {
    /// What is said about.
    pub name: String,
    /// What is said.
    pub value: String,
}

/// An address to be copied into another player.
#[derive(Debug, Clone)]
pub struct Address {
    /// What it is: `Adaptive stream (HLS)`.
    pub label: String,
    /// For whom: `VLC, mpv, Kodi, Safari`.
    pub about: String,
    /// The whole address, with scheme and host.
    pub url: String,
}

/// A drive as a card.
#[derive(Debug, Clone)]
pub struct DriveCard {
    /// Its name.
    pub name: String,
    /// The browse page of its root; `None` where it cannot be browsed.
    pub href: Option<String>,
    /// What it is, in words: `TeraBox`, `Folder`.
    pub kind: String,
    /// `ready`, `signed_out` or `failed`.
    pub state: &'static str,
    /// The same in words: `Ready`, `Signed out`, `Not reachable`.
    pub state_label: String,
    /// The name of the account, and its plan.
    pub account: Option<String>,
    /// How full it is, where the drive says so.
    pub quota: Option<Quota>,
    /// What it can do, in words (shown on the status page).
    pub capabilities: Vec<String>,
    /// What is wrong, in a sentence.
    pub problem: Option<String>,
    /// What to do about it.
    pub step: Option<Link>,
}

/// How full a drive is.
#[derive(Debug, Clone)]
pub struct Quota {
    /// `1.2 TB`.
    pub used: String,
    /// `2.0 TB`.
    pub total: String,
    /// From 0 to 100.
    pub percent: u8,
}

impl Quota {
    /// From bytes.
    pub fn of(used_bytes: u64, total_bytes: u64) -> Self {
        Quota {
            used: human::size(used_bytes),
            total: human::size(total_bytes),
            percent: human::percent(used_bytes, total_bytes),
        }
    }

    /// Whether there is hardly any room left.
    pub fn is_nearly_full(&self) -> bool {
        self.percent >= 90
    }
}
