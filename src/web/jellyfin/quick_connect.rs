//! Quick Connect: an app shows six digits, and the owner types them on the page “Devices”.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use axum::Json;
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::item_json::date;
use super::request::AppCall;
use super::session::AppIdentity;
use super::sign_in::{self, AppGrant};
use crate::playback::ticket::Scope;
use crate::store::{PendingKind, Store};
use crate::web::AppState;
use crate::web::auth::network;
use crate::web::error::Problem;
use media::ViewerId;

/// Lifetime of a code.
const CODE_TTL: Duration = Duration::from_secs(300);

/// Limit of codes that wait.
const MAX_CODES: usize = 500;

/// Limit of codes that wait for one network, so that a stranger cannot use up all of them.
const MAX_CODES_PER_NETWORK: usize = 10;

/// Attempts to find a code that no other app shows.
const MAX_ATTEMPTS: u32 = 20;

/// The codes that wait for the owner or for their app. They are in the state, where each server finds them.
struct PendingCodes<'s>(&'s Store);

/// A code, as it is stored under its six digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PendingCode {
    /// SHA-256 of the secret by which the app asks for the outcome, in hexadecimal digits.
    secret: String,
    app: AppIdentity,
    from: IpAddr,
    made_at_ms: u64,
    /// The viewer that the owner chose; `None` before the approval.
    viewer: Option<String>,
}

/// A code and its digits.
struct FoundCode {
    digits: String,
    /// As it is stored.
    text: String,
    code: PendingCode,
}

impl PendingCodes<'_> {
    /// Makes a code. Returns it with its secret.
    ///
    /// # Errors
    ///
    /// Too many codes wait already, or the state cannot be written.
    async fn make(
        &self,
        app: AppIdentity,
        from: IpAddr,
        now: SystemTime,
    ) -> Result<(FoundCode, String), Problem> {
        let from = network(from);
        let all = self.all(now).await?;
        let of_network = all.iter().filter(|found| found.code.from == from).count();
        if all.len() >= MAX_CODES || of_network >= MAX_CODES_PER_NETWORK {
            return Err(Problem {
                retry_after: Some(CODE_TTL / 10),
                ..Problem::TOO_MANY_ATTEMPTS
            });
        }
        let mut secret = [0u8; 32];
        getrandom::fill(&mut secret).map_err(|_| Problem::INTERNAL)?;
        let secret = HEXLOWER.encode(&secret);
        let since_epoch = now.duration_since(SystemTime::UNIX_EPOCH);
        let code = PendingCode {
            secret: hash(&secret),
            app,
            from,
            made_at_ms: since_epoch.unwrap_or_default().as_millis() as u64,
            viewer: None,
        };
        let text = code.to_text()?;
        for _ in 0..MAX_ATTEMPTS {
            let digits = six_digits()?;
            let until = (now, now + CODE_TTL);
            let stored = self
                .0
                .put_pending(PendingKind::AppCode, &digits, &text, until);
            if stored.await? {
                let found = FoundCode { digits, text, code };
                return Ok((found, secret));
            }
        }
        Err(Problem::INTERNAL)
    }

    /// Approves a code. Returns false if there is no such code.
    async fn approve(
        &self,
        digits: &str,
        viewer: ViewerId,
        now: SystemTime,
    ) -> Result<bool, Problem> {
        let text = self.0.pending(PendingKind::AppCode, digits, now);
        let Some(text) = text.await? else {
            return Ok(false);
        };
        let Some(code) = PendingCode::parse(&text).filter(|code| code.viewer.is_none()) else {
            return Ok(false);
        };
        let approved = PendingCode {
            viewer: Some(viewer.to_string()),
            ..code
        };
        let approved = approved.to_text()?;
        self.0
            .replace_pending(PendingKind::AppCode, digits, (&text, &approved))
            .await
            .map_err(Problem::from)
    }

    /// Returns the code of a secret; `None` if it has expired.
    async fn of_secret(&self, secret: &str, now: SystemTime) -> Result<Option<FoundCode>, Problem> {
        let hash = hash(secret);
        let all = self.all(now).await?;
        Ok(all.into_iter().find(|found| found.code.secret == hash))
    }

    /// Takes an approved code; `None` if there is none of this secret.
    async fn take_approved(
        &self,
        secret: &str,
        now: SystemTime,
    ) -> Result<Option<PendingCode>, Problem> {
        let found = self.of_secret(secret, now).await?;
        let Some(found) = found.filter(|found| found.code.viewer.is_some()) else {
            return Ok(None);
        };
        let taken = self
            .0
            .take_pending(PendingKind::AppCode, &found.digits, &found.text);
        Ok(taken.await?.then_some(found.code))
    }

    async fn all(&self, now: SystemTime) -> Result<Vec<FoundCode>, Problem> {
        let rows = self.0.all_pending(PendingKind::AppCode, now).await?;
        Ok(rows
            .into_iter()
            .filter_map(|(digits, text)| {
                let code = PendingCode::parse(&text)?;
                Some(FoundCode { digits, text, code })
            })
            .collect())
    }
}

impl PendingCode {
    fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    fn to_text(&self) -> Result<String, Problem> {
        serde_json::to_string(self).map_err(|_| Problem::INTERNAL)
    }
}

fn hash(secret: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(secret))
}

fn six_digits() -> Result<String, Problem> {
    let mut random = [0u8; 8];
    getrandom::fill(&mut random).map_err(|_| Problem::INTERNAL)?;
    Ok(format!("{:06}", u64::from_be_bytes(random) % 1_000_000))
}

/// Approves the code that the owner typed. Returns false if there is no such code.
///
/// # Errors
///
/// The state cannot be read or written.
pub(in crate::web) async fn approve(
    site: &AppState,
    typed: &str,
    viewer: ViewerId,
) -> Result<bool, Problem> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let codes = PendingCodes(&site.store);
    codes.approve(&digits, viewer, SystemTime::now()).await
}

/// `POST /QuickConnect/Initiate`
pub(super) async fn initiate(call: &AppCall) -> Result<Response, Problem> {
    let app = AppIdentity::of(&call.headers);
    let codes = PendingCodes(&call.site.store);
    let (made, secret) = codes.make(app, call.client.ip, SystemTime::now()).await?;
    Ok(Json(json(&made, &secret)).into_response())
}

/// `GET /QuickConnect/Connect`
pub(super) async fn state(call: &AppCall) -> Result<Response, Problem> {
    let secret = call.text("secret").unwrap_or_default();
    let codes = PendingCodes(&call.site.store);
    let found = codes.of_secret(secret, SystemTime::now()).await?;
    let found = found.ok_or(Problem::NOT_FOUND)?;
    Ok(Json(json(&found, secret)).into_response())
}

/// `POST /Users/AuthenticateWithQuickConnect`
pub(super) async fn sign_in(call: &AppCall) -> Result<Response, Problem> {
    let secret = call.text("secret").unwrap_or_default();
    let codes = PendingCodes(&call.site.store);
    let approved = codes.take_approved(secret, SystemTime::now()).await?;
    let approved = approved.ok_or(Problem::UNAUTHORIZED)?;
    let viewer = approved.viewer.as_deref().and_then(ViewerId::parse);
    let viewer = viewer.and_then(|id| call.site.viewers.get(id));
    let grant = AppGrant {
        viewer: viewer.ok_or(Problem::UNAUTHORIZED)?,
        scope: Scope::Everything,
        ends_at: None,
        parent: None,
    };
    sign_in::finish(call, approved.app, grant).await
}

fn json(found: &FoundCode, secret: &str) -> Value {
    let code = &found.code;
    let made_at = SystemTime::UNIX_EPOCH + Duration::from_millis(code.made_at_ms);
    json!({
        "Authenticated": code.viewer.is_some(),
        "Secret": secret,
        "Code": found.digits,
        "DeviceId": code.app.device_id,
        "DeviceName": code.app.device,
        "AppName": code.app.app,
        "AppVersion": code.app.version,
        "DateAdded": date(made_at.into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> AppIdentity {
        AppIdentity::of(&axum::http::HeaderMap::new())
    }

    #[tokio::test]
    async fn a_code_works_once_for_five_minutes_and_only_after_its_approval() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let (codes, now) = (PendingCodes(&store), SystemTime::now());
        let home: IpAddr = "192.168.1.2".parse().unwrap();
        let (made, secret) = codes.make(app(), home, now).await.unwrap();
        assert_eq!(made.digits.len(), 6);
        assert_ne!(made.code.secret, secret);
        let take = async || codes.take_approved(&secret, now).await.unwrap();
        assert_eq!(take().await, None);
        let approve = async |code: &str, now| {
            let approved = codes.approve(code, ViewerId::OWNER, now);
            approved.await.unwrap()
        };
        assert!(!approve("1234567", now).await);
        assert!(approve(&made.digits, now).await);
        assert!(!approve(&made.digits, now).await, "twice");
        let found = codes.of_secret(&secret, now).await.unwrap();
        assert!(found.unwrap().code.viewer.is_some());
        assert_eq!(take().await.unwrap().app, app());
        assert_eq!(take().await, None, "twice");
        let (late, secret) = codes.make(app(), home, now).await.unwrap();
        assert!(!approve(&late.digits, now + CODE_TTL).await);
        let found = codes.of_secret(&secret, now + CODE_TTL).await.unwrap();
        assert!(found.is_none());
    }

    #[tokio::test]
    async fn a_stranger_cannot_use_up_the_codes() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let (codes, now) = (PendingCodes(&store), SystemTime::now());
        let stranger: IpAddr = "203.0.113.9".parse().unwrap();
        for _ in 0..MAX_CODES_PER_NETWORK {
            codes.make(app(), stranger, now).await.unwrap();
        }
        assert!(codes.make(app(), stranger, now).await.is_err());
        let home = "192.168.1.2".parse().unwrap();
        assert!(codes.make(app(), home, now).await.is_ok());
        let later = now + CODE_TTL;
        assert!(codes.make(app(), stranger, later).await.is_ok());
    }
}
