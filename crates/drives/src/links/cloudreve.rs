//! Cloudreve's links: `/s/{id}` or `/s/{id}/{password}` at a host of a configured drive, the URL to which the site
//! redirects a visitor of such a link, and the site's own URI of a share. Each may lead to a folder or a file deep
//! inside of it. A direct link, `/f/{id}/{name}`, leads to one file.
//!
//! Any host may run a Cloudreve, so its links are recognised by the hosts of configured drives alone.

use percent_encoding::percent_decode_str;
use url::Url;

use super::{FoundLink, LinkHome, password, password_in, query_value, segments};
use crate::ShareLink;
use media::EntryPath;

pub(super) const KIND: &str = "cloudreve";

/// Scheme of the site's URIs.
pub(super) const SCHEME: &str = "cloudreve://";

/// Upper limit for the bytes of an id: the place made of it, with eight digits for the host, has 64 characters
/// at most.
const MAX_ID_BYTES: usize = 46;

/// Parses a URL at a host of the site `site`. `None` if it is no link.
pub(super) fn read(url: &Url, site: &str) -> Option<FoundLink> {
    let names = segments(url);
    if names.last() == Some(&"home") {
        return from_uri(&query_value(url, &["path"])?, site);
    }
    if let [.., "f", id, name] | [.., "f", "d", id, name] = names[..] {
        let name = EntryPath::root().join(&decoded(name)?).ok()?;
        return direct(site, id, name);
    }
    // The site may be below a path.
    let at = names.iter().rposition(|name| *name == "s")?;
    let (id, password) = match names[at + 1..] {
        [id] => (id, None),
        [id, password] => (id, Some(decoded(password)?)),
        _ => return None,
    };
    // The path of a folder inside, which the site appends to its URI (wire document section 7).
    let path = query_value(url, &["path"]).and_then(|path| EntryPath::parse(&path).ok());
    share(site, id, password.or_else(|| password_in(url)), path)
}

/// Parses the site's own URI of a share, `cloudreve://{id}[:{password}]@share[/…]` (document section 3), which names no
/// host: it is one of the first configured site. `None` if it is another URI or there is no such drive.
pub(super) fn read_uri(uri: &str, homes: &[LinkHome]) -> Option<FoundLink> {
    let home = homes.iter().find(|home| home.kind == KIND)?;
    from_uri(uri.trim(), &home.site)
}

fn from_uri(uri: &str, site: &str) -> Option<FoundLink> {
    let rest = uri.strip_prefix(SCHEME)?;
    let rest = rest.split(['?', '#']).next()?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, tree) = authority.rsplit_once('@')?;
    if !tree.eq_ignore_ascii_case("share") {
        return None;
    }
    let (id, password) = match user.split_once(':') {
        Some((id, password)) => (id, Some(decoded(password)?)),
        None => (user, None),
    };
    share(site, id, password, inner_path(path))
}

/// Returns the path in a URI, decoded name by name: no name contains a slash. `None` if there is none.
fn inner_path(encoded: &str) -> Option<EntryPath> {
    let mut path = EntryPath::root();
    for name in encoded.split('/').filter(|name| !name.is_empty()) {
        path = path.join(&decoded(name)?).ok()?;
    }
    Some(path)
}

fn decoded(text: &str) -> Option<String> {
    let text = percent_decode_str(text).decode_utf8().ok()?;
    Some(text.into_owned())
}

/// Returns the link of one file, whose id is marked so that it differs from those of shares.
fn direct(site: &str, id: &str, name: EntryPath) -> Option<FoundLink> {
    is_id(id).then(|| {
        FoundLink::Share(ShareLink {
            kind: KIND,
            host: site.to_owned(),
            id: format!("f_{id}"),
            password: None,
            path: Some(name),
        })
    })
}

fn is_id(id: &str) -> bool {
    (1..=MAX_ID_BYTES).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn share(
    site: &str,
    id: &str,
    password: Option<String>,
    path: Option<EntryPath>,
) -> Option<FoundLink> {
    is_id(id).then(|| {
        FoundLink::Share(ShareLink {
            kind: KIND,
            host: site.to_owned(),
            id: id.to_owned(),
            password: password.filter(|password| password::could_be(password)),
            path: path.filter(|path| !path.is_root()),
        })
    })
}
