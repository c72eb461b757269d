//! Processes of a drive: a limited number at a time, each for no longer than its output is read.
//!
//! A program blocks while its reader is away, with its output in the pipe between them. So that paused viewers
//! do not keep others from starting, the program whose reader has been away longest is stopped when another is
//! requested and the limit is reached; its reader starts it again when it returns. Dropping a program's output
//! ends the program.
//!
//! A probe, whose whole output is awaited, is bounded in time and output, and is stopped for others if it takes long:
//! a file on which it hangs must not keep other films from playing.

use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use crate::DriveError;

/// Concurrent programs: each reads a disk and ends within moments.
const MAX_PROGRAMS: usize = 4;
/// Time for which a reader must have been away before its program may be stopped for another.
const AWAY: Duration = Duration::from_secs(5);
/// Interval of checks for a program that may be stopped.
const LOOK: Duration = Duration::from_secs(1);
/// Time for which a probe may run although others wait for its permit.
const PROBE_SHARE: Duration = Duration::from_secs(8);
/// Timeout of a new program that waits for its permit.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub(crate) struct Programs {
    permits: Arc<Semaphore>,
    running: Arc<Mutex<Vec<Weak<Running>>>>,
}

/// A running program, and the reader of its output.
pub(crate) struct Running(Mutex<ProgramState>);

struct ProgramState {
    /// `None` after it was stopped or waited for.
    child: Option<(Child, OwnedSemaphorePermit)>,
    /// True while its reader waits for output.
    is_wanted: bool,
    read_at: Instant,
    /// True if it is a probe, which started at `read_at`.
    is_probe: bool,
    /// True if it was stopped for another program.
    is_stopped: bool,
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
        Err(DriveError::timeout("segment", detail))
    }

    /// Runs a probe and passes each line of its output to `read`, for no longer than `time`. The probe ends when the
    /// returned future is dropped.
    ///
    /// # Errors
    /// `UpstreamFailed` if it cannot be started or takes too long, `UpstreamTimeout` if it was stopped for others, and `Unsupported`
    /// if its output is longer than [`MAX_PROBE_BYTES`], or `read` returns false.
    pub(crate) async fn probe(
        &self,
        command: Command,
        time: Duration,
        mut read: impl FnMut(&str) -> bool,
    ) -> Result<(), DriveError> {
        let (output, running) = self.start_probe(command).await?;
        let reading = async {
            let mut output = BufReader::new(output).take(MAX_PROBE_BYTES);
            let mut line = Vec::new();
            while output.read_until(b'\n', &mut line).await.unwrap_or(0) > 0 {
                if !read(&String::from_utf8_lossy(&line)) {
                    return false;
                }
                line.clear();
            }
            output.limit() > 0
        };
        let is_bounded = timeout(time, reading).await;
        if !is_bounded.map_err(|_| running.overdue())? {
            return Err(endless());
        }
        running.probe_result().await
    }

    /// Runs a probe and returns its output, of at most `max_bytes`; otherwise as [`Programs::probe`].
    pub(crate) async fn probe_bytes(
        &self,
        command: Command,
        time: Duration,
        max_bytes: u64,
    ) -> Result<Vec<u8>, DriveError> {
        let (output, running) = self.start_probe(command).await?;
        let mut bytes = Vec::new();
        let mut output = output.take(max_bytes);
        let read = timeout(time, output.read_to_end(&mut bytes)).await;
        read.map_err(|_| running.overdue())?
            .map_err(|error| failed(error.to_string()))?;
        if output.limit() == 0 {
            return Err(endless());
        }
        running.probe_result().await?;
        Ok(bytes)
    }

    async fn start_probe(
        &self,
        mut command: Command,
    ) -> Result<(ChildStdout, Arc<Running>), DriveError> {
        let permit = self.permit().await?;
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let mut child = command
            .spawn()
            .map_err(|error| failed(format!("a program cannot be started: {error}")))?;
        let output = child.stdout.take();
        let output = output.ok_or_else(|| failed("a program has no output"))?;
        Ok((output, self.register(child, permit, true)))
    }

    /// Registers a program that was started.
    pub(crate) fn started(&self, child: Child, permit: OwnedSemaphorePermit) -> Arc<Running> {
        self.register(child, permit, false)
    }

    fn register(&self, child: Child, permit: OwnedSemaphorePermit, is_probe: bool) -> Arc<Running> {
        let running = Arc::new(Running(Mutex::new(ProgramState {
            child: Some((child, permit)),
            is_wanted: false,
            read_at: Instant::now(),
            is_probe,
            is_stopped: false,
        })));
        let mut all = lock(&self.running);
        all.retain(|other| other.strong_count() > 0);
        all.push(Arc::downgrade(&running));
        running
    }

    /// Stops the program whose reader has been away longest, if that is long enough, or else the probe that has run
    /// longest.
    fn make_room(&self) {
        let all: Vec<Arc<Running>> = lock(&self.running)
            .iter()
            .filter_map(Weak::upgrade)
            .collect();
        let idle = |running: &Arc<Running>| {
            let state = lock(&running.0);
            let away = state.read_at.elapsed();
            let is_over = match state.is_probe {
                true => away >= PROBE_SHARE,
                false => !state.is_wanted && away >= AWAY,
            };
            (state.child.is_some() && is_over).then_some((!state.is_probe, away))
        };
        let longest = all
            .iter()
            .filter_map(|running| Some((idle(running)?, running)));
        if let Some((_, running)) = longest.max_by_key(|(away, _)| *away) {
            let mut state = lock(&running.0);
            state.is_stopped = true;
            // Dropping the child kills it and releases its permit.
            drop(state.child.take());
        }
    }
}

impl Running {
    /// Waits for output of the program, which is not stopped meanwhile.
    pub(crate) async fn waited_for<T>(&self, work: impl Future<Output = T>) -> T {
        lock(&self.0).is_wanted = true;
        let _done = WaitEnd(self);
        work.await
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

impl Running {
    /// Waits for the end of a probe that has closed its output. Its exit code does not count: a damaged file may have
    /// been read far enough.
    async fn probe_result(&self) -> Result<(), DriveError> {
        self.ended_well().await;
        let is_stopped = lock(&self.0).is_stopped;
        if is_stopped {
            return Err(self.overdue());
        }
        Ok(())
    }

    /// Returns the error of a probe that was stopped for others, or that has taken too long.
    fn overdue(&self) -> DriveError {
        let is_stopped = lock(&self.0).is_stopped;
        match is_stopped {
            true => DriveError::timeout("playlist", "a probe was stopped for others"),
            false => failed("a program took too long"),
        }
    }
}

/// Marks the end of a wait: the reader has its output, or was dropped.
struct WaitEnd<'a>(&'a Running);

impl Drop for WaitEnd<'_> {
    fn drop(&mut self) {
        let mut state = lock(&self.0.0);
        state.is_wanted = false;
        state.read_at = Instant::now();
    }
}

/// The most bytes of a probe's output that are read: a day of a film at 120 frames per second.
const MAX_PROBE_BYTES: u64 = 512 << 20;

fn endless() -> DriveError {
    DriveError::unsupported("playlist", "a probe without an end")
}

fn failed(detail: impl Into<String>) -> DriveError {
    DriveError::failed("segment", detail)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

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

    #[tokio::test]
    async fn the_lines_of_a_probe_are_read_and_its_end_is_told() {
        let programs = Programs::new();
        let sh = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]).stdin(Stdio::null());
            command
        };
        let mut lines = Vec::new();
        let time = Duration::from_secs(60);
        let read = programs.probe(sh("echo a; printf b"), time, |line| {
            lines.push(line.trim().to_owned());
            true
        });
        read.await.unwrap();
        assert_eq!(lines, ["a", "b"]);
        let failing = programs.probe(sh("echo a; exit 1"), time, |_| true);
        assert!(failing.await.is_ok(), "what it said before its end counts");
        // One without an end is stopped by its reader.
        let mut count = 0;
        let endless = programs.probe(sh("while echo a; do :; done"), time, |_| {
            count += 1;
            count < 1000
        });
        assert_eq!(endless.await.unwrap_err().kind, ErrorKind::Unsupported);
        assert_eq!(programs.permits.available_permits(), MAX_PROGRAMS);
    }

    #[tokio::test(start_paused = true)]
    async fn probes_that_hang_are_stopped_for_others_and_end_with_their_askers() {
        let programs = Programs::new();
        let mut hanging = Vec::new();
        for _ in 0..MAX_PROGRAMS {
            let programs = programs.clone();
            hanging.push(tokio::spawn(async move {
                let mut command = Command::new("sleep");
                command.arg("1000").stdin(Stdio::null());
                let time = Duration::from_secs(900);
                programs.probe(command, time, |_| true).await
            }));
            tokio::task::yield_now().await;
            tokio::time::advance(LOOK / 2).await;
        }
        let began = Instant::now();
        let permit = programs.permit().await.unwrap();
        assert!(began.elapsed() < PATIENCE / 2, "{:?}", began.elapsed());
        let stopped = hanging.remove(0).await.unwrap().unwrap_err();
        assert_eq!(stopped.kind, ErrorKind::UpstreamTimeout);
        // The others end with their askers.
        for task in hanging {
            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
        }
        drop(permit);
        let all = MAX_PROGRAMS as u32;
        assert!(programs.permits.try_acquire_many(all).is_ok());
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
