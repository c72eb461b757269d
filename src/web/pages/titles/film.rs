//! The page of a film: what it is, its files, and where to go on. It is written from the state and from what is cached,
//! so it does not wait for a drive.

use askama::Template;

use super::track_facts::track_facts;
use crate::store::{ItemVersion, LibraryItem, WatchPosition};
use crate::web::pages::layout::PageLayout;
use crate::web::pages::page_context::{NavItem, PageContext};
use crate::web::pages::{Fact, TextLink, format};
use media::EntryPath;

/// `/library/items/{id}` of a film.
#[derive(Debug, Template)]
#[template(path = "film.html")]
pub struct FilmPage {
    pub layout: PageLayout,
    pub title: String,
    /// The year, the length.
    pub details: Vec<String>,
    /// `7.4`; `None` if it is not known.
    pub rating: Option<String>,
    pub overview: String,
    pub poster: Option<String>,
    pub backdrop: Option<String>,
    /// The watched share in percent; `None` if the film was not begun.
    pub watched_percent: Option<u8>,
    /// Starts the film, or goes on with it.
    pub play: TextLink,
    /// The folder of the file that is played.
    pub files: String,
    /// Action URL of the mark.
    pub mark: String,
    pub is_watched: bool,
    /// Its files, the best first.
    pub versions: Vec<FilmVersion>,
}

/// One file of a film.
#[derive(Debug, Clone)]
pub struct FilmVersion {
    /// `Play 1080p`
    pub play: TextLink,
    /// The name of the file.
    pub name: String,
    /// Size, length, drive.
    pub details: Vec<String>,
    /// Its tracks, as far as they are known.
    pub tracks: Vec<Fact>,
}

/// The fragment of a watch page that starts the film.
pub(in crate::web) const START: &str = "#play";

/// Returns the page of a film; `None` if no file of it is left.
pub(super) async fn page(context: &PageContext, film: LibraryItem) -> Option<FilmPage> {
    let first = film.versions.first()?;
    let begun = begun_version(context, &film).await;
    let (current, position) = match &begun {
        Some((version, position)) => (*version, Some(position)),
        None => (first, None),
    };
    let label = match position {
        Some(position) => {
            let clock = format::duration(position.position_s);
            context.text("film-resume-at").with("clock", clock).into()
        }
        None if film.is_watched => context.words("film-play-again"),
        None => context.words("common-play"),
    };
    let mut versions = Vec::new();
    for version in &film.versions {
        versions.push(FilmVersion::of(context, version).await);
    }
    let folder = current.path.parent().unwrap_or_else(EntryPath::root);
    let url = |picture| context.title_picture(&film, picture);
    let year = film.year.map(|year| year.to_string());
    let runtime_s = film.runtime_min.map(|minutes| f64::from(minutes) * 60.0);
    let length = film.duration_s.or(runtime_s).map(format::duration);
    Some(FilmPage {
        layout: context.layout(film.title.clone(), NavItem::None),
        details: [year, length]
            .into_iter()
            .flatten()
            .filter(|detail| !detail.is_empty())
            .collect(),
        rating: film
            .rating
            .map(|rating| context.language.decimal(&format!("{rating:.1}"))),
        overview: film.overview.clone().unwrap_or_default(),
        poster: film.poster.as_ref().map(url),
        backdrop: film.backdrop.as_ref().map(url),
        watched_percent: position.map(WatchPosition::percent),
        play: TextLink {
            label,
            href: start(context, current),
        },
        files: context.browse(&current.place, &folder),
        mark: format!("{}/watched", context.title_page(film.id)),
        is_watched: film.is_watched,
        versions,
        title: film.title,
    })
}

/// Returns the version that was begun and not finished, the last one of several; `None` if none was begun.
async fn begun_version<'f>(
    context: &PageContext,
    film: &'f LibraryItem,
) -> Option<(&'f ItemVersion, WatchPosition)> {
    film.position_s?;
    let mut last: Option<(&ItemVersion, WatchPosition)> = None;
    for version in &film.versions {
        let (place, path) = (&version.place, &version.path);
        let store = &context.site.store;
        let found = store.position(context.viewer().id, place, path).await;
        let Ok(Some(position)) = found else { continue };
        if position.is_begun() && last.as_ref().is_none_or(|(_, last)| last.at < position.at) {
            last = Some((version, position));
        }
    }
    last
}

/// Returns the watch page of a version, which starts at once.
pub(super) fn start(context: &PageContext, version: &ItemVersion) -> String {
    let urls = &context.site.urls;
    let page = urls.of_entry("watch", &version.place, &version.path);
    format!("{page}{START}")
}

impl FilmVersion {
    async fn of(context: &PageContext, version: &ItemVersion) -> Self {
        let library = &context.site.library;
        let entry = library.cached_entry(&version.place, &version.path).await;
        let mut tracks = Vec::new();
        let mut height = None;
        if let Some(entry) = &entry {
            let playback = &context.site.playback;
            let opened = playback.known_source(entry).await;
            let inside = opened
                .as_ref()
                .map_or(&[][..], |opened| opened.source().tracks());
            tracks = track_facts(
                context.language,
                inside,
                &playback.known_subtitles(entry).await,
            );
            height = entry.height.filter(|height| *height > 0);
        }
        let label = version
            .label
            .clone()
            .or_else(|| height.map(|height| format!("{height}p")))
            .unwrap_or_else(|| extension(version.path.name()));
        let length = version.duration_s.map(format::duration);
        let details = [
            Some(context.language.size(version.size)),
            length.filter(|length| !length.is_empty()),
            Some(version.place.to_string()),
        ];
        FilmVersion {
            play: TextLink {
                label: match label.as_str() {
                    "" => context.words("common-play"),
                    label => context
                        .text("film-play-version")
                        .with("version", label)
                        .into(),
                },
                href: start(context, version),
            },
            name: version.path.name().to_owned(),
            details: details.into_iter().flatten().collect(),
            tracks,
        }
    }
}

/// Returns the extension of a file in capitals, or nothing.
fn extension(name: &str) -> String {
    let rest = name.strip_prefix(media::stem(name)).unwrap_or_default();
    rest.trim_start_matches('.').to_uppercase()
}
