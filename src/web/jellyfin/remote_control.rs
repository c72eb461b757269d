//! Messages from one app to another of the same viewer: play this, pause, go there.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::ids::ItemId;
use super::playback_info::random_id;
use super::request::AppCall;
use super::session::AppSession;
use crate::web::error::Problem;

/// Items of one message.
const MAX_ITEMS: usize = 500;

/// Media types and commands that an app may announce.
const MAX_CAPABILITIES: usize = 100;

/// Returns a message as that API writes it.
pub(super) fn message(kind: &str, data: Value) -> Result<Value, Problem> {
    let id = random_id()?;
    Ok(json!({"MessageType": kind, "MessageId": id, "Data": data}))
}

fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

fn controlling_user(call: &AppCall, session: &AppSession) -> String {
    call.site
        .jellyfin
        .ids
        .of_viewer(session.viewer.id)
        .to_string()
}

fn send(
    call: &AppCall,
    session: &AppSession,
    id: &str,
    kind: &str,
    data: Value,
) -> Result<Response, Problem> {
    let live = &call.site.jellyfin.live;
    live.send(session, id, &message(kind, data)?)?;
    Ok(done())
}

/// `POST /Sessions/{id}/Playing`: play these items.
pub(super) fn play(call: &AppCall, session: &AppSession, id: &str) -> Result<Response, Problem> {
    let items: Vec<String> = call
        .parameters
        .list("itemids")
        .iter()
        .filter_map(|id| ItemId::parse(id))
        .take(MAX_ITEMS)
        .map(|id| id.to_string())
        .collect();
    if items.is_empty() {
        return Err(Problem::bad_request("There is nothing to play."));
    }
    let command = match call
        .text("playcommand")
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "playnext" => "PlayNext",
        "playlast" => "PlayLast",
        "playinstantmix" => "PlayInstantMix",
        "playshuffle" => "PlayShuffle",
        _ => "PlayNow",
    };
    let mut data = json!({
        "ItemIds": items,
        "PlayCommand": command,
        "ControllingUserId": controlling_user(call, session),
    });
    let numbers = [
        ("StartPositionTicks", "startpositionticks"),
        ("AudioStreamIndex", "audiostreamindex"),
        ("SubtitleStreamIndex", "subtitlestreamindex"),
        ("StartIndex", "startindex"),
    ];
    for (name, parameter) in numbers {
        if let Some(number) = call.number(parameter) {
            data[name] = number.into();
        }
    }
    if let Some(source) = call.text("mediasourceid").and_then(ItemId::parse) {
        data["MediaSourceId"] = source.to_string().into();
    }
    send(call, session, id, "Play", data)
}

/// `POST /Sessions/{id}/Playing/{command}`: pause, stop, seek.
pub(super) fn playstate(
    call: &AppCall,
    session: &AppSession,
    id: &str,
    command: &str,
) -> Result<Response, Problem> {
    const COMMANDS: [&str; 9] = [
        "Stop",
        "Pause",
        "Unpause",
        "NextTrack",
        "PreviousTrack",
        "Seek",
        "Rewind",
        "FastForward",
        "PlayPause",
    ];
    let known = COMMANDS
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(command));
    let known = known.ok_or(Problem::bad_request("There is no such command."))?;
    let mut data = json!({"Command": known, "ControllingUserId": controlling_user(call, session)});
    if let Some(position) = call.number("seekpositionticks") {
        data["SeekPositionTicks"] = position.into();
    }
    send(call, session, id, "Playstate", data)
}

/// `POST /Sessions/{id}/Command[/{command}]`, `POST /Sessions/{id}/System/{command}`: anything else, by its name.
pub(super) fn command(
    call: &AppCall,
    session: &AppSession,
    id: &str,
    name: Option<&str>,
) -> Result<Response, Problem> {
    let name = name.or(call.body["name"].as_str()).unwrap_or_default();
    let is_name =
        !name.is_empty() && name.len() <= 40 && name.bytes().all(|it| it.is_ascii_alphabetic());
    if !is_name {
        return Err(Problem::bad_request("There is no such command."));
    }
    general(call, session, id, name, call.body["arguments"].as_object())
}

/// `POST /Sessions/{id}/Message`: show a text.
pub(super) fn display_message(
    call: &AppCall,
    session: &AppSession,
    id: &str,
) -> Result<Response, Problem> {
    let mut arguments = Map::new();
    for name in ["header", "text", "timeoutms"] {
        if let Some(value) = call.body.get(name) {
            arguments.insert(name.to_owned(), value.clone());
        }
    }
    general(call, session, id, "DisplayMessage", Some(&arguments))
}

/// `POST /Sessions/{id}/Viewing`: show an item.
pub(super) fn display_content(
    call: &AppCall,
    session: &AppSession,
    id: &str,
) -> Result<Response, Problem> {
    let item = call.id("itemid")?.ok_or(Problem::NOT_FOUND)?;
    let mut arguments = Map::new();
    arguments.insert("itemid".to_owned(), item.to_string().into());
    for name in ["itemname", "itemtype"] {
        arguments.insert(name.to_owned(), call.text(name).unwrap_or_default().into());
    }
    general(call, session, id, "DisplayContent", Some(&arguments))
}

fn general(
    call: &AppCall,
    session: &AppSession,
    id: &str,
    name: &str,
    arguments: Option<&Map<String, Value>>,
) -> Result<Response, Problem> {
    // Keys were converted to lower case; these are the known ones.
    const ARGUMENTS: [&str; 12] = [
        "Volume",
        "Index",
        "ItemId",
        "ItemName",
        "ItemType",
        "Header",
        "Text",
        "TimeoutMs",
        "RepeatMode",
        "String",
        "Bitrate",
        "ShuffleMode",
    ];
    let mut written = Map::new();
    for (key, value) in arguments.into_iter().flatten() {
        let known = ARGUMENTS
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(key));
        let value = match value {
            Value::String(text) => text.chars().take(1000).collect::<String>(),
            other => other.to_string(),
        };
        if let Some(known) = known {
            written.insert(known.to_owned(), value.into());
        }
    }
    let data = json!({"Name": name, "Arguments": written, "ControllingUserId": controlling_user(call, session)});
    send(call, session, id, "GeneralCommand", data)
}

/// `POST /Sessions/Capabilities`, `POST /Sessions/Capabilities/Full`
pub(super) fn set_capabilities(call: &AppCall, session: &AppSession) -> Response {
    let list = |name: &str| -> Vec<String> {
        let in_body = call.body[name].as_array().into_iter().flatten();
        let in_body = in_body.filter_map(Value::as_str).map(str::to_owned);
        let in_url = call.parameters.list_as_sent(name).into_iter();
        let named = in_body.chain(in_url).filter(|it| it.len() <= 40);
        named.take(MAX_CAPABILITIES).collect()
    };
    let capabilities = json!({
        "PlayableMediaTypes": list("playablemediatypes").into_iter().filter_map(|it| media_type(&it)).collect::<Vec<_>>(),
        "SupportedCommands": list("supportedcommands").into_iter().filter_map(|it| general_command(&it)).collect::<Vec<_>>(),
        "SupportsMediaControl": call.flag("supportsmediacontrol").unwrap_or_default(),
    });
    call.site
        .jellyfin
        .live
        .change(session, |live| live.set_capabilities(capabilities));
    done()
}

fn media_type(name: &str) -> Option<&'static str> {
    let known = ["Unknown", "Video", "Audio", "Photo", "Book"].into_iter();
    let mut known = known.filter(|known| known.eq_ignore_ascii_case(name));
    known.next()
}

/// The commands of that API; `PlayState` is written `Playstate` by some apps.
const GENERAL_COMMANDS: [&str; 43] = [
    "MoveUp",
    "MoveDown",
    "MoveLeft",
    "MoveRight",
    "PageUp",
    "PageDown",
    "PreviousLetter",
    "NextLetter",
    "ToggleOsd",
    "ToggleContextMenu",
    "Select",
    "Back",
    "TakeScreenshot",
    "SendKey",
    "SendString",
    "GoHome",
    "GoToSettings",
    "VolumeUp",
    "VolumeDown",
    "Mute",
    "Unmute",
    "ToggleMute",
    "SetVolume",
    "SetAudioStreamIndex",
    "SetSubtitleStreamIndex",
    "ToggleFullscreen",
    "DisplayContent",
    "GoToSearch",
    "DisplayMessage",
    "SetRepeatMode",
    "ChannelUp",
    "ChannelDown",
    "Guide",
    "ToggleStats",
    "PlayMediaSource",
    "PlayTrailers",
    "SetShuffleQueue",
    "PlayState",
    "PlayNext",
    "ToggleOsdMenu",
    "Play",
    "SetMaxStreamingBitrate",
    "SetPlaybackOrder",
];

fn general_command(name: &str) -> Option<&'static str> {
    let mut known = GENERAL_COMMANDS.into_iter();
    known.find(|known| known.eq_ignore_ascii_case(name))
}
