//! The forms and ways by which a drive is signed in.

use super::super::format;
use super::super::page_context::PageContext;
use crate::governor::SharedDrive;
use crate::library::SignInView;
use crate::web::AppState;
use drives::{Authorization, SignInField, SignInFieldKind};
use media::Place;

/// The ways to sign in, as URLs; `None` for those that the drive lacks.
#[derive(Debug, Clone)]
pub struct SignInMethods {
    /// Action URL of the form that requests a device code.
    pub device: Option<String>,
    /// Action URL of the form for a copied code.
    pub code: Option<String>,
    /// Action URL of the form for a browser's cookie.
    pub cookie: Option<String>,
    /// This page with the upstream's login page in a frame.
    pub login: Option<String>,
    /// The URL that leads to the site's own page.
    pub site: Option<String>,
    /// The drive's sign-in form.
    pub form: Option<SignInFields>,
}

/// A sign-in form.
#[derive(Debug, Clone)]
pub struct SignInFields {
    /// Action URL of the form.
    pub action: String,
    /// A sentence about the form.
    pub about: String,
    pub fields: Vec<TypedField>,
}

/// One field of a sign-in form, in terms of HTML.
#[derive(Debug, Clone)]
pub struct TypedField {
    pub key: &'static str,
    pub label: String,
    pub kind: &'static str,
    pub autocomplete: &'static str,
    pub is_required: bool,
    /// The picture that the value is read off, as a `data:` URL.
    pub picture: Option<String>,
}

/// A device code that waits to be scanned.
#[derive(Debug, Clone)]
pub struct Qr {
    /// The QR code, as a data URL.
    pub src: String,
    /// Seconds until it expires.
    pub seconds_left: u64,
    /// `4:59`
    pub time_left: String,
    pub interval_ms: u64,
    /// The API URL of its state.
    pub state: String,
}

/// The upstream's login page in a frame.
#[derive(Debug, Clone)]
pub struct LoginFrame {
    pub url: String,
    /// The only origin whose messages are accepted.
    pub origin: String,
    /// The API URL for the code that the frame sends.
    pub code: String,
}

pub(super) fn ways(context: &PageContext, drive: &SharedDrive) -> Option<SignInMethods> {
    let site = &context.site;
    let sign_in = drive.sign_in()?;
    let here = site.urls.account(drive.place());
    let ways = sign_in.ways();
    let code = || format!("{here}/sign-in/code");
    Some(SignInMethods {
        device: ways.device.then(|| format!("{here}/sign-in/device")),
        code: ways.code.then(code),
        cookie: ways.cookie.then(code),
        login: sign_in.login_page().map(|_| format!("{here}?way=login")),
        site: sign_in
            .authorization_url(&Authorization::default())
            .map(|_| format!("{here}/sign-in/site")),
        form: sign_in.form().map(|form| SignInFields {
            action: format!("{here}/sign-in/form"),
            about: context.language.sentence(form.about).into_owned(),
            fields: form
                .fields
                .into_iter()
                .map(|field| typed(context, field))
                .collect(),
        }),
    })
}

fn typed(context: &PageContext, field: SignInField) -> TypedField {
    let (kind, autocomplete) = match field.kind {
        SignInFieldKind::Email => ("email", "username"),
        SignInFieldKind::Password => ("password", "current-password"),
        SignInFieldKind::OneTimeCode => ("text", "one-time-code"),
        SignInFieldKind::Captcha => ("text", "off"),
    };
    TypedField {
        key: field.key,
        label: context.language.sentence(field.label).into_owned(),
        kind,
        autocomplete,
        is_required: !field.is_optional,
        picture: field.picture,
    }
}

pub(super) fn qr(site: &AppState, place: &Place, view: &SignInView) -> Qr {
    let seconds = view.time_left.as_secs();
    Qr {
        src: view.qr.clone(),
        seconds_left: seconds,
        time_left: format::duration(seconds as f64),
        interval_ms: view.interval.as_millis() as u64,
        state: site.urls.local(&format!(
            "/api/v1/drives/{place}/sign-in/device/{}",
            view.id
        )),
    }
}
