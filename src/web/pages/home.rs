//! The home page: the drives, the entries at their roots, and how to connect the first drive.

use askama::Template;
use axum::extract::OriginalUri;
use axum::response::Response;
use futures_util::future::join_all;

use super::connect::ConnectForm;
use super::first_look::{self, FirstLook};
use super::form_fields::FormFields;
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use super::share_panel::{self, OpenShareRow};
use super::titles::{HomeHero, HomeTitles, TitleRow, has_walked, home_titles};
use super::{DriveCard, FilmCard, FolderCard, browse};
use crate::config::KIND_FORMS;
use crate::governor::SharedDrive;
use crate::library::Freshness;
use crate::store::WatchPosition;
use crate::web::api::history::{positions, with_entries};
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
    /// The page that changes and orders drives.
    pub drives_page: String,
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
    /// True if the drive has not answered yet.
    pub is_missing: bool,
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
pub(in crate::web) async fn show(context: PageContext, OriginalUri(uri): OriginalUri) -> Response {
    let site = &context.site;
    let look = FirstLook::of(&uri);
    let drives = context.drives();
    let mut browsable = site.library.browsable();
    browsable.retain(|drive| context.viewer().may_see(drive.place()));
    let cards = async {
        let accounts = drives.iter().map(|drive| {
            let account = site.library.account(drive.place());
            look.answer(account)
        });
        let accounts = join_all(accounts).await;
        let has_all = !accounts.iter().any(first_look::is_answer_missing);
        let cards: Vec<DriveCard> = drives
            .iter()
            .zip(&accounts)
            .map(|(drive, account)| context.drive(drive, account))
            .collect();
        (cards, has_all)
    };
    let roots = match has_walked(&context).await {
        true => 0,
        false => MAX_SECTIONS,
    };
    let sections = join_all(
        browsable
            .iter()
            .take(roots)
            .map(|drive| section(&context, &look, drive)),
    );
    let ((drives, has_accounts), sections, shares, (titles, has_titles)) = tokio::join!(
        cards,
        sections,
        look.wait(share_panel::rows(&context)),
        titles(&context, &look)
    );
    let has_sections = sections.iter().all(|section| !section.is_missing);
    let is_whole = has_accounts && has_sections && has_titles && shares.is_some();
    let mut response = context.answer(Ok(HomePage {
        layout: context.layout(context.text("nav-home"), NavItem::Home),
        drives,
        hero: titles.hero,
        rows: titles.rows,
        sections,
        open_share: (context.may_manage() && site.shares.can_open())
            .then(|| site.urls.local("/share")),
        shares: shares.unwrap_or_default(),
        drives_page: site.urls.local("/drives"),
        connect: context.may_manage().then(|| site.urls.local("/connect")),
        first_page: FirstPage {
            config_file: "drivein.toml".to_owned(),
            form: ConnectForm::of(&context, &KIND_FORMS[0], &FormFields::default(), Vec::new()),
        },
    }));
    if !is_whole {
        look.set_reload(&mut response);
    }
    response
}

/// Maximum number of films watched in part, and of history entries looked up for them.
const MAX_BEGUN: usize = 12;
const MAX_HISTORY_LOOKUPS: usize = 24;

/// Returns the titles of the library. What was begun outside of it, such as in a share, is added to the first row.
/// The second value is false if that has not arrived in time.
async fn titles(context: &PageContext, look: &FirstLook) -> (HomeTitles, bool) {
    let mut titles = home_titles(context).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the library could not be read");
        HomeTitles::default()
    });
    let mut is_whole = true;
    if let Some(begun) = titles.rows.first_mut() {
        let elsewhere = look.wait(begun_elsewhere(context)).await;
        is_whole = elsewhere.is_some();
        begun.cards.extend(elsewhere.unwrap_or_default());
        begun.cards.truncate(MAX_BEGUN);
    }
    titles.rows.retain(|row| !row.cards.is_empty());
    (titles, is_whole)
}

/// Returns the cards of films that were begun and are not in the library. The drives are asked for those alone.
async fn begun_elsewhere(context: &PageContext) -> Vec<FilmCard> {
    let site = &context.site;
    let last = positions(site, context.viewer(), MAX_HISTORY_LOOKUPS).await;
    let mut begun = last.unwrap_or_default();
    begun.retain(WatchPosition::is_begun);
    let files = begun.iter().map(|watched| (&watched.place, &watched.path));
    let unknown = site.store.files_without_item(files).await;
    let unknown = unknown.unwrap_or_default();
    begun.retain(|watched| unknown.contains(&(watched.place.clone(), watched.path.clone())));
    let found = with_entries(site, begun).await.into_iter();
    found
        .filter_map(|(watched, entry)| {
            let entry = entry?;
            Some(FilmCard {
                name: media::stem(&entry.name).to_owned(),
                watched_percent: Some(watched.percent()),
                tools: None,
                ..context.film(&entry)
            })
        })
        .collect()
}

/// Maximum number of roots on the home page: each costs an upstream call, and people do not scroll past
/// more.
const MAX_SECTIONS: usize = 4;

/// Maximum number of entries per root.
const MAX_SECTION_ENTRIES: usize = 24;

async fn section(context: &PageContext, look: &FirstLook, drive: &SharedDrive) -> HomeSection {
    let root = EntryPath::root();
    // The same request as the folder's own first page, so that opening it costs no further call.
    let first_page = browse::first_page();
    let library = &context.site.library;
    let listing = library.listing(drive.place(), &root, &first_page, Freshness::Cached);
    let listing = look.answer(listing).await;
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
        Err(error) if first_look::is_missing(&error) => {
            let sentence = context.language.sentence(first_look::NOT_ANSWERED);
            section.problem = Some(sentence.into_owned());
            section.is_missing = true;
        }
        Err(error) => {
            let problem = Problem::from(error);
            section.problem = Some(context.detail(&problem));
        }
    }
    section
}
