//! Paths of a change and of its destination.

use super::refusals::IS_ELSEWHERE;
use super::{DavChange, DavResult};
use crate::web::error::Problem;
use crate::web::urls::{encode_path, parse_location};
use media::{EntryPath, Place};

impl DavChange<'_> {
    pub(in crate::web::play::dav) fn href(&self, path: &EntryPath) -> String {
        format!("{}{}{}", self.root, self.place, encode_path(path))
    }

    pub(super) fn destination(&self) -> DavResult<EntryPath> {
        let destination = self.header("destination");
        if destination.is_empty() {
            return Err(Problem::bad_request("The header “Destination” is missing.").into());
        }
        match self.path_of(destination) {
            Some((place, path)) if place == self.place => Ok(path),
            _ => Err(IS_ELSEWHERE.into()),
        }
    }

    /// Returns what an absolute URL or path of this tree names; `None` if it is none of ours.
    pub(super) fn path_of(&self, url: &str) -> Option<(Place, EntryPath)> {
        let path = match url.split_once("://") {
            Some((_, rest)) => {
                let (host, path) = rest.split_at(rest.find('/')?);
                let origin = self.site.urls.public_origin().unwrap_or_default();
                let public = origin.split_once("://").map(|(_, host)| host);
                let is_ours = |known: &str| known.eq_ignore_ascii_case(host);
                let asked = self.header("host");
                (is_ours(asked) || public.is_some_and(is_ours)).then_some(path)?
            }
            None => url,
        };
        let path = path.split(['?', '#']).next()?;
        let below = path.strip_prefix(self.root.as_str());
        // A proxy in front may have taken the base path off.
        let base = self.site.urls.base_path();
        let below = below.or_else(|| path.strip_prefix(self.root.strip_prefix(base)?))?;
        parse_location(below)
    }
}

/// Returns true for a name that an operating system gives to its own files in every folder.
pub(super) fn is_foreign(name: &str) -> bool {
    const NAMES: [&str; 8] = [
        ".DS_Store",
        ".Spotlight-V100",
        ".Trashes",
        ".TemporaryItems",
        ".fseventsd",
        ".metadata_never_index",
        "Thumbs.db",
        "desktop.ini",
    ];
    name.starts_with("._") || NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
}
