//! Tests of `pages`.

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
        verdict: code
            .and_then(|code| PlaybackProblem::of(Language::english(), code, &HelpPages::default())),
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
