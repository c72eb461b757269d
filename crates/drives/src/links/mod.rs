//! Parses share links out of pasted text: one URL, or a whole message with several.
//!
//! Parsing is pure: a text goes in, links come out, no request is made. `text` finds URLs among words,
//! `password` finds passwords beside them, and each kind of upstream has its own hosts and forms (`terabox`,
//! `cloudreve`). A host is compared by its registrable name, never by a part of it; a URL with a user name, or
//! with a port where none belongs, is no link. The host of a configured drive counts as a host of its kind, too
//! ([`LinkHome`]), with its port.

mod cloudreve;
mod password;
mod terabox;
#[cfg(test)]
mod tests;
mod text;

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use url::Url;

use crate::ShareLink;
pub use crate::api::{LinkHome, ShortLink};
use media::{Place, PlaceError};

/// A link found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundLink {
    /// A share link.
    Share(ShareLink),
    /// A URL that redirects to a share link: its target must be requested.
    Short(ShortLink),
}

/// Upper limit for the links of one paste; further ones are left out.
pub const MAX_LINKS: usize = 20;
/// Of a longer text, only the beginning is parsed.
const MAX_TEXT_BYTES: usize = 64 * 1024;

impl LinkHome {
    /// Returns the home of a drive of `kind` whose upstream is at `url`; `None` if that is not an http(s) URL.
    pub fn of(kind: &'static str, url: &str) -> Option<LinkHome> {
        let url = Url::parse(url).ok()?;
        Some(LinkHome {
            kind,
            site: authority(&url)?,
            authority: authority(&url)?,
        })
    }
}

impl LinkHome {
    /// Returns another host of the same site, `authority` with a port that is not the scheme's own.
    pub fn at(&self, authority: String) -> LinkHome {
        LinkHome {
            authority,
            ..self.clone()
        }
    }
}

impl ShareLink {
    /// Returns the place that the share becomes: `~` and the identifying part of its link.
    ///
    /// # Errors
    /// Fails if the id is not one that [`find`] returns.
    pub fn place(&self) -> Result<Place, PlaceError> {
        if self.kind == terabox::KIND {
            return Place::parse(&terabox::place(&self.id));
        }
        // The same id is another share at every other host.
        let digest = Sha256::digest(self.host.as_bytes());
        let host: String = digest[..4].iter().map(|b| format!("{b:02x}")).collect();
        // The letter distinguishes such a place from those of TeraBox, which begin with `~1` or `~s`.
        Place::parse(&format!("~c{}-{host}", self.id))
    }

    /// Returns the link that a place was made of; `None` if the place does not contain all of it.
    pub fn of_place(place: &Place) -> Option<ShareLink> {
        terabox::of_place(place.as_str())
    }
}

/// Returns the kind of that name; `None` if links of it are not parsed here.
pub fn kind(name: &str) -> Option<&'static str> {
    [terabox::KIND, cloudreve::KIND]
        .into_iter()
        .find(|kind| *kind == name)
}

/// Returns every link of a text, in order, each share once; a password beside any mention applies to all.
pub fn find(text: &str, homes: &[LinkHome]) -> Vec<FoundLink> {
    let text = text::plain(text, MAX_TEXT_BYTES);
    let addresses = text::urls(&text);
    let mut found: Vec<FoundLink> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (index, address) in addresses.iter().enumerate() {
        let Some(mut read) = read(&address.url, homes) else {
            continue;
        };
        let slot = read.password_mut();
        if slot.is_none() {
            let until = addresses
                .get(index + 1)
                .map_or(text.len(), |next| next.start);
            *slot = password::after(&text[address.end..until]);
        }
        if slot.is_none() && found.is_empty() {
            *slot = password::before(&text[..address.start]);
        }
        match known.get(&read.key()) {
            Some(&earlier) => {
                let password = read.password_mut().take();
                let slot = found[earlier].password_mut();
                *slot = slot.take().or(password);
            }
            None if found.len() == MAX_LINKS => break,
            None => {
                known.insert(read.key(), found.len());
                found.push(read);
            }
        }
    }
    found
}

/// A link whose form is that of a share, at a host that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownHostLink {
    /// The unknown host.
    pub host: String,
    /// The link as it is opened: at the service's own host.
    pub link: ShareLink,
}

/// Returns the links of a text whose host is not known and whose form is that of a share, in order. They are opened only
/// if their reader asks for it.
pub fn find_at_unknown_hosts(text: &str, homes: &[LinkHome]) -> Vec<UnknownHostLink> {
    let text = text::plain(text, MAX_TEXT_BYTES);
    let mut found: Vec<UnknownHostLink> = Vec::new();
    for address in text::urls(&text) {
        let Some(url) = parse(&address.url).filter(|url| home_of(url, homes).is_none()) else {
            continue;
        };
        let Some((mut link, host)) = terabox::read_unknown(&url).zip(authority(&url)) else {
            continue;
        };
        if link.password.is_none() {
            link.password = password::after(&text[address.end..]);
        }
        let is_new = found.iter().all(|known| known.link.id != link.id);
        if is_new && found.len() < MAX_LINKS {
            found.push(UnknownHostLink { host, link });
        }
    }
    found
}

/// Parses a URL as a link, with the password in it; `None` if it is no link.
pub fn read(address: &str, homes: &[LinkHome]) -> Option<FoundLink> {
    if address.starts_with(cloudreve::SCHEME) {
        return cloudreve::read_uri(address, homes);
    }
    let url = parse(address)?;
    read_url(&url, homes).or_else(|| {
        // `?share_link=<the link itself, encoded>`, at hosts that have links.
        let is_known = terabox::is_host(&url) || home_of(&url, homes).is_some();
        let (_, inner) = url
            .query_pairs()
            .filter(|_| is_known)
            .find(|(name, _)| name == "share_link")?;
        read_url(&parse(&inner)?, homes)
    })
}

fn read_url(url: &Url, homes: &[LinkHome]) -> Option<FoundLink> {
    if let Some(home) = home_of(url, homes) {
        return match home.kind {
            cloudreve::KIND => cloudreve::read(url, &home.site),
            terabox::KIND => terabox::read_form(url, &home.authority),
            _ => None,
        };
    }
    terabox::read(url)
}

fn home_of<'h>(url: &Url, homes: &'h [LinkHome]) -> Option<&'h LinkHome> {
    let authority = authority(url)?;
    homes.iter().find(|home| home.authority == authority)
}

/// Parses a URL that may be a link: http(s), a host, and no user name, which could pretend to be the host.
/// `None` for any other.
fn parse(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok()?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none();
    plain.then_some(url)
}

/// Returns the host, with the port if it is not the scheme's own; `None` without a host.
pub(crate) fn authority(url: &Url) -> Option<String> {
    let host = url.host_str()?.trim_end_matches('.');
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// Returns true if a host is one of these registrable names, or below one.
fn is_below(url: &Url, names: &[&str]) -> bool {
    let Some(url::Host::Domain(host)) = url.host() else {
        return false;
    };
    let host = host.strip_suffix('.').unwrap_or(host);
    names.iter().any(|name| {
        host.strip_suffix(name)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// Returns the segments of the path, not decoded.
fn segments(url: &Url) -> Vec<&str> {
    let names = url.path_segments().into_iter().flatten();
    names.filter(|name| !name.is_empty()).collect()
}

fn query_value(url: &Url, names: &[&str]) -> Option<String> {
    url.query_pairs()
        .find(|(name, value)| names.contains(&&**name) && !value.trim().is_empty())
        .map(|(_, value)| value.trim().to_owned())
}

/// Returns the password in the URL itself; `None` if there is none.
fn password_in(url: &Url) -> Option<String> {
    let in_query = query_value(url, &["pwd", "password", "passwd", "passcode"]);
    let in_fragment = || {
        let value = url.fragment()?.strip_prefix("pwd=")?;
        Some(value.to_owned())
    };
    in_query
        .or_else(in_fragment)
        .filter(|password| password::could_be(password))
}

impl FoundLink {
    fn password_mut(&mut self) -> &mut Option<String> {
        match self {
            FoundLink::Share(link) => &mut link.password,
            FoundLink::Short(link) => &mut link.password,
        }
    }

    /// Returns a key that is equal for two mentions of one share.
    fn key(&self) -> String {
        match self {
            FoundLink::Share(link) if link.kind == terabox::KIND => link.id.clone(),
            FoundLink::Share(link) => format!("{} {}", link.host, link.id),
            FoundLink::Short(link) => link.url.clone(),
        }
    }
}
