//! `/account/{drive}`: the drive's account, its storage, the expiry of its session, and the ways to sign
//! in.

mod library;
mod sign_in;

use askama::Template;
use axum::Form;
use axum::extract::{OriginalUri, Query};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use chrono::Utc;
use secrecy::SecretString;
use serde::Deserialize;

use super::drive_path::DrivePath;
use super::first_look::{self, FirstLook};
use super::form_fields::FormFields;
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use super::reports::{UsagePanel, panel};
use super::{DriveCard, Fact};
use crate::library::SignInView;
use crate::web::api::drives::{allow_sharing, avatar_url_of};
use crate::web::api::sign_in::{begin, leave, with_code, with_form};
use crate::web::error::Problem;
use crate::web::headers::FramesFrom;
use crate::web::{AppState, MaybeQuery};
use drives::{Capability, ErrorKind};
use media::{EntryPath, Place};

pub use library::LibraryPanel;
pub(in crate::web) use library::walk;
pub use sign_in::{LoginFrame, Qr, SignInMethods};
use sign_in::{qr, ways};

/// The account page of a drive.
#[derive(Debug, Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    pub layout: PageLayout,
    pub drive: DriveCard,
    /// The URL of the account's picture.
    pub avatar: Option<String>,
    /// Plan, storage, and other facts that the drive reports.
    pub facts: Vec<Fact>,
    /// The browse page of the drive's root.
    pub browse: Option<String>,
    /// The page of the owner's own share links.
    pub shares: Option<String>,
    /// The page of deleted entries.
    pub trash: Option<String>,
    /// The page of downloads from links.
    pub remote_downloads: Option<String>,
    /// The page of archives that the drive packs and unpacks.
    pub archives: Option<String>,
    /// The walk over the drive for films and series; `None` if it has no folders.
    pub library: Option<LibraryPanel>,
    /// The usage panel, if the upstream counts requests.
    pub usage_panel: Option<UsagePanel>,
    /// The ways to sign in, if the drive has any.
    pub ways: Option<SignInMethods>,
    /// A device code to be scanned.
    pub qr: Option<Qr>,
    /// The upstream's own login page, in a frame.
    pub frame: Option<LoginFrame>,
    /// Action URL of the sign-out form.
    pub sign_out: Option<String>,
    /// Action URL of the form that removes the drive.
    pub remove: Option<String>,
    /// Action URL of the form that activates sharing, if the account may not share yet.
    pub activate_sharing: Option<String>,
    /// The failure of the last attempt.
    pub problem: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct AccountQuery {
    /// The id of the sign-in in progress.
    sign_in: Option<String>,
    /// `login` shows the upstream's own page.
    way: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web) struct CodeForm {
    code: SecretString,
}

/// Shows the page.
pub(in crate::web) async fn show(
    context: PageContext,
    DrivePath(place): DrivePath,
    OriginalUri(uri): OriginalUri,
    query: MaybeQuery<AccountQuery>,
) -> Response {
    let query = query.map(|Query(query)| query).unwrap_or_default();
    answer(&context, &FirstLook::of(&uri), &place, &query, None).await
}

/// Begins a sign-in by another device; the page then shows its code.
pub(in crate::web) async fn begin_device(
    context: PageContext,
    DrivePath(place): DrivePath,
) -> Response {
    let site = &context.site;
    match begin(site, &place).await {
        Ok(view) => Redirect::to(&waiting(site, &place, &view)).into_response(),
        Err(problem) => refused(&context, &place, &problem).await,
    }
}

/// Signs in with a copied code or cookie.
pub(in crate::web) async fn sign_in_with_code(
    context: PageContext,
    DrivePath(place): DrivePath,
    Form(form): Form<CodeForm>,
) -> Response {
    let site = &context.site;
    match with_code(site, &place, &form.code).await {
        Ok(()) => Redirect::to(&site.urls.account(&place)).into_response(),
        Err(problem) => refused(&context, &place, &problem).await,
    }
}

/// Signs in with the answers to the form; if the drive has another step, the page shows it.
pub(in crate::web) async fn sign_in_with_form(
    context: PageContext,
    DrivePath(place): DrivePath,
    body: Bytes,
) -> Response {
    let site = &context.site;
    let answers = FormFields::read(&body).secrets();
    match with_form(site, &place, &answers).await {
        Ok(_) => Redirect::to(&site.urls.account(&place)).into_response(),
        Err(problem) => refused(&context, &place, &problem).await,
    }
}

/// Signs the drive out.
pub(in crate::web) async fn sign_out(
    context: PageContext,
    DrivePath(place): DrivePath,
) -> Response {
    let site = &context.site;
    match leave(site, &place).await {
        Ok(()) => Redirect::to(&site.urls.account(&place)).into_response(),
        Err(problem) => refused(&context, &place, &problem).await,
    }
}

/// Activates sharing.
pub(in crate::web) async fn activate_sharing(
    context: PageContext,
    DrivePath(place): DrivePath,
) -> Response {
    let site = &context.site;
    match allow_sharing(site, &place).await {
        Ok(()) => Redirect::to(&site.urls.account(&place)).into_response(),
        Err(problem) => refused(&context, &place, &problem).await,
    }
}

/// Returns the account page that shows a device code until it has been scanned.
pub(in crate::web) fn waiting(site: &AppState, place: &Place, view: &SignInView) -> String {
    format!("{}?sign_in={}", site.urls.account(place), view.id)
}

/// Answers a form that was refused.
async fn refused(context: &PageContext, place: &Place, problem: &Problem) -> Response {
    let (look, query) = (FirstLook::of_form(), AccountQuery::default());
    answer(context, &look, place, &query, Some(problem)).await
}

async fn answer(
    context: &PageContext,
    look: &FirstLook,
    place: &Place,
    query: &AccountQuery,
    problem: Option<&Problem>,
) -> Response {
    let site = &context.site;
    let drive = match site.library.drive(place) {
        Ok(drive) if !drive.place().is_share() => drive,
        _ => return context.problem(&Problem::NOT_FOUND),
    };
    let place = drive.place().clone();
    // Without scripts, each load of the page polls the state.
    if let Some(id) = query.sign_in.as_deref() {
        let state = site.sign_ins.state(&site.library, &place, id);
        let state = look.answer(state).await;
        match (state, site.sign_ins.view(&place, id).await) {
            (Ok(drives::SignInState::Done), _) | (_, Ok(None)) => {
                return Redirect::to(&site.urls.account(&place)).into_response();
            }
            (Err(error), _) if !error.kind.is_transient() => {
                let problem = Problem::from(error);
                return Box::pin(refused(context, &place, &problem)).await;
            }
            _ => {}
        }
    }
    let account = look.answer(site.library.account(&place)).await;
    let card = context.drive(&drive, &account);
    let mut page = AccountPage {
        layout: context.layout(place.to_string(), NavItem::None),
        browse: (account.is_ok() && context.has(&place, Capability::List))
            .then(|| context.browse(&place, &EntryPath::root())),
        avatar: None,
        facts: Vec::new(),
        shares: drive
            .own_shares()
            .map(|_| format!("{}/shares", site.urls.account(&place))),
        trash: drive
            .trash()
            .map(|_| format!("{}/trash", site.urls.account(&place))),
        remote_downloads: drive
            .remote_downloads()
            .map(|_| format!("{}/remote-downloads", site.urls.account(&place))),
        archives: drive
            .archives()
            .map(|_| format!("{}/archives", site.urls.account(&place))),
        library: LibraryPanel::of(context, &drive).await,
        usage_panel: panel(context, &drive),
        ways: ways(context, &drive),
        qr: None,
        frame: None,
        sign_out: None,
        remove: None,
        activate_sharing: None,
        problem: problem.map(|problem| context.detail(problem)),
        drive: card,
    };
    match &account {
        Ok(account) => {
            page.avatar = avatar_url_of(site, &place, account);
            page.facts = facts(context, account);
            page.activate_sharing = account
                .is_sharing_inactive
                .then(|| format!("{}/sharing", site.urls.account(&place)));
            page.sign_out = drive
                .sign_in()
                .map(|_| format!("{}/sign-out", site.urls.account(&place)));
        }
        Err(error) if error.kind != ErrorKind::SignedOut => {
            page.sign_out = drive
                .sign_in()
                .map(|_| format!("{}/sign-out", site.urls.account(&place)));
        }
        Err(_) => {}
    }
    if !site.configured.contains(&place) {
        page.remove = Some(format!("{}/remove", site.urls.account(&place)));
    }
    let mut frames = None;
    let view = match query.sign_in.as_deref() {
        Some(id) => site.sign_ins.view(&place, id).await.ok().flatten(),
        None => None,
    };
    if let Some(view) = view {
        page.layout.refresh_s = Some(view.interval.as_secs().max(3) as u32);
        page.qr = Some(qr(site, &place, &view));
    } else if query.way.as_deref() == Some("login")
        && let Some(login) = drive.sign_in().and_then(|sign_in| sign_in.login_page())
        && let Some(origin) = FramesFrom::origin(&login.origin)
    {
        frames = Some(origin);
        page.frame = Some(LoginFrame {
            url: login.url,
            origin: login.origin,
            code: site
                .urls
                .local(&format!("/api/v1/drives/{place}/sign-in/code")),
        });
    }
    let is_polled = page.qr.is_some();
    let mut response = context.answer(Ok(page));
    // A page with a code is loaded again anyway.
    if first_look::is_answer_missing(&account) && !is_polled {
        look.set_reload(&mut response);
    }
    if let Some(frames) = frames {
        response.extensions_mut().insert(frames);
    }
    response
}

fn facts(context: &PageContext, account: &drives::Account) -> Vec<Fact> {
    let language = context.language;
    let fact = |id: &str, value: String| Fact {
        name: context.words(id),
        value,
    };
    let mut facts = Vec::new();
    if let Some(plan) = &account.plan {
        facts.push(fact("account-plan", plan.clone()));
    }
    if let Some(quota) = account.quota {
        facts.push(fact("account-used", language.size(quota.used)));
        facts.push(fact(
            "account-free",
            language.size(quota.total.saturating_sub(quota.used)),
        ));
        facts.push(fact("account-total", language.size(quota.total)));
    }
    if let Some(end) = account.session_ends_at {
        let left = end - Utc::now();
        facts.push(fact(
            "account-session-ends",
            format!("{} ({})", language.until(left), language.day(end)),
        ));
    }
    facts.extend(account.facts.iter().map(|fact| context.drive_fact(fact)));
    facts
}
