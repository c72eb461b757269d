//! What was found, and which drives could not be asked.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::desk::{At, Desk};
use super::layout::Layout;
use super::{Address, FileRow, FilmCard, FolderCard, human};
use crate::web::address::encoded_name;
use crate::web::error::Problem;
use crate::web::{MaybeQuery, Site};
use media::PageRequest;

/// `/search?q=`
#[derive(Debug, Template)]
#[template(path = "search.html")]
pub struct SearchPage {
    pub layout: Layout,
    /// Where the form goes.
    pub action: String,
    /// The words; empty before the first search.
    pub query: String,
    /// `12 films, 1 folder for “wave”`; empty before the first search.
    pub summary: String,
    pub folders: Vec<FolderCard>,
    pub films: Vec<FilmCard>,
    pub files: Vec<FileRow>,
    /// One sentence for each drive that could not answer.
    pub problems: Vec<String>,
    /// More of the same search.
    pub next: Option<String>,
    /// What was found as a list for other players.
    pub addresses: Vec<Address>,
}

impl SearchPage {
    /// Whether something was looked for and nothing was found.
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

/// What was found everywhere, a page at a time.
pub(in crate::web) async fn show(
    State(site): State<Site>,
    query: MaybeQuery<SearchQuery>,
    headers: HeaderMap,
) -> Response {
    let desk = Desk::new(&site, &headers);
    let query = query.map(|Query(query)| query).unwrap_or_default();
    desk.answer(find(&desk, query).await)
}

async fn find(desk: &Desk<'_>, query: SearchQuery) -> Result<SearchPage, Problem> {
    let words = query.q.trim().to_owned();
    let action = desk.site.addresses.local("/search");
    let mut layout = desk.layout(
        if words.is_empty() { "Search" } else { &words },
        At::Elsewhere,
    );
    if let Some(search) = &mut layout.search {
        search.query.clone_from(&words);
    }
    if words.is_empty() {
        return Ok(SearchPage {
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
    let found = desk.site.library.search(&words, None, &request).await?;
    let mut cards = desk.cards(&found.entries);
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
    Ok(SearchPage {
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
                encoded_name(&words),
                encoded_name(&cursor)
            )
        }),
        addresses: lists(desk, &words),
        action,
        query: words,
    })
}

/// The same search for other players: loaded again, it finds what is new.
fn lists(desk: &Desk<'_>, words: &str) -> Vec<Address> {
    let address = |label: &str, name: &str| Address {
        label: label.to_owned(),
        about: "Looks again each time it is loaded".to_owned(),
        url: desk.absolute(&desk.search_list(words, name)),
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
        .map(|(count, one, many)| human::count(count, one, many))
        .collect();
    if parts.is_empty() {
        format!("Nothing for “{words}”")
    } else {
        format!("{} for “{words}”", parts.join(", "))
    }
}
