//! Processes of a drive: a limited number at a time, each for no longer than its output is read.
//!
//! A program blocks while its reader is away, with its output in the pipe between them. So that paused viewers
//! do not keep others from starting, the program whose reader has been away longest is stopped when another is
//! requested and the limit is reached; its reader starts it again when it returns. Dropping a program's output
//! ends the program.

use std::process::ExitStatus;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::process::Child;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use crate::{DriveError, ErrorKind};

/// Concurrent programs: each reads a disk and ends within moments.
const MAX_PROGRAMS: usize = 4;
/// Time for which a reader must have been away before its program may be stopped for another.
const AWAY: Duration = Duration::from_secs(5);
/// Time without any output after which a program hangs, and may be stopped for another.
const HANG_TIMEOUT: Duration = Duration::from_secs(10);
/// Interval of checks for a program that may be stopped.
const LOOK: Duration = Duration::from_secs(1);
/// Timeout of a new program that waits for its permit.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub(crate) struct Programs {
    permits: Arc<Semaphore>,
    running: Arc<Mutex<Vec<Weak<Running>>>>,
}

/// A running program, and the reader of its output.
pub(crate) struct Running(Mutex<State>);

struct State {
    /// `None` after it was stopped or waited for.
    child: Option<(Child, OwnedSemaphorePermit)>,
    /// True while its reader waits for output.
    is_wanted: bool,
    /// True if it was stopped for another.
    was_stopped: bool,
    /// Time of the last output, or of the beginning of the wait for it.
    read_at: Instant,
}

impl Programs {
    pub(crate) fn new() -> Self {
        Programs {
            permits: Arc::new(Semaphore::new(MAX_PROGRAMS)),
            running: Arc::default(),
        }
    }

    /// Waits for a permit to start a program; the permit is valid until it is dropped.
    pub(crate) async fn permit(&self) -> Result<OwnedSemaphorePermit, DriveError> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            match timeout(LOOK, self.permits.clone().acquire_owned()).await {
                Ok(Ok(permit)) => return Ok(permit),
                Ok(Err(_)) => break,
                Err(_) => self.make_room(),
            }
        }
        let detail = "too many programs are running";
        Err(DriveError::new(
            ErrorKind::UpstreamTimeout,
            "segment",
            detail,
        ))
    }

    /// Registers a program that was started.
    pub(crate) fn started(&self, child: Child, permit: OwnedSemaphorePermit) -> Arc<Running> {
        let running = Arc::new(Running(Mutex::new(State {
            child: Some((child, permit)),
            is_wanted: false,
            was_stopped: false,
            read_at: Instant::now(),
        })));
        let mut all = lock(&self.running);
        all.retain(|other| other.strong_count() > 0);
        all.push(Arc::downgrade(&running));
        running
    }

    /// Stops the program whose reader has been away longest, or that has hung longest, if that is long enough.
    fn make_room(&self) {
        let all: Vec<Arc<Running>> = lock(&self.running)
            .iter()
            .filter_map(Weak::upgrade)
            .collect();
        let idle = |running: &Arc<Running>| {
            let state = lock(&running.0);
            let idle = state.read_at.elapsed();
            let limit = if state.is_wanted { HANG_TIMEOUT } else { AWAY };
            (state.child.is_some() && idle >= limit).then_some(idle)
        };
        let longest = all
            .iter()
            .filter_map(|running| Some((idle(running)?, running)));
        if let Some((_, running)) = longest.max_by_key(|(away, _)| *away) {
            let mut state = lock(&running.0);
            state.was_stopped = true;
            // Dropping the child kills it and releases its permit.
            drop(state.child.take());
        }
    }
}

impl Running {
    /// Waits for output of the program, which is not stopped meanwhile.
    pub(crate) async fn waited_for<T>(&self, work: impl Future<Output = T>) -> T {
        {
            let mut state = lock(&self.0);
            state.is_wanted = true;
            state.read_at = Instant::now();
        }
        let _done = Done(self);
        work.await
    }

    /// Returns true if the program was stopped for another.
    pub(crate) fn was_stopped(&self) -> bool {
        lock(&self.0).was_stopped
    }

    /// Waits for the end of a program that has closed its output. Returns true if it exited by itself with
    /// success.
    pub(crate) async fn ended_well(&self) -> bool {
        let Some((mut child, _permit)) = lock(&self.0).child.take() else {
            return false;
        };
        child
            .wait()
            .await
            .is_ok_and(|status: ExitStatus| status.success())
    }
}

/// Marks the end of a wait: the reader has its output, or was dropped.
struct Done<'a>(&'a Running);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        let mut state = lock(&self.0.0);
        state.is_wanted = false;
        state.read_at = Instant::now();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use tokio::io::AsyncReadExt;
    use tokio::process::Command;

    use super::*;

    /// Starts a program that never ends by itself.
    fn endless(programs: &Programs, permit: OwnedSemaphorePermit) -> Arc<Running> {
        let child = Command::new("cat")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        programs.started(child.unwrap(), permit)
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_who_stays_away_makes_room_and_one_who_waits_does_not() {
        let programs = Programs::new();
        let mut all = Vec::new();
        for _ in 0..MAX_PROGRAMS {
            let permit = programs.permit().await.unwrap();
            all.push(endless(&programs, permit));
            tokio::time::advance(LOOK / 2).await;
        }
        // The first has a waiting reader, so the second is stopped.
        let first = all[0].clone();
        let mut output = lock(&first.0)
            .child
            .as_mut()
            .unwrap()
            .0
            .stdout
            .take()
            .unwrap();
        let waiting = tokio::spawn(async move {
            let mut byte = [0];
            first
                .waited_for(output.read(&mut byte))
                .await
                .unwrap_or_default()
        });
        tokio::task::yield_now().await;
        let permit = programs.permit().await.unwrap();
        let is_running: Vec<bool> = all.iter().map(|one| lock(&one.0).child.is_some()).collect();
        assert_eq!(is_running, [true, false, true, true]);
        assert!(!all[1].ended_well().await, "its end must not look like one");
        drop(permit);
        waiting.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_program_that_hangs_makes_room_although_its_reader_waits() {
        let programs = Programs::new();
        let mut waiting = Vec::new();
        for _ in 0..MAX_PROGRAMS {
            let permit = programs.permit().await.unwrap();
            let running = endless(&programs, permit);
            let reader = running.clone();
            let wait =
                tokio::spawn(async move { reader.waited_for(std::future::pending::<()>()).await });
            waiting.push((running, wait));
            tokio::task::yield_now().await;
        }
        drop(programs.permit().await.unwrap());
        let stopped = waiting.iter().filter(|(running, _)| running.was_stopped());
        assert_eq!(stopped.count(), 1);
        waiting.iter().for_each(|(_, wait)| wait.abort());
    }

    #[tokio::test(start_paused = true)]
    async fn where_all_are_read_from_a_new_one_is_told_to_wait() {
        let programs = Programs::new();
        let mut held = Vec::new();
        for _ in 0..MAX_PROGRAMS {
            held.push(programs.permit().await.unwrap());
        }
        let refused = programs.permit().await.unwrap_err();
        assert_eq!(refused.kind, ErrorKind::UpstreamTimeout);
        held.pop();
        assert!(programs.permit().await.is_ok());
    }
}
