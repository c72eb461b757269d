//! A ticket that was made just now, as a person takes it along: address, QR code, what to type where.

use super::page_context::PageContext;
use super::{Fact, PlayerLink};
use crate::playback::ticket::Scope;
use crate::store::TicketKind;
use crate::web::api::tickets::play_address;
use crate::web::qr;
use crate::web::tickets::IssuedTicket;

/// What is shown once.
#[derive(Debug, Clone)]
pub struct TicketCard {
    /// What the owner calls it.
    pub name: String,
    /// The address to pass on or to type in.
    pub address: PlayerLink,
    /// The address as a picture; `None` where it is too long for one.
    pub qr: Option<String>,
    /// What Kodi's dialogue “Add network location” asks for; empty for guests.
    pub kodi: Vec<Fact>,
    /// What VLC and mpv open; empty for guests.
    pub players: Vec<PlayerLink>,
}

impl TicketCard {
    pub(super) fn of(context: &PageContext<'_>, made: &IssuedTicket) -> Self {
        let site = context.site;
        let name = made.stored.name.clone();
        if made.stored.kind == TicketKind::Guest {
            let local = match &made.scope {
                Scope::Within(place, path) => site.urls.guest(&made.text, place, path),
                Scope::Everything => site.urls.local(&format!("/guest/{}/", made.text)),
            };
            let url = context.absolute(&local);
            return TicketCard {
                name,
                qr: qr::data_url(&url),
                address: PlayerLink {
                    label: "Guest address".to_owned(),
                    about: "Opens in any browser, without a login".to_owned(),
                    url,
                },
                kodi: Vec::new(),
                players: Vec::new(),
            };
        }
        let url = context.absolute(&play_address(site, made));
        TicketCard {
            name,
            qr: qr::data_url(&url),
            kodi: kodi(&url),
            players: lists(context, made),
            address: PlayerLink {
                label: "PlayerLink".to_owned(),
                about: "For any player that browses web folders".to_owned(),
                url,
            },
        }
    }
}

/// The lines of Kodi's dialogue: protocol, server, path, port.
fn kodi(url: &str) -> Vec<Fact> {
    let Ok(url) = url::Url::parse(url) else {
        return Vec::new();
    };
    let fact = |name: &str, value: String| Fact {
        name: name.to_owned(),
        value,
    };
    let protocol = format!("Web server directory ({})", url.scheme().to_uppercase());
    vec![
        fact("Protocol", protocol),
        fact(
            "Server address",
            url.host_str().unwrap_or_default().to_owned(),
        ),
        fact("Remote path", url.path().trim_start_matches('/').to_owned()),
        fact(
            "Port",
            url.port_or_known_default()
                .map(|port| port.to_string())
                .unwrap_or_default(),
        ),
    ]
}

/// Lists of what the ticket covers: of the folder or film, or of the root of each drive.
fn lists(context: &PageContext<'_>, made: &IssuedTicket) -> Vec<PlayerLink> {
    let site = context.site;
    let list = |label: &str, local: String| PlayerLink {
        label: label.to_owned(),
        about: "Open as a network stream in VLC or mpv".to_owned(),
        url: context.absolute(&format!("{local}/list.m3u")),
    };
    match &made.scope {
        Scope::Within(place, path) => {
            vec![list("List", site.urls.play(&made.text, place, path))]
        }
        Scope::Everything => {
            let root = media::EntryPath::root();
            site.library
                .browsable()
                .iter()
                .map(|drive| {
                    let place = drive.place();
                    list(
                        &format!("List of {place}"),
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
        let lines = kodi("https://films.example/drive-in/play/AQA/films/Season%201/");
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
