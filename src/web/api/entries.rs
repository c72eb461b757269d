//! `GET /api/v1/entries/{place}/{path}`: an entry and, for a folder, a page of its children.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Query, State};
use axum::http::{HeaderMap, header};
use serde::{Deserialize, Serialize};

use super::sound_json::SoundJson;
use super::track_json::{ChapterJson, TrackJson};
use super::{EntryJson, EntryWriter};
use crate::library::Freshness;
use crate::web::error::Problem;
use crate::web::urls::parse_location;
use crate::web::{AppState, MaybeQuery};
use drives::ErrorKind;
use media::{Entry, EntryKind, FileKind, Order, PageRequest, SortBy};

/// The requested page.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct EntriesQuery {
    limit: Option<usize>,
    cursor: Option<String>,
    /// `name`, `time` or `size`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    sort: SortBy,
    /// `asc` or `desc`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    order: Order,
    /// `video`, `audio`, `image` or `document`: only folders and files of that kind.
    kind: Option<String>,
    /// `tracks` adds the tracks and chapters of a film's file, for which its index is read; `tags` the tags of a
    /// recording, for which its beginning is read.
    #[param(value_type = Option<String>)]
    facts: Option<EntryFacts>,
}

/// Facts inside of a file, which is read for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum EntryFacts {
    Tracks,
    Tags,
}

/// Maximum number of entries in one page.
const MAX_PAGE_ENTRIES: usize = 1_000;

impl EntriesQuery {
    /// Returns the request for the drive; `None` for a page of no entries.
    pub fn into_request(self) -> Option<PageRequest> {
        let limit = page_length(self.limit)?;
        let cursor = self.cursor.filter(|cursor| !cursor.is_empty());
        Some(PageRequest {
            cursor,
            limit,
            sort: self.sort,
            order: self.order,
        })
    }
}

/// Returns the number of entries in a page, at most [`MAX_PAGE_ENTRIES`]; `None` for a limit of 0.
pub(super) fn page_length(limit: Option<usize>) -> Option<usize> {
    match limit.unwrap_or(100) {
        0 => None,
        limit => Some(limit.min(MAX_PAGE_ENTRIES)),
    }
}

/// Returns the kind that files are filtered by; `None` for no filter.
///
/// # Errors
/// An unknown kind.
pub(super) fn file_kind(word: Option<&str>) -> Result<Option<FileKind>, Problem> {
    match word.filter(|word| !word.is_empty()) {
        None => Ok(None),
        Some(word) => match FileKind::parse(word) {
            Some(kind) => Ok(Some(kind)),
            None => Err(Problem::bad_request(
                "“kind” is video, audio, image or document.",
            )),
        },
    }
}

#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct EntryPage {
    entry: EntryJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    children: Option<Vec<EntryJson>>,
    next: Option<String>,
    /// The note of a folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// Returns the entry, and its children if it is a folder. `Cache-Control: no-cache` bypasses the cache.
#[utoipa::path(get, path = "/api/v1/entries/{place}/{path}", tag = "entries",
    params(("place" = String, Path), ("path" = String, Path), EntriesQuery), responses((status = 200, body = EntryPage)))]
pub(in crate::web) async fn show(
    State(site): State<AppState>,
    OriginalUri(uri): OriginalUri,
    query: MaybeQuery<EntriesQuery>,
    headers: HeaderMap,
) -> Result<Json<EntryPage>, Problem> {
    let location = uri
        .path()
        .strip_prefix("/api/v1/entries/")
        .unwrap_or_default();
    let (place, path) = parse_location(location).ok_or(Problem::NOT_FOUND)?;
    let (mut facts, mut kind) = (None, None);
    let page = query
        .ok()
        .and_then(|Query(mut query)| {
            facts = query.facts;
            kind = query.kind.take();
            query.into_request()
        })
        .ok_or(Problem::bad_request(
            "The parameters are invalid: “limit” is a number from 1 on, “sort” is name, \
             time or size, “order” is asc or desc, “facts” is tracks or tags.",
        ))?;
    let kind = file_kind(kind.as_deref())?;
    let freshness = freshness(&headers);
    let entry = site.library.entry(&place, &path, freshness).await?;
    let writer = EntryWriter::new(&site, &headers);
    if entry.kind != EntryKind::Folder {
        site.playback.ensure_renditions_known(&entry).await;
        let mut json = writer.write(&entry);
        match facts {
            Some(EntryFacts::Tracks) => {
                (json.tracks, json.chapters) = tracks(&site, &entry).await?;
            }
            Some(EntryFacts::Tags) if entry.kind == EntryKind::Audio => {
                let tags = site.playback.sound_tags(&entry).await?;
                json.sound = Some(SoundJson::of(&tags));
            }
            _ => {}
        }
        return Ok(Json(EntryPage {
            entry: json,
            children: None,
            next: None,
            note: None,
        }));
    }
    let listing = match kind {
        None => {
            let listed = site.library.listing(&place, &path, &page, freshness);
            listed.await?
        }
        Some(kind) => {
            let library = &site.library;
            let listed = library.listing_of_kind(&place, &path, kind, &page, freshness);
            listed.await?.into()
        }
    };
    let note = site.library.folder_settings().of(&place, &path).note;
    Ok(Json(EntryPage {
        note: (!note.is_empty()).then_some(note),
        entry: writer.write(&entry),
        children: Some(
            listing
                .entries
                .iter()
                .map(|child| writer.write(child))
                .collect(),
        ),
        next: listing.next.clone(),
    }))
}

/// Returns the tracks and chapters inside of a film's file. Where it cannot be read, what the drive reports about its
/// tracks; none of a file of an unknown kind.
async fn tracks(
    site: &AppState,
    entry: &Arc<Entry>,
) -> Result<(Option<Vec<TrackJson>>, Option<Vec<ChapterJson>>), Problem> {
    match site.playback.source(entry).await {
        Ok(film) => {
            let source = film.source();
            let tracks = source.tracks().iter().map(TrackJson::of).collect();
            let chapters = source.chapters().iter().map(ChapterJson::of).collect();
            Ok((Some(tracks), Some(chapters)))
        }
        Err(error) if error.kind == ErrorKind::Unsupported || !entry.tracks.is_empty() => {
            let tracks = entry.tracks.iter().map(TrackJson::of_drive).collect();
            Ok((Some(tracks), Some(Vec::new())))
        }
        Err(error) => Err(error.into()),
    }
}

fn freshness(headers: &HeaderMap) -> Freshness {
    let asked = headers
        .get(header::CACHE_CONTROL)
        .and_then(|value| value.to_str().ok());
    if asked.is_some_and(|value| value.contains("no-cache")) {
        Freshness::Fresh
    } else {
        Freshness::Cached
    }
}
