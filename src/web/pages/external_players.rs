//! The links from the watch page to other players: play URLs, VLC, a phone, and players on the home
//! network.

use askama::Template;
use serde::Deserialize;

use super::PlayerLink;
use super::page_context::PageContext;
use super::player_apps::{AppFilm, Platform, PlayerApp, player_apps};
use crate::web::api::usual;
use crate::web::locale::Language;
use crate::web::play::HLS_CONTENT_TYPE;
use crate::web::qr;
use media::{Entry, Subtitles, content_type, plain_title};

/// The buttons beside the play URLs of a film.
#[derive(Debug, Default, Template)]
#[template(path = "elsewhere.html")]
pub struct ExternalPlayers {
    /// The language of the page.
    pub language: &'static Language,
    /// A list with this film, which opens in VLC when clicked.
    pub list: Option<String>,
    /// Players of the visitor's own platform, opened by one tap.
    pub apps: Vec<PlayerApp>,
    /// Players on the home network; `None` without any, and for guests.
    pub send: Option<SendBox>,
    /// The play URL as a QR code for a phone.
    pub phone: Option<Phone>,
    /// The data for a Chromecast, if the owner has enabled it.
    pub cast: Option<Cast>,
}

/// The media that a Chromecast loads.
#[derive(Debug)]
pub struct Cast {
    /// The URL that the Chromecast loads by itself, with scheme and host.
    pub address: String,
    /// The media type of that URL.
    pub content_type: String,
    pub title: String,
    /// A picture, with scheme and host.
    pub poster: Option<String>,
}

/// The form with one button per player.
#[derive(Debug)]
pub struct SendBox {
    /// Action URL of the form.
    pub action: String,
    pub place: String,
    pub path: String,
    /// The names of the players.
    pub players: Vec<String>,
    /// The player to which the film was just sent.
    pub sent: Option<String>,
}

/// A URL to be scanned from the screen.
#[derive(Debug)]
pub struct Phone {
    /// The QR code, as a data URL.
    pub picture: String,
    /// The URL in it.
    pub url: String,
}

/// The query of the watch page: the player to which the film was just sent.
#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct WatchQuery {
    sent: Option<String>,
}

impl ExternalPlayers {
    /// Returns true if VLC is among the players of the platform, beside the list that it opens.
    fn has_vlc_app(&self) -> bool {
        self.apps.iter().any(|app| app.id == "vlc")
    }

    /// Returns the buttons for a film; `stream` is the URL that other players open, with scheme and host, and they may open
    /// the original. They show its `title`.
    pub(in crate::web) fn of(
        context: &PageContext,
        (entry, title): (&Entry, &str),
        (stream, has_original): (&str, bool),
        subtitles: &[Subtitles],
        position_s: Option<f64>,
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
            title: plain_title(title),
            poster: entry
                .has_thumbnail
                .then(|| context.absolute(&format!("{}/poster.jpg", context.play(entry)))),
        };
        let list = format!("{}/list.m3u", context.play(entry));
        let film = AppFilm {
            url: stream.to_owned(),
            file: has_original.then(|| context.absolute(&context.play(entry))),
            list: context.absolute(&list),
            title: plain_title(title),
            subtitle: subtitles.first().map(|one| {
                let play = context.play(entry);
                context.absolute(&format!("{play}/subtitles/{}.vtt", one.id))
            }),
            position_s,
        };
        let platform = Platform::of(context.headers());
        let mut apps = platform.map_or_else(Vec::new, |platform| player_apps(platform, &film));
        // The list opens in VLC by the button before them.
        apps.retain(|app| app.id != "vlc" || app.link != film.list);
        let sent = query.sent.clone().filter(|name| names.contains(name));
        ExternalPlayers {
            language: context.language,
            list: Some(list),
            apps,
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

/// Returns the play URLs for other players.
pub(super) fn player_links(
    context: &PageContext,
    entry: &Entry,
    streams: bool,
    has_original: bool,
    subtitles: &[Subtitles],
) -> Vec<PlayerLink> {
    let play = context.absolute(&context.play(entry));
    let address = |label: &str, about: &str, url: String| PlayerLink {
        label: context.words(label),
        about: context.words(about),
        url,
    };
    let whole = usual(&context.site.playback.known_renditions(entry));
    [
        streams.then(|| {
            address(
                "player-link-hls",
                "player-link-hls-about",
                format!("{play}/master.m3u8"),
            )
        }),
        has_original.then(|| {
            address(
                "player-link-original",
                "player-link-original-about",
                play.clone(),
            )
        }),
        whole.map(|rendition| {
            address(
                "player-link-ts",
                "player-link-ts-about",
                format!("{play}/{rendition}.ts"),
            )
        }),
        Some(address(
            "player-link-m3u",
            "player-link-film-m3u-about",
            format!("{play}/list.m3u"),
        )),
        Some(address(
            "player-link-mpv",
            "player-link-mpv-about",
            mpv_command(&play, streams, subtitles),
        )),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Returns the mpv command. mpv ignores the subtitles of HLS, so they are separate arguments. The URLs
/// contain no quote: it is percent-encoded.
fn mpv_command(play: &str, streams: bool, subtitles: &[Subtitles]) -> String {
    let stream = if streams { "/master.m3u8" } else { "" };
    let mut command = format!("mpv '{play}{stream}'");
    for one in subtitles {
        command.push_str(&format!(" --sub-file='{play}/subtitles/{}.vtt'", one.id));
    }
    command
}
