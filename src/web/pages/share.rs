//! Pasted share links: opens and unlocks them. An open share is browsed like any place (`browse`); its
//! panel is in `share_panel`.

use std::time::Duration;

use askama::Template;
use axum::extract::{Form, Query};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::future::join_all;
use serde::Deserialize;

use super::browse;
use super::first_look::{FirstLook, waiting};
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext, REFRESH_NOTICE, set_refresh};
use super::share_panel::owner_of;
use crate::library::Freshness;
use crate::shares::OpenedPlace;
use crate::web::MaybeQuery;
use crate::web::error::{Problem, ProblemCode};
use drives::links::UnknownHostLink;
use drives::{ErrorKind, ShareLink};
use media::{Entry, EntryKind, EntryPath, Place};

/// `/share`: the results of a paste.
#[derive(Debug, Template)]
#[template(path = "share.html")]
pub struct SharePage {
    pub layout: PageLayout,
    /// Action URL of the forms for links and passwords.
    pub action: String,
    /// The pasted text, to be corrected.
    pub text: String,
    /// A sentence about the paste as a whole; may be empty.
    pub sentence: String,
    pub cards: Vec<LinkCard>,
}

/// One link of a paste.
#[derive(Debug, Clone, Default)]
pub struct LinkCard {
    /// The name of the share, or the title of the problem.
    pub title: String,
    /// Its page, if it is open.
    pub href: Option<String>,
    /// A picture of the first film in it that has one.
    pub poster: Option<String>,
    /// Facts about the share, or the problem.
    pub sentence: String,
    /// The next step; may be empty.
    pub step: String,
    /// The place that needs a password.
    pub locked: Option<String>,
    /// True if the password was wrong.
    pub wrong: bool,
    /// Time after which the page reloads itself, since the drive is still answering.
    pub looks_again: Option<Duration>,
    /// A link at an unknown host, which is opened by a press of a button.
    pub untried: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct ShareQuery {
    link: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct ShareForm {
    link: String,
    place: String,
    password: String,
    /// A link at an unknown host that is to be opened.
    untried: String,
}

/// The id of the title.
const TITLE: &str = "share-share-links";

/// Maximum number of characters of a paste that are shown again.
const MAX_ECHO_CHARS: usize = 2_000;

/// Opens the pasted links: one link redirects to its page, several become cards.
pub(in crate::web) async fn show(
    context: PageContext,
    query: MaybeQuery<ShareQuery>,
    uri: Uri,
) -> Response {
    let text = query.ok().and_then(|Query(query)| query.link);
    let text = text.unwrap_or_default();
    if is_led_by_another_site(context.headers()) && !text.is_empty() {
        let sentence = context.words("share-another-site");
        return context.answer(Ok(page(&context, text.trim(), sentence, Vec::new())));
    }
    let look = FirstLook::of(&uri);
    match look.wait(answer(&context, text.trim())).await {
        Some(response) => response,
        None => waiting(&context, &look, &context.words(TITLE)),
    }
}

/// Returns true if a browser reports that another site caused this request. An opened link is stored, and
/// read with the owner's account, so only the owner may decide on it.
fn is_led_by_another_site(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"))
}

/// Handles the forms: a paste, or the password of a link.
pub(in crate::web) async fn submit(
    context: PageContext,
    form: Result<Form<ShareForm>, axum::extract::rejection::FormRejection>,
) -> Response {
    let site = &context.site;
    let form = form.map(|Form(form)| form).unwrap_or_default();
    if !form.untried.is_empty() {
        let found = site.shares.at_unknown_hosts(&form.untried);
        return match found.first() {
            Some(unknown) => opened_or_card(&context, &unknown.link, "").await,
            None => answer(&context, form.untried.trim()).await,
        };
    }
    if form.place.is_empty() {
        return answer(&context, form.link.trim()).await;
    }
    let link = match Place::parse(&form.place) {
        Ok(place) => site.shares.link_of(&place).await,
        Err(_) => None,
    };
    let Some(link) = link else {
        return answer(&context, form.link.trim()).await;
    };
    let password = form.password.trim();
    let link = ShareLink {
        password: (!password.is_empty()).then(|| password.to_owned()),
        ..link
    };
    opened_or_card(&context, &link, "").await
}

async fn answer(context: &PageContext, text: &str) -> Response {
    if text.is_empty() {
        return context.answer(Ok(page(context, text, String::new(), Vec::new())));
    }
    let mut links = context.site.shares.read(text).await;
    if links.len() > 1 {
        let cards = join_all(links.into_iter().map(async |link| {
            match link {
                Ok(link) => {
                    card(
                        context,
                        &link,
                        context.site.shares.open(&link).await.map_err(Problem::from),
                    )
                    .await
                }
                Err(error) => problem_card(context, &error.into()),
            }
        }))
        .await;
        return shown(context, text, cards);
    }
    match links.pop() {
        Some(Ok(link)) => opened_or_card(context, &link, text).await,
        Some(Err(error)) if error.kind != ErrorKind::NotAShareLink => {
            shown(context, text, vec![problem_card(context, &error.into())])
        }
        _ => {
            let unknown = context.site.shares.at_unknown_hosts(text);
            if !unknown.is_empty() {
                let cards = unknown
                    .into_iter()
                    .map(|link| untried_card(context, link))
                    .collect();
                return shown(context, text, cards);
            }
            let problem = crate::web::error::of_kind(ErrorKind::NotAShareLink);
            let sentence = context.detail(&problem);
            context.answer(Ok(page(context, text, sentence, Vec::new())))
        }
    }
}

async fn opened_or_card(context: &PageContext, link: &ShareLink, text: &str) -> Response {
    match context.site.shares.open(link).await.map_err(Problem::from) {
        Ok(opened) => {
            let entries = root_of(context, &opened).await;
            Redirect::to(&page_of(context, &opened, &entries)).into_response()
        }
        problem => {
            let mut card = card(context, link, problem).await;
            // A form is not sent again by itself.
            if text.is_empty() && card.looks_again.take().is_some() {
                card.step = context.words("share-open-it-again");
                card.locked = link.place().ok().map(|place| place.to_string());
            }
            shown(context, text, vec![card])
        }
    }
}

/// Returns the cards of a paste; if one of them is still waiting for its drive, the page reloads itself.
fn shown(context: &PageContext, text: &str, cards: Vec<LinkCard>) -> Response {
    let looks_again = cards.iter().filter_map(|card| card.looks_again).min();
    let mut response = context.answer(Ok(page(context, text, String::new(), cards)));
    if let Some(wait) = looks_again {
        set_refresh(&mut response, wait);
    }
    response
}

/// Returns the entries at the root of a share; none if it cannot be listed right now.
async fn root_of(context: &PageContext, opened: &OpenedPlace) -> Vec<Entry> {
    let (root, library) = (EntryPath::root(), &context.site.library);
    let listing = library
        .listing(
            &opened.place,
            &root,
            &browse::first_page(),
            Freshness::Cached,
        )
        .await;
    listing.map_or(Vec::new(), |listing| listing.entries.clone())
}

/// Returns the page of a share: the film, if it contains nothing else, or else the folder.
fn page_of(context: &PageContext, opened: &OpenedPlace, entries: &[Entry]) -> String {
    let target = &opened.entry;
    if !target.path.is_root() {
        return match target.kind {
            EntryKind::Folder => context.browse(&opened.place, &target.path),
            kind if kind.is_playable() => context.watch(target),
            _ => {
                let folder = target.path.parent().unwrap_or(EntryPath::root());
                context.browse(&opened.place, &folder)
            }
        };
    }
    match entries {
        [only] if only.kind.is_playable() => context.watch(only),
        _ => context.browse(&opened.place, &EntryPath::root()),
    }
}

/// Returns the URL of a picture for a share, from its cached listing; it is fetched only when a browser loads
/// it. `None` if no entry has one.
fn poster_of(context: &PageContext, entries: &[Entry]) -> Option<String> {
    let pictured = || entries.iter().filter(|entry| entry.has_thumbnail);
    let film = pictured().find(|entry| entry.kind.is_playable());
    film.or(pictured().next()).and_then(|entry| {
        let card = context.film(entry);
        // It is shown in the size of a stamp.
        card.small_poster.or(card.poster)
    })
}

fn page(context: &PageContext, text: &str, sentence: String, cards: Vec<LinkCard>) -> SharePage {
    SharePage {
        layout: context.layout(context.text(TITLE), NavItem::None),
        action: context.site.urls.local("/share"),
        // If links were found, their cards say all that is needed.
        text: match cards.is_empty() {
            true => text.chars().take(MAX_ECHO_CHARS).collect(),
            false => String::new(),
        },
        sentence,
        cards,
    }
}

async fn card(
    context: &PageContext,
    link: &ShareLink,
    opened: Result<OpenedPlace, Problem>,
) -> LinkCard {
    match opened {
        Ok(opened) => {
            let entries = root_of(context, &opened).await;
            LinkCard {
                title: opened.entry.name.clone(),
                href: Some(page_of(context, &opened, &entries)),
                poster: poster_of(context, &entries),
                sentence: owner_of(context, &opened.place).await,
                ..LinkCard::default()
            }
        }
        Err(problem) => {
            let wants_password = matches!(
                problem.code,
                ProblemCode::SharePasswordRequired | ProblemCode::SharePasswordWrong
            );
            LinkCard {
                locked: link
                    .place()
                    .ok()
                    .filter(|_| wants_password)
                    .map(|place| place.to_string()),
                wrong: problem.code == ProblemCode::SharePasswordWrong,
                ..problem_card(context, &problem)
            }
        }
    }
}

/// Returns the card of a link at an unknown host: whether to open it is up to its reader.
fn untried_card(context: &PageContext, unknown: UnknownHostLink) -> LinkCard {
    let UnknownHostLink { host, link } = unknown;
    let password = link.password.map(|it| format!("?pwd={it}"));
    LinkCard {
        title: context.words("share-unknown-host"),
        sentence: context
            .text("share-host-is-unknown")
            .with("host", &host)
            .into(),
        step: context.words("share-can-be-tried"),
        untried: Some(format!(
            "https://{host}/s/1{}{}",
            link.id,
            password.unwrap_or_default()
        )),
        ..LinkCard::default()
    }
}

fn problem_card(context: &PageContext, problem: &Problem) -> LinkCard {
    let words = problem.words();
    LinkCard {
        title: context.language.sentence(words.title).into_owned(),
        sentence: context.sentence(problem),
        // The general step is about films; a specific sentence is enough.
        step: match problem.sentence {
            Some(_) if problem.refresh_after().is_some() => context.words(REFRESH_NOTICE),
            Some(_) => String::new(),
            None => context.language.sentence(words.step).into_owned(),
        },
        looks_again: problem.refresh_after(),
        ..LinkCard::default()
    }
}
