//! The table of all calls: a method and the names of a path in lower case. Older URLs of a call stand beside the new.

use axum::http::Method;
use axum::response::Response;

use super::ids::ItemId;
use super::reports::Report;
use super::request::AppCall;
use super::session::AppSession;
use super::{
    empty, hls, images, items, lists, live_sessions, media_segments, playback_info, quick_connect,
    remote_control, reports, search, sign_in, streams, subtitles, system, trickplay, user_data,
    views,
};
use crate::web::error::Problem;

/// Answers a call.
///
/// # Errors
///
/// 401 without a valid token, and 404 for a call that there is none of.
pub(super) async fn answer(call: &AppCall) -> Result<Response, Problem> {
    let names: Vec<&str> = call.names.iter().map(String::as_str).collect();
    let method = match call.method {
        Method::HEAD => Method::GET,
        ref method => method.clone(),
    };
    if let Some(answer) = open(call, &method, &names).await {
        return answer;
    }
    if let Some(answer) = media(call, &method, &names).await {
        return answer;
    }
    let session = AppSession::of(call).await?;
    call.site.jellyfin.live.touch(&session, call.client.ip);
    if call.is_body_malformed {
        return Err(Problem::bad_request("The body is not JSON."));
    }
    if let Some(user) = call.text("userid") {
        system::check_user(call, &session, user)?;
    }
    let (names, user) = without_user(&names);
    if let Some(user) = user {
        system::check_user(call, &session, user)?;
    }
    if let Some(answer) = watching(call, &session, &method, &names).await {
        return answer;
    }
    if let Some(answer) = telling(call, &session, &method, &names).await {
        return answer;
    }
    if let Some(answer) = looking(call, &session, &method, &names).await {
        return answer;
    }
    empty::answer(&method, &names)
}

/// Returns the names of an older URL without its user: `users/{id}/items` as `items`.
fn without_user<'n>(names: &[&'n str]) -> (Vec<&'n str>, Option<&'n str>) {
    match names {
        ["users", user, "items", rest @ ..] if ItemId::parse(user).is_some() => (
            ["items"].into_iter().chain(rest.iter().copied()).collect(),
            Some(user),
        ),
        ["users", user, "views"] => (vec!["userviews"], Some(user)),
        ["users", user, "groupingoptions"] => (vec!["userviews", "groupingoptions"], Some(user)),
        ["users", user, "suggestions"] => (vec!["items", "suggestions"], Some(user)),
        ["users", user, "playeditems", item] => (vec!["userplayeditems", *item], Some(user)),
        ["users", user, "favoriteitems", item] => (vec!["userfavoriteitems", *item], Some(user)),
        ["users", user, "playingitems", item @ ..] => (
            ["playingitems"]
                .into_iter()
                .chain(item.iter().copied())
                .collect(),
            Some(user),
        ),
        names => (names.to_vec(), None),
    }
}

/// Calls without a token.
async fn open(
    call: &AppCall,
    method: &Method,
    names: &[&str],
) -> Option<Result<Response, Problem>> {
    let answer = match (method.as_str(), names) {
        ("GET", ["system", "info", "public"]) => Ok(system::public_info(call)),
        ("GET" | "POST", ["system", "ping"]) => Ok(system::ping()),
        ("GET", ["getutctime"]) => Ok(system::time()),
        ("GET", ["web", "configurationpages"]) => Ok(empty::array()),
        ("GET", ["web", "configurationpage"]) => Err(Problem::NOT_FOUND),
        ("GET", ["web"] | ["web", ..]) => Ok(system::web(call)),
        ("GET", ["branding", "configuration"]) => Ok(system::branding()),
        ("GET", ["branding", "css" | "css.css"]) => Ok(empty::style()),
        // Names of viewers are private before the sign-in.
        ("GET", ["users", "public"]) => Ok(empty::array()),
        ("GET", ["quickconnect", "enabled"]) => Ok(empty::yes()),
        ("GET" | "POST", ["quickconnect", "initiate"]) => quick_connect::initiate(call).await,
        ("GET", ["quickconnect", "connect"]) => quick_connect::state(call).await,
        ("POST", ["users", "authenticatebyname"]) => sign_in::by_name(call).await,
        ("POST", ["users", "authenticatewithquickconnect"]) => quick_connect::sign_in(call).await,
        ("GET", ["items", id, "images", role] | ["items", id, "images", role, _]) => {
            match ItemId::parse(id) {
                Some(id) => images::answer(call, id, role).await,
                None => Err(Problem::NOT_FOUND),
            }
        }
        ("OPTIONS", _) => Ok(empty::options()),
        _ => return None,
    };
    Some(answer)
}

/// Calls with any ticket for their media.
async fn media(
    call: &AppCall,
    method: &Method,
    names: &[&str],
) -> Option<Result<Response, Problem>> {
    if method != Method::GET {
        return None;
    }
    let id = |text: &str| ItemId::parse(text).ok_or(Problem::NOT_FOUND);
    let two = |item: &str, source: &str| Ok::<_, Problem>((id(item)?, id(source)?));
    let answer = match names {
        ["videos" | "audio", item, "master.m3u8"] => match id(item) {
            Ok(item) => hls::master(call, item).await,
            Err(problem) => Err(problem),
        },
        ["videos" | "audio", item, "main.m3u8" | "live.m3u8"] => match id(item) {
            Ok(item) => hls::main(call, item).await,
            Err(problem) => Err(problem),
        },
        // As playlists write it, in small letters: the log leaves out the ticket behind it.
        ["videos" | "audio", item, "play", _, ..] if call.raw_names[2] == "play" => {
            match id(item) {
                Ok(item) => hls::part(call, item).await,
                Err(problem) => Err(problem),
            }
        }
        ["videos", item, "trickplay", width, file] => match id(item) {
            Ok(item) => trickplay::answer(call, item, (width, file)).await,
            Err(problem) => Err(problem),
        },
        ["videos", item, source, "subtitles", index, rest @ ..] => {
            let file = match rest {
                [file] | [_, file] => file,
                _ => return None,
            };
            let format = file.strip_prefix("stream.")?;
            match two(item, source) {
                Ok(both) => subtitles::stream(call, both, index, format).await,
                Err(problem) => Err(problem),
            }
        }
        ["videos" | "audio", item, file] | ["items", item, file @ ("file" | "download")] => {
            let (name, extension) = file.split_once('.').unwrap_or((file, ""));
            if !["stream", "universal", "file", "download"].contains(&name) {
                return None;
            }
            match id(item) {
                Ok(item) => streams::stream(call, item, extension).await,
                Err(problem) => Err(problem),
            }
        }
        _ => return None,
    };
    Some(answer)
}

/// Calls about playing.
async fn watching(
    call: &AppCall,
    session: &AppSession,
    method: &Method,
    names: &[&str],
) -> Option<Result<Response, Problem>> {
    let id = |text: &str| ItemId::parse(text).ok_or(Problem::NOT_FOUND);
    let answer = match (method.as_str(), names) {
        ("GET" | "POST", ["items", item, "playbackinfo"]) => match id(item) {
            Ok(item) => playback_info::answer(call, session, item).await,
            Err(problem) => Err(problem),
        },
        ("GET", ["playback", "bitratetest"]) => Ok(playback_info::bit_rate_test(call)),
        ("DELETE", ["videos", "activeencodings"]) => Ok(empty::done()),
        ("POST", ["livestreams", "close"]) => Ok(empty::done()),
        ("POST", ["sessions", "playing", "ping"]) => Ok(reports::ping()),
        ("POST", ["sessions", "viewing"]) => reports::viewing(call, session).await,
        _ => {
            let (item, report) = report(method, names)?;
            let item = match item.map(id).transpose() {
                Ok(item) => item,
                Err(problem) => return Some(Err(problem)),
            };
            reports::note(call, session, item, report).await
        }
    };
    Some(answer)
}

/// Returns what a call reports, and the item in its path. `None` for other calls.
fn report<'n>(method: &Method, names: &[&'n str]) -> Option<(Option<&'n str>, Report)> {
    Some(match (method.as_str(), names) {
        ("POST", ["sessions", "playing"]) => (None, Report::Started),
        ("POST", ["sessions", "playing", "progress"]) => (None, Report::Progress),
        ("POST", ["sessions", "playing", "stopped"]) => (None, Report::Stopped),
        ("POST", ["playingitems", item]) => (Some(*item), Report::Started),
        ("POST", ["playingitems", item, "progress"]) => (Some(*item), Report::Progress),
        ("DELETE", ["playingitems", item]) => (Some(*item), Report::Stopped),
        _ => return None,
    })
}

/// Calls about the app itself and its viewer, and messages to other apps.
async fn telling(
    call: &AppCall,
    session: &AppSession,
    method: &Method,
    names: &[&str],
) -> Option<Result<Response, Problem>> {
    let id = |text: &str| ItemId::parse(text).ok_or(Problem::NOT_FOUND);
    let answer = match (method.as_str(), names) {
        ("POST", ["sessions", "logout"]) => sign_in::sign_out(call, session).await,
        ("POST", ["sessions", "capabilities"] | ["sessions", "capabilities", "full"]) => {
            Ok(remote_control::set_capabilities(call, session))
        }
        ("GET", ["sessions"]) => Ok(live_sessions::list(call, session)),
        ("POST", ["sessions", other, "playing"]) => remote_control::play(call, session, other),
        ("POST", ["sessions", other, "playing", command]) => {
            remote_control::playstate(call, session, other, command)
        }
        ("POST", ["sessions", other, "command"]) => {
            remote_control::command(call, session, other, None)
        }
        ("POST", ["sessions", other, "command" | "system", _]) => {
            let name = call.raw_names.get(3).map(String::as_str);
            remote_control::command(call, session, other, name)
        }
        ("POST", ["sessions", other, "message"]) => {
            remote_control::display_message(call, session, other)
        }
        ("POST", ["sessions", other, "viewing"]) => {
            remote_control::display_content(call, session, other)
        }
        ("POST" | "DELETE", ["userplayeditems", item]) => match id(item) {
            Ok(item) => user_data::mark_played(call, session, item, method == Method::POST).await,
            Err(problem) => Err(problem),
        },
        ("POST" | "DELETE", ["userfavoriteitems", item]) => match id(item) {
            Ok(item) => {
                user_data::mark_favourite(call, session, item, method == Method::POST).await
            }
            Err(problem) => Err(problem),
        },
        ("GET", ["useritems", item, "userdata"] | ["items", item, "userdata"]) => match id(item) {
            Ok(item) => user_data::show(call, session, item).await,
            Err(problem) => Err(problem),
        },
        ("GET", ["displaypreferences", id]) => system::preferences(call, session, id).await,
        ("POST", ["displaypreferences", id]) => system::set_preferences(call, session, id).await,
        // Settings of a viewer are kept by the app.
        ("GET", ["system", "configuration"]) => Ok(system::configuration()),
        ("POST", ["users", "configuration"]) => Ok(empty::done()),
        ("POST", ["users", user, "configuration"]) => {
            system::check_user(call, session, user).map(|()| empty::done())
        }
        _ => return None,
    };
    Some(answer)
}

/// Calls about items.
async fn looking(
    call: &AppCall,
    session: &AppSession,
    method: &Method,
    names: &[&str],
) -> Option<Result<Response, Problem>> {
    if method != Method::GET {
        return None;
    }
    let id = |text: &str| ItemId::parse(text).ok_or(Problem::NOT_FOUND);
    let answer = match names {
        ["system", "info"] => Ok(system::info(call)),
        ["system", "endpoint"] => Ok(system::endpoint(call)),
        ["users"] => Ok(system::users(call, session)),
        ["users", "me"] => Ok(system::me(call, session)),
        ["users", user] => {
            system::check_user(call, session, user).map(|()| system::me(call, session))
        }
        ["userviews"] | ["library", "mediafolders"] => views::list(call, session).await,
        ["userviews", "groupingoptions"] => views::grouping_options(call, session).await,
        ["items"] => items::list(call, session).await,
        ["items", "root"] => {
            let home = call.site.jellyfin.ids.of(&super::ids::ItemIdentity::Home);
            items::show(call, session, home).await
        }
        ["items", "latest"] => lists::latest(call, session).await,
        ["useritems", "resume"] | ["items", "resume"] => lists::resume(call, session).await,
        ["items", "counts"] => items::counts(call, session).await,
        ["shows", "nextup"] => lists::next_up(call, session).await,
        ["shows", series, "seasons"] => match id(series) {
            Ok(series) => lists::seasons(call, session, series).await,
            Err(problem) => Err(problem),
        },
        ["shows", series, "episodes"] => match id(series) {
            Ok(series) => lists::episodes(call, session, series).await,
            Err(problem) => Err(problem),
        },
        ["mediasegments", item] => match id(item) {
            Ok(item) => media_segments::list(call, session, item).await,
            Err(problem) => Err(problem),
        },
        ["search", "hints"] => search::hints(call, session).await,
        ["items", item] if !empty::is_list_of_items(item) => match id(item) {
            Ok(item) => items::show(call, session, item).await,
            Err(problem) => Err(problem),
        },
        ["items", item, "ancestors"] => match id(item) {
            Ok(item) => items::ancestors(call, session, item).await,
            Err(problem) => Err(problem),
        },
        ["items", item, "images"] => match id(item) {
            Ok(item) => images::list(call, session, item).await,
            Err(problem) => Err(problem),
        },
        _ => return None,
    };
    Some(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_addresses_stand_for_the_newer_ones() {
        let user = "0123456789abcdef0123456789abcdef";
        let cases: [(&[&str], &[&str]); 5] = [
            (&["users", user, "items"], &["items"]),
            (&["users", user, "items", "resume"], &["items", "resume"]),
            (&["users", user, "views"], &["userviews"]),
            (
                &["users", user, "playeditems", "x"],
                &["userplayeditems", "x"],
            ),
            (
                &["users", user, "playingitems", "x", "progress"],
                &["playingitems", "x", "progress"],
            ),
        ];
        for (older, newer) in cases {
            assert_eq!(without_user(older), (newer.to_vec(), Some(user)));
        }
        assert_eq!(without_user(&["users", "me"]), (vec!["users", "me"], None));
        let stopped = report(&Method::DELETE, &["playingitems", "x"]);
        assert_eq!(stopped, Some((Some("x"), Report::Stopped)));
    }
}
