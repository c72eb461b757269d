//! Pauses that upstreams ask for, where several servers use the same accounts: what one of them is asked, all of them
//! keep. Limiters announce their pauses here, and look here for those of other servers; nothing here waits for a state.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;

use media::Place;

/// Pauses that are held at most. Media hosts have names that change.
const MAX_PAUSES: usize = 10_000;

/// The pauses of all accounts. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct SharedPauses(Arc<PausesInner>);

#[derive(Debug, Default)]
struct PausesInner {
    /// The pauses that servers have stored, with their ends.
    known: Mutex<HashMap<PauseKey, Instant>>,
    /// Counts changes of `known`.
    version: AtomicU64,
    /// Pauses of this server that are not stored yet.
    begun: Mutex<HashMap<PauseKey, Instant>>,
    has_begun: Notify,
}

/// The name of a limiter of a drive.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PauseKey {
    /// The drive.
    pub drive: Place,
    /// `calls`, `sent`, or `media` with the key of a host; the name of a share before it, if the share has limiters of its
    /// own.
    pub limiter: String,
}

/// A pause that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPause {
    /// The limiter that rests.
    pub key: PauseKey,
    /// The rest of the pause.
    pub left: Duration,
}

impl SharedPauses {
    /// Waits until a pause of this server has begun that was not taken yet.
    pub async fn wait_for_begun(&self) {
        self.0.has_begun.notified().await;
    }

    /// Takes the pauses of this server that are to be stored and have not ended.
    pub fn take_begun(&self) -> Vec<OpenPause> {
        let begun = std::mem::take(&mut *self.0.begun.lock());
        open(begun)
    }

    /// Gives pauses back that could not be stored. They are taken again later.
    pub fn give_back(&self, pauses: &[OpenPause]) {
        let now = Instant::now();
        let mut begun = self.0.begun.lock();
        for pause in pauses {
            prolong(&mut begun, &pause.key, now + pause.left);
        }
    }

    /// Replaces the pauses that servers have stored.
    pub fn set_known(&self, pauses: impl IntoIterator<Item = OpenPause>) {
        let now = Instant::now();
        let pauses = pauses.into_iter().take(MAX_PAUSES);
        let known: HashMap<_, _> = pauses.map(|pause| (pause.key, now + pause.left)).collect();
        let mut held = self.0.known.lock();
        if !(held.is_empty() && known.is_empty()) {
            *held = known;
            self.0.version.fetch_add(1, Ordering::Release);
        }
    }

    /// Forgets the pauses of a drive: its settings have changed, and with them perhaps its account.
    pub fn forget(&self, drive: &Place) {
        self.0.known.lock().retain(|key, _| key.drive != *drive);
        self.0.begun.lock().retain(|key, _| key.drive != *drive);
    }
}

fn open(pauses: HashMap<PauseKey, Instant>) -> Vec<OpenPause> {
    let now = Instant::now();
    let open = pauses.into_iter().filter_map(|(key, until)| {
        let left = until.checked_duration_since(now)?;
        (!left.is_zero()).then_some(OpenPause { key, left })
    });
    open.collect()
}

fn prolong(pauses: &mut HashMap<PauseKey, Instant>, key: &PauseKey, until: Instant) {
    if let Some(known) = pauses.get_mut(key) {
        *known = until.max(*known);
    } else if pauses.len() < MAX_PAUSES {
        pauses.insert(key.clone(), until);
    }
}

/// The pauses of one drive, or of a share that it has opened and that has limiters of its own.
#[derive(Debug, Clone)]
pub struct DrivePauses {
    drive: Place,
    /// `None` for the drive itself.
    share: Option<Place>,
    pauses: SharedPauses,
}

impl DrivePauses {
    /// Returns the pauses of a drive.
    pub fn new(drive: Place, pauses: SharedPauses) -> Self {
        DrivePauses {
            drive,
            share: None,
            pauses,
        }
    }

    /// Returns the pauses of a share that this drive has opened. They are forgotten with those of the drive.
    pub(super) fn of_share(&self, share: &Place) -> Self {
        DrivePauses {
            share: Some(share.clone()),
            ..self.clone()
        }
    }

    /// Returns the pause of one of its limiters.
    pub(super) fn of(&self, limiter: &str) -> LimiterPause {
        let limiter = match &self.share {
            None => limiter.to_owned(),
            Some(share) => format!("{share} {limiter}"),
        };
        LimiterPause {
            key: PauseKey {
                drive: self.drive.clone(),
                limiter,
            },
            pauses: self.pauses.clone(),
        }
    }
}

/// The pause of one limiter, as all servers see it.
#[derive(Debug)]
pub(super) struct LimiterPause {
    key: PauseKey,
    pauses: SharedPauses,
}

impl LimiterPause {
    /// Returns a number that changes with the pauses.
    pub fn version(&self) -> u64 {
        self.pauses.0.version.load(Ordering::Acquire)
    }

    /// Returns the end of the pause that servers have stored; `None` if there is none.
    pub fn known(&self) -> Option<Instant> {
        self.pauses.0.known.lock().get(&self.key).copied()
    }

    /// Announces a pause of this server.
    pub fn begin(&self, until: Instant) {
        prolong(&mut self.pauses.0.begun.lock(), &self.key, until);
        self.pauses.0.has_begun.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use drives::{DriveError, ErrorKind, Purpose, RequestKind, RequestLimiter};

    use super::super::{Governor, QuotaShare};
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn server() -> (Arc<Governor>, SharedPauses) {
        let pauses = SharedPauses::default();
        let drive = DrivePauses::new(Place::parse("films").unwrap(), pauses.clone());
        let governor = Governor::new(QuotaShare::whole(), Some(drive), || 0.0);
        (governor, pauses)
    }

    async fn refuse(governor: &Governor, wait: Duration) {
        let refusal = DriveError::new(ErrorKind::RateLimited, "list", "").with_retry_after(wait);
        let priority = Governor::priority_of(Purpose::Interactive);
        let permit = governor.acquire(RequestKind::Call, &priority).await;
        let answer = permit.unwrap().record_outcome(Err::<(), _>(refusal));
        assert!(answer.is_err());
    }

    async fn call(governor: &Governor) -> Result<(), DriveError> {
        let priority = Governor::priority_of(Purpose::Interactive);
        let permit = governor.acquire(RequestKind::Call, &priority).await?;
        permit.record_outcome(Ok(()))
    }

    fn paused_for(governor: &Governor) -> Option<Duration> {
        let [(_, calls), (_, media)] = governor.stats();
        assert_eq!(media.paused_for, None);
        calls.paused_for
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_of_one_server_is_kept_by_another_to_its_end() {
        let ((one, of_one), (other, of_other)) = (server(), server());
        refuse(&one, MINUTE).await;
        of_one.wait_for_begun().await;
        let begun = of_one.take_begun();
        assert_eq!(begun.len(), 1);
        assert_eq!(begun[0].key.limiter, "calls");
        assert_eq!(begun[0].left, MINUTE);
        call(&other).await.unwrap();
        of_other.set_known(begun);
        assert_eq!(paused_for(&other), Some(MINUTE));
        let refused = call(&other).await.unwrap_err();
        assert_eq!(refused.retry_after, Some(MINUTE));
        assert!(of_other.take_begun().is_empty(), "it is not its own");
        tokio::time::advance(MINUTE).await;
        call(&other).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_comes_back_from_the_state_changes_nothing() {
        let (one, pauses) = server();
        refuse(&one, MINUTE).await;
        let mut begun = pauses.take_begun();
        begun[0].left += Duration::from_millis(3);
        pauses.set_known(begun.clone());
        assert_eq!(paused_for(&one), Some(MINUTE));
        // A shorter one ends nothing, and a longer one counts.
        begun[0].left = MINUTE / 2;
        pauses.set_known(begun.clone());
        assert_eq!(paused_for(&one), Some(MINUTE));
        begun[0].left = MINUTE * 2;
        pauses.set_known(begun);
        assert_eq!(paused_for(&one), Some(MINUTE * 2));
        let [(_, calls), _] = one.stats();
        assert_eq!(calls.pauses, 1, "it is one pause");
    }

    #[tokio::test(start_paused = true)]
    async fn what_could_not_be_stored_is_taken_again_while_it_lasts() {
        let (one, pauses) = server();
        refuse(&one, MINUTE).await;
        let begun = pauses.take_begun();
        assert!(pauses.take_begun().is_empty());
        pauses.give_back(&begun);
        tokio::time::advance(MINUTE / 4).await;
        let again = pauses.take_begun();
        assert_eq!(again[0].left, MINUTE * 3 / 4);
        pauses.give_back(&again);
        tokio::time::advance(MINUTE).await;
        assert!(pauses.take_begun().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_of_a_share_with_an_account_of_its_own_is_kept_by_another_and_by_nothing_else()
    {
        let ((one, of_one), (other, of_other)) = (server(), server());
        let [lent, found] = ["~lent", "~found"].map(|name| Place::parse(name).unwrap());
        refuse(&one.separate(&lent), MINUTE).await;
        let begun = of_one.take_begun();
        of_other.set_known(begun);
        assert_eq!(paused_for(&other.separate(&lent)), Some(MINUTE));
        call(&other).await.unwrap();
        call(&other.separate(&found)).await.unwrap();
        // The drive that opened it was changed.
        of_other.forget(&Place::parse("films").unwrap());
        call(&other.separate(&lent)).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn an_account_that_was_changed_has_no_pause_of_before() {
        let (governor, pauses) = server();
        let pause = OpenPause {
            key: PauseKey {
                drive: Place::parse("films").unwrap(),
                limiter: "calls".to_owned(),
            },
            left: MINUTE,
        };
        pauses.set_known([pause]);
        pauses.forget(&Place::parse("films").unwrap());
        call(&governor).await.unwrap();
    }
}
