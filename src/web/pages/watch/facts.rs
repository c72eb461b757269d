//! Facts and tags of a file, as texts.

use super::super::page_context::PageContext;
use super::super::{Fact, TextLink, format};
use crate::web::urls::encode_name;
use media::{Entry, Tag};

pub(super) fn facts(context: &PageContext, entry: &Entry) -> Vec<Fact> {
    let language = context.language;
    let fact = |id: &str, value: String| Fact {
        name: context.words(id),
        value,
    };
    let picture = entry
        .width
        .zip(entry.height)
        .filter(|(width, height)| *width > 0 && *height > 0);
    [
        entry
            .duration_s
            .map(|seconds| fact("watch-length", format::duration(seconds))),
        Some(fact("common-size", language.size(entry.size))),
        picture.map(|(width, height)| {
            let size = language.left_to_right(format!("{width} × {height}"));
            fact("watch-picture", size)
        }),
        entry
            .modified
            .map(|time| fact("common-date", language.day(time))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Returns the tags of an entry for its owner, each with a search of the drive for it.
pub(super) fn tags(context: &PageContext, entry: &Entry) -> Vec<TextLink> {
    if context.is_guests() {
        return Vec::new();
    }
    let link = |tag: &Tag| TextLink {
        label: tag.name.clone(),
        href: context.site.urls.local(&format!(
            "/search?place={}&tag={}",
            entry.place,
            encode_name(&tag.name)
        )),
    };
    entry.tags.iter().map(link).collect()
}
