//! `/drives/{drive}`: the settings of a drive that was connected from a page, in the form by which it was connected. Secrets
//! are not shown; an empty field of one keeps what is stored.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use secrecy::SecretString;

use super::connect::{ConnectForm, ConnectPage};
use super::form_fields::FormFields;
use super::page_context::{NavItem, PageContext, render};
use crate::web::AppState;
use crate::web::api::drive_settings::{
    SettingsProblem, ShownSettings, change_settings, shown_settings,
};
use crate::web::api::drives::connected;
use crate::web::error::Problem;

/// Shows the form with the settings that are no secrets.
pub(in crate::web) async fn show(context: PageContext, Path(drive): Path<String>) -> Response {
    let site = &context.site;
    let found = async {
        let place = connected(site, &drive).await?;
        shown_settings(site, &place).await
    };
    match found.await {
        Ok(shown) => context.answer(Ok(page(&context, &drive, &shown, None, Vec::new()))),
        Err(problem) => context.problem(&problem),
    }
}

/// Tries and stores the changes; or shows the form again.
pub(in crate::web) async fn save(
    context: PageContext,
    Path(drive): Path<String>,
    body: Bytes,
) -> Response {
    let site = &context.site;
    let typed = FormFields::read(&body);
    match try_save(site, &drive, &typed).await {
        Ok(true) => Redirect::to(&site.urls.local("/drives")).into_response(),
        Ok(false) => Redirect::to(&site.urls.local(&format!("/account/{drive}"))).into_response(),
        Err((None, problem)) => context.problem(&problem_of(problem)),
        Err((Some(shown), problem)) => {
            let problems = match problem {
                SettingsProblem::Invalid(problems) => problems,
                SettingsProblem::Failed(problem) => vec![context.detail(&problem)],
            };
            let page = page(&context, &drive, &shown, Some(&typed), problems);
            render(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

fn problem_of(problem: SettingsProblem) -> Problem {
    match problem {
        SettingsProblem::Failed(problem) => problem,
        SettingsProblem::Invalid(_) => Problem::INTERNAL,
    }
}

/// Returns false if the owner has to sign in to the drive.
async fn try_save(
    site: &AppState,
    drive: &str,
    typed: &FormFields,
) -> Result<bool, (Option<ShownSettings>, SettingsProblem)> {
    let place = connected(site, drive).await;
    let place = place.map_err(|problem| (None, problem.into()))?;
    let shown = shown_settings(site, &place).await;
    let shown = shown.map_err(|problem| (None, problem.into()))?;
    let changes = read_changes(&shown, typed);
    let changed = change_settings(site, &place, &changes).await;
    changed.map_err(|problem| (Some(shown), problem))
}

/// Returns what the form changes: every field that is no secret, and the secrets that were typed in or are to be removed.
fn read_changes(
    shown: &ShownSettings,
    typed: &FormFields,
) -> BTreeMap<String, Option<SecretString>> {
    let changes = shown.form.fields.iter().filter_map(|field| {
        let value = Some(typed.one(field.key).trim()).filter(|value| !value.is_empty());
        let is_removed = typed.all("forget").any(|key| key == field.key);
        let is_kept = value.is_none() && field.is_secret && !is_removed;
        (!is_kept).then(|| (field.key.to_owned(), value.map(SecretString::from)))
    });
    changes.collect()
}

fn page(
    context: &PageContext,
    drive: &str,
    shown: &ShownSettings,
    typed: Option<&FormFields>,
    problems: Vec<String>,
) -> ConnectPage {
    let action = context
        .site
        .urls
        .local(&format!("/drives/{drive}/settings"));
    ConnectPage {
        layout: context.layout(context.text("drive-form-title"), NavItem::None),
        drive: Some(drive.to_owned()),
        form: ConnectForm::of_drive(context, action, drive, shown, typed, problems),
    }
}
