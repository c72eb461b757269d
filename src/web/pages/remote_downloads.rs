//! `/account/{drive}/remote-downloads`: downloads from links that the drive makes by itself, with their progress.

use askama::Template;
use axum::extract::{OriginalUri, Query};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use secrecy::SecretString;
use serde::Deserialize;

use super::TextLink;
use super::drive_path::DrivePath;
use super::first_look::{FirstLook, without_content};
use super::form_fields::FormFields;
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use crate::web::api::remote_downloads::{begin, end, page};
use crate::web::error::Problem;
use crate::web::urls::encode_name;
use crate::web::{AppState, MaybeQuery};
use drives::{RemoteTask, RemoteTaskState};
use media::{EntryPath, Place};

/// Seconds after which the page reloads while a download is running.
pub(super) const REFRESH_S: u32 = 10;

/// The form for a new download, and one page of downloads.
#[derive(Debug, Template)]
#[template(path = "remote_downloads.html")]
pub struct RemoteDownloadsPage {
    pub layout: PageLayout,
    pub crumbs: Vec<TextLink>,
    /// Action URL of the forms.
    pub action: String,
    /// The target folder in the form.
    pub to: String,
    pub tasks: Vec<RemoteTaskRow>,
    pub next: Option<String>,
    /// The failure of the last attempt.
    pub problem: Option<String>,
}

/// A download.
#[derive(Debug, Clone)]
pub struct RemoteTaskRow {
    pub id: String,
    pub name: String,
    /// `Waiting`, `43% of 1.2 GB`, `Done`, or the reason of a failure.
    pub state: String,
    /// The progress in percent; `None` if it is unknown or over.
    pub percent: Option<u64>,
    /// The browse page of the folder; `None` if it is unknown.
    pub folder: Option<TextLink>,
    pub is_running: bool,
}

#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct RemoteDownloadsQuery {
    cursor: Option<String>,
    /// The folder for a new download.
    to: Option<String>,
}

/// Shows the page.
pub(in crate::web) async fn show(
    context: PageContext,
    DrivePath(place): DrivePath,
    OriginalUri(uri): OriginalUri,
    query: MaybeQuery<RemoteDownloadsQuery>,
) -> Response {
    let query = query.map(|Query(query)| query).unwrap_or_default();
    answer(&context, &FirstLook::of(&uri), &place, &query, None).await
}

/// Starts or cancels a download.
pub(in crate::web) async fn act(
    context: PageContext,
    DrivePath(place): DrivePath,
    body: Bytes,
) -> Response {
    let site = &context.site;
    let fields = FormFields::read(&body);
    let done = match fields.one("do") {
        "cancel" => end(site, &place, fields.one("id")).await,
        _ => start(site, &place, &fields).await,
    };
    match done {
        Ok(()) => {
            let here = format!("{}/remote-downloads", site.urls.account(&place));
            Redirect::to(&here).into_response()
        }
        Err(problem) => {
            let query = RemoteDownloadsQuery {
                to: Some(fields.one("to").to_owned()),
                ..RemoteDownloadsQuery::default()
            };
            let look = FirstLook::of_form();
            answer(&context, &look, &place, &query, Some(&problem)).await
        }
    }
}

async fn start(site: &AppState, place: &Place, fields: &FormFields) -> Result<(), Problem> {
    let to = fields.path("to")?;
    let url = SecretString::from(fields.one("url").trim());
    begin(site, place, &url, &to).await.map(drop)
}

async fn answer(
    context: &PageContext,
    look: &FirstLook,
    place: &Place,
    query: &RemoteDownloadsQuery,
    problem: Option<&Problem>,
) -> Response {
    let site = &context.site;
    let content = page(site, place, query.cursor.as_deref());
    let (tasks, next) = match look.content(content).await {
        Ok(page) => page,
        Err(late) => {
            let problem = problem.unwrap_or(&late);
            let title = context.words("common-fetch-from-a-link");
            return without_content(context, look, place, &title, problem);
        }
    };
    let account = site.urls.account(place);
    let action = format!("{account}/remote-downloads");
    let mut layout = context.layout(context.text("common-fetch-from-a-link"), NavItem::None);
    let is_running = |task: &RemoteTask| is_running(task.state);
    // A page on which a link is being typed does not reload.
    if query.to.is_none() && tasks.iter().any(is_running) {
        layout.refresh_s = Some(REFRESH_S);
    }
    context.answer(Ok(RemoteDownloadsPage {
        layout,
        crumbs: vec![TextLink {
            label: place.to_string(),
            href: account,
        }],
        to: query.to.clone().unwrap_or_else(|| "/".to_owned()),
        tasks: tasks.iter().map(|task| row(context, place, task)).collect(),
        next: next.map(|cursor| format!("{action}?cursor={}", encode_name(&cursor))),
        problem: problem.map(|problem| context.detail(problem)),
        action,
    }))
}

pub(super) fn is_running(state: RemoteTaskState) -> bool {
    matches!(state, RemoteTaskState::Queued | RemoteTaskState::Running)
}

pub(super) fn row(context: &PageContext, place: &Place, task: &RemoteTask) -> RemoteTaskRow {
    let amounts = task.done_bytes.zip(task.total_bytes);
    let percent = amounts.map(|(done, total)| (done.min(total) * 100) / total.max(1));
    let state = match (task.state, percent, &task.problem) {
        (RemoteTaskState::Queued, ..) => context.words("task-waiting"),
        (RemoteTaskState::Running, Some(percent), _) => {
            let total = task.total_bytes.map(|bytes| context.language.size(bytes));
            let text = context
                .text("task-percent-of-total")
                .with("percent", percent);
            text.with("total", total.unwrap_or_default()).into()
        }
        (RemoteTaskState::Running, None, _) => context.words("task-in-progress"),
        (RemoteTaskState::Done, ..) => context.words("common-done"),
        (RemoteTaskState::Cancelled, ..) => context.words("task-cancelled"),
        (RemoteTaskState::Failed, _, Some(error)) => {
            context.sentence(&Problem::from(error.clone()))
        }
        (RemoteTaskState::Failed, _, None) => context.words("task-failed"),
    };
    RemoteTaskRow {
        id: task.id.clone(),
        name: task
            .name
            .clone()
            .unwrap_or_else(|| context.words("task-without-name")),
        state,
        percent: percent.filter(|_| is_running(task.state)),
        folder: task.to.as_ref().map(|folder| TextLink {
            label: folder_name(place, folder),
            href: context.browse(place, folder),
        }),
        is_running: is_running(task.state),
    }
}

fn folder_name(place: &Place, folder: &EntryPath) -> String {
    match folder.is_root() {
        true => place.to_string(),
        false => folder.to_string(),
    }
}
