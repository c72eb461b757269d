//! `/versions/{place}/{path}`: the versions of a file, to be played, made current or deleted.

use askama::Template;
use axum::extract::OriginalUri;
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;

use super::TextLink;
use super::first_look::{FirstLook, without_content};
use super::form_fields::FormFields;
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use crate::web::api::versions::{choose, remove, versions};
use crate::web::error::Problem;
use crate::web::urls::parse_location;
use drives::FileVersion;
use media::{EntryPath, Place};

/// The versions of a file.
#[derive(Debug, Template)]
#[template(path = "versions.html")]
pub struct VersionsPage {
    pub layout: PageLayout,
    pub crumbs: Vec<TextLink>,
    pub name: String,
    /// Action URL of the forms.
    pub action: String,
    pub versions: Vec<VersionRow>,
    /// The failure of the last attempt.
    pub problem: Option<String>,
}

/// A version of a file.
#[derive(Debug, Clone)]
pub struct VersionRow {
    pub id: String,
    /// The time at which it was stored.
    pub title: String,
    pub size: String,
    pub author: Option<String>,
    pub is_current: bool,
    /// Its watch page.
    pub watch: String,
}

/// Shows the versions.
pub(in crate::web) async fn show(context: PageContext, OriginalUri(uri): OriginalUri) -> Response {
    answer(&context, &FirstLook::of(&uri), &uri, None).await
}

/// Makes a version current, or deletes it.
pub(in crate::web) async fn act(
    context: PageContext,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> Response {
    let site = &context.site;
    let Some((place, path)) = location(&uri) else {
        return context.problem(&Problem::NOT_FOUND);
    };
    let fields = FormFields::read(&body);
    let id = fields.one("id");
    let done = match fields.one("do") {
        "delete" => remove(site, &place, &path, id).await,
        _ => choose(site, &place, &path, id).await,
    };
    match done {
        Ok(()) => {
            let here = site.urls.of_entry("versions", &place, &path);
            Redirect::to(&here).into_response()
        }
        Err(problem) => answer(&context, &FirstLook::of_form(), &uri, Some(&problem)).await,
    }
}

async fn answer(
    context: &PageContext,
    look: &FirstLook,
    uri: &Uri,
    problem: Option<&Problem>,
) -> Response {
    let site = &context.site;
    let Some((place, path)) = location(uri) else {
        return context.problem(&Problem::NOT_FOUND);
    };
    let versions = match look.content(versions(site, &place, &path)).await {
        Ok(versions) => versions,
        Err(late) => {
            let problem = problem.unwrap_or(&late);
            return without_content(context, look, &place, path.name(), problem);
        }
    };
    let watch = |version: &FileVersion| match version.is_current {
        true => site.urls.of_entry("watch", &place, &path),
        false => site.urls.of_entry("watch", &place, &version.path),
    };
    context.answer(Ok(VersionsPage {
        layout: context.layout(
            context.text("versions-of").with("name", path.name()),
            NavItem::None,
        ),
        crumbs: context.crumbs(&place, &path),
        name: path.name().to_owned(),
        action: site.urls.of_entry("versions", &place, &path),
        versions: versions
            .iter()
            .map(|version| VersionRow {
                id: version.id.clone(),
                title: version.created_at.map_or_else(
                    || context.words("versions-unknown-time"),
                    |at| context.language.time(at),
                ),
                size: context.language.size(version.size),
                author: version.created_by.clone(),
                is_current: version.is_current,
                watch: watch(version),
            })
            .collect(),
        problem: problem.map(|problem| context.detail(problem)),
    }))
}

fn location(uri: &Uri) -> Option<(Place, EntryPath)> {
    let location = uri.path().strip_prefix("/versions/")?;
    parse_location(location).filter(|(_, path)| !path.is_root())
}
