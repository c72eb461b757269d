//! The panel beside an open share, saving entries from it to a drive, and its row on the home page, from
//! which it can be removed.

use askama::Template;
use axum::extract::Form;
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::future::join_all;
use serde::Deserialize;

use super::Fact;
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use crate::library::Freshness;
use crate::web::api::drives::avatar_url_of;
use crate::web::api::upstream_tasks::save_from_share;
use crate::web::error::{Problem, ProblemCode};
use drives::{OnConflict, Outcome};
use media::{Entry, EntryPath, Place};

/// `/share/save`: the results of saving.
#[derive(Debug, Template)]
#[template(path = "share_saved.html")]
pub struct SavedPage {
    pub layout: PageLayout,
    /// `3 of 4 saved`
    pub title: String,
    /// The target folder.
    pub folder: super::TextLink,
    /// The share.
    pub share: super::TextLink,
    pub rows: Vec<SavedRow>,
}

/// The result for one entry.
#[derive(Debug, Clone)]
pub struct SavedRow {
    pub name: String,
    /// The failure; empty if it was saved.
    pub problem: String,
}

/// The panel on the browse page of a share.
#[derive(Debug, Clone, Default)]
pub struct SharePanel {
    /// The URL of the owner's picture, if the upstream has one.
    pub avatar: Option<String>,
    /// The owner of the share, its expiry, the number of films.
    pub facts: Vec<Fact>,
    /// The watch page of the first film on the page.
    pub first_film: Option<String>,
    /// The folder as a list for players.
    pub list: String,
    /// The form that saves to a drive; `None` if no drive can save from this share.
    pub save: Option<SaveForm>,
}

/// The entries that can be saved, and the target drives.
#[derive(Debug, Clone, Default)]
pub struct SaveForm {
    pub action: String,
    pub place: String,
    /// The names of the drives.
    pub drives: Vec<String>,
    /// Name and path of every entry of the page.
    pub items: Vec<(String, String)>,
}

/// A share on the home page.
#[derive(Debug, Clone, Default)]
pub struct OpenShareRow {
    pub title: String,
    pub href: String,
    /// The owner of the share and its expiry; may be empty.
    pub detail: String,
    /// The reason why it no longer opens; empty if it does.
    pub problem: String,
    /// Action URL of the form that removes it, and its place.
    pub forget: String,
    pub place: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct ForgetForm {
    place: String,
}

/// Removes a share.
pub(in crate::web) async fn forget(context: PageContext, Form(form): Form<ForgetForm>) -> Response {
    let site = &context.site;
    let place = Place::parse(&form.place).ok().filter(Place::is_share);
    let Some(place) = place else {
        return context.problem(&Problem::NOT_FOUND);
    };
    match site.shares.forget(&place).await {
        Ok(()) => Redirect::to(&site.urls.local("/")).into_response(),
        Err(error) => context.problem(&error.into()),
    }
}

/// Saves the chosen entries.
pub(in crate::web) async fn save(
    context: PageContext,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    match saved(&context, &fields).await {
        Ok(page) => context.answer(Ok(page)),
        Err(problem) => context.problem(&problem),
    }
}

/// Returns the shares for the home page, from the cache where possible.
pub(super) async fn rows(context: &PageContext) -> Vec<OpenShareRow> {
    let mut shares = context.site.shares.list();
    shares.retain(|share| context.viewer().may_see(&share.place));
    let row = async |place: Place| {
        let library = &context.site.library;
        let root = EntryPath::root();
        let entry = library.entry(&place, &root, Freshness::Cached).await;
        let mut row = OpenShareRow {
            title: place.to_string(),
            href: context.browse(&place, &root),
            detail: owner_of(context, &place).await,
            forget: context.site.urls.local("/share/forget"),
            place: place.to_string(),
            ..OpenShareRow::default()
        };
        let problem = match library.account(&place).await {
            Ok(_) => None,
            Err(error) => Some(Problem::from(error)),
        };
        if let Ok(entry) = entry {
            row.title = entry.name.clone();
        }
        row.problem = match problem.as_ref().map(|problem| problem.code) {
            None => String::new(),
            Some(ProblemCode::ShareGone) => context.words("shares-gone"),
            Some(ProblemCode::SharePasswordWrong) => context.words("shares-password-changed"),
            Some(ProblemCode::NotFound) => context.words("shares-no-drive"),
            Some(_) => problem
                .as_ref()
                .map_or(String::new(), |problem| context.sentence(problem)),
        };
        row
    };
    join_all(shares.into_iter().map(|share| row(share.place))).await
}

/// Returns the panel for the browse page of a share; `None` for other places.
pub(super) async fn panel(
    context: &PageContext,
    folder: &Entry,
    entries: &[Entry],
) -> Option<SharePanel> {
    let place = &folder.place;
    if !place.is_share() {
        return None;
    }
    let account = context.site.library.account(place).await.ok();
    let mut facts: Vec<Fact> = account
        .iter()
        .flat_map(|account| &account.facts)
        .map(|fact| context.drive_fact(fact))
        .collect();
    let films = || entries.iter().filter(|entry| entry.kind.is_playable());
    let size: u64 = films().map(|entry| entry.size).sum();
    let count = films().count();
    if count > 0 {
        facts.push(Fact {
            name: context.words("share-panel-on-this-page"),
            value: format!(
                "{}, {}",
                context.text("count-films").with("count", count),
                context.language.size(size)
            ),
        });
    }
    let share = context.site.library.drive(place).ok();
    let drives = context.site.library.drives();
    let drives: Vec<String> = drives
        .iter()
        .filter(|drive| {
            let opener = drive.open_shares();
            opener
                .zip(share.as_ref())
                .is_some_and(|(opener, share)| opener.saves(share.as_drive()))
        })
        .map(|drive| drive.place().to_string())
        .collect();
    let items = entries
        .iter()
        .map(|entry| (entry.name.clone(), entry.path.to_string()))
        .collect();
    Some(SharePanel {
        avatar: account.and_then(|account| avatar_url_of(&context.site, place, &account)),
        facts,
        first_film: films().next().map(|film| context.watch(film)),
        list: format!("{}/list.m3u", context.play(folder)),
        save: (!drives.is_empty() && !entries.is_empty()).then(|| SaveForm {
            action: context.site.urls.local("/share/save"),
            place: place.to_string(),
            drives,
            items,
        }),
    })
}

async fn saved(context: &PageContext, fields: &[(String, String)]) -> Result<SavedPage, Problem> {
    let field = |name: &str| {
        let found = fields.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.trim())
    };
    const WRONG: Problem = Problem::bad_request("Nothing was chosen, or there is no such folder.");
    let place = Place::parse(field("place")).map_err(|_| WRONG)?;
    let to = Place::parse(field("to")).map_err(|_| WRONG)?;
    let folder = EntryPath::parse(field("folder")).map_err(|_| WRONG)?;
    let chosen = fields.iter().filter(|(key, _)| key == "path");
    let paths: Vec<EntryPath> = chosen
        .map(|(_, path)| EntryPath::parse(path).map_err(|_| WRONG))
        .collect::<Result<_, _>>()?;
    if paths.is_empty() || paths.iter().any(EntryPath::is_root) {
        return Err(WRONG);
    }
    let on_conflict = match field("on_conflict") {
        "rename" => OnConflict::Rename,
        _ => OnConflict::Fail,
    };
    let saved = save_from_share(&context.site, &place, &paths, (&to, &folder), on_conflict);
    let outcomes = saved.await?;
    let well = outcomes
        .iter()
        .filter(|outcome| outcome.result.is_ok())
        .count();
    let title = context.text("share-saved-count").with("count", well);
    let title = title.with("total", outcomes.len()).to_string();
    let back = paths.first().and_then(EntryPath::parent);
    Ok(SavedPage {
        layout: context.layout(title.clone(), NavItem::None),
        title,
        folder: super::TextLink {
            label: {
                let path = if folder.is_root() {
                    ""
                } else {
                    folder.as_str()
                };
                let target = format!("{to}{path}");
                context
                    .text("share-saved-go-to-folder")
                    .with("folder", target)
                    .into()
            },
            href: context.browse(&to, &folder),
        },
        share: super::TextLink {
            label: context.words("share-saved-back"),
            href: context.browse(&place, &back.unwrap_or_else(EntryPath::root)),
        },
        rows: outcomes
            .into_iter()
            .map(|outcome| saved_row(context, outcome))
            .collect(),
    })
}

fn saved_row(context: &PageContext, outcome: Outcome) -> SavedRow {
    SavedRow {
        name: outcome.path.name().to_owned(),
        problem: match outcome.result {
            Ok(_) => String::new(),
            Err(error) => context.sentence(&Problem::from(error)),
        },
    }
}

/// Formats the facts about a share: “Shared by 4k***eo · Ends on 2026-12-01”.
pub(super) async fn owner_of(context: &PageContext, place: &Place) -> String {
    let account = context.site.library.account(place).await;
    account.map_or(String::new(), |account| {
        let facts = account.facts.iter();
        let words: Vec<String> = facts
            .map(|fact| context.drive_fact(fact))
            .map(|Fact { name, value }| format!("{name} {value}"))
            .collect();
        words.join(" · ")
    })
}
