//! Search results, and the drives that could not be searched.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use super::{FileRow, FilmCard, FolderCard, PlayerLink, format};
use crate::web::error::Problem;
use crate::web::urls::encode_name;
use crate::web::{AppState, MaybeQuery};
use media::PageRequest;

/// `/search?q=`
#[derive(Debug, Template)]
#[template(path = "search.html")]
pub struct SearchResultsPage {
    pub layout: PageLayout,
    /// Action URL of the form.
    pub action: String,
    /// The search words; empty before the first search.
    pub query: String,
    /// `12 films, 1 folder for “wave”`; empty before the first search.
    pub summary: String,
    pub folders: Vec<FolderCard>,
    pub films: Vec<FilmCard>,
    pub files: Vec<FileRow>,
    /// One sentence for each drive that could not answer.
    pub problems: Vec<String>,
    /// The URL of the next page.
    pub next: Option<String>,
    /// The results as a list for other players.
    pub addresses: Vec<PlayerLink>,
}

impl SearchResultsPage {
    /// Returns true if a search had no results.
    pub fn found_nothing(&self) -> bool {
        !self.query.is_empty()
            && self.folders.is_empty()
            && self.films.is_empty()
            && self.files.is_empty()
    }
}

#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct SearchQuery {
    #[serde(default)]
    q: String,
    cursor: Option<String>,
}

/// Shows the results from all drives, a page at a time.
pub(in crate::web) async fn show(
    State(site): State<AppState>,
    query: MaybeQuery<SearchQuery>,
    headers: HeaderMap,
) -> Response {
    let context = PageContext::new(&site, &headers);
    let query = query.map(|Query(query)| query).unwrap_or_default();
    context.answer(find(&context, query).await)
}

async fn find(context: &PageContext<'_>, query: SearchQuery) -> Result<SearchResultsPage, Problem> {
    let words = query.q.trim().to_owned();
    let action = context.site.urls.local("/search");
    let mut layout = context.layout(
        if words.is_empty() { "Search" } else { &words },
        NavItem::None,
    );
    if let Some(search) = &mut layout.search {
        search.query.clone_from(&words);
    }
    if words.is_empty() {
        return Ok(SearchResultsPage {
            layout,
            action,
            query: words,
            summary: String::new(),
            folders: Vec::new(),
            films: Vec::new(),
            files: Vec::new(),
            problems: Vec::new(),
            next: None,
            addresses: Vec::new(),
        });
    }
    let request = PageRequest {
        cursor: query.cursor.filter(|cursor| !cursor.is_empty()),
        ..PageRequest::default()
    };
    let found = context.site.library.search(&words, None, &request).await?;
    let mut cards = context.cards(&found.entries);
    for (film, entry) in cards.films.iter_mut().zip(
        found
            .entries
            .iter()
            .filter(|entry| entry.kind.is_playable()),
    ) {
        let folder = entry.path.parent().map_or(String::new(), |folder| {
            folder.as_str().trim_end_matches('/').to_owned()
        });
        film.detail = format!("{}{folder}", entry.place);
    }
    cards.one_at_a_time();
    let problems = found.problems.into_iter().map(|(place, error)| {
        let problem = Problem::from(error);
        format!("“{place}” could not be searched. {}", problem.sentence())
    });
    Ok(SearchResultsPage {
        layout,
        summary: summary(
            &words,
            cards.films.len(),
            cards.folders.len(),
            cards.files.len(),
        ),
        folders: cards.folders,
        films: cards.films,
        files: cards.files,
        problems: problems.collect(),
        next: found.next.map(|cursor| {
            format!(
                "{action}?q={}&cursor={}",
                encode_name(&words),
                encode_name(&cursor)
            )
        }),
        addresses: lists(context, &words),
        action,
        query: words,
    })
}

/// Returns the search as lists for other players; each load of a list searches again.
fn lists(context: &PageContext<'_>, words: &str) -> Vec<PlayerLink> {
    let address = |label: &str, name: &str| PlayerLink {
        label: label.to_owned(),
        about: "Looks again each time it is loaded".to_owned(),
        url: context.absolute(&context.search_list(words, name)),
    };
    vec![
        address("List (M3U)", "list.m3u"),
        address("List (XSPF)", "list.xspf"),
    ]
}

fn summary(words: &str, films: usize, folders: usize, files: usize) -> String {
    let counts = [
        (films, "film", "films"),
        (folders, "folder", "folders"),
        (files, "file", "files"),
    ];
    let parts: Vec<String> = counts
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format::count(count, one, many))
        .collect();
    if parts.is_empty() {
        format!("Nothing for “{words}”")
    } else {
        format!("{} for “{words}”", parts.join(", "))
    }
}
