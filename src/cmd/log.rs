//! The log: its filter, its format, and its limit.
//!
//! A stranger causes a line with each refused request, so lines are limited per level: what is left out is counted
//! and reported. The access log, which the owner turns on, has a line for each request and no limit.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tracing::Level;

use crate::web::ACCESS_LOG_TARGET;

/// Lines of one level that are written at once, and per second after that.
const BURST_LINES: f64 = 300.0;
const LINES_PER_S: f64 = 5.0;

/// Interval at which the number of lines that were left out is reported.
const REPORT_INTERVAL: Duration = Duration::from_secs(10);

/// Limits the lines of each level.
struct LineLimiter {
    /// Errors, warnings, and the rest.
    left: Mutex<[f64; 3]>,
    refilled_at: Mutex<Instant>,
    suppressed: AtomicU64,
}

impl LineLimiter {
    fn new(now: Instant) -> Self {
        LineLimiter {
            left: Mutex::new([BURST_LINES; 3]),
            refilled_at: Mutex::new(now),
            suppressed: AtomicU64::new(0),
        }
    }

    /// Returns true if a line may be written. Debugging, which the owner turned on, has no limit, nor has the
    /// access log.
    fn take(&self, target: &str, level: Level, now: Instant) -> bool {
        let index = match level {
            Level::ERROR => 0,
            Level::WARN => 1,
            Level::INFO if target != ACCESS_LOG_TARGET => 2,
            _ => return true,
        };
        let mut refilled_at = lock(&self.refilled_at);
        let mut left = lock(&self.left);
        let passed = now.saturating_duration_since(*refilled_at).as_secs_f64();
        for left in left.iter_mut() {
            *left = (*left + passed * LINES_PER_S).min(BURST_LINES);
        }
        *refilled_at = now;
        if left[index] < 1.0 {
            self.suppressed.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        left[index] -= 1.0;
        true
    }

    /// Returns the number of lines that were left out since the last call.
    fn take_suppressed(&self) -> u64 {
        self.suppressed.swap(0, Ordering::Relaxed)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reports periodically how many lines were left out.
fn report_suppressed_lines(limiter: Arc<LineLimiter>) {
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(REPORT_INTERVAL).await;
            let lines = limiter.take_suppressed();
            if lines > 0 {
                // A line with this target is not left out itself.
                tracing::info!(target: ACCESS_LOG_TARGET, lines, "lines were left out, as there were too many");
            }
        }
    });
}

/// Returns true if a line may be logged, whatever the filter allows. Debug output of libraries contains whole
/// URLs: play URLs with their tickets, hosts of upstreams.
fn may_log(target: &str, level: tracing::Level) -> bool {
    let is_ours = target == "drivein" || target.starts_with("drivein::");
    is_ours || level <= tracing::Level::INFO
}

/// Sets up the log: `DRIVEIN_LOG` is a filter such as `info` or `warn,drivein=debug`;
/// `DRIVEIN_LOG_FORMAT=json` writes JSON lines. The number of lines that strangers can cause is limited.
pub(super) fn start_log() {
    use tracing_subscriber::filter::{FilterExt, Targets, dynamic_filter_fn, filter_fn};
    use tracing_subscriber::prelude::*;

    let filter = std::env::var("DRIVEIN_LOG")
        .ok()
        .and_then(|text| text.parse::<Targets>().ok());
    let filter = filter.unwrap_or_else(|| {
        Targets::new()
            .with_default(tracing::Level::WARN)
            .with_target("drivein", tracing::Level::INFO)
    });
    let limiter = Arc::new(LineLimiter::new(Instant::now()));
    let admit = limiter.clone();
    let filter = filter
        .and(filter_fn(|about| may_log(about.target(), *about.level())))
        .and(dynamic_filter_fn(move |about, _| {
            // Spans are no lines.
            !about.is_event() || admit.take(about.target(), *about.level(), Instant::now())
        }));
    let json = std::env::var("DRIVEIN_LOG_FORMAT").is_ok_and(|format| format == "json");
    // Colours are for terminals: in a file or a journal they are noise.
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(colours)
        .with_writer(std::io::stderr)
        .with_target(false);
    let registry = tracing_subscriber::registry();
    // A second call, as in tests, keeps the first log.
    let _ = if json {
        registry.with(lines.json().with_filter(filter)).try_init()
    } else {
        registry.with(lines.with_filter(filter)).try_init()
    };
    super::panics::log_panics();
    report_suppressed_lines(limiter);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_keep_their_details_to_themselves() {
        for (target, level, expected) in [
            ("drivein", Level::TRACE, true),
            ("drivein::web::access_log", Level::DEBUG, true),
            ("tower_http::csrf::service", Level::TRACE, false),
            ("hyper_util::client::legacy::pool", Level::DEBUG, false),
            ("drivein_of_somebody_else", Level::DEBUG, false),
            ("log", Level::DEBUG, false),
            ("sqlx::query", Level::WARN, true),
            ("axum_server", Level::INFO, true),
        ] {
            assert_eq!(may_log(target, level), expected, "{target} {level}");
        }
    }

    #[test]
    fn a_flood_of_one_level_is_bounded_and_hides_no_other() {
        let start = Instant::now();
        let limiter = LineLimiter::new(start);
        let take =
            |level, ms| limiter.take("drivein::web", level, start + Duration::from_millis(ms));
        let written = (0..200_000).filter(|n| take(Level::INFO, n / 10)).count();
        assert!((395..=405).contains(&written), "{written}");
        assert!(take(Level::ERROR, 20_000) && take(Level::WARN, 20_000));
        assert_eq!(limiter.take_suppressed(), 200_000 - written as u64);
        assert_eq!(limiter.take_suppressed(), 0);
        for _ in 0..1_000 {
            assert!(limiter.take(ACCESS_LOG_TARGET, Level::INFO, start));
            assert!(limiter.take("drivein::web", Level::DEBUG, start));
        }
    }
}
