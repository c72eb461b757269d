//! `/api/v1/drives/{drive}/sign-in/…` and `sign-out`: signs a drive in and out.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::files::{MaybeJson, read, read_place};
use crate::governor::{SharedDrive, SignInCalls};
use crate::library::SignInView;
use crate::web::AppState;
use crate::web::error::{CANNOT_SIGN_IN, CODE_REFUSED, COOKIE_REFUSED, KEYS_REFUSED, Problem};
use drives::{DriveError, ErrorKind, SignInFieldKind, SignInState};
use media::Place;

#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct DeviceJson {
    id: String,
    /// A QR code, as a `data:` URL.
    qr: String,
    interval_s: u64,
    expires_at: DateTime<Utc>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct StateJson {
    /// `pending`, `done` or `expired`.
    state: &'static str,
}

#[derive(Deserialize, utoipa::ToSchema)]
pub(in crate::web) struct CodeJson {
    #[schema(value_type = String)]
    code: SecretString,
}

/// The form of a sign-in.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct FormJson {
    about: &'static str,
    fields: Vec<FieldJson>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct FieldJson {
    /// The key of this field in `answers`.
    key: &'static str,
    label: &'static str,
    /// `email`, `password`, `one_time_code` or `captcha`.
    kind: &'static str,
    /// For a captcha, the picture to be read, as a `data:` URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    optional: bool,
}

#[derive(Deserialize, utoipa::ToSchema)]
pub(in crate::web) struct AnswersJson {
    /// Values by the keys of the form.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    answers: BTreeMap<String, SecretString>,
}

/// Begins a sign-in by another device.
#[utoipa::path(post, path = "/api/v1/drives/{drive}/sign-in/device", tag = "account",
    params(("drive" = String, Path)), responses((status = 200, body = DeviceJson)))]
pub(in crate::web) async fn begin_device(
    State(site): State<AppState>,
    Path(drive): Path<String>,
) -> Result<Json<DeviceJson>, Problem> {
    let place = read_place(&drive)?;
    let view = begin(&site, &place).await?;
    let ends_at = Utc::now() + view.time_left;
    Ok(Json(DeviceJson {
        id: view.id,
        qr: view.qr,
        interval_s: view.interval.as_secs(),
        expires_at: ends_at,
    }))
}

/// Returns the state of a sign-in by another device. It may be polled at any rate: the upstream is called
/// no faster than it permits.
#[utoipa::path(get, path = "/api/v1/drives/{drive}/sign-in/device/{id}", tag = "account",
    params(("drive" = String, Path), ("id" = String, Path)), responses((status = 200, body = StateJson)))]
pub(in crate::web) async fn device_state(
    State(site): State<AppState>,
    Path((drive, id)): Path<(String, String)>,
) -> Result<Json<StateJson>, Problem> {
    let place = read_place(&drive)?;
    let state = site
        .sign_ins
        .state(&site.library, &place, &id)
        .await
        .map_err(sign_in_problem)?;
    Ok(Json(StateJson {
        state: state_word(state),
    }))
}

fn state_word(state: SignInState) -> &'static str {
    match state {
        SignInState::Pending => "pending",
        SignInState::Done => "done",
        SignInState::Expired => "expired",
    }
}

/// Signs in with a code that the upstream's own page has shown or, if the drive accepts one, with the
/// cookie of a browser that is signed in there: its value, the `Cookie` header, or an exported file as
/// text.
#[utoipa::path(post, path = "/api/v1/drives/{drive}/sign-in/code", tag = "account",
    params(("drive" = String, Path)), request_body = CodeJson,
    responses((status = 200, description = "Signed in", body = StateJson)))]
pub(in crate::web) async fn by_code(
    State(site): State<AppState>,
    Path(drive): Path<String>,
    body: MaybeJson<CodeJson>,
) -> Result<Json<StateJson>, Problem> {
    let place = read_place(&drive)?;
    let CodeJson { code } = read(body)?;
    with_code(&site, &place, &code).await?;
    Ok(Json(StateJson { state: "done" }))
}

/// Returns the sign-in form of a drive; `unsupported` if it has none.
#[utoipa::path(get, path = "/api/v1/drives/{drive}/sign-in/form", tag = "account",
    params(("drive" = String, Path)), responses((status = 200, body = FormJson)))]
pub(in crate::web) async fn form(
    State(site): State<AppState>,
    Path(drive): Path<String>,
) -> Result<Json<FormJson>, Problem> {
    let drive = site.library.drive(&read_place(&drive)?)?;
    let form = signs_in(&drive)?.form();
    let form = form.ok_or_else(|| Problem::unsupported(&CANNOT_SIGN_IN))?;
    Ok(Json(FormJson {
        about: form.about,
        fields: form
            .fields
            .into_iter()
            .map(|field| FieldJson {
                key: field.key,
                label: field.label,
                kind: match field.kind {
                    SignInFieldKind::Email => "email",
                    SignInFieldKind::Password => "password",
                    SignInFieldKind::OneTimeCode => "one_time_code",
                    SignInFieldKind::Captcha => "captcha",
                },
                picture: field.picture,
                optional: field.is_optional,
            })
            .collect(),
    }))
}

/// Signs in with the answers to the form. `pending` if the form now has another step, such as the code of a
/// second factor.
#[utoipa::path(post, path = "/api/v1/drives/{drive}/sign-in/form", tag = "account",
    params(("drive" = String, Path)), request_body = AnswersJson,
    responses((status = 200, body = StateJson)))]
pub(in crate::web) async fn by_form(
    State(site): State<AppState>,
    Path(drive): Path<String>,
    body: MaybeJson<AnswersJson>,
) -> Result<Json<StateJson>, Problem> {
    let place = read_place(&drive)?;
    let AnswersJson { answers } = read(body)?;
    let state = with_form(&site, &place, &answers).await?;
    Ok(Json(StateJson {
        state: state_word(state),
    }))
}

/// Signs a drive out and deletes its session.
#[utoipa::path(post, path = "/api/v1/drives/{drive}/sign-out", tag = "account",
    params(("drive" = String, Path)), responses((status = 204, description = "Signed out")))]
pub(in crate::web) async fn sign_out(
    State(site): State<AppState>,
    Path(drive): Path<String>,
) -> Result<StatusCode, Problem> {
    leave(&site, &read_place(&drive)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins a sign-in by another device. Also used by pages.
pub(in crate::web) async fn begin(site: &AppState, place: &Place) -> Result<SignInView, Problem> {
    signs_in(&site.library.drive(place)?)?;
    let mut random = [0u8; 16];
    getrandom::fill(&mut random).map_err(|error| {
        tracing::error!(%error, "no random numbers");
        Problem::INTERNAL
    })?;
    let id = data_encoding::BASE64URL_NOPAD.encode(&random);
    site.sign_ins
        .begin(&site.library, place, id)
        .await
        .map_err(sign_in_problem)
}

/// Signs in with a code. Also used by pages.
pub(in crate::web) async fn with_code(
    site: &AppState,
    place: &Place,
    code: &SecretString,
) -> Result<(), Problem> {
    let drive = site.library.drive(place)?;
    let sign_in = signs_in(&drive)?;
    let ways = sign_in.ways();
    let result = sign_in.with_code(code).await;
    site.library.invalidate_place(place).await;
    // If the drive accepts both, only an input that is not a cookie is treated as a code.
    let is_cookie = ways.cookie && (!ways.code || code.expose_secret().contains('='));
    result.map_err(|error| match error.kind {
        ErrorKind::BadRequest | ErrorKind::SignedOut if is_cookie => {
            Problem::from(error).with_words(&COOKIE_REFUSED)
        }
        // The upstream's answers to a code that is unknown or has expired.
        ErrorKind::BadRequest | ErrorKind::NotFound | ErrorKind::Gone | ErrorKind::Expired => {
            Problem::from(error).with_words(&CODE_REFUSED)
        }
        _ => sign_in_problem(error),
    })
}

/// Signs in with the answers to the form. Also used by pages.
pub(in crate::web) async fn with_form(
    site: &AppState,
    place: &Place,
    answers: &BTreeMap<String, SecretString>,
) -> Result<SignInState, Problem> {
    let drive = site.library.drive(place)?;
    let result = signs_in(&drive)?.answer(answers).await;
    site.library.invalidate_place(place).await;
    result.map_err(|error| match error.kind {
        ErrorKind::Unsupported => Problem::from(error).with_words(&CANNOT_SIGN_IN),
        _ => Problem::from(error),
    })
}

/// Signs out. Also used by pages.
pub(in crate::web) async fn leave(site: &AppState, place: &Place) -> Result<(), Problem> {
    let drive = site.library.drive(place)?;
    let result = signs_in(&drive)?.sign_out().await;
    site.library.invalidate_place(place).await;
    Ok(result?)
}

fn signs_in(drive: &SharedDrive) -> Result<SignInCalls<'_>, Problem> {
    drive
        .sign_in()
        .ok_or_else(|| Problem::unsupported(&CANNOT_SIGN_IN))
}

/// Maps a sign-in error to a problem with its own texts.
pub(in crate::web) fn sign_in_problem(error: DriveError) -> Problem {
    match error.kind {
        ErrorKind::Unsupported => Problem::from(error).with_words(&CANNOT_SIGN_IN),
        // An expired session comes with its own sentence.
        ErrorKind::SignedOut if error.sentence.is_some() => {
            Problem::from(error).with_words(&COOKIE_REFUSED)
        }
        ErrorKind::BadRequest | ErrorKind::SignedOut => {
            Problem::from(error).with_words(&KEYS_REFUSED)
        }
        ErrorKind::UpstreamFailed | ErrorKind::UpstreamTimeout => {
            let mut problem = Problem::from(error);
            problem.sentence = problem.sentence.or(Some(UNREACHABLE));
            problem
        }
        _ => Problem::from(error),
    }
}

/// The most likely cause if a drive that is being connected does not answer.
const UNREACHABLE: &str = "Nothing that is such a drive answers at its address. Check the address and the network; one in a \
    private network must be named in network.allow_hosts of the config.";
