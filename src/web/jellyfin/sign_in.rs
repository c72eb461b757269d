//! Signing in: a viewer's name with the owner's password, the viewer's PIN or a device's ticket. The app becomes a device
//! of the page “Devices”.

use std::sync::Arc;
use std::time::SystemTime;

use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use serde_json::json;

use super::request::AppCall;
use super::session::{AppIdentity, AppSession};
use super::system::user_json;
use super::viewers::viewer_by_name;
use crate::playback::ticket::{Scope, Ticket, TicketId};
use crate::store::{AppDevice, StoredTicket, TicketKind, Viewer};
use crate::web::auth::AuthError;
use crate::web::error::Problem;
use crate::web::tickets::{self, TicketRequest};
use media::{TicketLimits, ViewerId};

/// The rights that a credential opens.
pub(super) struct AppGrant {
    pub viewer: Arc<Viewer>,
    pub scope: Scope,
    pub ends_at: Option<SystemTime>,
    /// The ticket that was the password; `None` for a password, a PIN or a code.
    pub parent: Option<TicketId>,
}

/// `POST /Users/AuthenticateByName`
pub(super) async fn by_name(call: &AppCall) -> Result<Response, Problem> {
    let name = call.text("username").unwrap_or_default();
    let password = call.text("pw").or(call.text("password"));
    let viewer = viewer_by_name(&call.site, name);
    let grant = verify(call, viewer, password.unwrap_or_default()).await?;
    finish(call, AppIdentity::of(&call.headers), grant).await
}

/// Verifies the credential of a viewer. An unknown name takes as long as a wrong password, and counts as one.
async fn verify(
    call: &AppCall,
    viewer: Option<Arc<Viewer>>,
    password: &str,
) -> Result<AppGrant, Problem> {
    let site = &call.site;
    let ticket = site.tickets.verify(password, SystemTime::now());
    if let (Ok(ticket), Some(viewer)) = (ticket, &viewer) {
        return by_ticket(call, viewer, ticket).await;
    }
    let password = SecretString::from(password);
    if !has_pin(call, viewer.as_deref(), &password).await? {
        let auth = &site.auth;
        // Its replies may be read by any page, which would sign in to a server without a password by itself.
        if auth.is_open_to(&call.headers) && is_of_another_site(&call.headers) {
            return Err(NEEDS_PASSWORD);
        }
        let verified = auth.verify_password(&password, call.client.ip, &call.headers);
        verified.await?;
    }
    Ok(AppGrant {
        viewer: viewer.ok_or(Problem::UNAUTHORIZED)?,
        scope: Scope::Everything,
        ends_at: None,
        parent: None,
    })
}

const NEEDS_PASSWORD: Problem = Problem {
    sentence: Some("An app inside of a web page can sign in once this server has a password."),
    ..Problem::FORBIDDEN
};

/// Returns true if a page of another site made a request: by `Sec-Fetch-Site`, or by an `Origin` that is not the host.
fn is_of_another_site(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).map(HeaderValue::as_bytes);
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return site != b"same-origin" && site != b"none";
    }
    let Some(origin) = text(header::ORIGIN) else {
        return false;
    };
    let own = text(header::HOST).unwrap_or_default();
    let host = origin.split(|byte| *byte == b'/').nth(2);
    host != Some(own)
}

/// Returns true if this is the PIN of a viewer. A server that needs no password still needs the PIN.
async fn has_pin(
    call: &AppCall,
    viewer: Option<&Viewer>,
    pin: &SecretString,
) -> Result<bool, Problem> {
    let Some(hash) = viewer.and_then(|viewer| viewer.pin_hash.as_deref()) else {
        return Ok(false);
    };
    let auth = &call.site.auth;
    if viewer.is_some_and(|viewer| viewer.id == ViewerId::OWNER) && auth.needs_code() {
        // Four digits must not open what the password does not open alone.
        return Ok(false);
    }
    match auth.check_pin(pin.clone(), hash, call.client.ip).await {
        Ok(()) => Ok(true),
        Err(AuthError::Wrong | AuthError::Wait(_)) if !auth.is_open_to(&call.headers) => Ok(false),
        Err(refusal) => Err(refusal.into()),
    }
}

/// Grants what a device's ticket opens to its own viewer. Those of guests are for single players, and not for an app with
/// a history.
async fn by_ticket(
    call: &AppCall,
    viewer: &Arc<Viewer>,
    ticket: Ticket,
) -> Result<AppGrant, Problem> {
    let known = tickets::all(&call.site).await?;
    let is_device = known
        .iter()
        .any(|known| known.id == ticket.id.0 && known.kind == TicketKind::Device);
    // An app has no limits of its own.
    let is_limited = ticket.limits != TicketLimits::default();
    if !is_device || is_limited || ticket.viewer != viewer.id {
        return Err(Problem::UNAUTHORIZED);
    }
    Ok(AppGrant {
        viewer: viewer.clone(),
        scope: ticket.scope,
        ends_at: ticket.ends_at,
        parent: Some(ticket.id),
    })
}

/// Makes the app a device, or finds it among the devices, and answers with its token.
pub(super) async fn finish(
    call: &AppCall,
    app: AppIdentity,
    grant: AppGrant,
) -> Result<Response, Problem> {
    let site = &call.site;
    let token = match known_device(call, &app, &grant).await? {
        Some(token) => token,
        None => new_device(call, app, grant).await?,
    };
    let session = AppSession::of_token(site, &token).await?;
    let live = site.jellyfin.live.touch(&session, call.client.ip);
    Ok(Json(json!({
        "User": user_json(site, &session),
        "SessionInfo": live.json(site),
        "AccessToken": token,
        "ServerId": site.jellyfin.server_id,
    }))
    .into_response())
}

/// Returns the token of an app that signed in on this device before, with the same rights; `None` if there is none.
async fn known_device(
    call: &AppCall,
    app: &AppIdentity,
    grant: &AppGrant,
) -> Result<Option<String>, Problem> {
    let site = &call.site;
    if app.device_id.is_empty() {
        return Ok(None);
    }
    let known = site.store.app_devices(Some(&app.device_id)).await?;
    let stored = tickets::all(site).await?;
    let parent = grant.parent.map(|id| id.0);
    for device in known {
        if device.app != app.app || device.parent != parent {
            continue;
        }
        let ticket = stored.iter().find(|ticket| ticket.id == device.ticket);
        let Some(token) = ticket.and_then(|ticket| same_token(call, ticket, grant)) else {
            continue;
        };
        store_device(call, app, device.ticket, grant).await?;
        return Ok(Some(token));
    }
    Ok(None)
}

/// Returns the token of a stored ticket if it has the rights of a grant; `None` if it has others, or its key changed.
fn same_token(call: &AppCall, stored: &StoredTicket, grant: &AppGrant) -> Option<String> {
    let is_same = stored.scope == grant.scope.to_text()
        && stored.ends_at == grant.ends_at
        && stored.viewer == Some(grant.viewer.id);
    let ticket = Ticket::new(TicketId(stored.id), grant.scope.clone())
        .until(grant.ends_at)
        .for_viewer(grant.viewer.id);
    let (token, key) = call.site.tickets.sign(&ticket);
    (is_same && key == stored.key).then_some(token)
}

async fn new_device(call: &AppCall, app: AppIdentity, grant: AppGrant) -> Result<String, Problem> {
    let wanted = TicketRequest {
        kind: TicketKind::Device,
        name: format!("{} ({})", app.device, app.app),
        scope: grant.scope.clone(),
        ends_at: grant.ends_at,
        prefers_hls: false,
        viewer: grant.viewer.id,
        limits: TicketLimits::default(),
    };
    let made = tickets::make(&call.site, wanted).await?;
    store_device(call, &app, made.stored.id, &grant).await?;
    Ok(made.text)
}

async fn store_device(
    call: &AppCall,
    app: &AppIdentity,
    ticket: [u8; 8],
    grant: &AppGrant,
) -> Result<(), Problem> {
    let device = AppDevice {
        ticket,
        app: app.app.clone(),
        app_version: app.version.clone(),
        device: app.device.clone(),
        device_id: app.device_id.clone(),
        parent: grant.parent.map(|id| id.0),
        scope: grant.scope.to_text(),
    };
    let site = &call.site;
    site.store.put_app_device(&device).await?;
    site.jellyfin.devices.invalidate(&ticket).await;
    Ok(())
}

/// `POST /Sessions/Logout`
pub(super) async fn sign_out(call: &AppCall, session: &AppSession) -> Result<Response, Problem> {
    tickets::revoke(&call.site, session.ticket.id).await?;
    call.site
        .jellyfin
        .devices
        .invalidate(&session.ticket.id.0)
        .await;
    call.site.jellyfin.live.remove(session.ticket.id);
    Ok(StatusCode::NO_CONTENT.into_response())
}
