//! The home page: the drives, what is on them, and how to connect the first one.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use futures_util::future::join_all;

use super::connect::ConnectForm;
use super::form_fields::FormFields;
use super::layout::Layout;
use super::open_share::{self, OpenShareRow};
use super::page_context::{NavItem, PageContext};
use super::{DriveCard, FilmCard, FolderCard, browse};
use crate::config::KIND_FORMS;
use crate::library::Freshness;
use crate::web::AppState;
use crate::web::api::history::recent;
use crate::web::error::Problem;
use drives::SharedDrive;
use media::EntryPath;

/// `/`
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    pub layout: Layout,
    /// The drives in the order of the configuration. When there is none, the first page is shown.
    pub drives: Vec<DriveCard>,
    /// Films that were begun, last one first.
    pub begun: Vec<FilmCard>,
    /// What stands at the root of the first drives.
    pub shelves: Vec<HomeSection>,
    /// Where the form for share links goes (the link goes into `link`); `None` where no drive opens shares.
    pub open_share: Option<String>,
    /// Share links that were opened, the last one first.
    pub shares: Vec<OpenShareRow>,
    /// Where one more drive is connected.
    pub connect: String,
    /// How to connect a drive, shown when there is none.
    pub first_page: FirstPage,
}

/// One drive's root as a row of cards.
#[derive(Debug, Clone, Default)]
pub struct HomeSection {
    /// The drive's name.
    pub title: String,
    /// Its browse page.
    pub href: String,
    /// The folders at its root.
    pub folders: Vec<FolderCard>,
    /// The films at its root.
    pub films: Vec<FilmCard>,
    /// Why there is nothing, where the drive could not be asked.
    pub problem: Option<String>,
}

/// What the very first visitor reads.
#[derive(Debug, Clone)]
pub struct FirstPage {
    /// The file to write into, as the server sees it.
    pub config_file: String,
    /// What is typed in instead.
    pub form: ConnectForm,
}

/// The home page.
pub(in crate::web) async fn show(State(site): State<AppState>, headers: HeaderMap) -> Response {
    let context = PageContext::new(&site, &headers);
    let drives = site.library.drives();
    let browsable = site.library.browsable();
    let cards = async {
        let accounts = join_all(
            drives
                .iter()
                .map(|drive| site.library.account(drive.place())),
        )
        .await;
        drives
            .iter()
            .zip(&accounts)
            .map(|(drive, account)| context.drive(drive, account))
            .collect()
    };
    let shelves = join_all(
        browsable
            .iter()
            .take(MAX_SECTIONS)
            .map(|drive| section(&context, drive)),
    );
    let (drives, shelves, shares, begun) =
        tokio::join!(cards, shelves, open_share::rows(&context), begun(&context));
    context.answer(Ok(HomePage {
        layout: context.layout("Home", NavItem::Home),
        drives,
        begun,
        shelves,
        open_share: site.shares.can_open().then(|| site.urls.local("/share")),
        shares,
        connect: site.urls.local("/connect"),
        first_page: FirstPage {
            config_file: "drivein.toml".to_owned(),
            form: ConnectForm::of(&site, &KIND_FORMS[0], &FormFields::default(), Vec::new()),
        },
    }))
}

/// Films on the shelf of those that were begun, and how many of the last ones are looked at for it.
const MAX_BEGUN: usize = 12;
const MAX_HISTORY_LOOKUPS: usize = 24;

async fn begun(context: &PageContext<'_>) -> Vec<FilmCard> {
    let recent = recent(context.site, MAX_HISTORY_LOOKUPS)
        .await
        .unwrap_or_default();
    let begun = recent.iter().filter(|(watched, _)| watched.is_begun());
    let cards = begun.filter_map(|(watched, entry)| {
        let entry = entry.as_deref()?;
        Some(FilmCard {
            watched_percent: Some(watched.percent()),
            tools: None,
            ..context.film(entry)
        })
    });
    cards.take(MAX_BEGUN).collect()
}

/// Roots shown on the home page: each costs a call, and more would be scrolled past.
const MAX_SECTIONS: usize = 4;

/// Entries of a root that the home page shows.
const MAX_SECTION_ENTRIES: usize = 24;

async fn section(context: &PageContext<'_>, drive: &SharedDrive) -> HomeSection {
    let root = EntryPath::root();
    // The first page of the folder itself, so that opening it costs nothing more.
    let listing = context
        .site
        .library
        .listing(drive.place(), &root, &browse::first_page(), Freshness::Kept)
        .await;
    let mut section = HomeSection {
        title: drive.place().to_string(),
        href: context.browse(drive.place(), &root),
        ..HomeSection::default()
    };
    match listing {
        Ok(listing) => {
            let mut cards = context.cards(&listing.entries);
            context
                .mark_watched(drive.place(), &listing.entries, &mut cards.films)
                .await;
            // On this page things are looked at; what is done with them, in their folder.
            cards.folders.iter_mut().for_each(|card| card.tools = None);
            cards.films.iter_mut().for_each(|card| card.tools = None);
            section.folders = cards
                .folders
                .into_iter()
                .take(MAX_SECTION_ENTRIES)
                .collect();
            section.films = cards.films.into_iter().take(MAX_SECTION_ENTRIES).collect();
        }
        Err(error) => {
            let problem = Problem::from(error);
            section.problem = Some(problem.detail());
        }
    }
    section
}
