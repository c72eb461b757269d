//! The home page: the drives, the entries at their roots, and how to connect the first drive.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use futures_util::future::join_all;

use super::connect::ConnectForm;
use super::form_fields::FormFields;
use super::layout::PageLayout;
use super::open_share::{self, OpenShareRow};
use super::page_context::{NavItem, PageContext};
use super::titles::{HomeHero, TitleRow, has_walked, home_hero, home_rows};
use super::{DriveCard, FilmCard, FolderCard, browse};
use crate::config::KIND_FORMS;
use crate::governor::SharedDrive;
use crate::library::Freshness;
use crate::web::AppState;
use crate::web::api::history::recent;
use crate::web::error::Problem;
use media::EntryPath;

/// `/`
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    pub layout: PageLayout,
    /// The drives in the order of the configuration. If it is empty, the first page is shown.
    pub drives: Vec<DriveCard>,
    /// The title on top; `None` before the library has one.
    pub hero: Option<HomeHero>,
    /// Titles to go on with, and films and series once a drive was walked; empty rows are left out.
    pub rows: Vec<TitleRow>,
    /// The roots of the first drives, before a drive was walked.
    pub sections: Vec<HomeSection>,
    /// Action URL of the form for share links (field `link`); `None` if no drive opens shares.
    pub open_share: Option<String>,
    /// Opened share links, the most recent first.
    pub shares: Vec<OpenShareRow>,
    /// The page that connects another drive; `None` for a viewer that is limited to places.
    pub connect: Option<String>,
    /// Instructions for connecting a drive; shown if there is none.
    pub first_page: FirstPage,
}

/// One drive's root as a row of cards.
#[derive(Debug, Clone, Default)]
pub struct HomeSection {
    /// The name of the drive.
    pub title: String,
    /// The browse page of its root.
    pub href: String,
    /// The folders at its root.
    pub folders: Vec<FolderCard>,
    /// The films at its root.
    pub films: Vec<FilmCard>,
    /// The failure, if the drive could not be listed.
    pub problem: Option<String>,
}

/// The page of a server without drives.
#[derive(Debug, Clone)]
pub struct FirstPage {
    /// The configuration file, as a path for the server.
    pub config_file: String,
    /// The form to connect a drive without editing the file.
    pub form: ConnectForm,
}

/// Shows the home page.
pub(in crate::web) async fn show(State(site): State<AppState>, headers: HeaderMap) -> Response {
    let context = PageContext::new(&site, &headers);
    let drives = context.drives();
    let mut browsable = site.library.browsable();
    browsable.retain(|drive| context.viewer().may_see(drive.place()));
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
    let roots = match has_walked(&context).await {
        true => 0,
        false => MAX_SECTIONS,
    };
    let sections = join_all(
        browsable
            .iter()
            .take(roots)
            .map(|drive| section(&context, drive)),
    );
    let (drives, sections, shares, rows, hero) = tokio::join!(
        cards,
        sections,
        open_share::rows(&context),
        rows(&context),
        home_hero(&context)
    );
    let hero = hero.unwrap_or_else(|error| {
        tracing::warn!(%error, "the library could not be read");
        None
    });
    context.answer(Ok(HomePage {
        layout: context.layout("Home", NavItem::Home),
        drives,
        hero,
        rows,
        sections,
        open_share: (context.may_manage() && site.shares.can_open())
            .then(|| site.urls.local("/share")),
        shares,
        connect: context.may_manage().then(|| site.urls.local("/connect")),
        first_page: FirstPage {
            config_file: "drivein.toml".to_owned(),
            form: ConnectForm::of(&site, &KIND_FORMS[0], &FormFields::default(), Vec::new()),
        },
    }))
}

/// Maximum number of films watched in part, and of history entries looked up for them.
const MAX_BEGUN: usize = 12;
const MAX_HISTORY_LOOKUPS: usize = 24;

/// Returns the rows of the library. What was begun outside of it, such as in a share, is added to the first one.
async fn rows(context: &PageContext<'_>) -> Vec<TitleRow> {
    let mut rows = home_rows(context).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the library could not be read");
        Vec::new()
    });
    if let Some(begun) = rows.first_mut() {
        begun.cards.extend(begun_elsewhere(context).await);
        begun.cards.truncate(MAX_BEGUN);
    }
    rows.retain(|row| !row.cards.is_empty());
    rows
}

async fn begun_elsewhere(context: &PageContext<'_>) -> Vec<FilmCard> {
    let recent = recent(context.site, context.viewer(), MAX_HISTORY_LOOKUPS)
        .await
        .unwrap_or_default();
    let mut cards = Vec::new();
    for (watched, entry) in recent.iter().filter(|(watched, _)| watched.is_begun()) {
        let store = &context.site.store;
        let known = store.item_of_file(&watched.place, &watched.path).await;
        if let (Some(entry), Ok(None)) = (entry.as_deref(), known) {
            cards.push(FilmCard {
                name: media::stem(&entry.name).to_owned(),
                watched_percent: Some(watched.percent()),
                tools: None,
                ..context.film(entry)
            });
        }
    }
    cards
}

/// Maximum number of roots on the home page: each costs an upstream call, and people do not scroll past
/// more.
const MAX_SECTIONS: usize = 4;

/// Maximum number of entries per root.
const MAX_SECTION_ENTRIES: usize = 24;

async fn section(context: &PageContext<'_>, drive: &SharedDrive) -> HomeSection {
    let root = EntryPath::root();
    // The same request as the folder's own first page, so that opening it costs no further call.
    let listing = context
        .site
        .library
        .listing(
            drive.place(),
            &root,
            &browse::first_page(),
            Freshness::Cached,
        )
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
            // The home page is for watching; files are managed in their folder.
            cards.folders.iter_mut().for_each(|card| card.tools = None);
            for card in &mut cards.films {
                card.tools = None;
                card.name = media::stem(&card.name).to_owned();
            }
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
