//! The JSON of an entry.

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::sound_json::SoundJson;
use super::tag_json::TagJson;
use super::track_json::{ChapterJson, TrackJson};
use crate::web::{AppState, AppStateInner};
use drives::Capability;
use media::{Entry, EntryKind, EntryPath, Place, Rendition};

/// `Entry` of the API. URLs are absolute and play without a login.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct EntryJson {
    #[schema(value_type = String)]
    place: Place,
    #[schema(value_type = String)]
    path: EntryPath,
    name: String,
    /// `folder`, `video`, `audio`, `image`, `subtitle` or `other`.
    #[schema(value_type = String)]
    kind: EntryKind,
    size: u64,
    modified: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    play: Option<Play>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lists: Option<Lists>,
    /// The tags that the owner has put on it at the drive; absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<TagJson>,
    /// The tracks inside of the file, in its order; only with `facts=tracks`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracks: Option<Vec<TrackJson>>,
    /// The chapters of the film; only with `facts=tracks`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chapters: Option<Vec<ChapterJson>>,
    /// The tags of a recording; only with `facts=tags`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sound: Option<SoundJson>,
}

/// Play URLs.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Play {
    hls: Option<String>,
    original: String,
    /// One quality as one file. `null` if the film has no streams, or its qualities are not known yet:
    /// requesting the entry itself determines them.
    ts: Option<String>,
    /// The original's own picture and sound as HLS. `null` if the type of the file does not allow it; a file that turns
    /// out to be damaged answers 415.
    source: Option<String>,
}

/// Lists for players.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Lists {
    m3u: String,
    xspf: String,
}

/// Writes entries for one client.
pub(in crate::web) struct EntryWriter<'a> {
    site: &'a AppStateInner,
    origin: String,
    ticket: String,
}

impl<'a> EntryWriter<'a> {
    /// Returns a writer for the viewer, with the origin of these request headers.
    pub fn new(site: &'a AppState, headers: &HeaderMap) -> Self {
        EntryWriter {
            site,
            origin: site.urls.origin(headers),
            ticket: site.own_ticket(headers),
        }
    }

    /// Returns the JSON of one entry.
    pub fn write(&self, entry: &Entry) -> EntryJson {
        let base = format!(
            "{}{}",
            self.origin,
            self.site.urls.play(&self.ticket, &entry.place, &entry.path)
        );
        let is_folder = entry.kind == EntryKind::Folder;
        EntryJson {
            place: entry.place.clone(),
            path: entry.path.clone(),
            name: entry.name.clone(),
            kind: entry.kind,
            size: entry.size,
            modified: entry.modified,
            duration_s: entry.duration_s,
            width: entry.width,
            height: entry.height,
            thumbnail: entry.has_thumbnail.then(|| format!("{base}/poster.jpg")),
            play: (!is_folder).then(|| self.play(entry, &base)),
            lists: (is_folder || entry.kind.is_playable()).then(|| Lists {
                m3u: format!("{base}/list.m3u"),
                xspf: format!("{base}/list.xspf"),
            }),
            tags: TagJson::of(&entry.tags),
            tracks: None,
            chapters: None,
            sound: None,
        }
    }

    fn play(&self, entry: &Entry, base: &str) -> Play {
        let streams = self.site.playback.may_stream(entry);
        let drive = self.site.library.drive(&entry.place);
        // By the type of the file, whatever is known of its content: its playlist says what is wrong with it.
        let has_source = self.site.playback.has_source(entry)
            || entry.is_repackageable()
                && drive.is_ok_and(|drive| drive.capabilities().contains(&Capability::Original));
        let known = self.site.playback.known_renditions(entry);
        Play {
            hls: streams.then(|| format!("{base}/master.m3u8")),
            original: base.to_owned(),
            source: has_source.then(|| format!("{base}/source.m3u8")),
            ts: usual(&known).map(|rendition| format!("{base}/{rendition}.ts")),
        }
    }
}

/// Returns the rendition to hand out by default: 720p or the next lower; `None` if none is known.
pub(in crate::web) fn usual(known: &[Rendition]) -> Option<Rendition> {
    let fitting = known
        .iter()
        .filter(|rendition| rendition.height().is_some_and(|height| height <= 720))
        .max();
    fitting.or(known.iter().max()).copied()
}
