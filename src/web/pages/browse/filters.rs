//! Links that sort a folder and filter it by the kind of its files.

use super::query::{BrowseQuery, Direction};
use crate::web::locale::Language;
use media::{FileKind, Order, SortBy};

/// A link that filters by kind.
#[derive(Debug, Clone)]
pub struct FilterLink {
    /// `All`, `Films`, `Music`, `Pictures`, `Documents`.
    pub label: String,
    /// The page with this filter.
    pub href: String,
    /// True if the page has this filter now.
    pub is_current: bool,
}

/// One sort link.
#[derive(Debug, Clone)]
pub struct SortLink {
    /// `Name`, `Date`, `Size`.
    pub label: String,
    /// This folder in that order; for the current one, in the opposite direction.
    pub href: String,
    /// The direction, if this is the current order.
    pub current: Option<Direction>,
}

pub(super) fn sorts(language: &'static Language, here: &str, query: &BrowseQuery) -> Vec<SortLink> {
    let ways = [
        ("common-name", SortBy::Name),
        ("common-date", SortBy::Time),
        ("common-size", SortBy::Size),
    ];
    ways.into_iter()
        .map(|(id, sort)| {
            let current = (sort == query.sort).then_some(match query.order {
                Order::Ascending => Direction::Ascending,
                Order::Descending => Direction::Descending,
            });
            // People look for the newest and the largest first, and for names from A on.
            let order = match (current, sort) {
                (Some(Direction::Ascending), _) | (None, SortBy::Time | SortBy::Size) => {
                    Order::Descending
                }
                _ => Order::Ascending,
            };
            let target = BrowseQuery {
                sort,
                order,
                kind: query.kind.clone(),
                ..BrowseQuery::default()
            };
            SortLink {
                label: language.text(id).into(),
                href: target.href(here, "", ""),
                current,
            }
        })
        .collect()
}

/// Returns the links that filter a folder by kind.
pub(super) fn kinds(
    language: &'static Language,
    here: &str,
    query: &BrowseQuery,
) -> Vec<FilterLink> {
    kind_links(language, query.kind(), |kind| {
        let target = BrowseQuery {
            sort: query.sort,
            order: query.order,
            kind: kind.map(|kind| kind.as_str().to_owned()),
            ..BrowseQuery::default()
        };
        target.href(here, "", "")
    })
}

/// Returns one link for each kind, and one for all, to the URLs of `href`.
pub(in crate::web::pages) fn kind_links(
    language: &'static Language,
    current: Option<FileKind>,
    href: impl Fn(Option<FileKind>) -> String,
) -> Vec<FilterLink> {
    let link = |kind: Option<FileKind>| FilterLink {
        label: language.text(kind.map_or("kind-all", kind_id)).into(),
        href: href(kind),
        is_current: kind == current,
    };
    let kinds = FileKind::ALL.into_iter().map(Some);
    std::iter::once(None).chain(kinds).map(link).collect()
}

/// Returns the id of the name of a kind.
pub(in crate::web::pages) fn kind_id(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Video => "kind-films",
        FileKind::Audio => "kind-music",
        FileKind::Image => "kind-pictures",
        FileKind::Document => "kind-documents",
    }
}
