//! Stop signals, and an end that waits for no thread.
//!
//! SIGINT (Ctrl-C), SIGTERM and SIGHUP stop the server alike: running replies are finished, within a limit. SIGHUP
//! is ignored where the program was started with it ignored, as by `nohup`.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Time from a stop signal to the end of the process, if the orderly shutdown does not end. `docker stop` kills
/// after 10 s. [`crate::app`] divides this time.
const FORCED_END_TIMEOUT: Duration = Duration::from_millis(7_700);

/// Time for the last line of the log.
const LOG_TIMEOUT: Duration = Duration::from_millis(100);

/// Waits for a stop signal.
pub(super) async fn stop_signal() {
    let mut interrupt = listen_for(SignalKind::interrupt());
    let mut terminate = listen_for(SignalKind::terminate());
    let mut hangup = (!is_ignored(SignalKind::hangup()))
        .then(|| listen_for(SignalKind::hangup()))
        .flatten();
    tokio::select! {
        () = next(&mut interrupt) => {}
        () = next(&mut terminate) => {}
        () = next(&mut hangup) => {}
    }
}

/// Starts a thread that ends the process some time after a stop signal, whatever the other threads do: one that
/// loops or waits for a disk cannot be ended in another way. It has a runtime of its own, since all workers of
/// the main one may be busy.
pub(super) fn force_end_after_signal() {
    let wait = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            stop_signal().await;
            tokio::time::sleep(FORCED_END_TIMEOUT).await;
        });
        // The log itself may be what hangs, if its reader does not read.
        let _ = std::thread::Builder::new()
            .spawn(|| tracing::warn!("a thread did not end in time; the process ends without it"));
        std::thread::sleep(LOG_TIMEOUT);
        std::process::exit(0);
    };
    // Without the thread, the process ends as long as no thread hangs.
    let _ = std::thread::Builder::new()
        .name("stop".to_owned())
        .spawn(wait);
}

/// Returns a listener for a signal; `None` if the system refuses it.
fn listen_for(kind: SignalKind) -> Option<Signal> {
    signal(kind).ok()
}

/// Waits for the next signal. Never returns without a listener.
async fn next(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

/// Returns true if the process was started with this signal ignored. False if the system does not say so.
fn is_ignored(kind: SignalKind) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignored_signals(&status) >> (kind.as_raw_value() - 1) & 1 == 1
}

/// Returns the ignored signals in the text of `/proc/self/status`, one bit each.
fn ignored_signals(status: &str) -> u64 {
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mask_of_ignored_signals_is_read() {
        let status = "Name:\tdrivein\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\n";
        assert_eq!(ignored_signals(status), 0x1001);
        assert_eq!(ignored_signals("Name:\tdrivein\n"), 0);
    }
}
