//! Passkeys of the owner are added by two calls, between which the browser asks the device.

use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use super::files::{MaybeJson, read};
use crate::web::AppState;
use crate::web::auth::{AuthError, PasskeyError, PasskeySite};
use crate::web::client::ClientInfo;
use crate::web::error::Problem;
use crate::web::pages::sessions::is_name;

/// The proof that the owner adds a passkey.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = PasskeyBegin)]
pub(in crate::web) struct PasskeyBeginJson {
    /// The owner's password, where there is one.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    password: SecretString,
    /// A code of the authenticator app or a recovery code, where the password needs one.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    code: SecretString,
}

/// A new passkey.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = NewPasskey)]
pub(in crate::web) struct NewPasskeyJson {
    /// The owner's name for it.
    name: String,
    /// The browser's answer: a `RegistrationResponseJSON` of WebAuthn.
    #[schema(value_type = Object)]
    credential: Value,
}

/// Begins to add a passkey: answers with `PublicKeyCredentialCreationOptionsJSON` of WebAuthn, and a cookie that the call after
/// it requires.
#[utoipa::path(post, path = "/api/v1/passkeys/begin", tag = "passkeys", request_body = PasskeyBeginJson,
    responses((status = 200, description = "Options for the browser", body = Object)))]
pub(in crate::web) async fn begin(
    State(site): State<AppState>,
    Extension(client): Extension<ClientInfo>,
    headers: HeaderMap,
    body: MaybeJson<PasskeyBeginJson>,
) -> Result<Response, Problem> {
    let proof = read(body)?;
    let passkey_site = passkey_site(&site, &headers)?;
    let (password, code) = (&proof.password, &proof.code);
    let begun = site
        .auth
        .begin_passkey(&passkey_site, password, code, client);
    let (options, cookie) = begun.await?;
    Ok(options_reply(options, cookie))
}

/// Adds a passkey.
#[utoipa::path(post, path = "/api/v1/passkeys", tag = "passkeys", request_body = NewPasskeyJson,
    responses((status = 204, description = "It was added")))]
pub(in crate::web) async fn add(
    State(site): State<AppState>,
    headers: HeaderMap,
    body: MaybeJson<NewPasskeyJson>,
) -> Result<StatusCode, Problem> {
    let new = read(body)?;
    let passkey_site = passkey_site(&site, &headers)?;
    let name = new.name.trim();
    if !is_name(name) {
        return Err(NO_NAME);
    }
    let answer = new.credential.to_string();
    site.auth
        .add_passkey(&passkey_site, name, answer.as_bytes(), &headers)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(in crate::web) const NO_NAME: Problem =
    Problem::bad_request("Give the passkey a name, so that you know it again.");

/// The explanation where browsers offer no passkeys.
pub(in crate::web) const OBSTACLE: &str = "Browsers offer passkeys for https and a host name only, and for localhost. Set public_url to the \
     https address of this server, or open it as localhost in place of an IP.";

/// Returns the site of a request's passkeys.
///
/// # Errors
///
/// None are offered, or browsers offer none at this origin.
pub(in crate::web) fn passkey_site(
    site: &AppState,
    headers: &HeaderMap,
) -> Result<PasskeySite, Problem> {
    if !site.auth.offers_passkeys() {
        return Err(Problem::NOT_FOUND);
    }
    PasskeySite::of(&site.urls.origin(headers)).ok_or(Problem::bad_request(OBSTACLE))
}

/// Returns the reply with options for the browser.
pub(in crate::web) fn options_reply(options: Vec<u8>, cookie: HeaderValue) -> Response {
    let head = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::SET_COOKIE, cookie),
    ];
    (head, options).into_response()
}

impl From<PasskeyError> for Problem {
    fn from(refusal: PasskeyError) -> Self {
        let sentence = match refusal {
            PasskeyError::NotBegun => {
                "That was not begun in this browser, or took too long. Begin it again."
            }
            PasskeyError::NotValid => {
                "The answer of the passkey is not valid here. Begin it again."
            }
            PasskeyError::Unknown => {
                "This server does not have that passkey; it may have been removed."
            }
            PasskeyError::TooMany => "There are too many passkeys. Remove one first.",
            PasskeyError::Refused(AuthError::Wrong | AuthError::WrongCode) => {
                "Password or code are wrong, or the code was used before. Try once more."
            }
            PasskeyError::Refused(refusal) => return refusal.into(),
        };
        Problem {
            sentence: Some(sentence),
            ..Problem::FORBIDDEN
        }
    }
}
