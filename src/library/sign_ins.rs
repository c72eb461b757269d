//! Sign-ins by another device that are in progress. However often a page polls, the upstream is polled no
//! faster than at its interval.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::Library;
use drives::{DeviceSignIn, DriveError, ErrorKind, SignInState};
use media::Place;

/// All sign-ins in progress. Clones share them.
#[derive(Clone, Default)]
pub struct SignIns {
    running: Arc<Mutex<HashMap<String, Arc<PendingSignIn>>>>,
}

struct PendingSignIn {
    place: Place,
    device: DeviceSignIn,
    ends_at: Instant,
    asked: tokio::sync::Mutex<LastPoll>,
}

/// The last answer of the upstream.
struct LastPoll {
    at: Instant,
    state: SignInState,
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

impl SignIns {
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
        let now = Instant::now();
        let running = Arc::new(PendingSignIn {
            place: place.clone(),
            ends_at: now + device.expires_in,
            device,
            // The first poll waits for one interval, too.
            asked: tokio::sync::Mutex::new(LastPoll {
                at: now,
                state: SignInState::Pending,
            }),
        });
        let view = running.view(&id, now);
        let mut all = self.all();
        all.retain(|_, running| running.ends_at + ENDED_TTL > now);
        if all.len() >= MAX_PENDING
            && let Some(oldest) = all
                .iter()
                .min_by_key(|(_, running)| running.ends_at)
                .map(|(id, _)| id.clone())
        {
            all.remove(&oldest);
        }
        all.insert(id, running);
        Ok(view)
    }

    /// Returns a sign-in in progress at `place`, or `None`.
    pub fn view(&self, place: &Place, id: &str) -> Option<SignInView> {
        let running = self.of(place, id)?;
        Some(running.view(id, Instant::now()))
    }

    /// Returns the state of a sign-in. Polls the upstream if its interval has passed since the last poll;
    /// earlier callers get the last answer.
    pub async fn state(
        &self,
        library: &Library,
        place: &Place,
        id: &str,
    ) -> Result<SignInState, DriveError> {
        let running = self.of(place, id).ok_or_else(|| {
            DriveError::new(
                ErrorKind::NotFound,
                "sign_in",
                "no such sign-in is under way",
            )
        })?;
        let mut asked = running.asked.lock().await;
        let now = Instant::now();
        if asked.state != SignInState::Pending {
            return Ok(asked.state);
        }
        if now >= running.ends_at {
            asked.state = SignInState::Expired;
            return Ok(asked.state);
        }
        if now < asked.at + running.interval() {
            return Ok(asked.state);
        }
        let drive = library.drive(place)?;
        let sign_in = drive.sign_in().ok_or_else(|| unsupported("device"))?;
        let answer = sign_in.poll_device(&running.device).await;
        asked.at = Instant::now();
        asked.state = answer?;
        if asked.state == SignInState::Done {
            library.invalidate_place(place).await;
        }
        Ok(asked.state)
    }

    fn of(&self, place: &Place, id: &str) -> Option<Arc<PendingSignIn>> {
        self.all()
            .get(id)
            .filter(|running| running.place == *place)
            .cloned()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Arc<PendingSignIn>>> {
        self.running.lock()
    }
}

/// The time for which an ended sign-in is kept, so that its page is informed.
const ENDED_TTL: Duration = Duration::from_secs(600);

impl PendingSignIn {
    fn interval(&self) -> Duration {
        self.device.interval.max(MIN_POLL_INTERVAL)
    }

    fn view(&self, id: &str, now: Instant) -> SignInView {
        SignInView {
            id: id.to_owned(),
            qr: self.device.qr.clone(),
            interval: self.interval(),
            time_left: self.ends_at.saturating_duration_since(now),
        }
    }
}

fn unsupported(operation: &'static str) -> DriveError {
    DriveError::new(
        ErrorKind::Unsupported,
        operation,
        "the drive is not signed in from here",
    )
}
