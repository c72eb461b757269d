//! The facts of the library about the film or the episode of a watch page.

use crate::store::{Intro, ItemKind, LibraryItem};
use crate::web::pages::page_context::PageContext;
use crate::web::pages::{FilmCard, TextLink};
use media::Entry;

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
    /// The episode before it in its season; `None` for a film and for the first one.
    pub previous: Option<TextLink>,
    /// The next episode; `None` for a film and for the last one.
    pub next: Option<TextLink>,
    /// The cards of the episodes that follow, those of later seasons among them; empty for a film.
    pub following: Vec<FilmCard>,
    /// The intro of an episode; `None` if none was marked in its season.
    pub intro: Option<Intro>,
    /// The API URL that marks it; `None` for a film, and for a viewer that is limited to places.
    pub mark_intro: Option<String>,
}

/// Episodes in the row of those that follow.
const MAX_FOLLOWING: usize = 8;

/// Returns what the library knows about a film; `None` for guests, and if it is not in the library.
pub(in crate::web) async fn about(context: &PageContext, entry: &Entry) -> Option<AboutTitle> {
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
    let (previous, following) = episodes_around(context, &item).await;
    let link = |episode: &LibraryItem| {
        let version = episode.versions.first()?;
        Some(TextLink {
            label: context.episode_title(episode),
            href: context
                .site
                .urls
                .of_entry("watch", &version.place, &version.path),
        })
    };
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
        previous: previous.as_ref().and_then(link),
        next: following.first().and_then(link),
        following: following
            .iter()
            .filter_map(|episode| context.title_card(episode, true))
            .collect(),
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

/// Returns the episode before another one in its season, and those behind it, as many as the row has; those of the next seasons
/// follow, and no specials. Nothing for a film.
async fn episodes_around(
    context: &PageContext,
    item: &LibraryItem,
) -> (Option<LibraryItem>, Vec<LibraryItem>) {
    let Some(series) = item.series.filter(|_| item.kind == ItemKind::Episode) else {
        return (None, Vec::new());
    };
    let children = async |parent| {
        let children = context
            .site
            .store
            .library_children(parent, context.viewer());
        children.await.unwrap_or_default()
    };
    let seasons: Vec<LibraryItem> = children(series).await;
    let here = seasons
        .iter()
        .position(|season| Some(season.id) == item.parent);
    let (mut previous, mut following) = (None, Vec::new());
    for season in here.map_or(&[][..], |here| &seasons[here..]) {
        let is_own = Some(season.id) == item.parent;
        if following.len() >= MAX_FOLLOWING || (!is_own && season.season == Some(0)) {
            break;
        }
        let mut episodes: Vec<LibraryItem> = children(season.id).await;
        episodes.retain(|episode| !episode.versions.is_empty());
        if let Some(own) = episodes.iter().position(|episode| episode.id == item.id) {
            following.extend(episodes.split_off(own + 1));
            previous = own
                .checked_sub(1)
                .map(|before| episodes.swap_remove(before));
        } else {
            following.extend(episodes);
        }
    }
    following.truncate(MAX_FOLLOWING);
    (previous, following)
}
