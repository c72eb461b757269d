//! `/account/{drive}/archives`: archives that the drive packs and unpacks by itself, with their progress.

use askama::Template;
use axum::extract::{OriginalUri, Query};
use axum::response::Response;
use serde::Deserialize;

use super::TextLink;
use super::drive_path::DrivePath;
use super::first_look::{FirstLook, without_content};
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use super::remote_downloads::{REFRESH_S, RemoteTaskRow, is_running, row};
use crate::web::MaybeQuery;
use crate::web::api::archives::page;
use crate::web::urls::encode_name;
use drives::RemoteTaskKind;

/// One page of tasks.
#[derive(Debug, Template)]
#[template(path = "archives.html")]
pub struct ArchivesPage {
    pub layout: PageLayout,
    pub crumbs: Vec<TextLink>,
    /// The tasks, each with the id of its heading.
    pub tasks: Vec<(&'static str, RemoteTaskRow)>,
    pub next: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct ArchivesQuery {
    cursor: Option<String>,
}

/// Shows the page.
pub(in crate::web) async fn show(
    context: PageContext,
    DrivePath(place): DrivePath,
    OriginalUri(uri): OriginalUri,
    query: MaybeQuery<ArchivesQuery>,
) -> Response {
    let site = &context.site;
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let look = FirstLook::of(&uri);
    let content = page(site, &place, query.cursor.as_deref());
    let (tasks, next) = match look.content(content).await {
        Ok(page) => page,
        Err(problem) => {
            let title = context.words("common-archives");
            return without_content(&context, &look, &place, &title, &problem);
        }
    };
    let account = site.urls.account(&place);
    let mut layout = context.layout(context.text("common-archives"), NavItem::None);
    if tasks.iter().any(|task| is_running(task.state)) {
        layout.refresh_s = Some(REFRESH_S);
    }
    let verb = |kind: RemoteTaskKind| match kind {
        RemoteTaskKind::Extract => "archives-unpacking",
        RemoteTaskKind::Archive | RemoteTaskKind::RemoteDownload => "archives-packing",
    };
    context.answer(Ok(ArchivesPage {
        layout,
        next: next.map(|cursor| format!("{account}/archives?cursor={}", encode_name(&cursor))),
        crumbs: vec![TextLink {
            label: place.to_string(),
            href: account,
        }],
        tasks: tasks
            .iter()
            .map(|task| (verb(task.kind), row(&context, &place, task)))
            .collect(),
    }))
}
