//! Sign-ins by another device that are under way: who asked, when the code ends, and when the upstream
//! was asked last. However often a page asks, the upstream is asked no faster than it wants to be.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Library;
use drives::{DeviceSignIn, DriveError, ErrorKind, SignInState};
use media::Place;

/// All sign-ins that are under way. Clones share them.
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

/// What the upstream answered last.
struct LastPoll {
    at: Instant,
    state: SignInState,
}

/// A sign-in as a page shows it.
#[derive(Debug, Clone)]
pub struct SignInView {
    /// Its name here.
    pub id: String,
    /// A picture to be scanned, as a `data:` URL.
    pub qr: String,
    /// How often to ask.
    pub interval: Duration,
    /// How long the code is still good.
    pub time_left: Duration,
}

/// Sign-ins that may be under way at once: pages that were closed are forgotten when their codes end.
const MAX_PENDING: usize = 64;

/// Asking more often than once a second is never right, whatever the upstream says.
const MIN_POLL_INTERVAL: Duration = Duration::from_secs(1);

impl SignIns {
    /// Begins one with the drive of `place`, under the name `id`.
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
            // The first question waits for the first interval, too.
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

    /// One that is under way at `place`.
    pub fn view(&self, place: &Place, id: &str) -> Option<SignInView> {
        let running = self.of(place, id)?;
        Some(running.view(id, Instant::now()))
    }

    /// How far it is. Asks the upstream where its interval has passed since the last question; who asks
    /// earlier hears the last answer again.
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
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long an ended one is still known, so that its page hears that it has ended.
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
