//! All films, all series, a page at a time.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;

use crate::store::{ItemKind, ItemPage, ItemQuery, ItemSort};
use crate::web::MaybeQuery;
use crate::web::error::Problem;
use crate::web::pages::FilmCard;
use crate::web::pages::layout::{NavLink, PageLayout};
use crate::web::pages::page_context::{NavItem, PageContext};

/// `/library/films`, `/library/series`
#[derive(Debug, Template)]
#[template(path = "titles.html")]
pub struct TitlesPage {
    pub layout: PageLayout,
    /// `Films`
    pub title: String,
    pub sorts: Vec<NavLink>,
    pub films: Vec<FilmCard>,
    /// The URL of the previous page.
    pub previous: Option<String>,
    /// The URL of the next page.
    pub next: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct TitlesQuery {
    sort: Option<String>,
    offset: Option<u32>,
}

/// Titles in one page.
const PAGE: usize = 60;

/// Shows the films.
pub(in crate::web) async fn films(
    context: PageContext,
    query: MaybeQuery<TitlesQuery>,
) -> Response {
    let list = (ItemKind::Film, "kind-films", "/library/films");
    answer(&context, query, list).await
}

/// Shows the series.
pub(in crate::web) async fn series(
    context: PageContext,
    query: MaybeQuery<TitlesQuery>,
) -> Response {
    let list = (ItemKind::Series, "titles-series", "/library/series");
    answer(&context, query, list).await
}

/// The kind of a list, the text of its title, and its URL.
type TitleList = (ItemKind, &'static str, &'static str);

async fn answer(
    context: &PageContext,
    query: MaybeQuery<TitlesQuery>,
    list: TitleList,
) -> Response {
    let query = query.map(|Query(query)| query).unwrap_or_default();
    context.answer(page(context, query, list).await)
}

async fn page(
    context: &PageContext,
    query: TitlesQuery,
    (kind, title, path): TitleList,
) -> Result<TitlesPage, Problem> {
    const SORTS: [(&str, &str, ItemSort); 3] = [
        ("title", "titles-title", ItemSort::Title),
        ("year", "watch-year", ItemSort::Year),
        ("added", "titles-added", ItemSort::Added),
    ];
    let chosen = query.sort.as_deref().unwrap_or("title");
    let (word, _, sort) = SORTS
        .into_iter()
        .find(|(word, ..)| *word == chosen)
        .unwrap_or(SORTS[0]);
    let offset = query.offset.unwrap_or_default() as usize;
    let wanted = ItemQuery {
        kinds: vec![kind],
        sort,
        words: None,
        offset,
        limit: PAGE,
    };
    let found = context
        .site
        .store
        .library_page(&wanted, context.viewer())
        .await?;
    let url = |sort: &str, offset: usize| {
        context
            .site
            .urls
            .local(&format!("{path}?sort={sort}&offset={offset}"))
    };
    let sorts = SORTS.into_iter().map(|(other, id, _)| NavLink {
        label: context.words(id),
        href: url(other, 0),
        current: other == word,
    });
    Ok(TitlesPage {
        layout: context.layout(context.text(title), NavItem::None),
        title: context.words(title),
        sorts: sorts.collect(),
        films: found
            .items
            .iter()
            .filter_map(|item| context.title_card(item, false))
            .collect(),
        previous: (offset > 0).then(|| url(word, offset.saturating_sub(PAGE))),
        next: found.next.map(|next| url(word, next)),
    })
}

/// Titles on the page of a search.
const MAX_FOUND: usize = 24;

/// Returns the films and series with these words in their titles; empty if the library cannot be read.
pub(in crate::web) async fn titles_with(context: &PageContext, words: &str) -> Vec<FilmCard> {
    let wanted = ItemQuery {
        kinds: vec![ItemKind::Film, ItemKind::Series],
        words: Some(words.to_owned()),
        limit: MAX_FOUND,
        ..ItemQuery::default()
    };
    let store = &context.site.store;
    let found = store.library_page(&wanted, context.viewer()).await;
    let found = found.unwrap_or_else(|error| {
        tracing::warn!(%error, "the library could not be searched");
        ItemPage::default()
    });
    let cards = found.items.iter();
    cards
        .filter_map(|item| context.title_card(item, false))
        .collect()
}
