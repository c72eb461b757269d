//! TeraBox's links: its hosts, and the forms of its URLs.
//!
//! A share is named by its `surl`, 22 or 23 letters, digits, `-` or `_`. It is preceded by a `1` in `/s/1…` and
//! nowhere else; since a surl may itself begin with a 1, only that one is removed.

use std::sync::LazyLock;

use url::Url;

use super::{FoundLink, ShortLink, is_below, password_in, query_value, segments};
use crate::ShareLink;

pub(super) const KIND: &str = "terabox";

/// The host of links that are made of a place, or of a link at an unknown host.
const MAIN_HOST: &str = "terabox.com";

/// Host names under which the service has been seen.
static HOSTS: LazyLock<Vec<&str>> = LazyLock::new(|| hosts_of_form("share"));

/// Host names that only redirect to the ones above.
static SHORT_HOSTS: LazyLock<Vec<&str>> = LazyLock::new(|| hosts_of_form("short"));

fn hosts_of_form(form: &str) -> Vec<&'static str> {
    let lines = include_str!("terabox_hosts.tsv").lines();
    let fields = lines.filter_map(|line| {
        let (host, rest) = line.split_once('\t')?;
        let (found, _) = rest.split_once('\t')?;
        (found == form).then_some(host)
    });
    fields.collect()
}

/// Paths with the share in `surl=`; a language may precede them.
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

/// Upper limit for the bytes of a surl: with the `1` before it and the `~` of a place, 64 characters.
const MAX_SURL_BYTES: usize = 62;
const SHORTEST_SURL: usize = 6;
/// Bytes of the surls that the service makes.
const SURL_BYTES: std::ops::RangeInclusive<usize> = 22..=23;

/// Returns true if the URL is at one of the service's hosts.
pub(super) fn is_host(url: &Url) -> bool {
    url.port().is_none() && (is_below(url, &HOSTS) || is_below(url, &SHORT_HOSTS))
}

/// Parses a URL as a link; `None` if it is no link.
pub(super) fn read(url: &Url) -> Option<FoundLink> {
    if !is_host(url) {
        return None;
    }
    let host = url.host_str()?.trim_end_matches('.');
    let names = segments(url);
    read_form(url, host).or_else(|| {
        (is_below(url, &SHORT_HOSTS) && !names.is_empty()).then(|| {
            FoundLink::Short(ShortLink {
                kind: KIND,
                url: url.to_string(),
                password: password_in(url),
            })
        })
    })
}

/// Parses a URL as a link by its form alone, at a host that is known to be the service's; `None` if it has no
/// such form.
pub(super) fn read_form(url: &Url, host: &str) -> Option<FoundLink> {
    Some(FoundLink::Share(ShareLink {
        kind: KIND,
        host: host.to_owned(),
        id: surl(url)?,
        password: password_in(url),
        path: None,
    }))
}

/// Parses a URL at a host that is not known, but whose form is that of a share; `None` if it has another. The link names
/// the service's own host: the unknown one is not contacted.
pub(super) fn read_unknown(url: &Url) -> Option<ShareLink> {
    let is_name = matches!(url.host(), Some(url::Host::Domain(host)) if host.contains('.'));
    if is_host(url) || url.port().is_some() || !is_name {
        return None;
    }
    match read_form(url, MAIN_HOST)? {
        FoundLink::Share(link) if SURL_BYTES.contains(&link.id.len()) => Some(link),
        _ => None,
    }
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

/// Returns the name of a share's place: the part of its link after the `/s/`.
pub(super) fn place(id: &str) -> String {
    match id.strip_prefix('@') {
        // Known by its numbers alone: see `ShareLink::id`.
        Some(numbers) => format!("~s{}", numbers.replace('.', "-")),
        None => format!("~1{id}"),
    }
}

/// Returns the link of such a place; `None` for any other place.
pub(super) fn of_place(place: &str) -> Option<ShareLink> {
    let id = place.strip_prefix("~1").filter(|id| is_surl(id))?;
    Some(ShareLink {
        kind: KIND,
        host: MAIN_HOST.to_owned(),
        id: id.to_owned(),
        password: None,
        path: None,
    })
}
