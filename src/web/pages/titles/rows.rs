//! Rows of titles on the home page, and what the library knows about the film of a watch page.

use crate::store::{Intro, ItemKind, ItemQuery, ItemSort, LibraryItem};
use crate::web::pages::page_context::PageContext;
use crate::web::pages::{FilmCard, TextLink};
use media::{Entry, Place};

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
    /// The page of a film; `None` for others.
    pub page: Option<String>,
}

/// The facts of the library about a film or an episode.
#[derive(Debug, Clone, Default)]
pub struct AboutTitle {
    /// The title of the film, or of the series with the number of the episode.
    pub title: String,
    /// The title of the episode; empty for a film.
    pub subtitle: String,
    /// The year, or empty.
    pub year: String,
    pub overview: String,
    /// The page of the series; `None` for a film.
    pub series: Option<TextLink>,
    /// The page of the film; `None` for an episode.
    pub page: Option<String>,
    /// The other files of it.
    pub versions: Vec<TextLink>,
    /// The action that marks it as watched, or as not watched.
    pub mark: String,
    pub is_watched: bool,
    /// The next episode; `None` for a film and for the last one.
    pub next: Option<TextLink>,
    /// The intro of an episode; `None` if none was marked in its season.
    pub intro: Option<Intro>,
    /// The API URL that marks it; `None` for a film, and for a viewer that is limited to places.
    pub mark_intro: Option<String>,
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
pub(in crate::web) async fn home_titles(context: &PageContext<'_>) -> anyhow::Result<HomeTitles> {
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
    context: &PageContext<'_>,
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

fn hero(context: &PageContext<'_>, reason: &str, item: &LibraryItem) -> Option<HomeHero> {
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
        page: (item.kind == ItemKind::Film).then(|| card.href.clone()),
        card,
    })
}

fn row(
    context: &PageContext<'_>,
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
pub(in crate::web) async fn has_walked(context: &PageContext<'_>) -> bool {
    let drives = context.site.library.browsable();
    let places: Vec<&Place> = drives.iter().map(|drive| drive.place()).collect();
    let found = context.site.store.has_walked_any(&places).await;
    found.unwrap_or_default()
}

/// Returns what the library knows about a film; `None` for guests, and if it is not in the library.
pub(in crate::web) async fn about(context: &PageContext<'_>, entry: &Entry) -> Option<AboutTitle> {
    if context.is_guests() {
        return None;
    }
    let store = &context.site.store;
    let found = async {
        let Some(id) = store.item_of_file(&entry.place, &entry.path).await? else {
            return anyhow::Ok(None);
        };
        let mut item = store.library_item(id, context.viewer()).await?;
        if item.as_ref().is_some_and(|item| !item.has_read_side_files)
            && context.site.playback.read_descriptions(id).await
        {
            item = store.library_item(id, context.viewer()).await?;
        }
        Ok(item)
    };
    let item = match found.await {
        Ok(item) => item?,
        Err(error) => {
            tracing::warn!(%error, "the library could not be read");
            return None;
        }
    };
    let is_episode = item.kind == ItemKind::Episode;
    let series = item.series.zip(item.series_title.clone());
    let others = item
        .versions
        .iter()
        .filter(|other| other.path != entry.path || other.place != entry.place);
    Some(AboutTitle {
        title: match is_episode {
            true => item.series_title.clone().unwrap_or_default(),
            false => item.title.clone(),
        },
        subtitle: match is_episode {
            true => context.episode_title(&item),
            false => String::new(),
        },
        year: item.year.map(|year| year.to_string()).unwrap_or_default(),
        overview: item.overview.clone().unwrap_or_default(),
        series: series.map(|(id, title)| TextLink {
            label: title,
            href: context.title_page(id),
        }),
        page: (!is_episode).then(|| context.title_page(item.id)),
        versions: others
            .map(|other| TextLink {
                label: other
                    .label
                    .clone()
                    .unwrap_or_else(|| other.path.name().to_owned()),
                href: context
                    .site
                    .urls
                    .of_entry("watch", &other.place, &other.path),
            })
            .collect(),
        mark: format!("{}/watched", context.title_page(item.id)),
        is_watched: item.is_watched,
        next: next_episode(context, &item).await,
        intro: match is_episode {
            true => store.intro(item.id).await.ok().flatten(),
            false => None,
        },
        mark_intro: (is_episode && context.may_manage()).then(|| {
            let path = format!("/api/v1/library/items/{}/intro", item.id);
            context.site.urls.local(&path)
        }),
    })
}

/// Returns the episode behind another one, also of the next season.
async fn next_episode(context: &PageContext<'_>, item: &LibraryItem) -> Option<TextLink> {
    let series = item.series.filter(|_| item.kind == ItemKind::Episode)?;
    let store = &context.site.store;
    let seasons = store
        .library_children(series, context.viewer())
        .await
        .ok()?;
    let here = seasons
        .iter()
        .position(|season| Some(season.id) == item.parent)?;
    for season in seasons.get(here..)?.iter().take(2) {
        let episodes = store
            .library_children(season.id, context.viewer())
            .await
            .ok()?;
        let start = match episodes.iter().position(|episode| episode.id == item.id) {
            Some(at) => at + 1,
            // Specials do not follow the last season.
            None if season.season == Some(0) => return None,
            None => 0,
        };
        if let Some(next) = episodes.get(start) {
            let version = next.versions.first()?;
            return Some(TextLink {
                label: context.episode_title(next),
                href: context
                    .site
                    .urls
                    .of_entry("watch", &version.place, &version.path),
            });
        }
    }
    None
}
