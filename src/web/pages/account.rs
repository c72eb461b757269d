//! `/account/{drive}`: whose account it is, how full, how long its session lasts, and how to sign in.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use chrono::Utc;
use secrecy::SecretString;
use serde::Deserialize;

use super::desk::{At, Desk};
use super::fields::Fields;
use super::layout::Layout;
use super::reports::{UsePanel, panel};
use super::{DriveCard, Fact, human};
use crate::governor::SharedDrive;
use crate::library::SignInView;
use crate::web::api::drives::avatar_address;
use crate::web::api::sign_in::{begin, leave, with_code, with_form};
use crate::web::error::Problem;
use crate::web::headers::FramesFrom;
use crate::web::{MaybeQuery, Site};
use drives::{Capability, ErrorKind, SignInField, SignInFieldKind};
use media::{EntryPath, Place};

/// The page of one account.
#[derive(Debug, Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    pub layout: Layout,
    pub drive: DriveCard,
    /// The address of the owner's picture.
    pub avatar: Option<String>,
    /// Plan, room that is left, and what else the drive tells.
    pub facts: Vec<Fact>,
    /// The drive's films.
    pub browse: Option<String>,
    /// The owner's own links.
    pub shares: Option<String>,
    /// What the upstream counts of the owner's use of it.
    pub use_panel: Option<UsePanel>,
    /// What can be done about the session.
    pub ways: Option<Ways>,
    /// A code to be scanned.
    pub qr: Option<Qr>,
    /// The upstream's own login page.
    pub frame: Option<Frame>,
    /// Where the form that forgets the session posts to.
    pub sign_out: Option<String>,
    /// Where the form that removes the drive posts to.
    pub remove: Option<String>,
    /// Why the last attempt failed.
    pub problem: Option<String>,
}

/// Ways to sign in, as addresses.
#[derive(Debug, Clone)]
pub struct Ways {
    /// Where a device code is asked for.
    pub device: Option<String>,
    /// Where a code that was copied is posted to.
    pub code: Option<String>,
    /// Where the cookie of a browser is posted to.
    pub cookie: Option<String>,
    /// This page with the login page in a frame.
    pub login: Option<String>,
    /// What is typed in here.
    pub form: Option<SignInFields>,
}

/// Signing in by what is typed in.
#[derive(Debug, Clone)]
pub struct SignInFields {
    /// Where it is posted to.
    pub action: String,
    /// What it is about.
    pub about: &'static str,
    pub fields: Vec<TypedField>,
}

/// One field of a sign-in, as HTML speaks of it.
#[derive(Debug, Clone)]
pub struct TypedField {
    pub key: &'static str,
    pub label: &'static str,
    pub kind: &'static str,
    pub autocomplete: &'static str,
    pub is_required: bool,
}

/// A device code that is under way.
#[derive(Debug, Clone)]
pub struct Qr {
    /// The picture.
    pub src: String,
    /// Seconds that it is still good.
    pub seconds_left: u64,
    /// `4:59`
    pub time_left: String,
    pub interval_ms: u64,
    /// Where its state is asked.
    pub state: String,
}

/// The upstream's login page in a frame.
#[derive(Debug, Clone)]
pub struct Frame {
    pub url: String,
    /// The one origin whose messages are heard.
    pub origin: String,
    /// Where the code goes that comes from there.
    pub code: String,
}

#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct AccountQuery {
    /// The sign-in that is under way.
    sign_in: Option<String>,
    /// `login` for the upstream's own page.
    way: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web) struct CodeForm {
    code: SecretString,
}

/// The page.
pub(in crate::web) async fn show(
    State(site): State<Site>,
    Path(drive): Path<String>,
    query: MaybeQuery<AccountQuery>,
    headers: HeaderMap,
) -> Response {
    let desk = Desk::new(&site, &headers);
    let query = query.map(|Query(query)| query).unwrap_or_default();
    answer(&desk, &drive, &query, None).await
}

/// Begins a sign-in by another device; the page then shows its code.
pub(in crate::web) async fn begin_device(
    State(site): State<Site>,
    Path(drive): Path<String>,
    headers: HeaderMap,
) -> Response {
    let desk = Desk::new(&site, &headers);
    let Ok(place) = Place::parse(&drive) else {
        return desk.problem(&Problem::NOT_FOUND);
    };
    match begin(&site, &place).await {
        Ok(view) => Redirect::to(&waiting(&site, &place, &view)).into_response(),
        Err(problem) => answer(&desk, &drive, &AccountQuery::default(), Some(&problem)).await,
    }
}

/// Signs in with a code that was copied.
pub(in crate::web) async fn by_code(
    State(site): State<Site>,
    Path(drive): Path<String>,
    headers: HeaderMap,
    Form(form): Form<CodeForm>,
) -> Response {
    let desk = Desk::new(&site, &headers);
    let Ok(place) = Place::parse(&drive) else {
        return desk.problem(&Problem::NOT_FOUND);
    };
    match with_code(&site, &place, &form.code).await {
        Ok(()) => Redirect::to(&here(&site, &place)).into_response(),
        Err(problem) => answer(&desk, &drive, &AccountQuery::default(), Some(&problem)).await,
    }
}

/// Signs in with what was typed in; where the drive then asks for more, the page does.
pub(in crate::web) async fn by_form(
    State(site): State<Site>,
    Path(drive): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let desk = Desk::new(&site, &headers);
    let Ok(place) = Place::parse(&drive) else {
        return desk.problem(&Problem::NOT_FOUND);
    };
    let answers = Fields::read(&body).secrets();
    match with_form(&site, &place, &answers).await {
        Ok(_) => Redirect::to(&here(&site, &place)).into_response(),
        Err(problem) => answer(&desk, &drive, &AccountQuery::default(), Some(&problem)).await,
    }
}

/// Forgets the session.
pub(in crate::web) async fn sign_out(
    State(site): State<Site>,
    Path(drive): Path<String>,
    headers: HeaderMap,
) -> Response {
    let desk = Desk::new(&site, &headers);
    let Ok(place) = Place::parse(&drive) else {
        return desk.problem(&Problem::NOT_FOUND);
    };
    match leave(&site, &place).await {
        Ok(()) => Redirect::to(&here(&site, &place)).into_response(),
        Err(problem) => answer(&desk, &drive, &AccountQuery::default(), Some(&problem)).await,
    }
}

/// The page of an account.
pub(in crate::web) fn here(site: &Site, place: &Place) -> String {
    site.addresses.local(&format!("/account/{place}"))
}

/// The same while a code waits to be scanned.
pub(in crate::web) fn waiting(site: &Site, place: &Place, view: &SignInView) -> String {
    format!("{}?sign_in={}", here(site, place), view.id)
}

async fn answer(
    desk: &Desk<'_>,
    drive: &str,
    query: &AccountQuery,
    problem: Option<&Problem>,
) -> Response {
    let site = desk.site;
    let drive = match Place::parse(drive).map(|place| site.library.drive(&place)) {
        Ok(Ok(drive)) if !drive.place().is_share() => drive,
        _ => return desk.problem(&Problem::NOT_FOUND),
    };
    let place = drive.place().clone();
    // Without scripts, each look at the page asks how far it is.
    if let Some(id) = query.sign_in.as_deref() {
        let state = site.sign_ins.state(&site.library, &place, id).await;
        match (state, site.sign_ins.view(&place, id)) {
            (Ok(drives::SignInState::Done), _) | (_, None) => {
                return Redirect::to(&here(site, &place)).into_response();
            }
            (Err(error), _) if !error.kind.is_transient() => {
                let problem = Problem::from(error);
                return Box::pin(answer(
                    desk,
                    place.as_str(),
                    &AccountQuery::default(),
                    Some(&problem),
                ))
                .await;
            }
            _ => {}
        }
    }
    let account = site.library.account(&place).await;
    let card = desk.drive(&drive, &account);
    let mut page = AccountPage {
        layout: desk.layout(place.to_string(), At::Elsewhere),
        browse: (account.is_ok() && desk.has(&place, Capability::List))
            .then(|| desk.browse(&place, &EntryPath::root())),
        avatar: None,
        facts: Vec::new(),
        shares: drive
            .own_shares()
            .map(|_| format!("{}/shares", here(site, &place))),
        use_panel: panel(site, &drive),
        ways: ways(site, &drive),
        qr: None,
        frame: None,
        sign_out: None,
        remove: None,
        problem: problem.map(Problem::detail),
        drive: card,
    };
    match &account {
        Ok(account) => {
            page.avatar = avatar_address(site, &place, account);
            page.facts = facts(account);
            page.sign_out = drive
                .sign_in()
                .map(|_| format!("{}/sign-out", here(site, &place)));
        }
        Err(error) if error.kind != ErrorKind::SignedOut => {
            page.sign_out = drive
                .sign_in()
                .map(|_| format!("{}/sign-out", here(site, &place)));
        }
        Err(_) => {}
    }
    if !site.configured.contains(&place) {
        page.remove = Some(format!("{}/remove", here(site, &place)));
    }
    let mut frames = None;
    if let Some(view) = query
        .sign_in
        .as_deref()
        .and_then(|id| site.sign_ins.view(&place, id))
    {
        page.layout.refresh_s = Some(view.interval.as_secs().max(3) as u32);
        page.qr = Some(qr(site, &place, &view));
    } else if query.way.as_deref() == Some("login")
        && let Some(login) = drive.sign_in().and_then(|sign_in| sign_in.login_page())
        && let Some(origin) = FramesFrom::origin(&login.origin)
    {
        frames = Some(origin);
        page.frame = Some(Frame {
            url: login.url,
            origin: login.origin,
            code: site
                .addresses
                .local(&format!("/api/v1/drives/{place}/sign-in/code")),
        });
    }
    let mut response = desk.answer(Ok(page));
    if let Some(frames) = frames {
        response.extensions_mut().insert(frames);
    }
    response
}

fn ways(site: &Site, drive: &SharedDrive) -> Option<Ways> {
    let sign_in = drive.sign_in()?;
    let here = here(site, drive.place());
    let ways = sign_in.ways();
    let code = || format!("{here}/sign-in/code");
    Some(Ways {
        device: ways.device.then(|| format!("{here}/sign-in/device")),
        code: ways.code.then(code),
        cookie: ways.cookie.then(code),
        login: sign_in.login_page().map(|_| format!("{here}?way=login")),
        form: sign_in.form().map(|form| SignInFields {
            action: format!("{here}/sign-in/form"),
            about: form.about,
            fields: form.fields.into_iter().map(typed).collect(),
        }),
    })
}

fn typed(field: SignInField) -> TypedField {
    let (kind, autocomplete) = match field.kind {
        SignInFieldKind::Email => ("email", "username"),
        SignInFieldKind::Password => ("password", "current-password"),
        SignInFieldKind::OneTimeCode => ("text", "one-time-code"),
    };
    TypedField {
        key: field.key,
        label: field.label,
        kind,
        autocomplete,
        is_required: !field.is_optional,
    }
}

fn qr(site: &Site, place: &Place, view: &SignInView) -> Qr {
    let seconds = view.time_left.as_secs();
    Qr {
        src: view.qr.clone(),
        seconds_left: seconds,
        time_left: human::duration(seconds as f64),
        interval_ms: view.interval.as_millis() as u64,
        state: site.addresses.local(&format!(
            "/api/v1/drives/{place}/sign-in/device/{}",
            view.id
        )),
    }
}

fn facts(account: &drives::Account) -> Vec<Fact> {
    let fact = |name: &str, value: String| Fact {
        name: name.to_owned(),
        value,
    };
    let mut facts = Vec::new();
    if let Some(plan) = &account.plan {
        facts.push(fact("Plan", plan.clone()));
    }
    if let Some(quota) = account.quota {
        facts.push(fact("In use", human::size(quota.used)));
        facts.push(fact(
            "Free",
            human::size(quota.total.saturating_sub(quota.used)),
        ));
        facts.push(fact("In all", human::size(quota.total)));
    }
    if let Some(end) = account.session_ends_at {
        let left = end - Utc::now();
        facts.push(fact(
            "Session ends",
            format!("{} ({})", human::until(left), end.format("%Y-%m-%d")),
        ));
    }
    facts.extend(
        account
            .facts
            .iter()
            .map(|(name, value)| fact(name, value.clone())),
    );
    facts
}
