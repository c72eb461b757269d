//! Sends a film to a player on the home network: makes the player open a play URL, by its own API (`players`). Maps its
//! failures to problems.

use axum::http::{HeaderMap, StatusCode};
use url::{Host, Url};

use super::AppState;
use super::error::{Problem, ProblemCode};
use crate::library::Freshness;
use crate::players::SendError;
use media::{EntryPath, Place, Rendition};

/// The film to send and the player that gets it.
pub(super) struct SendRequest<'a> {
    pub place: &'a Place,
    pub path: &'a EntryPath,
    /// `720p`, `audio` or `original`; `None` for the adaptive stream.
    pub rendition: Option<&'a str>,
    /// The name of the player.
    pub to: &'a str,
}

const NO_SUCH_PLAYER: Problem = Problem {
    sentence: Some("There is no player of that name in the configuration."),
    ..Problem::NOT_FOUND
};

/// Makes the player open the film's play URL, and returns that URL.
///
/// # Errors
///
/// There is no such player or film, or the player does not answer.
pub(super) async fn send(
    site: &AppState,
    headers: &HeaderMap,
    order: SendRequest<'_>,
) -> Result<String, Problem> {
    let player = site.players.named(order.to).map_err(Problem::from)?;
    let entry = site
        .library
        .entry(order.place, order.path, Freshness::Cached)
        .await?;
    if !entry.kind.is_playable() {
        return Err(Problem::bad_request(
            "Only films and sound can be sent to a player.",
        ));
    }
    site.playback.look_for_renditions(&entry).await;
    let streams = site.playback.may_have_renditions(&entry);
    let stream = match order.rendition.filter(|word| !word.is_empty()) {
        None if streams => "/master.m3u8".to_owned(),
        None | Some("original") => String::new(),
        Some(word) => {
            let rendition =
                Rendition::parse(word)
                    .filter(|_| streams)
                    .ok_or(Problem::bad_request(
                        "“rendition” is a quality such as 720p, audio, or original.",
                    ))?;
            format!("/{rendition}.m3u8")
        }
    };
    let origin = site.urls.origin(headers);
    if is_loopback(&origin) && player.url.host_str().is_some_and(|host| !is_here(host)) {
        return Err(Problem::bad_request(
            "The player could not reach us at this address. Set public_url, or open this page by a name that the player knows, too.",
        ));
    }
    let play = site
        .urls
        .play(&site.own_ticket(headers), &entry.place, &entry.path);
    let address = format!("{origin}{play}{stream}");
    site.players.open(player, &address).await?;
    Ok(address)
}

fn is_loopback(origin: &str) -> bool {
    Url::parse(origin).is_ok_and(|url| url.host_str().is_some_and(is_here))
}

/// Returns true if a host always means the local machine.
fn is_here(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Err(_) => false,
    }
}

impl From<SendError> for Problem {
    fn from(error: SendError) -> Self {
        let failed = |sentence| Problem {
            status: StatusCode::BAD_GATEWAY,
            code: ProblemCode::UpstreamFailed,
            ..Problem::bad_request(sentence)
        };
        match error {
            SendError::UnknownPlayer => NO_SUCH_PLAYER,
            SendError::Unauthorized => {
                failed("The player refuses the user and password of its [[player]] section.")
            }
            SendError::Unreachable(cause) => {
                tracing::warn!(kind = ?cause.kind, detail = cause.detail, "a player does not answer");
                failed(
                    "The player does not answer. Is it on, and does it allow remote control via HTTP?",
                )
            }
            SendError::Refused { code } => {
                tracing::warn!(code, "a player would not open an address");
                failed("The player answered, and would not open the film.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_mean_something_else_on_another_machine() {
        for (origin, expected) in [
            ("http://127.0.0.1:7373", true),
            ("http://localhost:7373", true),
            ("http://[::1]:7373", true),
            ("http://192.168.1.5:7373", false),
            ("https://films.example.org", false),
        ] {
            assert_eq!(is_loopback(origin), expected, "{origin}");
        }
    }
}
