//! `GET` and `POST /Items/{id}/PlaybackInfo`: the media sources of an item for one app, with URLs.

use std::sync::Arc;

use axum::Json;
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};

use super::device_profile::Negotiation;
use super::ids::ItemId;
use super::media_segments::has_intro;
use super::media_source::{SourceFile, write_urls};
use super::nodes::{self, playable_files};
use super::request::AppCall;
use super::session::AppSession;
use crate::web::error::Problem;
use media::Entry;

/// Answers with the sources of an item.
pub(super) async fn answer(
    call: &AppCall,
    session: &AppSession,
    id: ItemId,
) -> Result<Response, Problem> {
    let item = nodes::find(call, session, id).await?;
    let negotiation = Negotiation::of(call);
    let wanted = call.text("mediasourceid").and_then(ItemId::parse);
    let files = playable_files(call, &item).await?;
    let mut sources = all(call, session, (id, &files), &negotiation).await?;
    if let Some(wanted) = wanted.map(|wanted| wanted.to_string()) {
        let is_wanted = |source: &Value| source["Id"] == wanted.as_str();
        // An app may send the id of the item itself.
        if sources.iter().any(is_wanted) {
            sources.retain(is_wanted);
        }
    }
    let ids = &call.site.jellyfin.ids;
    let tickets = files.iter().map(|file| {
        let ticket = session.media_ticket(&call.site, &file.place, &file.path);
        (ids.of_path(&file.place, &file.path), ticket)
    });
    let play_sessions = &call.site.jellyfin.play_sessions;
    let play_session = play_sessions.open(&call.site.store, tickets.collect());
    let mut answer = json!({"PlaySessionId": play_session.await?});
    let is_playable = |source: &Value| {
        let is = |name: &str| source[name].as_bool().unwrap_or_default();
        is("SupportsDirectPlay") || is("SupportsTranscoding")
    };
    if !sources.iter().any(is_playable) {
        answer["ErrorCode"] = "NoCompatibleStream".into();
    }
    answer["MediaSources"] = Value::Array(sources);
    Ok(Json(answer).into_response())
}

async fn all(
    call: &AppCall,
    session: &AppSession,
    (id, files): (ItemId, &[Arc<Entry>]),
    negotiation: &Negotiation,
) -> Result<Vec<Value>, Problem> {
    let (mut originals, mut repackaged) = (Vec::new(), Vec::new());
    for entry in files {
        let ids = &call.site.jellyfin.ids;
        ids.remember_path(&entry.place, &entry.path).await?;
        let file = SourceFile::of(call, entry).await;
        let has_segments = has_intro(&call.site.store, entry).await?;
        let mut original = file.original(negotiation, None);
        original["HasSegments"] = has_segments.into();
        write_urls(call, session, &mut original, (id, entry), negotiation);
        originals.push(original);
        if let Some(mut mp4) = file.repackaged(negotiation) {
            mp4["HasSegments"] = has_segments.into();
            write_urls(call, session, &mut mp4, (id, entry), negotiation);
            repackaged.push(mp4);
        }
    }
    originals.extend(repackaged);
    Ok(originals)
}

/// Returns thirty-two hexadecimal digits by chance.
pub(super) fn random_id() -> Result<String, Problem> {
    let mut random = [0u8; 16];
    getrandom::fill(&mut random).map_err(|_| Problem::INTERNAL)?;
    Ok(HEXLOWER.encode(&random))
}

/// `GET /Playback/BitrateTest`: bytes by which an app measures its connection.
pub(super) fn bit_rate_test(call: &AppCall) -> Response {
    const MAX_BYTES: i64 = 4 << 20;
    const DEFAULT_BYTES: i64 = 100 << 10;
    let size = call
        .number("size")
        .unwrap_or(DEFAULT_BYTES)
        .clamp(1, MAX_BYTES);
    let headers = [("content-type", "application/octet-stream")];
    (headers, vec![0u8; size as usize]).into_response()
}
