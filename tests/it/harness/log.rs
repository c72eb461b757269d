//! The server's log at its most verbose level, captured in memory.
//!
//! One log for the whole process, since there can be only one; each server stores its position at the server's
//! start. The sandbox's own lines are left out: it is the upstream, and may name itself.

use std::io;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use tracing::Metadata;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::prelude::*;

static LINES: Mutex<String> = Mutex::new(String::new());

fn lines() -> MutexGuard<'static, String> {
    LINES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A position in the log.
pub struct LogMark(usize);

impl LogMark {
    /// Returns the lines since a position.
    pub fn text(&self) -> String {
        lines()[self.0..].to_owned()
    }
}

/// Starts to capture the log, and returns the current position.
pub fn watch_log() -> LogMark {
    static START: Once = Once::new();
    START.call_once(|| {
        let is_ours = |about: &Metadata<'_>| {
            let target = about.target();
            let ours = target == "drivein" || target.starts_with("drivein::");
            if ours {
                !target.starts_with("sandbox")
            } else {
                *about.level() <= tracing::Level::WARN
            }
        };
        let kept = tracing_subscriber::fmt::layer()
            .with_writer(Memory)
            .with_ansi(false)
            .with_filter(filter_fn(is_ours));
        tracing_subscriber::registry()
            .with(LevelFilter::TRACE)
            .with(kept)
            .init();
    });
    LogMark(lines().len())
}

struct Memory;

impl io::Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lines().push_str(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Memory {
    type Writer = Memory;

    fn make_writer(&'a self) -> Memory {
        Memory
    }
}
