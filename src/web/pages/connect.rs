//! `/connect`: a drive added from the browser. What is typed in is tried at once, kept where only the
//! server reads it, and never shown again.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use secrecy::SecretString;

use super::account::{here, waiting};
use super::desk::{At, Desk, print};
use super::fields::Fields;
use super::layout::Layout;
use crate::config::{DriveConfig, KIND_FORMS, KindForm};
use crate::governor::{Priority, SharedDrive};
use crate::library::SignInView;
use crate::store::ConnectedDrive;
use crate::web::Site;
use crate::web::api::sign_in::{begin, sign_in_problem};
use crate::web::error::Problem;
use drives::{Capability, DriveError, ErrorKind, SessionStore};
use media::{EntryPath, PageRequest, Place};

/// The form.
#[derive(Debug, Template)]
#[template(path = "connect.html")]
pub struct ConnectPage {
    pub layout: Layout,
    pub form: ConnectForm,
}

/// What the form asks for, and what was said to the last attempt.
#[derive(Debug, Clone)]
pub struct ConnectForm {
    pub action: String,
    /// The kinds of drives, where there are more than one.
    pub kinds: Vec<KindLink>,
    pub kind: &'static str,
    pub about: &'static str,
    pub name: String,
    pub fields: Vec<FormField>,
    /// What can be left out.
    pub more: Vec<FormField>,
    pub problems: Vec<String>,
}

/// A kind to choose.
#[derive(Debug, Clone)]
pub struct KindLink {
    pub label: &'static str,
    pub href: String,
    pub is_current: bool,
}

/// One field.
#[derive(Debug, Clone)]
pub struct FormField {
    pub key: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub is_secret: bool,
    pub is_required: bool,
    pub is_long: bool,
    /// What was typed in last; never a secret.
    pub value: String,
}

impl ConnectForm {
    /// The form for one kind of drive, with what was typed in so far.
    pub fn of(site: &Site, form: &'static KindForm, typed: &Fields, problems: Vec<String>) -> Self {
        let action = site.addresses.local("/connect");
        let kinds = KIND_FORMS.iter().map(|other| KindLink {
            label: other.label,
            href: format!("{action}?kind={}", other.id),
            is_current: other.id == form.id,
        });
        let (fields, more) = form
            .fields
            .iter()
            .map(|field| FormField {
                key: field.key,
                label: field.label,
                hint: field.hint,
                is_secret: field.is_secret,
                is_required: field.is_required,
                is_long: field.is_long,
                value: match field.is_secret {
                    true => String::new(),
                    false => typed.one(field.key).to_owned(),
                },
            })
            .partition(|field| field.is_required);
        ConnectForm {
            kinds: kinds.filter(|_| KIND_FORMS.len() > 1).collect(),
            action,
            kind: form.id,
            about: form.about,
            name: match typed.one("name") {
                "" => "films".to_owned(),
                name => name.to_owned(),
            },
            fields,
            more,
            problems,
        }
    }
}

/// The form as it is at first.
pub(in crate::web) async fn show(
    State(site): State<Site>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let desk = Desk::new(&site, &headers);
    let typed = Fields::read(query.unwrap_or_default().as_bytes());
    desk.answer(Ok(page(&desk, &typed, Vec::new())))
}

/// What was typed in: tried, kept, and on to the sign-in; or the form again.
pub(in crate::web) async fn connect(
    State(site): State<Site>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let desk = Desk::new(&site, &headers);
    let typed = Fields::read(&body);
    match add(&site, &typed).await {
        Ok((place, Some(view))) => Redirect::to(&waiting(&site, &place, &view)).into_response(),
        Ok((place, None)) => Redirect::to(&here(&site, &place)).into_response(),
        Err(problems) => print(
            axum::http::StatusCode::UNPROCESSABLE_ENTITY,
            &page(&desk, &typed, problems),
        ),
    }
}

/// Removes a drive that was connected here, with all that is kept of it.
pub(in crate::web) async fn remove(
    State(site): State<Site>,
    Path(drive): Path<String>,
    headers: HeaderMap,
) -> Response {
    let desk = Desk::new(&site, &headers);
    let place = match Place::parse(&drive) {
        Ok(place) if !site.configured.contains(&place) => place,
        Ok(_) => {
            return desk.problem(&Problem::bad_request(
                "This drive stands in the config file, and is removed there.",
            ));
        }
        Err(_) => return desk.problem(&Problem::NOT_FOUND),
    };
    match site.store.delete_drive(&place).await {
        Ok(true) => {
            site.library.remove_drive(&place).await;
            Redirect::to(&site.addresses.local("/")).into_response()
        }
        Ok(false) => desk.problem(&Problem::NOT_FOUND),
        Err(error) => {
            tracing::error!(%error, "a drive could not be removed");
            desk.problem(&Problem::INTERNAL)
        }
    }
}

fn page(desk: &Desk<'_>, typed: &Fields, problems: Vec<String>) -> ConnectPage {
    ConnectPage {
        layout: desk.layout("Connect a drive", At::Elsewhere),
        form: ConnectForm::of(desk.site, form_of(typed), typed, problems),
    }
}

fn form_of(typed: &Fields) -> &'static KindForm {
    let wanted = typed.one("kind");
    let found = KIND_FORMS.iter().find(|form| form.id == wanted);
    found.unwrap_or(&KIND_FORMS[0])
}

/// Adds the drive, or says why not. Where it is not signed in yet, a sign-in has begun.
async fn add(site: &Site, typed: &Fields) -> Result<(Place, Option<SignInView>), Vec<String>> {
    let form = form_of(typed);
    let name = typed.one("name").trim();
    let place = Place::parse(name)
        .ok()
        .filter(|place| !place.is_share())
        .ok_or_else(|| vec!["A name is 1 to 64 letters, digits, “-” or “_”.".to_owned()])?;
    if site.library.drive(&place).is_ok() {
        return Err(vec![format!("There is a drive called “{place}” already.")]);
    }
    let mut settings: BTreeMap<String, SecretString> = form
        .fields
        .iter()
        .map(|field| (field.key, typed.one(field.key).trim()))
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| (key.to_owned(), value.into()))
        .collect();
    let config = DriveConfig::typed_in(&place, form.kind, &settings)?;
    config.reduce(&mut settings);
    // A session of an earlier drive of that name is not this one's.
    if let Err(error) = site.store.drive_session(&place).forget().await {
        tracing::error!(%error, "an old session could not be forgotten");
        return Err(vec![
            "The server could not keep it: its log says more.".to_owned(),
        ]);
    }
    let drive = (site.open_drive)(&config);
    let is_signed_in = attempt(&drive)
        .await
        .map_err(|problem| vec![problem.detail()])?;
    let kept = ConnectedDrive {
        name: place.clone(),
        kind: form.kind.to_owned(),
        settings,
    };
    site.library.put_drive(drive).await;
    // Its first question to the upstream is also the proof of its keys.
    let view = match is_signed_in {
        true => None,
        false => match begin(site, &place).await {
            Ok(view) => Some(view),
            Err(problem) if problem.code == "unsupported" => None,
            Err(problem) => {
                site.library.remove_drive(&place).await;
                return Err(vec![problem.detail()]);
            }
        },
    };
    if let Err(error) = site.store.put_drive(&kept).await {
        tracing::error!(%error, "a drive could not be kept");
        site.library.remove_drive(&place).await;
        return Err(vec![
            "The server could not keep it: its log says more.".to_owned(),
        ]);
    }
    tracing::info!(drive = %place, kind = form.kind, "a drive was connected");
    Ok((place, view))
}

/// Asks the drive the simplest questions. Says whether it is signed in.
async fn attempt(drive: &SharedDrive) -> Result<bool, Problem> {
    let asked = async {
        drive.account().await?;
        if drive.capabilities().contains(&Capability::List) {
            let root = EntryPath::root();
            let calls = drive.at(Priority::Opening);
            calls.list(&root, &PageRequest::default()).await?;
        }
        Ok::<(), DriveError>(())
    };
    match asked.await {
        Ok(()) => Ok(true),
        Err(error) if is_first_step(&error, drive) => Ok(false),
        Err(error) => Err(said(error)),
    }
}

/// Whether all that is missing is somebody who signs the drive in once it is connected; keys that the upstream itself
/// has refused are to be mended first.
fn is_first_step(error: &DriveError, drive: &SharedDrive) -> bool {
    let has_way = drive.sign_in().is_some_and(|sign_in| {
        sign_in.ways().device
            || sign_in.ways().code
            || sign_in.form().is_some() && error.upstream_code.is_none()
    });
    error.kind == ErrorKind::SignedOut && has_way
}

fn said(error: DriveError) -> Problem {
    match error.kind {
        // What it says of itself is more than can be said of all drives.
        _ if error.upstream_code.is_some() && error.sentence.is_some() => Problem::from(error),
        ErrorKind::NotFound => {
            let mut problem = Problem::from(error);
            problem.sentence = Some("The drive has no such folder to show.");
            problem
        }
        _ => sign_in_problem(error),
    }
}
