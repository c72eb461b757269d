//! Quick Connect: an app shows six digits, and the owner types them on the page “Devices”.

use std::net::IpAddr;
use std::time::{Duration, Instant, SystemTime};

use axum::Json;
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use parking_lot::Mutex;
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use super::item_json::date;
use super::request::AppCall;
use super::session::AppIdentity;
use super::sign_in::{self, AppGrant};
use crate::playback::ticket::Scope;
use crate::web::auth::network;
use crate::web::error::Problem;
use media::ViewerId;

/// Lifetime of a code.
const CODE_TTL: Duration = Duration::from_secs(300);

/// Limit of codes that wait.
const MAX_CODES: usize = 500;

/// Limit of codes that wait for one network, so that a stranger cannot use up all of them.
const MAX_CODES_PER_NETWORK: usize = 10;

/// The codes that wait for the owner or for their app.
#[derive(Default)]
pub(super) struct PendingCodes(Mutex<Vec<PendingCode>>);

#[derive(Clone)]
struct PendingCode {
    code: String,
    /// By which the app asks for the outcome.
    secret: String,
    app: AppIdentity,
    from: IpAddr,
    made: Instant,
    made_at: SystemTime,
    /// The viewer that the owner chose; `None` before the approval.
    viewer: Option<ViewerId>,
}

impl PendingCodes {
    /// Makes a code.
    ///
    /// # Errors
    ///
    /// Too many codes wait already.
    fn make(&self, app: AppIdentity, from: IpAddr, now: Instant) -> Result<PendingCode, Problem> {
        let mut codes = self.0.lock();
        codes.retain(|code| now.duration_since(code.made) < CODE_TTL);
        let from = network(from);
        let of_network = codes.iter().filter(|code| code.from == from).count();
        if codes.len() >= MAX_CODES || of_network >= MAX_CODES_PER_NETWORK {
            return Err(Problem {
                retry_after: Some(CODE_TTL / 10),
                ..Problem::TOO_MANY_ATTEMPTS
            });
        }
        let mut secret = [0u8; 32];
        getrandom::fill(&mut secret).map_err(|_| Problem::INTERNAL)?;
        let code = loop {
            let code = six_digits()?;
            if codes.iter().all(|other| other.code != code) {
                break code;
            }
        };
        let made = PendingCode {
            code,
            secret: HEXLOWER.encode(&secret),
            app,
            from,
            made: now,
            made_at: SystemTime::now(),
            viewer: None,
        };
        codes.push(made.clone());
        Ok(made)
    }

    /// Approves a code. Returns the name of its app; `None` if there is no such code.
    fn approve(&self, code: &str, viewer: ViewerId, now: Instant) -> Option<String> {
        let mut codes = self.0.lock();
        codes.retain(|code| now.duration_since(code.made) < CODE_TTL);
        let found = codes
            .iter_mut()
            .find(|known| known.code == code && known.viewer.is_none())?;
        found.viewer = Some(viewer);
        Some(found.app.app.clone())
    }

    /// Returns the code of a secret; `None` if it has expired.
    fn of_secret(&self, secret: &str, now: Instant) -> Option<PendingCode> {
        let codes = self.0.lock();
        let mut fresh = codes
            .iter()
            .filter(|code| now.duration_since(code.made) < CODE_TTL);
        fresh
            .rfind(|code| code.secret.as_bytes().ct_eq(secret.as_bytes()).into())
            .cloned()
    }

    /// Takes an approved code; `None` if there is none of this secret.
    fn take_approved(&self, secret: &str, now: Instant) -> Option<PendingCode> {
        let found = self.of_secret(secret, now)?;
        found.viewer.as_ref()?;
        let mut codes = self.0.lock();
        let before = codes.len();
        codes.retain(|code| code.code != found.code);
        (codes.len() < before).then_some(found)
    }
}

fn six_digits() -> Result<String, Problem> {
    let mut random = [0u8; 8];
    getrandom::fill(&mut random).map_err(|_| Problem::INTERNAL)?;
    Ok(format!("{:06}", u64::from_be_bytes(random) % 1_000_000))
}

/// Approves the code that the owner typed. Returns the name of the app; `None` if there is no such code.
pub(in crate::web) fn approve(
    codes: &super::Jellyfin,
    typed: &str,
    viewer: ViewerId,
) -> Option<String> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    codes.codes.approve(&digits, viewer, Instant::now())
}

/// `POST /QuickConnect/Initiate`
pub(super) fn initiate(call: &AppCall) -> Result<Response, Problem> {
    let app = AppIdentity::of(&call.headers);
    let codes = &call.site.jellyfin.codes;
    let made = codes.make(app, call.client.ip, Instant::now())?;
    Ok(Json(json(&made)).into_response())
}

/// `GET /QuickConnect/Connect`
pub(super) fn state(call: &AppCall) -> Result<Response, Problem> {
    let secret = call.text("secret").unwrap_or_default();
    let found = call.site.jellyfin.codes.of_secret(secret, Instant::now());
    let found = found.ok_or(Problem::NOT_FOUND)?;
    Ok(Json(json(&found)).into_response())
}

/// `POST /Users/AuthenticateWithQuickConnect`
pub(super) async fn sign_in(call: &AppCall) -> Result<Response, Problem> {
    let secret = call.text("secret").unwrap_or_default();
    let approved = call
        .site
        .jellyfin
        .codes
        .take_approved(secret, Instant::now());
    let approved = approved.ok_or(Problem::UNAUTHORIZED)?;
    let viewer = approved.viewer.and_then(|id| call.site.viewers.get(id));
    let grant = AppGrant {
        viewer: viewer.ok_or(Problem::UNAUTHORIZED)?,
        scope: Scope::Everything,
        ends_at: None,
        parent: None,
    };
    sign_in::finish(call, approved.app, grant).await
}

fn json(code: &PendingCode) -> Value {
    json!({
        "Authenticated": code.viewer.is_some(),
        "Secret": code.secret,
        "Code": code.code,
        "DeviceId": code.app.device_id,
        "DeviceName": code.app.device,
        "AppName": code.app.app,
        "AppVersion": code.app.version,
        "DateAdded": date(code.made_at.into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> AppIdentity {
        AppIdentity::of(&axum::http::HeaderMap::new())
    }

    #[test]
    fn a_code_works_once_for_five_minutes_and_only_after_its_approval() {
        let (codes, now) = (PendingCodes::default(), Instant::now());
        let home: IpAddr = "192.168.1.2".parse().unwrap();
        let made = codes.make(app(), home, now).unwrap();
        assert_eq!(made.code.len(), 6);
        assert!(codes.take_approved(&made.secret, now).is_none());
        assert_eq!(codes.approve("1234567", ViewerId::OWNER, now), None);
        assert_eq!(
            codes.approve(&made.code, ViewerId::OWNER, now).as_deref(),
            Some("App")
        );
        assert_eq!(
            codes.approve(&made.code, ViewerId::OWNER, now),
            None,
            "twice"
        );
        assert!(codes.of_secret(&made.secret, now).unwrap().viewer.is_some());
        assert!(codes.take_approved(&made.secret, now).is_some());
        assert!(codes.take_approved(&made.secret, now).is_none(), "twice");
        let late = codes.make(app(), home, now).unwrap();
        assert_eq!(
            codes.approve(&late.code, ViewerId::OWNER, now + CODE_TTL),
            None
        );
        assert!(codes.of_secret(&late.secret, now + CODE_TTL).is_none());
    }

    #[test]
    fn a_stranger_cannot_use_up_the_codes() {
        let (codes, now) = (PendingCodes::default(), Instant::now());
        let stranger: IpAddr = "203.0.113.9".parse().unwrap();
        for _ in 0..MAX_CODES_PER_NETWORK {
            codes.make(app(), stranger, now).unwrap();
        }
        assert!(codes.make(app(), stranger, now).is_err());
        assert!(
            codes
                .make(app(), "192.168.1.2".parse().unwrap(), now)
                .is_ok()
        );
        assert!(codes.make(app(), stranger, now + CODE_TTL).is_ok());
    }
}
