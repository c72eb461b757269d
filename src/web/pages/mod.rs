//! The pages for people: one view struct per page and the template that prints it.
//!
//! A view holds finished words and ready-made addresses (absolute paths that contain the base path, so
//! that the same page serves the owner and, under a ticket, a guest). The template does no thinking,
//! and a view knows nothing of drives or requests: the handlers fill it.

pub mod account;
pub mod browse;
mod cards;
pub mod connect;
mod data_block;
pub mod devices;
pub mod error;
mod error_page;
pub mod external_players;
pub(in crate::web) mod form_fields;
pub mod format;
pub mod guest;
pub mod guest_link;
pub mod home;
pub mod layout;
pub mod login;
pub mod open_share;
pub mod organize;
pub mod own_shares;
pub(in crate::web) mod page_context;
pub mod password;
pub mod playback_problem;
pub mod reports;
pub mod search;
pub(in crate::web) mod send;
pub mod sessions;
pub mod share;
pub mod status;
pub mod ticket_card;
pub mod unfurl;
pub mod upload;
pub mod watch;

/// A text that leads somewhere.
#[derive(Debug, Clone)]
pub struct TextLink {
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
    /// What can be done with it.
    pub tools: Option<Tools>,
}

/// What can be done with an entry.
#[derive(Debug, Clone)]
pub struct Tools {
    /// Its path, for the box that is ticked; `None` where nothing is done with many at once.
    pub path: Option<String>,
    /// The page that asks what is to be done.
    pub href: String,
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
    /// What can be done with it.
    pub tools: Option<Tools>,
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
    /// What can be done with it.
    pub tools: Option<Tools>,
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
pub struct PlayerLink {
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
    /// The browse page of its root, or where it holds no files its account's; `None` where it has neither.
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
    pub quota: Option<QuotaBar>,
    /// What else it tells of its account (shown on the status page).
    pub facts: Vec<Fact>,
    /// What it can do, in words (shown on the status page).
    pub capabilities: Vec<String>,
    /// Its account's page; `None` where the drive has none.
    pub account_href: Option<String>,
    /// What is about to go wrong, in a sentence.
    pub warning: Option<String>,
    /// What is wrong, in a sentence.
    pub problem: Option<String>,
    /// What to do about it.
    pub step: Option<TextLink>,
}

/// How full a drive is.
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
    /// From bytes.
    pub fn of(used_bytes: u64, total_bytes: u64) -> Self {
        QuotaBar {
            used: format::size(used_bytes),
            total: format::size(total_bytes),
            percent: format::percent(used_bytes, total_bytes),
        }
    }

    /// Whether there is hardly any room left.
    pub fn is_nearly_full(&self) -> bool {
        self.percent >= 90
    }
}

#[cfg(test)]
mod tests {
    use askama::Template;

    use super::*;
    use crate::web::pages::browse::BrowsePage;
    use crate::web::pages::connect::ConnectForm;
    use crate::web::pages::external_players::ExternalPlayers;
    use crate::web::pages::home::{FirstPage, HomePage, HomeSection};
    use crate::web::pages::layout::{Layout, NavLink, SearchBox};
    use crate::web::pages::playback_problem::{HelpPages, PlaybackProblem};
    use crate::web::pages::watch::{FilmData, FilmNext, SubtitleTrack, WatchPage};

    const NASTY: &str = "</script><script>alert(\"1\")</script>' onerror=x 映画 🌊";

    fn layout() -> Layout {
        Layout {
            title: NASTY.to_owned(),
            assets: "/drive-in/assets/abc".to_owned(),
            home: "/drive-in/".to_owned(),
            nav: vec![NavLink {
                label: "Status".to_owned(),
                href: "/drive-in/status".to_owned(),
                current: true,
            }],
            search: Some(SearchBox {
                action: "/drive-in/search".to_owned(),
                query: NASTY.to_owned(),
            }),
            ..Layout::default()
        }
    }

    fn nasty_film() -> FilmCard {
        FilmCard {
            name: NASTY.to_owned(),
            href: "/drive-in/watch/films/x".to_owned(),
            detail: NASTY.to_owned(),
            ..FilmCard::default()
        }
    }

    fn home(drives: Vec<DriveCard>) -> HomePage {
        HomePage {
            layout: layout(),
            drives,
            begun: vec![nasty_film()],
            shelves: vec![HomeSection {
                title: NASTY.to_owned(),
                films: vec![nasty_film()],
                ..HomeSection::default()
            }],
            shares: Vec::new(),
            open_share: None,
            connect: "/drive-in/connect".to_owned(),
            first_page: FirstPage {
                config_file: "drivein.toml".to_owned(),
                form: form(),
            },
        }
    }

    fn form() -> ConnectForm {
        ConnectForm {
            action: "/drive-in/connect".to_owned(),
            kinds: Vec::new(),
            kind: "terabox",
            about: "",
            name: NASTY.to_owned(),
            fields: Vec::new(),
            more: Vec::new(),
            problems: vec![NASTY.to_owned()],
        }
    }

    fn browse() -> BrowsePage {
        BrowsePage {
            layout: layout(),
            title: NASTY.to_owned(),
            crumbs: Vec::new(),
            sorts: Vec::new(),
            folders: vec![FolderCard {
                name: NASTY.to_owned(),
                href: "/drive-in/browse/films/x".to_owned(),
                detail: String::new(),
                tools: Some(Tools {
                    path: Some(NASTY.to_owned()),
                    href: "/drive-in/organize".to_owned(),
                }),
            }],
            films: vec![nasty_film()],
            files: Vec::new(),
            previous: None,
            next: Some("/drive-in/browse/films/?cursor=2".to_owned()),
            addresses: Vec::new(),
            share: None,
            notice: String::new(),
            tools: None,
            pass_on: None,
        }
    }

    fn watch(code: &str) -> WatchPage {
        WatchPage {
            layout: layout(),
            crumbs: Vec::new(),
            facts: Vec::new(),
            addresses: Vec::new(),
            elsewhere: ExternalPlayers::default(),
            pass_on: None,
            previous: None,
            verdict: PlaybackProblem::of(code, &HelpPages::default()),
            subtitles: vec![SubtitleTrack {
                label: NASTY.to_owned(),
                lang: None,
                src: "/drive-in/play/t/films/x/subtitles/und.vtt".to_owned(),
            }],
            film: FilmData {
                title: NASTY.to_owned(),
                kind: "video",
                original: Some("/drive-in/play/t/films/x".to_owned()),
                next: Some(FilmNext {
                    title: NASTY.to_owned(),
                    href: "/drive-in/watch/films/y".to_owned(),
                }),
                ..FilmData::default()
            },
        }
    }

    /// What the content security policy forbids, or what a name must not become, is nowhere in a page.
    fn assert_clean(page: &str) {
        assert!(page.starts_with("<!doctype html>"));
        assert!(!page.contains("alert(\"1\")"), "a name became markup");
        assert!(!page.contains(" style="), "inline style");
        assert!(!page.contains("<style"), "inline style sheet");
        for script in page.split("<script").skip(1) {
            let open = script.split('>').next().unwrap_or_default();
            assert!(
                open.contains(" src=")
                    || open.contains("application/json")
                    || open.contains("application/ld+json"),
                "inline script: {open}"
            );
        }
    }

    #[test]
    fn names_stay_names_and_nothing_is_inline() {
        let drive = DriveCard {
            name: "films".to_owned(),
            href: None,
            kind: "TeraBox".to_owned(),
            state: "ready",
            state_label: "Ready".to_owned(),
            account: Some(NASTY.to_owned()),
            quota: Some(QuotaBar::of(95, 100)),
            facts: Vec::new(),
            capabilities: Vec::new(),
            account_href: None,
            warning: Some(NASTY.to_owned()),
            problem: Some(NASTY.to_owned()),
            step: None,
        };
        assert_clean(&home(vec![drive]).render().unwrap());
        assert_clean(&browse().render().unwrap());
        assert_clean(&watch("transcoding").render().unwrap());
    }

    #[test]
    fn without_a_drive_the_home_page_helps_to_connect_one() {
        let page = home(Vec::new()).render().unwrap();
        assert_clean(&page);
        assert!(page.contains("[[drive]]"));
        assert!(page.contains("drivein.toml"));
    }

    #[test]
    fn a_long_folder_links_to_its_next_page() {
        let page = browse().render().unwrap();
        assert!(page.contains(r#"href="/drive-in/browse/films/?cursor=2" rel="next""#));
    }

    #[test]
    fn an_obstacle_covers_the_picture_and_a_reservation_does_not() {
        let hidden = r#"id="verdict" role="status" hidden"#;
        let page = watch("transcoding").render().unwrap();
        assert!(!page.contains(hidden) && page.contains("Still being prepared"));
        let page = watch("preview_only").render().unwrap();
        assert!(page.contains(hidden) && page.contains("Only a preview"));
        assert!(watch("").render().unwrap().contains(hidden));
    }
}
