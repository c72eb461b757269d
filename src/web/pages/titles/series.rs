//! The page of a series.

use askama::Template;

use crate::store::LibraryItem;
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

/// Returns the page of a series.
///
/// # Errors
///
/// Fails if the state cannot be read.
pub(super) async fn page(
    context: &PageContext,
    series: LibraryItem,
) -> Result<SeriesPage, Problem> {
    let store = &context.site.store;
    let mut seasons = Vec::new();
    let mut all = Vec::new();
    for season in store.library_children(series.id, context.viewer()).await? {
        let episodes = store.library_children(season.id, context.viewer()).await?;
        let watched = episodes.iter().filter(|episode| episode.is_watched).count();
        seasons.push(SeasonRow {
            title: context.item_title(&season),
            progress: match watched {
                0 => String::new(),
                _ => {
                    let text = context.text("series-watched-count");
                    text.with("count", watched)
                        .with("total", episodes.len())
                        .into()
                }
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
    let next = store.next_up_ids(context.viewer()).await?;
    let begun = all.iter().find(|episode| next.contains(&episode.id));
    let first = begun
        .or_else(|| all.iter().find(|episode| !episode.is_watched))
        .or(all.first());
    let play = first.and_then(|episode| {
        let id = match episode.position_s {
            Some(at) if at > 0.0 && !episode.is_watched => "series-resume",
            _ if begun.is_some() => "series-continue-with",
            _ => "series-play",
        };
        let version = episode.versions.first()?;
        Some(TextLink {
            label: {
                let label = super::episode_label(context.language, episode);
                context.text(id).with("episode", label).into()
            },
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
            .map(|picture| context.title_picture(&series, picture)),
        play,
        files,
        mark: format!("{}/watched", context.title_page(series.id)),
        is_watched: series.is_watched,
        title: series.title,
        seasons,
    })
}
