//! Sign-ins by another device that are in progress. They are stored, so that any server on the state can go on with one.
//! However often a page polls, and at whichever server, the upstream is polled no faster than at its interval.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::Library;
use crate::store::{PendingKind, Store, StoreError};
use drives::{DeviceSignIn, DriveError, SignInState};
use media::Place;

/// All sign-ins in progress. Clones share them.
#[derive(Clone)]
pub struct SignIns(Store);

/// A sign-in, as it is stored under its id. Times are milliseconds, and milliseconds since 1970.
#[derive(Clone, Serialize, Deserialize)]
struct PendingSignIn {
    place: String,
    /// The code to poll with; it stays on the server.
    code: String,
    qr: String,
    interval_ms: u64,
    ends_at_ms: u64,
    /// The last poll of the upstream; the first one waits for one interval, too.
    polled_at_ms: u64,
    outcome: SignInOutcome,
}

/// The last answer of the upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum SignInOutcome {
    Pending,
    Done,
    Expired,
}

/// A sign-in as a page shows it.
#[derive(Debug, Clone)]
pub struct SignInView {
    /// Its id.
    pub id: String,
    /// The QR code to scan, as a `data:` URL.
    pub qr: String,
    /// The polling interval.
    pub interval: Duration,
    /// The time until the code expires.
    pub time_left: Duration,
}

/// The maximum of sign-ins in progress. Those of closed pages are removed when their codes expire.
const MAX_PENDING: usize = 64;

/// The shortest polling interval, whatever the upstream says.
const MIN_POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The time for which an ended sign-in is kept, so that its page is informed.
const ENDED_TTL: Duration = Duration::from_secs(600);

impl SignIns {
    /// Returns the sign-ins of a state.
    pub fn new(store: Store) -> Self {
        SignIns(store)
    }

    /// Starts a sign-in with the drive of `place`, under the name `id`.
    pub async fn begin(
        &self,
        library: &Library,
        place: &Place,
        id: String,
    ) -> Result<SignInView, DriveError> {
        let drive = library.drive(place)?;
        let sign_in = drive.sign_in().ok_or_else(|| unsupported("device"))?;
        let device = sign_in.begin_device().await?;
        let now = SystemTime::now();
        let ends_at = now + device.expires_in;
        let pending = PendingSignIn {
            place: place.to_string(),
            code: device.code.expose_secret().to_owned(),
            qr: device.qr,
            interval_ms: device.interval.max(MIN_POLL_INTERVAL).as_millis() as u64,
            ends_at_ms: millis(ends_at),
            polled_at_ms: millis(now),
            outcome: SignInOutcome::Pending,
        };
        self.forget_oldest(now).await?;
        let text = pending.to_text()?;
        self.0
            .put_pending(
                PendingKind::DeviceSignIn,
                &id,
                &text,
                (now, ends_at + ENDED_TTL),
            )
            .await
            .map_err(not_stored)?;
        Ok(pending.view(&id, now))
    }

    /// Makes room for one more sign-in.
    async fn forget_oldest(&self, now: SystemTime) -> Result<(), DriveError> {
        let all = self.0.all_pending(PendingKind::DeviceSignIn, now).await;
        let all = all.map_err(not_stored)?;
        let too_many = (all.len() + 1).saturating_sub(MAX_PENDING);
        for (id, text) in all.iter().take(too_many) {
            self.0
                .take_pending(PendingKind::DeviceSignIn, id, text)
                .await
                .map_err(not_stored)?;
        }
        Ok(())
    }

    /// Returns a sign-in in progress at `place`, or `None`.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn view(&self, place: &Place, id: &str) -> Result<Option<SignInView>, DriveError> {
        let now = SystemTime::now();
        let found = self.of(place, id, now).await?;
        Ok(found.map(|(_, pending)| pending.view(id, now)))
    }

    /// Returns the state of a sign-in. Polls the upstream if its interval has passed since the last poll;
    /// earlier callers, and those during a poll, get the last answer.
    pub async fn state(
        &self,
        library: &Library,
        place: &Place,
        id: &str,
    ) -> Result<SignInState, DriveError> {
        let now = SystemTime::now();
        let found = self.of(place, id, now).await?;
        let (text, pending) = found
            .ok_or_else(|| DriveError::not_found("sign_in", "no such sign-in is under way"))?;
        if pending.outcome != SignInOutcome::Pending {
            if pending.outcome == SignInOutcome::Done {
                // Another server may have finished it.
                library.invalidate_place(place).await;
            }
            return Ok(pending.outcome.into());
        }
        if millis(now) >= pending.ends_at_ms {
            return Ok(SignInState::Expired);
        }
        if millis(now) < pending.polled_at_ms + pending.interval_ms {
            return Ok(SignInState::Pending);
        }
        let polling = PendingSignIn {
            polled_at_ms: millis(now),
            ..pending
        };
        let polling_text = polling.to_text()?;
        if !self.replace(id, (&text, &polling_text)).await? {
            return Ok(SignInState::Pending);
        }
        let drive = library.drive(place)?;
        let sign_in = drive.sign_in().ok_or_else(|| unsupported("device"))?;
        let state = sign_in.poll_device(&polling.device(now)).await?;
        if state != SignInState::Pending {
            let ended = PendingSignIn {
                outcome: state.into(),
                // It serves no longer.
                code: String::new(),
                ..polling
            };
            self.replace(id, (&polling_text, &ended.to_text()?)).await?;
        }
        if state == SignInState::Done {
            library.invalidate_place(place).await;
        }
        Ok(state)
    }

    async fn replace(&self, id: &str, texts: (&str, &str)) -> Result<bool, DriveError> {
        let replaced = self.0.replace_pending(PendingKind::DeviceSignIn, id, texts);
        replaced.await.map_err(not_stored)
    }

    /// Returns a sign-in and its text.
    async fn of(
        &self,
        place: &Place,
        id: &str,
        now: SystemTime,
    ) -> Result<Option<(String, PendingSignIn)>, DriveError> {
        let text = self.0.pending(PendingKind::DeviceSignIn, id, now).await;
        Ok(text.map_err(not_stored)?.and_then(|text| {
            let pending: PendingSignIn = serde_json::from_str(&text).ok()?;
            (pending.place == place.as_str()).then_some((text, pending))
        }))
    }
}

impl PendingSignIn {
    fn to_text(&self) -> Result<String, DriveError> {
        serde_json::to_string(self)
            .map_err(|error| DriveError::failed("sign_in", error.to_string()))
    }

    fn time_left(&self, now: SystemTime) -> Duration {
        Duration::from_millis(self.ends_at_ms.saturating_sub(millis(now)))
    }

    fn device(&self, now: SystemTime) -> DeviceSignIn {
        DeviceSignIn {
            code: SecretString::from(self.code.as_str()),
            qr: self.qr.clone(),
            interval: Duration::from_millis(self.interval_ms),
            expires_in: self.time_left(now),
        }
    }

    fn view(&self, id: &str, now: SystemTime) -> SignInView {
        SignInView {
            id: id.to_owned(),
            qr: self.qr.clone(),
            interval: Duration::from_millis(self.interval_ms),
            time_left: self.time_left(now),
        }
    }
}

impl From<SignInOutcome> for SignInState {
    fn from(outcome: SignInOutcome) -> Self {
        match outcome {
            SignInOutcome::Pending => SignInState::Pending,
            SignInOutcome::Done => SignInState::Done,
            SignInOutcome::Expired => SignInState::Expired,
        }
    }
}

impl From<SignInState> for SignInOutcome {
    fn from(state: SignInState) -> Self {
        match state {
            SignInState::Pending => SignInOutcome::Pending,
            SignInState::Done => SignInOutcome::Done,
            SignInState::Expired => SignInOutcome::Expired,
        }
    }
}

fn millis(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_millis() as u64
}

fn not_stored(error: StoreError) -> DriveError {
    tracing::error!(%error, "a sign-in could not be stored or read");
    DriveError::failed("sign_in", "the state")
        .with_sentence("The server could not store the sign-in. Try again in a moment.")
}

fn unsupported(operation: &'static str) -> DriveError {
    DriveError::unsupported(operation, "the drive is not signed in from here")
}
