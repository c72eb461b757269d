//! What stands beside a share that is open: the panel of its folders, what is saved from it to a drive, and its row on the
//! home page, from which it is forgotten.

use askama::Template;
use axum::extract::{Form, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::future::join_all;
use serde::Deserialize;

use super::Fact;
use super::desk::{At, Desk};
use super::layout::Layout;
use super::share::owner_of;
use crate::library::Freshness;
use crate::web::Site;
use crate::web::error::Problem;
use drives::{OnConflict, Outcome};
use media::{Entry, EntryPath, Place};

/// `/share/save`: what became of what was to be saved.
#[derive(Debug, Template)]
#[template(path = "share_saved.html")]
pub struct SavedPage {
    pub layout: Layout,
    /// `3 of 4 saved`
    pub title: String,
    /// Where they went.
    pub folder: super::Link,
    /// Back to the share.
    pub share: super::Link,
    pub rows: Vec<SavedRow>,
}

/// What became of one entry.
#[derive(Debug, Clone)]
pub struct SavedRow {
    pub name: String,
    /// Why not; empty where it was saved.
    pub problem: String,
}

/// What the browse page of a share shows beside the entries.
#[derive(Debug, Clone, Default)]
pub struct SharePanel {
    /// Who shared it, until when, how many films.
    pub facts: Vec<Fact>,
    /// The first film of the page.
    pub first_film: Option<String>,
    /// The folder as a list for players.
    pub list: String,
    /// The form that saves to a drive; `None` where no drive takes it.
    pub save: Option<SaveForm>,
}

/// What can be saved, and where to.
#[derive(Debug, Clone, Default)]
pub struct SaveForm {
    pub action: String,
    pub place: String,
    /// Drives by name.
    pub drives: Vec<String>,
    /// Name and path of every entry of the page.
    pub items: Vec<(String, String)>,
}

/// A share on the home page.
#[derive(Debug, Clone, Default)]
pub struct ShareRow {
    pub title: String,
    pub href: String,
    /// Who shared it and until when; may be empty.
    pub detail: String,
    /// Why it does not open any more; empty where it does.
    pub problem: String,
    /// Where forgetting is asked for, and what.
    pub forget: String,
    pub place: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct ForgetForm {
    place: String,
}

/// Forgets a share.
pub(in crate::web) async fn forget(
    State(site): State<Site>,
    headers: HeaderMap,
    Form(form): Form<ForgetForm>,
) -> Response {
    let desk = Desk::new(&site, &headers);
    let place = Place::parse(&form.place).ok().filter(Place::is_share);
    let Some(place) = place else {
        return desk.problem(&Problem::NOT_FOUND);
    };
    match site.shares.forget(&place).await {
        Ok(()) => Redirect::to(&site.addresses.local("/")).into_response(),
        Err(error) => desk.problem(&error.into()),
    }
}

/// Saves what was chosen.
pub(in crate::web) async fn save(
    State(site): State<Site>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let desk = Desk::new(&site, &headers);
    match saved(&desk, &fields).await {
        Ok(page) => desk.answer(Ok(page)),
        Err(problem) => desk.problem(&problem),
    }
}

/// The shares of the home page; nobody is asked about them.
pub(super) async fn rows(desk: &Desk<'_>) -> Vec<ShareRow> {
    let shares = desk.site.shares.list();
    let row = async |place: Place| {
        let library = &desk.site.library;
        let root = EntryPath::root();
        let entry = library.entry(&place, &root, Freshness::Cached).await;
        let mut row = ShareRow {
            title: place.to_string(),
            href: desk.browse(&place, &root),
            detail: owner_of(desk, &place).await,
            forget: desk.site.addresses.local("/share/forget"),
            place: place.to_string(),
            ..ShareRow::default()
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
            Some("share_gone") => "Its owner has withdrawn it, or it has run out.".to_owned(),
            Some("share_password_wrong") => {
                "Its password was changed: paste the link again, with the new one.".to_owned()
            }
            Some("not_found") => "No connected drive opens it.".to_owned(),
            Some(_) => problem.map_or(String::new(), |problem| problem.sentence().to_owned()),
        };
        row
    };
    join_all(shares.into_iter().map(|share| row(share.place))).await
}

/// The panel of a share's browse page.
pub(super) async fn panel(
    desk: &Desk<'_>,
    folder: &Entry,
    entries: &[Entry],
) -> Option<SharePanel> {
    let place = &folder.place;
    if !place.is_share() {
        return None;
    }
    let account = desk.site.library.account(place).await.ok();
    let mut facts: Vec<Fact> = account
        .iter()
        .flat_map(|account| account.facts.iter().cloned())
        .map(|(name, value)| Fact { name, value })
        .collect();
    let films = || entries.iter().filter(|entry| entry.kind.is_playable());
    let size: u64 = films().map(|entry| entry.size).sum();
    let count = films().count();
    if count > 0 {
        facts.push(Fact {
            name: "On this page".to_owned(),
            value: match count {
                1 => format!("1 film, {}", super::human::size(size)),
                count => format!("{count} films, {}", super::human::size(size)),
            },
        });
    }
    let share = desk.site.library.drive(place).ok();
    let drives = desk.site.library.drives();
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
        facts,
        first_film: films().next().map(|film| desk.watch(film)),
        list: format!("{}/list.m3u", desk.play(folder)),
        save: (!drives.is_empty() && !entries.is_empty()).then(|| SaveForm {
            action: desk.site.addresses.local("/share/save"),
            place: place.to_string(),
            drives,
            items,
        }),
    })
}

async fn saved(desk: &Desk<'_>, fields: &[(String, String)]) -> Result<SavedPage, Problem> {
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
    let outcomes = desk
        .site
        .shares
        .save(&place, &paths, (&to, &folder), on_conflict)
        .await?;
    let well = outcomes
        .iter()
        .filter(|outcome| outcome.result.is_ok())
        .count();
    let title = format!("{well} of {} saved", outcomes.len());
    let back = paths.first().and_then(EntryPath::parent);
    Ok(SavedPage {
        layout: desk.layout(title.clone(), At::Elsewhere),
        title,
        folder: super::Link {
            label: format!(
                "Go to {to}{}",
                if folder.is_root() {
                    ""
                } else {
                    folder.as_str()
                }
            ),
            href: desk.browse(&to, &folder),
        },
        share: super::Link {
            label: "Back to the share".to_owned(),
            href: desk.browse(&place, &back.unwrap_or_else(EntryPath::root)),
        },
        rows: outcomes.into_iter().map(saved_row).collect(),
    })
}

fn saved_row(outcome: Outcome) -> SavedRow {
    SavedRow {
        name: outcome.path.name().to_owned(),
        problem: match outcome.result {
            Ok(_) => String::new(),
            Err(error) => Problem::from(error).sentence().to_owned(),
        },
    }
}
