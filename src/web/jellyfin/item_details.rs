//! The details of an item beyond its fields in lists: media sources, tracks, chapters and the pictures over the seek bar.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::empty::NEVER;
use super::item_json::ticks;
use super::media_segments::has_intro;
use super::media_source;
use super::request::AppCall;
use super::trickplay::SeekPictures;
use crate::web::error::Problem;
use media::{Entry, plain_title};

/// Adds all details of an item with these files. An app that shows them is likely to play the film next, so its index is
/// read meanwhile.
///
/// # Errors
///
/// The state cannot be read.
pub(super) async fn add_all(
    call: &AppCall,
    files: &[Arc<Entry>],
    item: &mut Value,
) -> Result<(), Problem> {
    let Some(first) = files.first() else {
        return Ok(());
    };
    let playback = &call.site.playback;
    if playback.known_source(first).await.is_none() && playback.has_source(first) {
        let (playback, entry) = (playback.clone(), first.clone());
        tokio::spawn(async move { playback.source(&entry).await.map(|_| ()) });
    }
    add_fields(call, files, item, &FIELDS.map(str::to_owned)).await
}

/// The fields of details, in lower case.
const FIELDS: [&str; 4] = ["mediasources", "mediastreams", "chapters", "trickplay"];

/// Returns true if a list asks for details.
pub(super) fn are_asked_for(fields: &[String]) -> bool {
    fields.iter().any(|field| FIELDS.contains(&field.as_str()))
}

/// Adds the details that a list asks for by `Fields`, in lower case.
///
/// # Errors
///
/// The state cannot be read.
pub(super) async fn add_fields(
    call: &AppCall,
    files: &[Arc<Entry>],
    item: &mut Value,
    fields: &[String],
) -> Result<(), Problem> {
    let has = |name: &str| fields.iter().any(|field| field == name);
    let Some(first) = files.first() else {
        return Ok(());
    };
    if has("mediasources") || has("mediastreams") {
        let sources = sources(call, files).await?;
        item["MediaStreams"] = sources
            .first()
            .map_or_else(|| json!([]), |it| it["MediaStreams"].clone());
        if has("mediasources") {
            item["MediaSources"] = Value::Array(sources);
        }
    }
    if has("chapters") {
        item["Chapters"] = chapters(call, first).await;
    }
    if has("trickplay") {
        item["Trickplay"] = seek_pictures(call, files).await?;
    }
    Ok(())
}

async fn sources(call: &AppCall, files: &[Arc<Entry>]) -> Result<Vec<Value>, Problem> {
    let mut sources = Vec::new();
    for entry in files {
        let has_segments = has_intro(&call.site.store, entry).await?;
        for mut source in media_source::listed(call, entry, None).await {
            source["HasSegments"] = has_segments.into();
            sources.push(source);
        }
    }
    Ok(sources)
}

/// Returns the chapter marks of a file; none before its index was read.
async fn chapters(call: &AppCall, file: &Arc<Entry>) -> Value {
    let film = call.site.playback.known_source(file).await;
    let chapters = film.iter().flat_map(|film| film.source().chapters());
    chapters
        .map(|chapter| {
            json!({
                "StartPositionTicks": ticks(chapter.start_s),
                "Name": plain_title(&chapter.title),
                "ImageDateModified": NEVER,
            })
        })
        .collect()
}

/// Returns the pictures over the seek bar by the ids of the media sources.
async fn seek_pictures(call: &AppCall, files: &[Arc<Entry>]) -> Result<Value, Problem> {
    let mut found = Map::new();
    for entry in files {
        let Some(pictures) = SeekPictures::of(&call.site.store, entry).await? else {
            continue;
        };
        let id = call.site.jellyfin.ids.of_path(&entry.place, &entry.path);
        for source in [id, id.repackaged()] {
            found.insert(source.to_string(), pictures.json());
        }
    }
    Ok(Value::Object(found))
}
