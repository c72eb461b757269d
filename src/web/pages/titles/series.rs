//! The page of a series, and marks by hand.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::store::{ItemKind, LibraryItem};
use crate::web::AppState;
use crate::web::api::library::{items, picture, unreadable};
use crate::web::error::Problem;
use crate::web::pages::layout::PageLayout;
use crate::web::pages::page_context::{NavItem, PageContext};
use crate::web::pages::{FilmCard, TextLink};
use media::EntryPath;

/// `/library/items/{id}` of a series.
#[derive(Debug, Template)]
#[template(path = "series.html")]
pub struct SeriesPage {
    pub layout: PageLayout,
    pub title: String,
    /// The year, or empty.
    pub year: String,
    pub overview: String,
    pub backdrop: Option<String>,
    /// Starts the next episode.
    pub play: Option<TextLink>,
    /// The folder of its files.
    pub files: Option<String>,
    /// Action URL of the mark.
    pub mark: String,
    pub is_watched: bool,
    pub seasons: Vec<SeasonRow>,
}

/// A season and its episodes.
#[derive(Debug, Clone)]
pub struct SeasonRow {
    pub title: String,
    /// `3 of 8 watched`
    pub progress: String,
    /// Action URL of the mark.
    pub mark: String,
    pub is_watched: bool,
    pub episodes: Vec<FilmCard>,
}

#[derive(Debug, Deserialize)]
pub(in crate::web) struct MarkForm {
    watched: bool,
}

/// Shows a series; a season leads to its series, a film or an episode to its watch page.
pub(in crate::web) async fn show(
    State(site): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let context = PageContext::new(&site, &headers);
    let item = match items::find(&site, &id, context.viewer()).await {
        Ok(item) => item,
        Err(problem) => return context.problem(&problem),
    };
    match (item.kind, item.series, item.versions.first()) {
        (ItemKind::Series, ..) => context.answer(page(&context, item).await),
        (ItemKind::Season, Some(series), _) => {
            Redirect::to(&context.title_page(series)).into_response()
        }
        (_, _, Some(version)) => {
            let watch = site.urls.of_entry("watch", &version.place, &version.path);
            Redirect::to(&watch).into_response()
        }
        _ => context.problem(&Problem::NOT_FOUND),
    }
}

/// Marks an item as watched or not, and leads back to its page.
pub(in crate::web) async fn mark(
    State(site): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(form): Form<MarkForm>,
) -> Response {
    let context = PageContext::new(&site, &headers);
    match items::set_watched(&site, &id, context.viewer(), form.watched).await {
        Ok(id) => Redirect::to(&context.title_page(id)).into_response(),
        Err(problem) => context.problem(&problem),
    }
}

async fn page(context: &PageContext<'_>, series: LibraryItem) -> Result<SeriesPage, Problem> {
    let store = &context.site.store;
    let mut seasons = Vec::new();
    let mut all = Vec::new();
    for season in store
        .library_children(series.id, context.viewer())
        .await
        .map_err(unreadable)?
    {
        let episodes = store
            .library_children(season.id, context.viewer())
            .await
            .map_err(unreadable)?;
        let watched = episodes.iter().filter(|episode| episode.is_watched).count();
        seasons.push(SeasonRow {
            title: season.title,
            progress: match watched {
                0 => String::new(),
                _ => format!("{watched} of {} watched", episodes.len()),
            },
            mark: format!("{}/watched", context.title_page(season.id)),
            is_watched: season.is_watched,
            episodes: episodes
                .iter()
                .filter_map(|episode| context.title_card(episode, true))
                .collect(),
        });
        all.extend(episodes);
    }
    let next = store
        .next_up_ids(context.viewer())
        .await
        .map_err(unreadable)?;
    let begun = all.iter().find(|episode| next.contains(&episode.id));
    let first = begun
        .or_else(|| all.iter().find(|episode| !episode.is_watched))
        .or(all.first());
    let play = first.and_then(|episode| {
        let word = match episode.position_s {
            Some(at) if at > 0.0 && !episode.is_watched => "Resume",
            _ if begun.is_some() => "Continue with",
            _ => "Play",
        };
        let version = episode.versions.first()?;
        Some(TextLink {
            label: format!("{word} {}", super::episode_label(episode)),
            href: context
                .site
                .urls
                .of_entry("watch", &version.place, &version.path),
        })
    });
    let files = all.first().and_then(|episode| {
        let version = episode.versions.first()?;
        let folder = version.path.parent().unwrap_or_else(EntryPath::root);
        Some(context.browse(&version.place, &folder))
    });
    Ok(SeriesPage {
        layout: context.layout(series.title.clone(), NavItem::None),
        year: series.year.map(|year| year.to_string()).unwrap_or_default(),
        overview: series.overview.clone().unwrap_or_default(),
        backdrop: series
            .backdrop
            .as_ref()
            .map(|file| picture(&context.site.urls, context.ticket(), file)),
        play,
        files,
        mark: format!("{}/watched", context.title_page(series.id)),
        is_watched: series.is_watched,
        title: series.title,
        seasons,
    })
}
