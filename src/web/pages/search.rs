//! Search results, all files of a kind, and the drives that could not be searched.

use std::time::Duration;

use askama::Template;
use axum::extract::{OriginalUri, Query};
use axum::response::Response;
use serde::Deserialize;

use super::browse::{FilterLink, UNKNOWN_KIND, kind_id, kind_links};
use super::first_look::FirstLook;
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use super::titles::titles_with;
use super::{FileRow, FilmCard, FolderCard, PlayerLink};
use crate::library::SearchRequest;
use crate::web::MaybeQuery;
use crate::web::error::Problem;
use crate::web::urls::encode_name;
use media::{FileKind, PageRequest, Place};

/// `/search?q=&place=&kind=`
#[derive(Debug, Template)]
#[template(path = "search.html")]
pub struct SearchResultsPage {
    pub layout: PageLayout,
    /// Action URL of the form.
    pub action: String,
    /// The search words; empty before the first search.
    pub query: String,
    /// The place that is searched; empty for all drives.
    pub place: String,
    /// The kind that files are filtered by; empty for all kinds.
    pub kind: &'static str,
    /// The tag that is searched for; empty for a search by words or by kind.
    pub tag: String,
    /// The links that filter by kind; empty before the first search.
    pub kinds: Vec<FilterLink>,
    /// `12 films, 1 folder for “wave”`; empty before the first search.
    pub summary: String,
    /// The films and series of the library whose titles have the words; empty on further pages, and for guests.
    pub titles: Vec<FilmCard>,
    pub folders: Vec<FolderCard>,
    pub films: Vec<FilmCard>,
    pub files: Vec<FileRow>,
    /// One sentence for each drive that could not answer.
    pub problems: Vec<String>,
    /// The drives that have not answered in time.
    pub late: Vec<Place>,
    /// The URL of the next page.
    pub next: Option<String>,
    /// The results as a list for other players.
    pub addresses: Vec<PlayerLink>,
}

impl SearchResultsPage {
    /// Returns the title of the results: the words, or the kind and the place. Empty before the first search.
    pub fn title(&self) -> String {
        if !self.tag.is_empty() {
            return self
                .layout
                .text("search-tagged")
                .with("tag", &self.tag)
                .into();
        }
        let kind = match FileKind::parse(self.kind) {
            _ if !self.query.is_empty() => return self.query.clone(),
            None => return String::new(),
            Some(kind) => self.layout.text(kind_id(kind)),
        };
        match self.place.as_str() {
            "" => kind.into(),
            place => {
                let text = self.layout.text("search-kind-in-place").with("kind", kind);
                text.with("place", place).into()
            }
        }
    }

    /// Returns true if a search had no results.
    pub fn found_nothing(&self) -> bool {
        self.next.is_none()
            && self.late.is_empty()
            && !self.kinds.is_empty()
            && self.titles.is_empty()
            && self.folders.is_empty()
            && self.films.is_empty()
            && self.files.is_empty()
    }
}

#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct SearchQuery {
    #[serde(default)]
    q: String,
    place: Option<String>,
    kind: Option<String>,
    /// The tag of the entries, instead of words.
    tag: Option<String>,
    cursor: Option<String>,
}

/// Shows the results from all drives, a page at a time.
pub(in crate::web) async fn show(
    context: PageContext,
    OriginalUri(uri): OriginalUri,
    query: MaybeQuery<SearchQuery>,
) -> Response {
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let look = FirstLook::of(&uri);
    let page = find(&context, query, look.time_left()).await;
    let late = page.as_ref().map_or(0, |page| page.late.len());
    let page = page.map(|mut page| {
        let late = page
            .late
            .iter()
            .map(|place| look.late_words(&context, place));
        page.problems.extend(late.collect::<Vec<_>>());
        page
    });
    let mut response = context.answer(page);
    if late > 0 {
        look.set_reload(&mut response);
    }
    response
}

async fn find(
    context: &PageContext,
    query: SearchQuery,
    patience: Duration,
) -> Result<SearchResultsPage, Problem> {
    let words = query.q.trim().to_owned();
    let place = match query.place.as_deref().filter(|place| !place.is_empty()) {
        None => None,
        Some(place) => Some(Place::parse(place).map_err(|_| Problem::NOT_FOUND)?),
    };
    let tag = query.tag.as_deref().map(str::trim);
    let tag = tag.filter(|tag| !tag.is_empty()).map(str::to_owned);
    let kind = match query.kind.as_deref().filter(|kind| !kind.is_empty()) {
        None => None,
        Some(word) => Some(FileKind::parse(word).ok_or(UNKNOWN_KIND)?),
    };
    let words = match &tag {
        Some(_) => String::new(),
        None => words,
    };
    let mut page = empty_page(context, &words, place.as_ref(), kind);
    if words.is_empty() && kind.is_none() && tag.is_none() {
        return Ok(page);
    }
    page.tag = tag.clone().unwrap_or_default();
    let is_first = query.cursor.as_deref().is_none_or(str::is_empty);
    let may_be_title = kind.is_none_or(|kind| kind == FileKind::Video) && place.is_none();
    if is_first && may_be_title && !words.is_empty() {
        page.titles = titles_with(context, &words).await;
    }
    let request = PageRequest {
        cursor: query.cursor.filter(|cursor| !cursor.is_empty()),
        ..PageRequest::default()
    };
    let search = SearchRequest {
        words: &words,
        kind,
        tag: tag.as_deref(),
        place: place.as_ref(),
        limit: context.viewer().places.as_deref(),
    };
    let library = &context.site.library;
    let found = library.search_within(search, &request, patience).await?;
    page.late = found.late;
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
        let text = context
            .text("search-place-failed")
            .with("place", place.as_str());
        text.with("sentence", context.sentence(&problem))
            .to_string()
    });
    let address = |words: &str, kind: Option<FileKind>| {
        let place = place.as_ref().map_or(String::new(), Place::to_string);
        address(&page.action, words, &place, (tag.as_deref(), kind))
    };
    let partial = found.partial.iter().map(|place| {
        let text = context.text("search-not-all-folders");
        text.with("place", place.as_str()).to_string()
    });
    page.problems = problems.chain(partial).collect();
    page.next = found
        .next
        .map(|cursor| format!("{}&cursor={}", address(&words, kind), encode_name(&cursor)));
    page.kinds = kind_links(context.language, kind, |kind| address(&words, kind));
    if words.is_empty() && tag.is_none() {
        // Without words and without a kind, nothing is searched.
        page.kinds.remove(0);
    }
    let counts = [cards.films.len(), cards.folders.len(), cards.files.len()];
    // Nothing has been found only when all drives have answered.
    if page.late.is_empty() || counts.iter().any(|count| *count > 0) {
        page.summary = summary(context, &page.title(), counts);
    }
    page.folders = cards.folders;
    page.films = cards.films;
    page.files = cards.files;
    // A list of players searches for words alone, in all drives.
    if kind.is_none() && place.is_none() && tag.is_none() {
        page.addresses = lists(context, &words);
    }
    Ok(page)
}

/// Returns the page without results.
fn empty_page(
    context: &PageContext,
    words: &str,
    place: Option<&Place>,
    kind: Option<FileKind>,
) -> SearchResultsPage {
    let mut page = SearchResultsPage {
        layout: context.layout(context.text("common-search"), NavItem::None),
        action: context.site.urls.local("/search"),
        query: words.to_owned(),
        place: place.map_or(String::new(), Place::to_string),
        kind: kind.map_or("", FileKind::as_str),
        tag: String::new(),
        kinds: Vec::new(),
        summary: String::new(),
        titles: Vec::new(),
        folders: Vec::new(),
        films: Vec::new(),
        files: Vec::new(),
        problems: Vec::new(),
        late: Vec::new(),
        next: None,
        addresses: Vec::new(),
    };
    let title = page.title();
    if !title.is_empty() {
        page.layout = context.layout(title, NavItem::None);
    }
    if let Some(search) = &mut page.layout.search {
        search.query = words.to_owned();
    }
    page
}

/// Returns the URL of a search.
fn address(
    action: &str,
    words: &str,
    place: &str,
    (tag, kind): (Option<&str>, Option<FileKind>),
) -> String {
    let parameters = [
        ("q", words),
        ("tag", tag.unwrap_or_default()),
        ("place", place),
        ("kind", kind.map_or("", FileKind::as_str)),
    ];
    let parameters = parameters
        .into_iter()
        .filter(|(_, value)| !value.is_empty());
    let parts: Vec<String> = parameters
        .map(|(name, value)| format!("{name}={}", encode_name(value)))
        .collect();
    format!("{action}?{}", parts.join("&"))
}

/// Returns the search as lists for other players; each load of a list searches again.
fn lists(context: &PageContext, words: &str) -> Vec<PlayerLink> {
    let address = |label: &str, name: &str| PlayerLink {
        label: context.words(label),
        about: context.words("search-list-about"),
        url: context.absolute(&context.search_list(words, name)),
    };
    vec![
        address("player-link-m3u", "list.m3u"),
        address("player-link-xspf", "list.xspf"),
    ]
}

fn summary(context: &PageContext, words: &str, [films, folders, files]: [usize; 3]) -> String {
    let counts = [
        (films, "count-films"),
        (folders, "count-folders"),
        (files, "count-files"),
    ];
    let parts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, id)| context.text(id).with("count", count).into())
        .collect();
    let text = match parts.is_empty() {
        true => context.text("search-nothing-for"),
        false => context
            .text("search-found-for")
            .with("found", parts.join(", ")),
    };
    text.with("words", words).into()
}
