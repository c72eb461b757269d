//! `/drives`: all drives, also those that are switched off. Those that were connected from a page are renamed, ordered,
//! switched off and removed here; all of them are opened again.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::cards::kind_in_words;
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext, render};
use crate::store::DriveSwitch;
use crate::web::AppState;
use crate::web::api::drives::{self, DriveChangesJson};
use crate::web::error::Problem;

/// The page of the drives.
#[derive(Debug, Template)]
#[template(path = "drives.html")]
pub struct DrivesPage {
    pub layout: PageLayout,
    /// The drives that were connected from a page, in their order.
    pub connected: Vec<DriveRow>,
    /// The drives of the config file.
    pub configured: Vec<ConfiguredDrive>,
    /// The page that connects a drive.
    pub connect: String,
    /// A sentence about a change that was not made.
    pub problem: Option<String>,
}

/// A drive of the config file.
#[derive(Debug)]
pub struct ConfiguredDrive {
    pub name: String,
    pub account: String,
    /// Action URL of its form: `act`.
    pub action: String,
}

/// A drive that was connected from a page.
#[derive(Debug)]
pub struct DriveRow {
    pub name: String,
    pub kind: String,
    pub is_enabled: bool,
    pub is_first: bool,
    pub is_last: bool,
    /// The account page; `None` while the drive is switched off.
    pub account: Option<String>,
    /// Page of its settings, and action URL of its forms: `act` and `name`.
    pub action: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct DriveForm {
    #[serde(default)]
    name: String,
    act: DriveAction,
}

/// An action on a drive.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum DriveAction {
    Rename,
    Up,
    Down,
    On,
    Off,
    Reload,
    Remove,
}

/// Shows all drives.
pub(in crate::web) async fn show(context: PageContext) -> Response {
    context.answer(page(&context, None).await)
}

/// Changes a drive that was connected from a page.
pub(in crate::web) async fn change(
    context: PageContext,
    Path(drive): Path<String>,
    Form(form): Form<DriveForm>,
) -> Response {
    let site = &context.site;
    let Err(problem) = apply(site, &drive, form).await else {
        return Redirect::to(&site.urls.local("/drives")).into_response();
    };
    let (status, words) = (problem.status, context.detail(&problem));
    match page(&context, Some(words)).await {
        Ok(page) => render(status, &page),
        Err(problem) => context.problem(&problem),
    }
}

async fn apply(site: &AppState, drive: &str, form: DriveForm) -> Result<(), Problem> {
    let changes = match form.act {
        DriveAction::Rename => DriveChangesJson::name(form.name.trim()),
        DriveAction::On => DriveChangesJson::enabled(true),
        DriveAction::Off => DriveChangesJson::enabled(false),
        DriveAction::Up => return drives::move_by(site, drive, -1).await,
        DriveAction::Down => return drives::move_by(site, drive, 1).await,
        DriveAction::Reload => return drives::open_again(site, drive).await,
        DriveAction::Remove => return drives::delete(site, drive).await,
    };
    drives::apply(site, drive, changes).await.map(drop)
}

async fn page(context: &PageContext, problem: Option<String>) -> Result<DrivesPage, Problem> {
    let site = &context.site;
    let mut switches = site.store.drive_switches().await?;
    // One of the file has precedence over one of the same name.
    switches.retain(|switch| !site.configured.contains(&switch.name));
    let configured = site.configured.iter().map(|place| ConfiguredDrive {
        name: place.to_string(),
        account: site.urls.account(place),
        action: site.urls.local(&format!("/drives/{place}")),
    });
    Ok(DrivesPage {
        layout: context.layout(context.text("common-drives"), NavItem::None),
        configured: configured.collect(),
        connected: rows(context, &switches),
        connect: site.urls.local("/connect"),
        problem,
    })
}

fn rows(context: &PageContext, switches: &[DriveSwitch]) -> Vec<DriveRow> {
    let (site, language) = (&context.site, context.language);
    let rows = switches.iter().enumerate().map(|(index, switch)| DriveRow {
        name: switch.name.to_string(),
        kind: language.sentence(kind_in_words(&switch.kind)).into_owned(),
        is_enabled: switch.is_enabled,
        is_first: index == 0,
        is_last: index + 1 == switches.len(),
        account: switch.is_enabled.then(|| site.urls.account(&switch.name)),
        action: site.urls.local(&format!("/drives/{}", switch.name)),
    });
    rows.collect()
}
