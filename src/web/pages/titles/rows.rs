//! Rows of titles on the home page, and the title on top of it.

use crate::store::{ItemKind, ItemQuery, ItemSort, LibraryItem};
use crate::web::pages::page_context::PageContext;
use crate::web::pages::{FilmCard, TextLink};
use media::Place;

/// A row of titles.
#[derive(Debug, Clone, Default)]
pub struct TitleRow {
    /// Its id in the page.
    pub id: &'static str,
    /// `Next up`.
    pub title: String,
    /// The page with all of them; `None` if the row has all.
    pub href: Option<String>,
    pub cards: Vec<FilmCard>,
}

/// The title on top of the home page.
#[derive(Debug, Clone)]
pub struct HomeHero {
    /// `Continue watching`, `Next up` or `Recently added`.
    pub reason: String,
    pub card: FilmCard,
    pub overview: String,
    /// The large picture; the card's one if there is none.
    pub picture: Option<String>,
    /// Starts the title: `Resume` or `Play`; of a series it is `Look at the series`.
    pub action: TextLink,
    /// The page of a film, or of the series of an episode; `None` for a series.
    pub page: Option<String>,
}

/// Titles in a row of the home page.
const MAX_ROW: usize = 16;

/// The titles of the home page.
#[derive(Debug, Default)]
pub struct HomeTitles {
    /// The title to go on with, otherwise the newest one with a picture; `None` if there is neither.
    pub hero: Option<HomeHero>,
    /// The row to go on with comes first, and is there always; films and series follow once a drive was walked.
    pub rows: Vec<TitleRow>,
}

/// Returns the titles of the home page.
pub(in crate::web) async fn home_titles(context: &PageContext) -> anyhow::Result<HomeTitles> {
    let store = &context.site.store;
    let mut titles = HomeTitles::default();
    let viewer = context.viewer();
    // Concurrent where no query depends on another: a database may be some way off.
    let (mut resumed, mut next, has_walked) = tokio::try_join!(
        store.continue_ids(viewer),
        store.next_up_ids(viewer),
        async { Ok(has_walked(context).await) },
    )?;
    next.retain(|id| !resumed.contains(id));
    resumed.truncate(MAX_ROW);
    next.truncate(MAX_ROW);
    let (resumed, next) = tokio::try_join!(
        store.library_items(&resumed, viewer),
        store.library_items(&next, viewer),
    )?;
    for (id, title, items) in [
        ("begun", "home-continue", resumed),
        ("next-up", "home-next-up", next),
    ] {
        let first = items.first();
        titles.hero = titles
            .hero
            .or_else(|| first.and_then(|item| hero(context, title, item)));
        titles.rows.push(row(context, id, title, None, &items));
    }
    if has_walked || titles.hero.is_none() {
        let title = "home-recently-added";
        let kinds = [ItemKind::Film, ItemKind::Series];
        let recent = list(context, &kinds, ItemSort::Added).await?;
        let newest = recent
            .iter()
            .find(|item| item.backdrop.is_some())
            .or_else(|| recent.iter().find(|item| item.poster.is_some()));
        titles.hero = titles
            .hero
            .or_else(|| newest.and_then(|item| hero(context, title, item)));
        if has_walked {
            titles
                .rows
                .push(row(context, "recent", title, None, &recent));
        }
    }
    if !has_walked {
        return Ok(titles);
    }
    let (films, series) = tokio::try_join!(
        list(context, &[ItemKind::Film], ItemSort::Title),
        list(context, &[ItemKind::Series], ItemSort::Title),
    )?;
    for (id, title, href, items) in [
        ("films", "kind-films", "/library/films", films),
        ("series", "titles-series", "/library/series", series),
    ] {
        let href = Some(context.site.urls.local(href));
        titles.rows.push(row(context, id, title, href, &items));
    }
    Ok(titles)
}

/// Returns the first titles of these kinds.
async fn list(
    context: &PageContext,
    kinds: &[ItemKind],
    sort: ItemSort,
) -> anyhow::Result<Vec<LibraryItem>> {
    let query = ItemQuery {
        kinds: kinds.to_vec(),
        sort,
        limit: MAX_ROW,
        ..ItemQuery::default()
    };
    let page = context.site.store.library_page(&query, context.viewer());
    Ok(page.await?.items)
}

fn hero(context: &PageContext, reason: &str, item: &LibraryItem) -> Option<HomeHero> {
    let card = context.title_card(item, false)?;
    let backdrop = item
        .backdrop
        .as_ref()
        .map(|picture| context.title_picture(item, picture));
    Some(HomeHero {
        reason: context.words(reason),
        overview: item.overview.clone().unwrap_or_default(),
        picture: backdrop.or_else(|| card.poster.clone()),
        action: match (item.kind, item.versions.first()) {
            (ItemKind::Film | ItemKind::Episode, Some(version)) => TextLink {
                label: match card.watched_percent {
                    Some(_) => context.words("home-resume"),
                    None => context.words("common-play"),
                },
                href: super::film::start(context, version),
            },
            _ => TextLink {
                label: context.words("home-look-at-series"),
                href: card.href.clone(),
            },
        },
        page: match item.kind {
            ItemKind::Film => Some(card.href.clone()),
            ItemKind::Episode => item.series.map(|series| context.title_page(series)),
            ItemKind::Series | ItemKind::Season => None,
        },
        card,
    })
}

fn row(
    context: &PageContext,
    id: &'static str,
    title: &str,
    href: Option<String>,
    items: &[LibraryItem],
) -> TitleRow {
    let cards = items
        .iter()
        .filter_map(|item| context.title_card(item, false));
    TitleRow {
        id,
        title: context.words(title),
        href,
        cards: cards.collect(),
    }
}

/// Returns true if a drive was walked, or is being walked.
pub(in crate::web) async fn has_walked(context: &PageContext) -> bool {
    let drives = context.site.library.browsable();
    let places: Vec<&Place> = drives.iter().map(|drive| drive.place()).collect();
    let found = context.site.store.has_walked_any(&places).await;
    found.unwrap_or_default()
}
