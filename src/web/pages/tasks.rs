//! `/tasks`: copies and moves between drives, with their progress; uploads, saves from shares, downloads by drives and walks of
//! the library while they run.

use std::convert::Infallible;

use askama::Template;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use super::form_fields::FormFields;
use super::layout::{PageLayout, TasksSign};
use super::page_context::{NavItem, PageContext};
use crate::store::{StoredTask, TaskKind, TaskState};
use crate::web::api::task_events::{TaskEvent, task_events};
use crate::web::api::tasks::{TaskJson, change, running};
use crate::web::error::{Problem, of_kind};
use media::{EntryPath, Place};

/// Tasks on the page.
const MAX_TASKS: u32 = 100;
/// Interval at which the page is loaded again while a task is open, in seconds.
const REFRESH_S: u32 = 3;

/// The list of tasks.
#[derive(Debug, Template)]
#[template(path = "tasks.html")]
pub struct TasksPage {
    pub layout: PageLayout,
    /// Action URL of the forms.
    pub action: String,
    pub tasks: Vec<TaskPanel>,
    /// The failure of the last attempt.
    pub problem: Option<String>,
}

/// One task, as it is sent when it has changed.
#[derive(Debug, Template)]
#[template(path = "task.html")]
struct ChangedTask {
    layout: PageLayout,
    action: String,
    task: TaskPanel,
}

/// The sign in the header, as it is sent when the number has changed.
#[derive(Debug, Template)]
#[template(path = "tasks-sign.html")]
struct ChangedSign {
    layout: PageLayout,
    tasks: TasksSign,
}

/// One task.
#[derive(Debug, Clone)]
pub struct TaskPanel {
    pub id: String,
    /// `Copy of “Film.mp4” and 2 more`.
    pub title: String,
    /// `from films to home`.
    pub route: String,
    /// `Running, 1.2 GB of 4 GB`, or the failure.
    pub state: String,
    /// Progress in percent; `None` if it is not known, or the task is over.
    pub percent: Option<u64>,
    /// The possible actions: the name in the form, and the label.
    pub actions: Vec<(&'static str, String)>,
}

/// Shows the tasks.
pub(in crate::web) async fn show(context: PageContext) -> Response {
    answer(&context, None).await
}

/// Sends the panel of each task that changes, and the sign in the header, as server-sent events `task` and `sign`: HTML in
/// the language of the page.
pub(in crate::web) async fn events(
    context: PageContext,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let site = &context.site;
    let events = task_events(site)
        .await?
        .filter_map(move |event| std::future::ready(rendered(&context, event).map(Ok)));
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// Returns a change as HTML; `None` if it cannot be printed.
fn rendered(context: &PageContext, event: TaskEvent) -> Option<Event> {
    let changed = |task| ChangedTask {
        layout: context.bare_layout(),
        action: context.site.urls.local("/tasks"),
        task,
    };
    let (name, html) = match event {
        TaskEvent::Stored(task) => ("task", changed(row(context, &task)).render()),
        TaskEvent::Running(task) => ("task", changed(running_row(context, &task)).render()),
        TaskEvent::Count(count) => {
            let sign = ChangedSign {
                layout: context.bare_layout(),
                tasks: context.tasks_sign(count),
            };
            ("sign", sign.render())
        }
    };
    Some(Event::default().event(name).data(html.ok()?))
}

/// Pauses, resumes, cancels or retries a task.
pub(in crate::web) async fn act(context: PageContext, body: Bytes) -> Response {
    let site = &context.site;
    let fields = FormFields::read(&body);
    match change(site, fields.one("id"), fields.one("do")).await {
        Ok(()) => Redirect::to(&site.urls.local("/tasks")).into_response(),
        Err(problem) => answer(&context, Some(problem)).await,
    }
}

async fn answer(context: &PageContext, problem: Option<Problem>) -> Response {
    let tasks = match context.site.tasks.list(MAX_TASKS, None).await {
        Ok(tasks) => tasks,
        Err(error) => return context.problem(&Problem::of_state(&error)),
    };
    let running = match running(&context.site).await {
        Ok(running) => running,
        Err(problem) => return context.problem(&problem),
    };
    let mut layout = context.layout(context.text("tasks-tasks"), NavItem::None);
    let is_open = !running.is_empty() || tasks.iter().any(|task| task.state.is_open());
    layout.refresh_s = (is_open && problem.is_none()).then_some(REFRESH_S);
    context.answer(Ok(TasksPage {
        layout,
        action: context.site.urls.local("/tasks"),
        tasks: running
            .iter()
            .map(|task| running_row(context, task))
            .chain(tasks.iter().map(|task| row(context, task)))
            .collect(),
        problem: problem.map(|problem| context.sentence(&problem)),
    }))
}

/// Returns the row of what runs besides copies and moves. Only a download by a drive can be cancelled here.
fn running_row(context: &PageContext, task: &TaskJson) -> TaskPanel {
    let (title, route) = match (&task.to, &task.from) {
        (Some(to), Some(from)) => titles_of_copy(
            context,
            "tasks-copy-of",
            &from.paths,
            (&from.place, &to.place, &to.path),
        ),
        (Some(to), None) if task.kind == "remote_download" => {
            let name = task.name.clone();
            let name = name.unwrap_or_else(|| context.words("task-without-name"));
            let title = context.text("tasks-download-of").with("name", name);
            let folder = format!("{}{}", to.place, to.path);
            let route = context.text("common-to-folder").with("folder", folder);
            (title.to_string(), route.to_string())
        }
        (Some(to), None) => (
            context
                .text("tasks-upload-of")
                .with("name", to.path.name())
                .to_string(),
            context
                .text("common-to-folder")
                .with("folder", to.place.to_string())
                .to_string(),
        ),
        (None, Some(from)) => (
            context
                .text("tasks-walk-over")
                .with("place", from.place.to_string())
                .to_string(),
            String::new(),
        ),
        (None, None) => (String::new(), String::new()),
    };
    let language = context.language;
    let total = task.total_bytes.filter(|total| *total > 0);
    let bytes = task.done_bytes.map(|done| match total {
        None => language.size(done).to_string(),
        Some(total) => {
            let text = context.text("common-used-of-total");
            text.with("used", language.size(done))
                .with("total", language.size(total))
                .to_string()
        }
    });
    let entries = task.seen.map(|seen| {
        let text = context.text("count-entries");
        text.with("count", seen).to_string()
    });
    let progress = bytes.or(entries);
    let is_running = task.state == TaskState::Running.as_str();
    let state = context.words(match task.state {
        "queued" => "task-waiting",
        "done" => "common-done",
        "failed" => "task-failed",
        "cancelled" => "task-cancelled",
        _ => "task-running",
    });
    let done = task.done_bytes.unwrap_or_default();
    TaskPanel {
        id: task.id.clone(),
        title,
        route,
        state: match progress {
            None => state,
            Some(progress) => format!("{state}, {progress}"),
        },
        percent: total
            .filter(|_| is_running)
            .map(|total| done.min(total) * 100 / total),
        actions: match task.kind == "remote_download" && matches!(task.state, "queued" | "running")
        {
            true => vec![("cancel", context.words("common-cancel"))],
            false => Vec::new(),
        },
    }
}

/// Returns the title and the route of a copy or a move.
fn titles_of_copy(
    context: &PageContext,
    title: &str,
    paths: &[EntryPath],
    (from, to, folder): (&Place, &Place, &EntryPath),
) -> (String, String) {
    let first = paths.first().map_or("", |path| path.name());
    let title = context.text(title).with("name", first);
    let title = title.with("more", paths.len().saturating_sub(1));
    let route = context.text("tasks-route").with("from", from.as_str());
    let route = route.with("to", format!("{to}{folder}"));
    (title.into(), route.into())
}

fn row(context: &PageContext, task: &StoredTask) -> TaskPanel {
    let language = context.language;
    let title = match task.kind {
        TaskKind::Copy => "tasks-copy-of",
        TaskKind::Move => "tasks-move-of",
    };
    let route = (&task.from, &task.to, &task.folder);
    let (title, route) = titles_of_copy(context, title, &task.paths, route);
    let progress = task.total_bytes.map(|total| {
        let text = context.text("common-used-of-total");
        text.with("used", language.size(task.done_bytes))
            .with("total", language.size(total))
            .to_string()
    });
    let with_progress = |id: &str| match &progress {
        Some(progress) => format!("{}, {progress}", context.text(id)),
        None => context.words(id),
    };
    let state = match task.state {
        TaskState::Queued => context.words("task-waiting"),
        TaskState::Running => with_progress("task-running"),
        TaskState::Paused => with_progress("task-paused"),
        TaskState::Done => with_progress("common-done"),
        TaskState::Cancelled => with_progress("task-cancelled"),
        TaskState::Failed => {
            let sentence = task.problem.map(|kind| context.sentence(&of_kind(kind)));
            let text = context.text("task-failed-sentence");
            text.with("sentence", sentence.unwrap_or_default()).into()
        }
    };
    let actions: &[(&'static str, &str)] = match task.state {
        TaskState::Queued | TaskState::Running => {
            &[("pause", "tasks-pause"), ("cancel", "common-cancel")]
        }
        TaskState::Paused => &[("resume", "tasks-resume"), ("cancel", "common-cancel")],
        TaskState::Failed => &[("retry", "tasks-try-again"), ("cancel", "common-cancel")],
        TaskState::Cancelled => &[("retry", "tasks-try-again")],
        TaskState::Done => &[],
    };
    let is_going_on = task.state.is_open() || task.state == TaskState::Paused;
    let total = task.total_bytes.filter(|total| *total > 0 && is_going_on);
    TaskPanel {
        id: task.id.to_string(),
        title,
        route,
        state,
        percent: total.map(|total| task.done_bytes * 100 / total),
        actions: actions
            .iter()
            .map(|(name, id)| (*name, context.words(id)))
            .collect(),
    }
}
