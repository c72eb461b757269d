//! The ways from the watch page to other players: their addresses, VLC, a phone, and the players of the house.

use askama::Template;
use serde::Deserialize;

use super::PlayerLink;
use super::page_context::PageContext;
use crate::web::api::usual;
use crate::web::play::HLS_CONTENT_TYPE;
use crate::web::qr;
use media::{Entry, Subtitles, content_type, plain_title};

/// What stands beside the addresses of a film.
#[derive(Debug, Default, Template)]
#[template(path = "elsewhere.html")]
pub struct ExternalPlayers {
    /// A list with this film in it, which VLC opens when it is clicked.
    pub list: Option<String>,
    /// An address that VLC on a phone or a TV opens when it is tapped.
    pub vlc: Option<String>,
    /// Players of the house.
    pub send: Option<SendBox>,
    /// For a phone: the play address as a picture.
    pub phone: Option<Phone>,
    /// For a Chromecast, where the owner has switched that on.
    pub cast: Option<Cast>,
}

/// What a Chromecast is told to play.
#[derive(Debug)]
pub struct Cast {
    /// What it fetches by itself, with scheme and host.
    pub address: String,
    /// The media type of that.
    pub content_type: String,
    pub title: String,
    /// With scheme and host.
    pub poster: Option<String>,
}

/// The buttons of the players, one form.
#[derive(Debug)]
pub struct SendBox {
    /// Where the form goes.
    pub action: String,
    pub place: String,
    pub path: String,
    /// What the players are called.
    pub players: Vec<String>,
    /// The player that has just got the film.
    pub sent: Option<String>,
}

/// An address to be read from the screen.
#[derive(Debug)]
pub struct Phone {
    /// The picture, as a data URL.
    pub picture: String,
    /// What stands in it.
    pub url: String,
}

/// What the watch page was told about the visit before.
#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct WatchQuery {
    sent: Option<String>,
}

impl ExternalPlayers {
    /// For a film; `stream` is the address that other players open, with scheme and host.
    pub(in crate::web) fn of(
        context: &PageContext<'_>,
        entry: &Entry,
        stream: &str,
        query: &WatchQuery,
    ) -> Self {
        let names: Vec<String> = context
            .site
            .players
            .all()
            .iter()
            .map(|player| player.name.clone())
            .collect();
        let cast = || Cast {
            address: stream.to_owned(),
            content_type: match stream.ends_with("/master.m3u8") {
                true => HLS_CONTENT_TYPE.to_owned(),
                false => content_type(&entry.name).to_owned(),
            },
            title: plain_title(&entry.name),
            poster: entry
                .has_thumbnail
                .then(|| context.absolute(&format!("{}/poster.jpg", context.play(entry)))),
        };
        let sent = query.sent.clone().filter(|name| names.contains(name));
        ExternalPlayers {
            list: Some(format!("{}/list.m3u", context.play(entry))),
            vlc: Some(format!("vlc://{stream}")),
            send: (!names.is_empty() && !context.is_guests()).then(|| SendBox {
                action: context.site.urls.local("/send"),
                place: entry.place.to_string(),
                path: entry.path.to_string(),
                players: names,
                sent,
            }),
            phone: qr::data_url(stream).map(|picture| Phone {
                picture,
                url: stream.to_owned(),
            }),
            cast: (context.site.has_chromecast && !context.is_guests()).then(cast),
        }
    }
}

/// Addresses for other players.
pub(super) fn addresses(
    context: &PageContext<'_>,
    entry: &Entry,
    streams: bool,
    has_original: bool,
    subtitles: &[Subtitles],
) -> Vec<PlayerLink> {
    let play = context.absolute(&context.play(entry));
    let address = |label: &str, about: &str, url: String| PlayerLink {
        label: label.to_owned(),
        about: about.to_owned(),
        url,
    };
    let whole = usual(&context.site.playback.known_renditions(entry));
    [
        streams.then(|| {
            address(
                "Adaptive stream (HLS)",
                "VLC, mpv, Kodi, Safari",
                format!("{play}/master.m3u8"),
            )
        }),
        has_original.then(|| {
            address(
                "Original",
                "The file as it is, for any player",
                play.clone(),
            )
        }),
        whole.map(|rendition| {
            address(
                "One file (TS)",
                "To download, and for players without HLS",
                format!("{play}/{rendition}.ts"),
            )
        }),
        Some(address(
            "List (M3U)",
            "Opens in VLC",
            format!("{play}/list.m3u"),
        )),
        Some(address(
            "Command for mpv",
            "To paste into a terminal",
            mpv_command(&play, streams, subtitles),
        )),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// mpv reads HLS without its subtitles, so they stand beside it. The addresses hold no quote: that is encoded.
fn mpv_command(play: &str, streams: bool, subtitles: &[Subtitles]) -> String {
    let stream = if streams { "/master.m3u8" } else { "" };
    let mut command = format!("mpv '{play}{stream}'");
    for one in subtitles {
        command.push_str(&format!(" --sub-file='{play}/subtitles/{}.vtt'", one.id));
    }
    command
}
