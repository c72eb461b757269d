//! TeraBox's own streaming call, answered by this server: a client written for the Open Platform works
//! after its host is changed. Its access token is one of our API tokens.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::error::Problem;
use super::play::hls;
use super::urls::encode_path;
use super::{AppState, MaybeQuery};
use crate::governor::SharedDrive;
use crate::library::Freshness;
use crate::store::Viewer;
use drives::Capability;
use media::{Entry, EntryPath, Rendition};

/// The parameters of `/openapi/api/streaming`, with both spellings of the token that clients use.
#[derive(Deserialize)]
pub(super) struct StreamingQuery {
    #[serde(default)]
    path: String,
    #[serde(rename = "type", default)]
    kind: String,
    access_token: Option<String>,
    access_tokens: Option<String>,
}

/// The parameters of `/openapi/share/streaming`; the constant ones (`channel`, `clienttype`) are ignored.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(super) struct ShareStreamingQuery {
    shareid: String,
    uk: String,
    fid: String,
    #[serde(rename = "type")]
    kind: String,
    sekey: String,
    access_token: Option<String>,
    access_tokens: Option<String>,
}

/// Returns the playlist of a file of a share, identified by the upstream's numbers alone.
pub(super) async fn share_streaming(
    State(site): State<AppState>,
    query: MaybeQuery<ShareStreamingQuery>,
) -> Result<Response, Problem> {
    // Unauthenticated callers get no details, not even of missing parameters.
    let Ok(Query(query)) = query else {
        return Err(Problem::UNAUTHORIZED);
    };
    let viewer = require_token(&site, [&query.access_token, &query.access_tokens]).await?;
    let numbers = [&query.shareid, &query.uk, &query.fid].map(|text| text.parse::<u64>());
    let [Ok(share), Ok(owner), Ok(file)] = numbers else {
        return Err(Problem::bad_request(
            "“shareid”, “uk”, “fid” and “type” are needed.",
        ));
    };
    let rendition =
        rendition(&query.kind).ok_or(Problem::bad_request("“type” is none that is known."))?;
    let key = (!query.sekey.is_empty()).then_some(query.sekey);
    let place = site
        .shares
        .open_by_numbers("terabox", share, owner, key)
        .await?;
    let path = EntryPath::parse(&file.to_string()).map_err(|_| Problem::NOT_FOUND)?;
    let entry = site
        .library
        .entry(&place, &path, Freshness::Cached)
        .await
        .map_err(into_problem)?;
    playlist(&site, &viewer, &entry, rendition).await
}

/// Returns the playlist of a file of the first drive that streams.
pub(super) async fn streaming(
    State(site): State<AppState>,
    query: MaybeQuery<StreamingQuery>,
) -> Result<Response, Problem> {
    // Unauthenticated callers get no details, not even of missing parameters.
    let Ok(Query(query)) = query else {
        return Err(Problem::UNAUTHORIZED);
    };
    let viewer = require_token(&site, [&query.access_token, &query.access_tokens]).await?;
    if query.path.is_empty() || query.kind.is_empty() {
        return Err(Problem::bad_request("“path” and “type” are needed."));
    }
    let rendition =
        rendition(&query.kind).ok_or(Problem::bad_request("“type” is none that is known."))?;
    let path =
        EntryPath::parse(&query.path).map_err(|_| Problem::bad_request("“path” is not a path."))?;
    let streams = |drive: &&SharedDrive| drive.capabilities().contains(&Capability::Stream);
    let drives = site.library.drives();
    // The call and its paths are TeraBox's, so a TeraBox drive is preferred wherever it stands in the
    // config.
    let drive = drives
        .iter()
        .filter(streams)
        .find(|drive| drive.kind() == "terabox")
        .or_else(|| drives.iter().find(streams))
        .ok_or(Problem {
            sentence: Some("No drive is connected that can stream."),
            ..Problem::NOT_FOUND
        })?;
    // Clients of the Open Platform send paths of the account; a path taken from Drive-In is one of the
    // drive.
    let path = drive.local_path(&query.path).unwrap_or(path);
    let entry = site
        .library
        .entry(drive.place(), &path, Freshness::Cached)
        .await
        .map_err(into_problem)?;
    playlist(&site, &viewer, &entry, rendition).await
}

/// Authenticates a client by an API token as its access token, and returns the viewer of the token.
async fn require_token(
    site: &AppState,
    tokens: [&Option<String>; 2],
) -> Result<Arc<Viewer>, Problem> {
    for token in tokens.into_iter().flatten() {
        if let Some(caller) = site.auth.authenticate_token(token).await? {
            let viewer = site.viewers.get(caller.viewer());
            return viewer.ok_or(Problem::UNAUTHORIZED);
        }
    }
    Err(Problem::UNAUTHORIZED)
}

/// Returns the playlist of one quality, with URLs of this server in it.
async fn playlist(
    site: &AppState,
    viewer: &Viewer,
    entry: &Arc<Entry>,
    rendition: Rendition,
) -> Result<Response, Problem> {
    if !viewer.may_see(&entry.place) {
        return Err(Problem::FORBIDDEN);
    }
    let text = site.playback.playlist(entry, rendition).await;
    let text = text.map_err(into_problem)?;
    // Relative to /openapi/api/ and /openapi/share/: the same under any base path.
    let base = format!(
        "../../play/{}/{}{}/",
        site.tickets.own(viewer.id),
        entry.place,
        encode_path(&entry.path)
    );
    Ok(hls(with_base(&String::from_utf8_lossy(&text), &base)))
}

fn into_problem(error: drives::DriveError) -> Problem {
    Problem::from(error).for_players()
}

/// Prepends `base` to every URL of a playlist of ours.
fn with_base(playlist: &str, base: &str) -> String {
    playlist
        .lines()
        .map(|line| {
            if line.starts_with('#') {
                format!("{line}\n")
            } else {
                format!("{base}{line}\n")
            }
        })
        .collect()
}

fn rendition(kind: &str) -> Option<Rendition> {
    match kind {
        "M3U8_MP3_128" => Some(Rendition::Audio),
        kind => Rendition::parse(&format!("{}p", kind.strip_prefix("M3U8_AUTO_")?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_the_open_platform() {
        assert_eq!(
            rendition("M3U8_AUTO_720"),
            Some(Rendition::Video { height: 720 })
        );
        assert_eq!(rendition("M3U8_MP3_128"), Some(Rendition::Audio));
        for unknown in [
            "",
            "M3U8_AUTO_",
            "M3U8_AUTO_144",
            "720p",
            "M3U8_FLV_264_480",
        ] {
            assert_eq!(rendition(unknown), None, "{unknown}");
        }
        assert_eq!(
            with_base("#EXTM3U\n720p/0.ts\n", "../x/"),
            "#EXTM3U\n../x/720p/0.ts\n"
        );
    }
}
