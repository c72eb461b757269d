//! A ticket that was just issued, as a person uses it: URL, QR code, and the fields of players' dialogs.

use super::page_context::PageContext;
use super::{Fact, PlayerLink};
use crate::playback::ticket::Scope;
use crate::store::TicketKind;
use crate::web::api::tickets::first_play_url;
use crate::web::locale::{Language, PageText};
use crate::web::qr;
use crate::web::tickets::IssuedTicket;

/// The data that is shown once.
#[derive(Debug, Clone)]
pub struct TicketCard {
    /// The name given by the owner.
    pub name: String,
    /// The URL to copy or to type in.
    pub address: PlayerLink,
    /// The URL as a QR code; `None` if it is too long.
    pub qr: Option<String>,
    /// The fields of Kodi's dialog “Add network location”; empty for guests.
    pub kodi: Vec<Fact>,
    /// The URLs for VLC and mpv; empty for guests.
    pub players: Vec<PlayerLink>,
}

impl TicketCard {
    pub(super) fn of(context: &PageContext, made: &IssuedTicket) -> Self {
        let site = &context.site;
        let name = made.stored.name.clone();
        if made.stored.kind == TicketKind::Guest {
            let local = match &made.scope {
                Scope::Within(place, path) => site.urls.guest(&made.text, place, path),
                Scope::Everything | Scope::Several(_) | Scope::Places(_) => {
                    site.urls.local(&format!("/guest/{}/", made.text))
                }
            };
            let url = context.absolute(&local);
            return TicketCard {
                name,
                qr: qr::data_url(&url),
                address: PlayerLink {
                    label: context.words("common-guest-link"),
                    about: context.words("ticket-guest-about"),
                    url,
                },
                kodi: Vec::new(),
                players: Vec::new(),
            };
        }
        let url = context.absolute(&first_play_url(site, made));
        TicketCard {
            name,
            qr: qr::data_url(&url),
            kodi: kodi(context.language, &url),
            players: lists(context, made),
            address: PlayerLink {
                label: context.words("ticket-play-url"),
                about: context.words("ticket-play-url-about"),
                url,
            },
        }
    }
}

/// Returns the fields of Kodi's dialog: protocol, server, path, port.
fn kodi(language: &'static Language, url: &str) -> Vec<Fact> {
    let Ok(url) = url::Url::parse(url) else {
        return Vec::new();
    };
    let fact = |id: &str, value: String| Fact {
        name: language.text(id).into(),
        value,
    };
    let protocol = language.text("ticket-kodi-web-directory");
    let protocol = protocol.with("scheme", url.scheme().to_uppercase());
    vec![
        fact("ticket-kodi-protocol", protocol.into()),
        fact(
            "ticket-kodi-server",
            url.host_str().unwrap_or_default().to_owned(),
        ),
        fact(
            "ticket-kodi-path",
            url.path().trim_start_matches('/').to_owned(),
        ),
        fact(
            "ticket-kodi-port",
            url.port_or_known_default()
                .map(|port| port.to_string())
                .unwrap_or_default(),
        ),
    ]
}

/// Returns lists of the ticket's scope: of the folder or film, or of the root of each drive.
fn lists(context: &PageContext, made: &IssuedTicket) -> Vec<PlayerLink> {
    let site = &context.site;
    let list = |label: PageText<'_>, local: String| PlayerLink {
        label: label.into(),
        about: context.words("ticket-list-about"),
        url: context.absolute(&format!("{local}/list.m3u")),
    };
    match &made.scope {
        Scope::Within(place, path) => {
            vec![list(
                context.text("ticket-list"),
                site.urls.play(&made.text, place, path),
            )]
        }
        Scope::Several(paths) => paths
            .iter()
            .map(|(place, path)| {
                let label = context.text("ticket-list-of").with("name", path.name());
                list(label, site.urls.play(&made.text, place, path))
            })
            .collect(),
        Scope::Everything | Scope::Places(_) => {
            let root = media::EntryPath::root();
            site.library
                .browsable()
                .iter()
                .map(|drive| {
                    let place = drive.place();
                    list(
                        context.text("ticket-list-of").with("name", place.as_str()),
                        site.urls.play(&made.text, place, &root),
                    )
                })
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kodi_is_told_each_part_by_itself() {
        let lines = kodi(
            Language::english(),
            "https://films.example/drive-in/play/AQA/films/Season%201/",
        );
        let values: Vec<&str> = lines.iter().map(|fact| fact.value.as_str()).collect();
        assert_eq!(
            values,
            [
                "Web server directory (HTTPS)",
                "films.example",
                "drive-in/play/AQA/films/Season%201/",
                "443"
            ]
        );
    }
}
