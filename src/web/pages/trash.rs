//! `/account/{drive}/trash`: deleted entries of a drive, to be restored or deleted for good.

use askama::Template;
use axum::extract::{OriginalUri, Query};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use chrono::Utc;
use serde::Deserialize;

use super::TextLink;
use super::drive_path::DrivePath;
use super::first_look::{FirstLook, without_content};
use super::form_fields::FormFields;
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use crate::web::MaybeQuery;
use crate::web::api::result_json::file_problem;
use crate::web::api::trash::{delete_all, page, put_back};
use crate::web::error::Problem;
use crate::web::locale::Language;
use crate::web::urls::encode_name;
use drives::TrashedEntry;
use media::{EntryPath, Place};

/// One page of deleted entries.
#[derive(Debug, Template)]
#[template(path = "trash.html")]
pub struct TrashPage {
    pub layout: PageLayout,
    pub crumbs: Vec<TextLink>,
    /// Action URL of the forms.
    pub action: String,
    pub entries: Vec<TrashRow>,
    pub next: Option<String>,
    /// True if the page asks for the confirmation of emptying the trash.
    pub confirms: bool,
    /// The failure of the last attempt.
    pub problem: Option<String>,
    /// The entries that could not be restored.
    pub failures: Vec<String>,
}

/// A deleted entry.
#[derive(Debug, Clone)]
pub struct TrashRow {
    pub id: String,
    pub name: String,
    /// The folder that it was in.
    pub folder: String,
    /// `Deleted on 2026-01-31`, its size, `Kept for 6 days`.
    pub details: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct TrashQuery {
    cursor: Option<String>,
    /// `empty` asks for the confirmation.
    r#do: Option<String>,
}

/// Shows the trash.
pub(in crate::web) async fn show(
    context: PageContext,
    DrivePath(place): DrivePath,
    OriginalUri(uri): OriginalUri,
    query: MaybeQuery<TrashQuery>,
) -> Response {
    let query = query.map(|Query(query)| query).unwrap_or_default();
    answer(
        &context,
        &FirstLook::of(&uri),
        &place,
        &query,
        None,
        Vec::new(),
    )
    .await
}

/// Restores the chosen entries, or empties the trash.
pub(in crate::web) async fn act(
    context: PageContext,
    DrivePath(place): DrivePath,
    body: Bytes,
) -> Response {
    let site = &context.site;
    let fields = FormFields::read(&body);
    let failures = match fields.one("do") {
        "empty" => delete_all(site, &place).await.map(|()| Vec::new()),
        _ => restore(&context, &place, &fields).await,
    };
    match failures {
        Ok(failures) if failures.is_empty() => {
            Redirect::to(&format!("{}/trash", site.urls.account(&place))).into_response()
        }
        Ok(failures) => {
            let (look, query) = (FirstLook::of_form(), TrashQuery::default());
            answer(&context, &look, &place, &query, None, failures).await
        }
        Err(problem) => {
            let (look, query) = (FirstLook::of_form(), TrashQuery::default());
            let failures = Vec::new();
            answer(&context, &look, &place, &query, Some(&problem), failures).await
        }
    }
}

async fn restore(
    context: &PageContext,
    place: &Place,
    fields: &FormFields,
) -> Result<Vec<String>, Problem> {
    let ids: Vec<String> = fields.all("id").map(str::to_owned).collect();
    if ids.is_empty() {
        return Err(Problem::bad_request("Tick what is to be restored."));
    }
    let outcomes = put_back(&context.site, place, &ids).await?;
    let failed = outcomes.into_iter().filter_map(|outcome| {
        let name = outcome.path.as_ref().map_or("", EntryPath::name).to_owned();
        let problem = file_problem(outcome.result.err()?);
        Some(format!("{name}: {}", context.sentence(&problem)))
    });
    Ok(failed.collect())
}

async fn answer(
    context: &PageContext,
    look: &FirstLook,
    place: &Place,
    query: &TrashQuery,
    problem: Option<&Problem>,
    failures: Vec<String>,
) -> Response {
    let site = &context.site;
    let content = page(site, place, query.cursor.as_deref());
    let (entries, next) = match look.content(content).await {
        Ok(page) => page,
        Err(late) => {
            let problem = problem.unwrap_or(&late);
            let title = context.words("common-trash");
            return without_content(context, look, place, &title, problem);
        }
    };
    let account = site.urls.account(place);
    let action = format!("{account}/trash");
    context.answer(Ok(TrashPage {
        layout: context.layout(context.text("common-trash"), NavItem::None),
        crumbs: vec![TextLink {
            label: place.to_string(),
            href: account,
        }],
        entries: entries
            .iter()
            .map(|entry| row(context.language, entry))
            .collect(),
        next: next.map(|cursor| format!("{action}?cursor={}", encode_name(&cursor))),
        confirms: query.r#do.as_deref() == Some("empty"),
        problem: problem.map(|problem| context.detail(problem)),
        failures,
        action,
    }))
}

fn row(language: &'static Language, entry: &TrashedEntry) -> TrashRow {
    let mut details = Vec::new();
    if let Some(at) = entry.deleted_at {
        let day = language.day(at);
        details.push(language.text("trash-deleted-on").with("day", day).into());
    }
    if !entry.is_folder {
        details.push(language.size(entry.size));
    }
    if let Some(end) = entry.expires_at {
        let when = language.until(end - Utc::now());
        let text = language.text("trash-gone-for-good").with("when", when);
        details.push(text.into());
    }
    TrashRow {
        id: entry.id.clone(),
        name: entry.path.name().to_owned(),
        folder: entry.path.parent().unwrap_or(EntryPath::root()).to_string(),
        details,
    }
}
