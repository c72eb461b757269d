//! `/connect`: connects a drive from the browser. The input is verified at once, stored where only the
//! server reads it, and never shown again.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use secrecy::SecretString;

use super::account::waiting;
use super::form_fields::FormFields;
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext, render};
use crate::config::{DriveConfig, KIND_FORMS, KindForm};
use crate::library::SignInView;
use crate::store::ConnectedDrive;
use crate::web::api::drive_settings::{ShownSettings, try_drive};
use crate::web::api::sign_in::begin;
use crate::web::error::{Problem, ProblemCode};
use drives::SessionStore;
use media::Place;

/// The page with the form.
#[derive(Debug, Template)]
#[template(path = "connect.html")]
pub struct ConnectPage {
    pub layout: PageLayout,
    /// The drive whose settings are changed; `None` for a new one.
    pub drive: Option<String>,
    pub form: ConnectForm,
}

/// The fields of the form, and the problems of the last attempt.
#[derive(Debug, Clone)]
pub struct ConnectForm {
    pub action: String,
    /// The kinds of drives to choose from; empty if there is only one.
    pub kinds: Vec<KindLink>,
    pub kind: &'static str,
    pub about: String,
    pub name: String,
    /// False if the settings of a drive are changed.
    pub is_new: bool,
    /// The mandatory fields, and those that most drives of the kind have.
    pub fields: Vec<FormField>,
    /// The other fields.
    pub more: Vec<FormField>,
    pub problems: Vec<String>,
}

/// A kind of drive to choose.
#[derive(Debug, Clone)]
pub struct KindLink {
    pub label: String,
    pub href: String,
    pub is_current: bool,
}

/// One field.
#[derive(Debug, Clone)]
pub struct FormField {
    pub key: &'static str,
    pub label: String,
    pub hint: String,
    pub is_secret: bool,
    pub is_required: bool,
    /// True if most drives of the kind have it.
    pub is_usual: bool,
    pub is_long: bool,
    /// True for a secret that is stored, which an empty field keeps.
    pub is_stored: bool,
    /// The last input; never a secret.
    pub value: String,
}

impl ConnectForm {
    /// Returns the form for one kind of drive, with the input so far.
    pub fn of(
        context: &PageContext,
        form: &'static KindForm,
        typed: &FormFields,
        problems: Vec<String>,
    ) -> Self {
        let words = |english: &str| context.language.sentence(english).into_owned();
        let action = context.site.urls.local("/connect");
        let kinds = KIND_FORMS.iter().map(|other| KindLink {
            label: words(other.label),
            href: format!("{action}?kind={}", other.id),
            is_current: other.id == form.id,
        });
        let (fields, more) = fields_of(context, form, &[], |key| typed.one(key).to_owned());
        ConnectForm {
            kinds: kinds.filter(|_| KIND_FORMS.len() > 1).collect(),
            action,
            kind: form.id,
            about: words(form.about),
            name: match typed.one("name") {
                "" => "films".to_owned(),
                name => name.to_owned(),
            },
            is_new: true,
            fields,
            more,
            problems,
        }
    }

    /// Returns the form of a drive that was connected, with its settings or the input so far.
    pub(in crate::web) fn of_drive(
        context: &PageContext,
        action: String,
        drive: &str,
        shown: &ShownSettings,
        typed: Option<&FormFields>,
        problems: Vec<String>,
    ) -> Self {
        let value = |key: &'static str| match typed {
            Some(typed) => typed.one(key).to_owned(),
            None => shown.values.get(key).cloned().unwrap_or_default(),
        };
        let (fields, more) = fields_of(context, shown.form, &shown.secrets, value);
        ConnectForm {
            action,
            kinds: Vec::new(),
            kind: shown.form.id,
            about: context.language.sentence(shown.form.about).into_owned(),
            name: drive.to_owned(),
            is_new: false,
            fields,
            more,
            problems,
        }
    }
}

/// Returns the mandatory and usual fields of a form, and the others. `stored` are the secrets that are set.
fn fields_of(
    context: &PageContext,
    form: &'static KindForm,
    stored: &[&str],
    value: impl Fn(&'static str) -> String,
) -> (Vec<FormField>, Vec<FormField>) {
    let words = |english: &str| context.language.sentence(english).into_owned();
    let fields = form.fields.iter().map(|field| FormField {
        key: field.key,
        label: words(field.label),
        hint: words(field.hint),
        is_secret: field.is_secret,
        is_required: field.is_required,
        is_usual: field.is_usual,
        is_long: field.is_long,
        is_stored: stored.contains(&field.key),
        value: match field.is_secret {
            true => String::new(),
            false => value(field.key),
        },
    });
    fields.partition(|field| field.is_required || field.is_usual)
}

/// Shows the form.
pub(in crate::web) async fn show(context: PageContext, RawQuery(query): RawQuery) -> Response {
    let typed = FormFields::read(query.unwrap_or_default().as_bytes());
    context.answer(Ok(page(&context, &typed, Vec::new())))
}

/// Verifies and stores the input, then redirects to the sign-in; or shows the form again.
pub(in crate::web) async fn connect(context: PageContext, body: Bytes) -> Response {
    let site = &context.site;
    let typed = FormFields::read(&body);
    match add(&context, &typed).await {
        Ok((place, Some(view))) => Redirect::to(&waiting(site, &place, &view)).into_response(),
        Ok((place, None)) => Redirect::to(&site.urls.account(&place)).into_response(),
        Err(problems) => render(
            axum::http::StatusCode::UNPROCESSABLE_ENTITY,
            &page(&context, &typed, problems),
        ),
    }
}

/// Removes a drive that was connected from a page, with all of its stored state.
pub(in crate::web) async fn remove(context: PageContext, Path(drive): Path<String>) -> Response {
    let site = &context.site;
    let place = match Place::parse(&drive) {
        Ok(place) if !site.configured.contains(&place) => place,
        Ok(_) => {
            return context.problem(&Problem::bad_request(
                "This drive stands in the config file, and is removed there.",
            ));
        }
        Err(_) => return context.problem(&Problem::NOT_FOUND),
    };
    match site.store.delete_drive(&place).await {
        Ok(true) => {
            site.library.remove_drive(&place).await;
            Redirect::to(&site.urls.local("/")).into_response()
        }
        Ok(false) => context.problem(&Problem::NOT_FOUND),
        Err(error) => context.problem(&Problem::of_state(error.as_ref())),
    }
}

fn page(context: &PageContext, typed: &FormFields, problems: Vec<String>) -> ConnectPage {
    ConnectPage {
        layout: context.layout(context.text("common-connect-a-drive"), NavItem::None),
        drive: None,
        form: ConnectForm::of(context, form_of(typed), typed, problems),
    }
}

fn form_of(typed: &FormFields) -> &'static KindForm {
    let wanted = typed.one("kind");
    let found = KIND_FORMS.iter().find(|form| form.id == wanted);
    found.unwrap_or(&KIND_FORMS[0])
}

/// Adds the drive. If it is not signed in yet, returns a sign-in in progress.
///
/// # Errors
///
/// Sentences that name the problems of the input.
async fn add(
    context: &PageContext,
    typed: &FormFields,
) -> Result<(Place, Option<SignInView>), Vec<String>> {
    let site = &context.site;
    let form = form_of(typed);
    let name = typed.one("name").trim();
    let place = Place::parse(name)
        .ok()
        .filter(|place| !place.is_share())
        .ok_or_else(|| vec![context.words("connect-name-rule")])?;
    if site.library.drive(&place).is_ok() {
        let taken = context.text("connect-name-taken");
        return Err(vec![taken.with("name", place.as_str()).into()]);
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
    // A session of a former drive with this name must not be used.
    if let Err(error) = site.store.drive_session(&place).forget().await {
        tracing::error!(%error, "an old session could not be forgotten");
        return Err(vec![context.words("connect-not-stored")]);
    }
    let drive = (site.open_drive)(&config);
    let is_signed_in = try_drive(&drive)
        .await
        .map_err(|problem| vec![context.detail(&problem)])?;
    let kept = ConnectedDrive {
        name: place.clone(),
        kind: form.kind.to_owned(),
        settings,
    };
    if let Some(index) = site.library.index() {
        index.set_folders(&place, config.library.clone());
    }
    site.library.put_drive(drive).await;
    // The first upstream call of the sign-in also verifies the keys.
    let view = match is_signed_in {
        true => None,
        false => match begin(site, &place).await {
            Ok(view) => Some(view),
            Err(problem) if problem.code == ProblemCode::Unsupported => None,
            Err(problem) => {
                site.library.remove_drive(&place).await;
                return Err(vec![context.detail(&problem)]);
            }
        },
    };
    if let Err(error) = site.store.put_drive(&kept).await {
        tracing::error!(%error, "a drive could not be kept");
        site.library.remove_drive(&place).await;
        return Err(vec![context.words("connect-not-stored")]);
    }
    tracing::info!(drive = %place, kind = form.kind, "a drive was connected");
    Ok((place, view))
}
