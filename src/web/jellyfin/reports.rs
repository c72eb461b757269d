//! Reports of what an app plays: they are the history that pages show, and the other way round.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::ids::{ItemId, ItemIdentity};
use super::item_json::{AppItemWriter, TICKS_PER_S};
use super::nodes::{self, FoundItem};
use super::remote_control::message;
use super::request::AppCall;
use super::session::AppSession;
use super::user_data;
use crate::web::api::history::report_position;
use crate::web::error::Problem;
use media::Entry;

/// The kind of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Report {
    Started,
    Progress,
    Stopped,
}

/// `POST /Sessions/Playing`, `/Sessions/Playing/Progress`, `/Sessions/Playing/Stopped`, and the older URLs with the
/// item in their path.
pub(super) async fn note(
    call: &AppCall,
    session: &AppSession,
    item: Option<ItemId>,
    report: Report,
) -> Result<Response, Problem> {
    let id = match item {
        Some(id) => id,
        None => call
            .id("itemid")?
            .ok_or(Problem::bad_request("A report names an item."))?,
    };
    let item = nodes::find(call, session, id).await?;
    let position_s = call
        .number("positionticks")
        .map(|ticks| ticks as f64 / TICKS_PER_S);
    let has_failed = call.body["failed"] == true;
    let entry = playing_file(call, session, &item).await?;
    // A film that was only opened keeps its position.
    let position_s = position_s.filter(|_| report != Report::Started && !has_failed);
    if let (Some(entry), Some(position_s)) = (&entry, position_s) {
        let duration_s = duration_s(call, session, entry, &item).await?;
        let within = duration_s.filter(|it| *it > 0.0).unwrap_or(f64::MAX);
        let position_s = position_s.clamp(0.0, within);
        let viewer = session.viewer.id;
        let duration_s = duration_s.unwrap_or_default();
        report_position(&call.site, viewer, entry, position_s, duration_s).await?;
    }
    note_live(call, session, &item, report).await?;
    if report == Report::Stopped {
        announce(call, session, id).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Returns the file that plays: that of the media source, else the first one of the item.
async fn playing_file(
    call: &AppCall,
    session: &AppSession,
    item: &FoundItem,
) -> Result<Option<Arc<Entry>>, Problem> {
    let files = nodes::playable_files(call, item).await?;
    let source = call.text("mediasourceid").and_then(ItemId::parse);
    let Some(source) = source.map(|source| source.of_entry().0) else {
        return Ok(files.into_iter().next());
    };
    let ids = &call.site.jellyfin.ids;
    let is_source = |entry: &&Arc<Entry>| ids.of_path(&entry.place, &entry.path) == source;
    let found = files.iter().find(is_source).or(files.first()).cloned();
    Ok(found.filter(|entry| session.covers(&entry.place, &entry.path)))
}

/// Returns the length of a file as far as it is known: of the file, the library, or an earlier report.
async fn duration_s(
    call: &AppCall,
    session: &AppSession,
    entry: &Arc<Entry>,
    item: &FoundItem,
) -> Result<Option<f64>, Problem> {
    let of_item = match item {
        FoundItem::Title(title) => title.duration_s,
        _ => None,
    };
    let film = call.site.playback.known_source(entry).await;
    let of_film = film.map(|film| film.source().duration_s());
    let reported = call
        .number("runtimeticks")
        .map(|ticks| ticks as f64 / TICKS_PER_S);
    let known = entry.duration_s.or(of_film).or(of_item).or(reported);
    if let Some(seconds) = known.filter(|seconds| *seconds > 0.0) {
        return Ok(Some(seconds));
    }
    let earlier = call
        .site
        .store
        .position(session.viewer.id, &entry.place, &entry.path)
        .await?;
    Ok(earlier
        .map(|earlier| earlier.duration_s)
        .filter(|seconds| *seconds > 0.0))
}

/// Notes what the app plays, for the list of sessions.
async fn note_live(
    call: &AppCall,
    session: &AppSession,
    item: &FoundItem,
    report: Report,
) -> Result<(), Problem> {
    let live = &call.site.jellyfin.live;
    if report == Report::Stopped {
        live.change(session, |live| live.set_playing(Value::Null, Value::Null));
        return Ok(());
    }
    let mut writer = AppItemWriter::new(&call.site, session).await?;
    let now_playing = match item {
        FoundItem::Title(title) => writer.title(title),
        FoundItem::Entry(entry) => {
            writer.prepare(std::slice::from_ref(entry)).await?;
            writer.entry(entry)
        }
        _ => return Ok(()),
    };
    let method = ["Transcode", "DirectStream", "DirectPlay"].into_iter();
    let mut method = method.filter(|it| call.text("playmethod") == Some(it));
    let mut state = json!({
        "CanSeek": call.flag("canseek").unwrap_or(true),
        "IsPaused": call.flag("ispaused").unwrap_or_default(),
        "IsMuted": call.flag("ismuted").unwrap_or_default(),
        "PositionTicks": call.number("positionticks").unwrap_or_default(),
        "PlayMethod": method.next().unwrap_or("DirectPlay"),
        "RepeatMode": "RepeatNone",
        "PlaybackOrder": "Default",
    });
    let numbers = [
        ("VolumeLevel", "volumelevel"),
        ("AudioStreamIndex", "audiostreamindex"),
        ("SubtitleStreamIndex", "subtitlestreamindex"),
    ];
    for (name, field) in numbers {
        if let Some(number) = call.number(field) {
            state[name] = number.into();
        }
    }
    if let Some(source) = call.text("mediasourceid").and_then(ItemId::parse) {
        state["MediaSourceId"] = source.to_string().into();
    }
    live.change(session, |live| live.set_playing(now_playing, state));
    Ok(())
}

/// Reports the new position to the other apps of the viewer.
async fn announce(call: &AppCall, session: &AppSession, id: ItemId) -> Result<(), Problem> {
    let data = user_data::read(call, session, id).await?;
    let user = call
        .site
        .jellyfin
        .ids
        .of_viewer(session.viewer.id)
        .to_string();
    let data = json!({"UserId": user, "UserDataList": [data]});
    let changed = message("UserDataChanged", data)?;
    call.site.jellyfin.live.broadcast(session, &changed);
    Ok(())
}

/// `POST /Sessions/Playing/Ping`
pub(super) fn ping() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// `POST /Sessions/Viewing`: checked, and not shown anywhere.
pub(super) async fn viewing(call: &AppCall, session: &AppSession) -> Result<Response, Problem> {
    let id = call.id("itemid")?.ok_or(Problem::NOT_FOUND)?;
    let _: ItemIdentity = nodes::node(&call.site, session, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
