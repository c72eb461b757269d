//! Cloudreve's links: `/s/{id}` or `/s/{id}/{password}` at the host of a configured drive, and the URL to which
//! the site redirects a visitor of such a link.
//!
//! Any host may run a Cloudreve, so its links are recognised by the configured host alone.

use url::Url;

use super::{Found, password, password_in, query_value, segments};
use crate::ShareLink;

pub(super) const KIND: &str = "cloudreve";

/// Upper limit for the bytes of an id: the place made of it, with eight digits for the host, has 64 characters
/// at most.
const MAX_ID_BYTES: usize = 48;

pub(super) fn read(url: &Url, authority: &str) -> Option<Found> {
    let names = segments(url);
    if names.last() == Some(&"home") {
        return from_address_bar(&query_value(url, &["path"])?, authority);
    }
    // The site may be below a path.
    let at = names.iter().rposition(|name| *name == "s")?;
    let (id, password) = match names[at + 1..] {
        [id] => (id, None),
        [id, password] => (id, Some(password)),
        _ => return None,
    };
    share(authority, id, password, || password_in(url))
}

/// Parses the URL to which the site redirects a visitor of a link:
/// `/home?path=cloudreve://{id}[:{password}]@share[/…]` (section 9.1). `None` if it is another one.
fn from_address_bar(uri: &str, authority: &str) -> Option<Found> {
    let (user, _) = uri
        .strip_prefix("cloudreve://")?
        .split(['/', '?', '#'])
        .next()?
        .rsplit_once('@')
        .filter(|(_, tree)| tree.eq_ignore_ascii_case("share"))?;
    match user.split_once(':') {
        Some((id, password)) => share(authority, id, Some(password), || None),
        None => share(authority, user, None, || None),
    }
}

fn share(
    authority: &str,
    id: &str,
    password: Option<&str>,
    elsewhere: impl FnOnce() -> Option<String>,
) -> Option<Found> {
    let is_id = (1..=MAX_ID_BYTES).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_id.then(|| {
        Found::Share(ShareLink {
            kind: KIND,
            host: authority.to_owned(),
            id: id.to_owned(),
            password: password
                .filter(|password| password::could_be(password))
                .map(str::to_owned)
                .or_else(elsewhere),
        })
    })
}
