//! The JSON of a film, a series, a season or an episode.

use axum::http::HeaderMap;
use chrono::NaiveDate;
use serde::Serialize;

use crate::store::{ItemKind, ItemVersion, LibraryItem, TitlePicture};
use crate::web::{AppState, UrlBuilder};
use drives::metadata::PictureRole;
use media::{EntryPath, Place};

/// `Item` of the API.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Item)]
pub(in crate::web) struct ItemJson {
    id: String,
    /// `film`, `series`, `season` or `episode`.
    kind: &'static str,
    title: String,
    /// The series of a season or an episode.
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<SeriesJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    year: Option<u16>,
    /// 0 for specials.
    #[serde(skip_serializing_if = "Option::is_none")]
    season: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    episode: Option<u16>,
    /// The last number of a file with several episodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    episode_end: Option<u16>,
    /// The date of the broadcast.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    aired: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overview: Option<String>,
    /// From 0 to 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    rating: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    poster: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backdrop: Option<String>,
    /// The files of a film or an episode, the largest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    versions: Option<Vec<VersionJson>>,
    /// Of a season or series: true if all of its episodes were watched, specials aside.
    watched: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    position_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_s: Option<f64>,
    /// The seasons of a series, the episodes of a season; only in the reply for one item.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub children: Option<Vec<ItemJson>>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = SeriesOfItem)]
struct SeriesJson {
    id: String,
    title: String,
}

/// One file of a film or an episode.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Version)]
struct VersionJson {
    #[schema(value_type = String)]
    place: Place,
    #[schema(value_type = String)]
    path: EntryPath,
    /// Distinguishes versions: `1080p`, `Director's Cut`.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    size: u64,
}

impl VersionJson {
    fn of(version: ItemVersion) -> Self {
        VersionJson {
            place: version.place,
            path: version.path,
            label: version.label,
            size: version.size,
        }
    }
}

/// Writes items for one client.
pub(super) struct ItemWriter<'a> {
    urls: &'a UrlBuilder,
    origin: String,
    ticket: String,
}

impl<'a> ItemWriter<'a> {
    /// Returns a writer for the viewer, with the origin of these request headers.
    pub fn new(site: &'a AppState, headers: &HeaderMap) -> Self {
        ItemWriter {
            urls: &site.urls,
            origin: site.urls.origin(headers),
            ticket: site.own_ticket(headers),
        }
    }

    /// Returns the JSON of an item without children.
    pub fn write(&self, item: LibraryItem) -> ItemJson {
        let has_files = matches!(item.kind, ItemKind::Film | ItemKind::Episode);
        let id = item.id;
        let url = |picture: TitlePicture| {
            let path = picture_url(self.urls, &self.ticket, id, &picture);
            format!("{}{path}", self.origin)
        };
        ItemJson {
            id: item.id.to_string(),
            kind: item.kind.as_str(),
            title: item.title,
            series: item
                .series
                .zip(item.series_title)
                .map(|(id, title)| SeriesJson {
                    id: id.to_string(),
                    title,
                }),
            year: item.year,
            // A dated episode is sorted by year, and has no season of its own.
            season: item
                .season
                .filter(|_| item.aired.is_none() || item.number.is_some()),
            episode: item.number,
            episode_end: item.last_number,
            aired: item.aired,
            overview: item.overview,
            rating: item.rating,
            poster: item.poster.map(url),
            backdrop: item.backdrop.map(url),
            versions: has_files.then(|| item.versions.into_iter().map(VersionJson::of).collect()),
            watched: item.is_watched,
            position_s: item.position_s,
            duration_s: item.duration_s,
            children: None,
        }
    }
}

/// Returns the URL of a picture of an item, from the root of the host.
pub(in crate::web) fn picture_url(
    urls: &UrlBuilder,
    ticket: &str,
    item: i64,
    picture: &TitlePicture,
) -> String {
    match picture {
        TitlePicture::File(file) => {
            let base = urls.play(ticket, &file.place, &file.path);
            match file.is_thumbnail {
                true => format!("{base}/poster.jpg"),
                false => base,
            }
        }
        // The name makes another picture another URL.
        TitlePicture::Metadata(picture) => {
            let role = match picture.role {
                PictureRole::Backdrop => "backdrop",
                PictureRole::Poster | PictureRole::Still => "poster",
            };
            urls.local(&format!(
                "/api/v1/library/items/{item}/{role}?name={}",
                picture.name
            ))
        }
    }
}
