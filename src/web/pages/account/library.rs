//! The library of a drive on its account page: the walk for films and series, its pace and its end, and its folders.

use axum::Form;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::Utc;
use serde::Deserialize;

use super::super::Fact;
use super::super::drive_path::DrivePath;
use super::super::page_context::PageContext;
use super::refused;
use crate::governor::SharedDrive;
use crate::store::{WalkState, WalkStatus};
use crate::web::error::Problem;
use drives::Capability;

/// The walk over a drive.
#[derive(Debug, Clone)]
pub struct LibraryPanel {
    /// The state, the numbers, the pace or the end, and the folders.
    pub facts: Vec<Fact>,
    /// Action URL of the form that starts and stops walks (field `act`).
    pub action: String,
    /// True while the drive is walked.
    pub is_running: bool,
    /// True if the drive is not walked again by itself.
    pub is_stopped: bool,
}

#[derive(Deserialize)]
pub(in crate::web) struct WalkForm {
    /// `start` or `stop`.
    act: String,
}

/// Starts or stops the walk over a drive.
pub(in crate::web) async fn walk(
    context: PageContext,
    DrivePath(place): DrivePath,
    Form(form): Form<WalkForm>,
) -> Response {
    let site = &context.site;
    let found = site.library.drive(&place).ok();
    let found = found.filter(|_| !place.is_share());
    let (Some(found), Some(index)) = (found, site.library.index()) else {
        return context.problem(&Problem::NOT_FOUND);
    };
    let changed = match form.act.as_str() {
        "stop" => index.stop_walk(found.place()).await,
        _ => index.start_walk(&site.library, &found).await.map(|_| ()),
    };
    match changed {
        Ok(()) => Redirect::to(&site.urls.account(found.place())).into_response(),
        Err(error) => {
            let problem = Problem::of_state(error.as_ref());
            refused(&context, &place, &problem).await
        }
    }
}

impl LibraryPanel {
    /// Returns the panel of a drive; `None` if it lists no folders, or the state cannot be read.
    pub(super) async fn of(context: &PageContext, drive: &SharedDrive) -> Option<Self> {
        let index = context.site.library.index()?;
        if !drive.capabilities().contains(&Capability::List) {
            return None;
        }
        let place = drive.place();
        let status = index.walk_status(place).await.ok()?;
        let folders = index.folders(place);
        let mut facts = facts(context, &status);
        let folders = match folders.iter().any(|folder| folder.is_root()) {
            true => context.words("account-library-whole"),
            false => {
                let folders: Vec<&str> = folders.iter().map(|folder| folder.as_str()).collect();
                folders.join(", ")
            }
        };
        facts.push(Fact {
            name: context.words("account-library-folders"),
            value: if folders.is_empty() {
                "–".to_owned()
            } else {
                folders
            },
        });
        Some(LibraryPanel {
            facts,
            action: format!("{}/walk", context.site.urls.account(place)),
            is_running: status.state == WalkState::Running,
            is_stopped: status.state == WalkState::Stopped,
        })
    }
}

fn facts(context: &PageContext, status: &WalkStatus) -> Vec<Fact> {
    let fact = |id: &str, value: String| Fact {
        name: context.words(id),
        value,
    };
    let state = match status.state {
        WalkState::Idle => "account-library-never",
        WalkState::Running => "task-running",
        WalkState::Done => "common-done",
        WalkState::Stopped => "account-library-stopped",
        WalkState::Failed => "task-failed",
    };
    let mut facts = vec![fact("account-library-walk", context.words(state))];
    if status.state == WalkState::Idle {
        return facts;
    }
    facts.push(fact("account-library-seen", status.seen.to_string()));
    facts.push(fact("account-library-found", status.found.to_string()));
    if let Some(pace) = per_minute(status) {
        let text = context.text("account-library-per-minute");
        let pace = text.with("count", pace.to_string()).to_string();
        facts.push(fact("account-library-pace", pace));
    }
    if let Some(end) = status.ended_at {
        facts.push(fact("account-library-ended", context.language.time(end)));
    }
    facts
}

/// Returns the entries that a walk has listed in a minute; `None` in its first second.
fn per_minute(status: &WalkStatus) -> Option<u64> {
    let end = status.ended_at.unwrap_or_else(Utc::now);
    let seconds = (end - status.started_at?).num_seconds();
    let seconds = u64::try_from(seconds).ok().filter(|it| *it > 0)?;
    Some(status.seen * 60 / seconds)
}
