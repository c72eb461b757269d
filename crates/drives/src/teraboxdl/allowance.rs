//! The daily allowance of requests: the plan's limit, as far as the service reports it, and the remaining
//! number.
//!
//! After it is used up, no paid request is made: the drive refuses by itself until the service reports a new
//! allowance, which a free call asks for.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::teraboxdl::codes::ALLOWANCE_USED_UP;
use crate::teraboxdl::types::AccountInfo;
use crate::{DriveError, ErrorKind};

/// Time for which a used-up allowance is believed before the account is requested again. The hour at which the
/// day ends is not documented.
const USED_UP_TTL: Duration = Duration::from_secs(600);

#[derive(Debug, Default)]
pub(crate) struct Allowance(Mutex<AllowanceState>);

#[derive(Debug, Clone, Default)]
struct AllowanceState {
    limit: Option<u64>,
    used: Option<u64>,
    resets_at: Option<SystemTime>,
    /// Time of the last account report.
    told_at: Option<SystemTime>,
    /// Time of a refusal, which counts whatever the numbers say.
    refused_at: Option<SystemTime>,
}

/// Answer to the question whether a request may be made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Go,
    /// It was used up when the account was last requested, which is a while ago: request it again.
    Ask,
    /// It is used up; the time for which that is still believed.
    UsedUp(Duration),
}

impl Allowance {
    /// Records the account's report.
    pub(crate) fn told(&self, info: &AccountInfo, now: SystemTime) {
        let mut state = self.state();
        *state = AllowanceState {
            limit: info.limit,
            used: info.used,
            resets_at: info.resets_at.map(SystemTime::from),
            told_at: Some(now),
            refused_at: None,
        };
    }

    /// Records that a request was answered.
    pub(crate) fn spent(&self) {
        let mut state = self.state();
        state.used = state.used.map(|used| used + 1);
        state.refused_at = None;
    }

    /// Records that a request was refused because the allowance is used up.
    pub(crate) fn refused(&self, now: SystemTime) {
        self.state().refused_at = Some(now);
    }

    pub(crate) fn is_used_up(&self) -> bool {
        let state = self.state();
        matches!((state.used, state.limit), (Some(used), Some(limit)) if used >= limit)
    }

    /// Returns the used and the allowed number of requests, each `None` if unknown.
    pub(crate) fn figures(&self) -> (Option<u64>, Option<u64>) {
        let state = self.state();
        (state.used, state.limit)
    }

    /// Decides whether a request may be made at `now`.
    pub(crate) fn verdict(&self, now: SystemTime) -> Verdict {
        let state = self.state().clone();
        let is_used_up =
            matches!((state.used, state.limit), (Some(used), Some(limit)) if used >= limit);
        let since = match (is_used_up, state.refused_at) {
            (_, Some(at)) => at,
            (true, None) => state.told_at.unwrap_or(now),
            (false, None) => return Verdict::Go,
        };
        let until = match state.resets_at {
            Some(at) if at > since => at.min(since + USED_UP_TTL),
            _ => since + USED_UP_TTL,
        };
        match until.duration_since(now) {
            Ok(left) if !left.is_zero() => Verdict::UsedUp(left),
            _ => Verdict::Ask,
        }
    }

    fn state(&self) -> MutexGuard<'_, AllowanceState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the error for an allowance that stays used up for `wait`.
pub(crate) fn used_up(operation: &'static str, wait: Duration) -> DriveError {
    DriveError::new(
        ErrorKind::RateLimited,
        operation,
        "the allowance is used up",
    )
    .with_code(429)
    .with_sentence(ALLOWANCE_USED_UP)
    .with_retry_after(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(limit: u64, used: u64) -> AccountInfo {
        AccountInfo {
            limit: Some(limit),
            used: Some(used),
            ..AccountInfo::default()
        }
    }

    #[test]
    fn what_is_used_up_is_asked_about_and_not_asked_for() {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_744_212_345);
        let after = |seconds| start + Duration::from_secs(seconds);
        let allowance = Allowance::default();
        assert_eq!(allowance.verdict(start), Verdict::Go, "nothing is known");
        allowance.told(&info(2, 1), start);
        assert_eq!(allowance.verdict(start), Verdict::Go);
        allowance.spent();
        assert_eq!(allowance.figures(), (Some(2), Some(2)));
        assert_eq!(
            allowance.verdict(after(60)),
            Verdict::UsedUp(Duration::from_secs(540))
        );
        assert_eq!(allowance.verdict(after(600)), Verdict::Ask);
        allowance.told(&info(2, 0), after(601));
        assert_eq!(allowance.verdict(after(602)), Verdict::Go);
        allowance.refused(after(610));
        assert_eq!(
            allowance.verdict(after(611)),
            Verdict::UsedUp(Duration::from_secs(599))
        );
        assert_eq!(allowance.verdict(after(1210)), Verdict::Ask);
    }
}
