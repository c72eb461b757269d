//! The home page: the drives, what is on them, and how to connect the first one.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use futures_util::future::join_all;

use super::connect::ConnectForm;
use super::desk::{At, Desk};
use super::fields::Fields;
use super::layout::Layout;
use super::open_share::{self, ShareRow};
use super::{DriveCard, FilmCard, FolderCard, browse};
use crate::config::KIND_FORMS;
use crate::governor::SharedDrive;
use crate::library::Freshness;
use crate::web::Site;
use crate::web::api::history::recent;
use crate::web::error::Problem;
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
    pub shelves: Vec<Shelf>,
    /// Where the form for share links goes (the link goes into `link`); `None` where no drive opens shares.
    pub open_share: Option<String>,
    /// Share links that were opened, the last one first.
    pub shares: Vec<ShareRow>,
    /// Where one more drive is connected.
    pub connect: String,
    /// How to connect a drive, shown when there is none.
    pub first_page: FirstPage,
}

/// One drive's root as a row of cards.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
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
pub(in crate::web) async fn show(State(site): State<Site>, headers: HeaderMap) -> Response {
    let desk = Desk::new(&site, &headers);
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
            .map(|(drive, account)| desk.drive(drive, account))
            .collect()
    };
    let shelves = join_all(
        browsable
            .iter()
            .take(SHELVES)
            .map(|drive| shelf(&desk, drive)),
    );
    let (drives, shelves, shares, begun) =
        tokio::join!(cards, shelves, open_share::rows(&desk), begun(&desk));
    desk.answer(Ok(HomePage {
        layout: desk.layout("Home", At::Home),
        drives,
        begun,
        shelves,
        open_share: site
            .shares
            .can_open()
            .then(|| site.addresses.local("/share")),
        shares,
        connect: site.addresses.local("/connect"),
        first_page: FirstPage {
            config_file: "drivein.toml".to_owned(),
            form: ConnectForm::of(&site, &KIND_FORMS[0], &Fields::default(), Vec::new()),
        },
    }))
}

/// Films on the shelf of those that were begun, and how many of the last ones are looked at for it.
const BEGUN: usize = 12;
const LOOKED_AT: usize = 24;

async fn begun(desk: &Desk<'_>) -> Vec<FilmCard> {
    let recent = recent(desk.site, LOOKED_AT).await.unwrap_or_default();
    let begun = recent.iter().filter(|(watched, _)| watched.is_begun());
    let cards = begun.filter_map(|(watched, entry)| {
        let entry = entry.as_deref()?;
        Some(FilmCard {
            watched_percent: Some(watched.percent()),
            tools: None,
            ..desk.film(entry)
        })
    });
    cards.take(BEGUN).collect()
}

/// Roots shown on the home page: each costs a call, and more would be scrolled past.
const SHELVES: usize = 4;

/// Entries of a root that the home page shows.
const SHELF_LENGTH: usize = 24;

async fn shelf(desk: &Desk<'_>, drive: &SharedDrive) -> Shelf {
    let root = EntryPath::root();
    // The first page of the folder itself, so that opening it costs nothing more.
    let listing = desk
        .site
        .library
        .listing(
            drive.place(),
            &root,
            &browse::first_page(),
            Freshness::Cached,
        )
        .await;
    let mut shelf = Shelf {
        title: drive.place().to_string(),
        href: desk.browse(drive.place(), &root),
        ..Shelf::default()
    };
    match listing {
        Ok(listing) => {
            let mut cards = desk.cards(&listing.entries);
            desk.mark_watched(drive.place(), &listing.entries, &mut cards.films)
                .await;
            // On this page things are looked at; what is done with them, in their folder.
            cards.folders.iter_mut().for_each(|card| card.tools = None);
            cards.films.iter_mut().for_each(|card| card.tools = None);
            shelf.folders = cards.folders.into_iter().take(SHELF_LENGTH).collect();
            shelf.films = cards.films.into_iter().take(SHELF_LENGTH).collect();
        }
        Err(error) => {
            let problem = Problem::from(error);
            shelf.problem = Some(problem.detail());
        }
    }
    shelf
}
