//! The second factor of the password: sets it up, shows recovery codes once, and switches it off.

use askama::Template;
use axum::Form;
use axum::extract::Extension;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::layout::PageLayout;
use super::login::{refusal_words, with_wait};
use super::page_context::{NavItem, PageContext, render};
use crate::web::auth::{AuthError, SecondFactorState, TotpOffer, totp_offer};
use crate::web::client::ClientInfo;
use crate::web::error::Problem;
use crate::web::qr;

/// `/sessions/second-factor`
#[derive(Template)]
#[template(path = "second_factor.html")]
pub struct SecondFactorPage {
    pub layout: PageLayout,
    /// True if signing in requires a code.
    pub is_on: bool,
    /// Number of recovery codes that were not used yet.
    pub codes_left: i64,
    /// Recovery codes that were just made, which are shown this once.
    pub codes: Vec<String>,
    /// A new secret; `None` if there is a second factor already, or none is offered.
    pub offer: Option<OfferView>,
    /// Action URL of the form that sets it up: `password`, `secret` and `code`.
    pub action: String,
    /// Action URL of the form that changes it: `password`, `code` and `act`.
    pub change: String,
    /// The page of the sessions.
    pub back: String,
    /// A sentence about the failure of the last attempt.
    pub problem: Option<String>,
}

/// A secret for an authenticator app.
pub struct OfferView {
    /// The QR code as a data URL.
    pub picture: Option<String>,
    pub secret: String,
    pub url: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct SetUpForm {
    password: SecretString,
    secret: SecretString,
    code: SecretString,
}

#[derive(Deserialize)]
pub(in crate::web) struct ChangeForm {
    password: SecretString,
    code: SecretString,
    act: SecondFactorChange,
}

/// A change of the second factor.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SecondFactorChange {
    /// Makes new recovery codes.
    Codes,
    /// Switches it off.
    Off,
}

/// Shows the state, with a new secret if there is none.
pub(in crate::web) async fn show(context: PageContext) -> Response {
    let site = &context.site;
    let offer = match site.auth.second_factor_state() {
        SecondFactorState::Off => site.auth.offer_totp(&host(&context)).map(Some),
        SecondFactorState::On | SecondFactorState::NotOffered => Ok(None),
    };
    match offer {
        Ok(offer) => answer(&context, offer, Vec::new(), None).await,
        Err(refusal) => context.problem(&refusal.into()),
    }
}

/// Sets the second factor up, and shows its recovery codes.
pub(in crate::web) async fn set_up(
    context: PageContext,
    Extension(client): Extension<ClientInfo>,
    Form(form): Form<SetUpForm>,
) -> Response {
    let site = &context.site;
    if site.auth.second_factor_state() != SecondFactorState::Off {
        return Redirect::to(&site.urls.local("/sessions/second-factor")).into_response();
    }
    let Some(offer) = totp_offer(form.secret.expose_secret(), &host(&context)) else {
        return context.problem(&Problem::bad_request("That is not a secret of this page."));
    };
    let made = site.auth.set_up_totp(
        &form.password,
        &form.secret,
        &form.code,
        client,
        context.headers(),
    );
    match made.await {
        Ok((codes, cookie)) => {
            let mut response = answer(&context, None, codes, None).await;
            response.headers_mut().append(header::SET_COOKIE, cookie);
            response
        }
        Err(refusal) => answer(&context, Some(offer), Vec::new(), Some(refusal)).await,
    }
}

/// Makes new recovery codes, or switches the second factor off.
pub(in crate::web) async fn change(
    context: PageContext,
    Extension(client): Extension<ClientInfo>,
    Form(form): Form<ChangeForm>,
) -> Response {
    let site = &context.site;
    let (auth, from) = (&site.auth, client.ip);
    let changed = match form.act {
        SecondFactorChange::Codes => {
            auth.renew_recovery_codes(&form.password, &form.code, from)
                .await
        }
        SecondFactorChange::Off => auth
            .remove_totp(&form.password, &form.code, from)
            .await
            .map(|()| Vec::new()),
    };
    match changed {
        Ok(codes) if codes.is_empty() => {
            Redirect::to(&site.urls.local("/sessions")).into_response()
        }
        Ok(codes) => answer(&context, None, codes, None).await,
        Err(refusal) => answer(&context, None, Vec::new(), Some(refusal)).await,
    }
}

/// Returns the name of this server in the app: its host.
fn host(context: &PageContext) -> String {
    let origin = context.site.urls.origin(context.headers());
    let url = Url::parse(&origin).ok();
    let host = url.as_ref().and_then(Url::host_str);
    host.unwrap_or("home").to_owned()
}

async fn answer(
    context: &PageContext,
    offer: Option<TotpOffer>,
    codes: Vec<SecretString>,
    refusal: Option<AuthError>,
) -> Response {
    let words = match refusal
        .as_ref()
        .map(|refusal| refusal_words(context, refusal))
    {
        Some(Some((status, words))) => Some((status, words)),
        None => None,
        Some(None) => {
            let problem = refusal.map_or(Problem::INTERNAL, Problem::from);
            return context.problem(&problem);
        }
    };
    let codes_left = match context.site.auth.recovery_codes_left().await {
        Ok(left) => left,
        Err(refusal) => return context.problem(&refusal.into()),
    };
    let local = |path: &str| context.site.urls.local(path);
    let status = words.as_ref().map_or(StatusCode::OK, |(status, _)| *status);
    let page = SecondFactorPage {
        layout: context.layout(context.text("common-two-step-sign-in"), NavItem::Sessions),
        is_on: context.site.auth.second_factor_state() == SecondFactorState::On,
        codes_left,
        codes: codes
            .iter()
            .map(|code| code.expose_secret().to_owned())
            .collect(),
        offer: offer.map(|offer| OfferView {
            picture: qr::data_url(offer.url.expose_secret()),
            secret: offer.secret.expose_secret().to_owned(),
            url: offer.url.expose_secret().to_owned(),
        }),
        action: local("/sessions/second-factor"),
        change: local("/sessions/second-factor/change"),
        back: local("/sessions"),
        problem: words.map(|(_, words)| words),
    };
    let mut response = render(status, &page);
    // The page contains secrets.
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    match refusal {
        Some(refusal) => with_wait(response, &refusal),
        None => response,
    }
}
