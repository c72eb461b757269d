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
pub mod open_share;
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
mod tests {
    use askama::Template;

    use super::*;
    use crate::web::error::ProblemCode;
    use crate::web::pages::browse::BrowsePage;
    use crate::web::pages::connect::ConnectForm;
    use crate::web::pages::external_players::ExternalPlayers;
    use crate::web::pages::folder_settings::NotePart;
    use crate::web::pages::home::{FirstPage, HomePage, HomeSection};
    use crate::web::pages::layout::{NavLink, PageLayout, SearchBox};
    use crate::web::pages::playback_problem::{HelpPages, PlaybackProblem};
    use crate::web::pages::titles::{HomeHero, TitleRow};
    use crate::web::pages::watch::{FilmData, FilmNext, SubtitleTrack, WatchPage};

    const NASTY: &str = "</script><script>alert(\"1\")</script>' onerror=x 映画 🌊";

    fn layout() -> PageLayout {
        PageLayout {
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
            ..PageLayout::default()
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
            hero: Some(HomeHero {
                reason: "Next up".to_owned(),
                card: nasty_film(),
                overview: NASTY.to_owned(),
                picture: None,
                action: TextLink {
                    label: "Play".to_owned(),
                    href: "/drive-in/watch/films/x#play".to_owned(),
                },
                page: None,
            }),
            rows: vec![TitleRow {
                id: "begun",
                title: "Continue watching".to_owned(),
                href: None,
                cards: vec![nasty_film()],
            }],
            sections: vec![HomeSection {
                title: NASTY.to_owned(),
                films: vec![nasty_film()],
                ..HomeSection::default()
            }],
            shares: Vec::new(),
            open_share: None,
            drives_page: String::new(),
            connect: Some("/drive-in/connect".to_owned()),
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
            about: String::new(),
            name: NASTY.to_owned(),
            is_new: true,
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
            kinds: Vec::new(),
            whole_drive: None,
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
            is_waiting: false,
            note: vec![
                NotePart::Text(NASTY.to_owned()),
                NotePart::Link(format!("https://a.example/{NASTY}")),
            ],
            tools: None,
            guest_link: None,
        }
    }

    fn watch(code: Option<ProblemCode>) -> WatchPage {
        WatchPage {
            layout: layout(),
            crumbs: Vec::new(),
            facts: Vec::new(),
            addresses: Vec::new(),
            elsewhere: ExternalPlayers::default(),
            guest_link: None,
            versions: None,
            tags: Vec::new(),
            files: None,
            about: None,
            previous: None,
            queue: Vec::new(),
            verdict: code.and_then(|code| {
                PlaybackProblem::of(Language::english(), code, &HelpPages::default())
            }),
            subtitles: vec![SubtitleTrack {
                label: NASTY.to_owned(),
                lang: None,
                src: "/drive-in/play/t/films/x/subtitles/und.vtt".to_owned(),
                styled: Some("/drive-in/play/t/films/x/subtitles/und.ass".to_owned()),
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

    /// Asserts that a page contains nothing that the content security policy forbids, and no unescaped
    /// name.
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
            state: DriveState::Ready,
            state_label: "Ready".to_owned(),
            account: Some(NASTY.to_owned()),
            quota: Some(QuotaBar::of(Language::english(), 95, 100)),
            facts: Vec::new(),
            capabilities: Vec::new(),
            account_href: None,
            warning: Some(NASTY.to_owned()),
            problem: Some(NASTY.to_owned()),
            step: None,
        };
        assert_clean(&home(vec![drive]).render().unwrap());
        assert_clean(&browse().render().unwrap());
        assert_clean(&watch(Some(ProblemCode::Transcoding)).render().unwrap());
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
        let hidden = r#"id="error-overlay" role="status" hidden"#;
        let page = watch(Some(ProblemCode::Transcoding)).render().unwrap();
        assert!(!page.contains(hidden) && page.contains("Still being prepared"));
        let page = watch(Some(ProblemCode::PreviewOnly)).render().unwrap();
        assert!(page.contains(hidden) && page.contains("Only a preview"));
        assert!(watch(None).render().unwrap().contains(hidden));
    }
}
