//! TeraBox's links: the hosts that it goes by, and the forms that its addresses have.
//!
//! A share is named by its `surl`, 22 or 23 letters, digits, `-` or `_`. A `1` stands before it in `/s/1…` and
//! nowhere else; since a surl may begin with a 1 of its own, only that one is taken off.

use url::Url;

use super::{Found, ShortLink, is_below, password_in, query_value, segments};
use crate::ShareLink;

pub(super) const KIND: &str = "terabox";

/// Names under which the service has been met.
const HOSTS: &[&str] = &[
    "terabox.com",
    "terabox.app",
    "terabox.fun",
    "terabox.club",
    "terabox.site",
    "terabox.online",
    "terabox.live",
    "terabox.in",
    "teraboxapp.com",
    "teraboxcdn.com",
    "terabox1024.com",
    "1024terabox.com",
    "1024tera.com",
    "1024tera.co",
    "freeterabox.com",
    "dubox.com",
    "4funbox.com",
    "4funbox.co",
    "mirrobox.com",
    "nephobox.com",
    "momerybox.com",
    "tibibox.com",
    "gibibox.com",
    "tobybox.com",
    "jobebox.com",
    "dubbbox.com",
    "tboxhub.com",
    "gomafiles.com",
    "boxlinks.net",
];

/// Names that only lead on to the ones above.
const SHORT_HOSTS: &[&str] = &[
    "teraboxlink.com",
    "teraboxshare.com",
    "teraboxurl.com",
    "terasharelink.com",
    "terasharefile.com",
    "terafileshare.com",
    "terabox1.com",
    "terabox2.com",
];

/// Paths that name the share in `surl=`; a language may stand before them.
const PAGES: &[&str] = &[
    "sharing/link",
    "sharing/embed",
    "sharing/init",
    "sharing/videoplay",
    "share/init",
    "share/link",
    "share/filelist",
    "wap/share/filelist",
    "wap/share/init",
    "wap/share/link",
    "wap/share/videoplay",
    "web/share/filelist",
    "web/share/init",
    "web/share/link",
    "web/share/videoplay",
];

/// A surl with the `1` before it and the `~` of a place: 64 characters.
const MAX_SURL_BYTES: usize = 62;
const SHORTEST_SURL: usize = 6;

/// Whether the address is at one of the service's hosts.
pub(super) fn is_host(url: &Url) -> bool {
    url.port().is_none() && (is_below(url, HOSTS) || is_below(url, SHORT_HOSTS))
}

/// The link that an address is.
pub(super) fn read(url: &Url) -> Option<Found> {
    if !is_host(url) {
        return None;
    }
    let host = url.host_str()?.trim_end_matches('.');
    let names = segments(url);
    read_form(url, host).or_else(|| {
        (is_below(url, SHORT_HOSTS) && !names.is_empty()).then(|| {
            Found::Short(ShortLink {
                kind: KIND,
                url: url.to_string(),
                password: password_in(url),
            })
        })
    })
}

/// The link that an address is by its form alone, at a host that is known to be the service's.
pub(super) fn read_form(url: &Url, host: &str) -> Option<Found> {
    Some(Found::Share(ShareLink {
        kind: KIND,
        host: host.to_owned(),
        id: surl(url)?,
        password: password_in(url),
    }))
}

fn surl(url: &Url) -> Option<String> {
    let names = segments(url);
    // `/en/…`, `/japanese/…`, `/zh-CN/…`
    let is_language = |name: &str| {
        (2..=12).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
    };
    let with_language = names
        .split_first()
        .filter(|(first, _)| is_language(first))
        .map(|(_, rest)| rest);
    [Some(names.as_slice()), with_language]
        .into_iter()
        .flatten()
        .find_map(|names| match names {
            ["s", name] => name.strip_prefix('1').filter(|rest| is_surl(rest)),
            _ => None,
        })
        .map(str::to_owned)
        .or_else(|| {
            let is_page =
                |names: &[&str]| PAGES.contains(&names.join("/").to_ascii_lowercase().as_str());
            let fits = is_page(&names) || with_language.is_some_and(is_page);
            query_value(url, &["surl"]).filter(|surl| fits && is_surl(surl))
        })
}

fn is_surl(text: &str) -> bool {
    (SHORTEST_SURL..=MAX_SURL_BYTES).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// How a share is called among the places: as its link has it, after the `/s/`.
pub(super) fn place(id: &str) -> String {
    match id.strip_prefix('@') {
        // Known by its numbers alone: see `ShareLink::id`.
        Some(numbers) => format!("~s{}", numbers.replace('.', "-")),
        None => format!("~1{id}"),
    }
}

/// The link of such a place.
pub(super) fn of_place(place: &str) -> Option<ShareLink> {
    let id = place.strip_prefix("~1").filter(|id| is_surl(id))?;
    Some(ShareLink {
        kind: KIND,
        host: HOSTS[0].to_owned(),
        id: id.to_owned(),
        password: None,
    })
}
