//! Reads an object to its end, with retries: through cuts, expired URLs and upstreams that ignore ranges.
//!
//! ```text
//!   cut, reset, 5xx        → open again at the byte where it stopped
//!   answered from byte 0   → read and skip up to that byte
//!   URL expired            → renew it once, then open again at that byte
//!   fails repeatedly       → the third attempt with a renewed URL; before the first byte, it is the last
//!   fails after that       → again for twenty seconds, with growing pauses: players have as much in their buffers
//!   far too slow           → open another connection at that byte
//!   URL being looked up    → an error before the first byte, waited for after it
//!   other length or ETag   → the content has changed: end with an error
//! ```

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, sleep, timeout};

use super::pace::PaceMonitor;
use super::{ObjectBody, ReadRequest, Source};
use drives::{DriveError, ErrorKind, Incoming};

/// Attempts before the first byte. Three survive a lost connection; more would keep a player waiting that can
/// try again by itself.
const MAX_FRUITLESS_ATTEMPTS: u32 = 3;

/// The time for which attempts are made after bytes have arrived. Players have ten to twenty seconds in their
/// buffers, and an upstream that is restarted is back after a few.
const RETRY_TIMEOUT: Duration = Duration::from_secs(20);

/// The pause before the second fruitless attempt; doubled for each further one, up to the longest.
const INITIAL_RETRY_INTERVAL: Duration = Duration::from_millis(100);
const MAX_RETRY_INTERVAL: Duration = Duration::from_secs(4);

/// The longest pause of a rate limit that is waited out here. A refused player retries after about as long,
/// but shows an error meanwhile.
const MAX_RETRY_AFTER_INTERVAL: Duration = Duration::from_secs(2);

/// Retries of a source whose URL is still being looked up, after the first byte, and the longest wait that
/// it may request. A picture that stands still for a minute looks broken.
const MAX_ORIGIN_LOOKUPS: u32 = 5;
const MAX_LOOKUP_INTERVAL: Duration = Duration::from_secs(10);

/// Players in browsers wait ten seconds for the first byte of a segment, then start over. An answer just
/// before that is worth more than one just after.
pub(super) const FIRST_BYTE_TIMEOUT: Duration = Duration::from_secs(9);

/// Opens `source` and waits for the first requested byte, so that a failure before it can still become a
/// status. Bytes follow until the range is complete.
///
/// # Errors
///
/// Returns the last error if no byte arrives, or `UpstreamTimeout` after [`FIRST_BYTE_TIMEOUT`].
pub(super) async fn read(
    source: Arc<dyn Source>,
    wanted: ReadRequest,
) -> Result<ObjectBody, DriveError> {
    let start = wanted.range.map_or(0, |range| range.first);
    let end = match (wanted.range, wanted.length) {
        (Some(range), _) => Some(range.last + 1),
        (None, length) => length,
    };
    if end.is_some_and(|end| end <= start) {
        return Ok(ObjectBody {
            length: wanted.length,
            body: stream::empty().boxed(),
        });
    }
    let mut reader = ResumingReader {
        pace: PaceMonitor::new(source.bytes_per_s()),
        source,
        position: start,
        end,
        length: wanted.length,
        etag: None,
        incoming: None,
        skip: 0,
        fruitless: 0,
        asked_at: Instant::now(),
        failing_since: None,
        renewed: false,
        lookups: wanted.is_continued.then_some(0),
    };
    let patience = match wanted.is_continued {
        true => RETRY_TIMEOUT + FIRST_BYTE_TIMEOUT,
        false => FIRST_BYTE_TIMEOUT,
    };
    let first = timeout(patience, reader.next()).await;
    let first = first.unwrap_or_else(|_| Err(no_first_byte()))?;
    let length = reader.length;
    let Some(first) = first else {
        return Ok(ObjectBody {
            length,
            body: stream::empty().boxed(),
        });
    };
    let rest = stream::unfold(Some(reader), |state| async move {
        let mut reader = state?;
        match reader.next().await {
            Ok(Some(chunk)) => Some((Ok(chunk), Some(reader))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    });
    Ok(ObjectBody {
        length,
        body: stream::once(async { Ok(first) }).chain(rest).boxed(),
    })
}

/// Returns the error of a read whose first byte does not arrive in time.
pub(super) fn no_first_byte() -> DriveError {
    DriveError::new(
        ErrorKind::UpstreamTimeout,
        "fetch",
        "no byte in nine seconds",
    )
}

/// A reader of one object that retries.
struct ResumingReader {
    source: Arc<dyn Source>,
    /// The offset of the next byte to return.
    position: u64,
    /// The offset after the last requested byte; `None` until the length is known.
    end: Option<u64>,
    length: Option<u64>,
    etag: Option<String>,
    incoming: Option<Incoming>,
    /// Bytes to drop because the upstream began before `position`.
    skip: u64,
    /// Attempts since the last byte that was returned.
    fruitless: u32,
    /// The time at which the bytes were requested that are being waited for, and that of the request whose attempts
    /// have failed so far.
    asked_at: Instant,
    failing_since: Option<Instant>,
    pace: PaceMonitor,
    /// True if the URL was renewed since the last byte that was returned.
    renewed: bool,
    /// Failed URL look-ups since the last byte; `None` before the viewer's first byte.
    lookups: Option<u32>,
}

impl ResumingReader {
    /// Returns the next bytes, or `None` after the last requested one.
    async fn next(&mut self) -> Result<Option<Bytes>, DriveError> {
        self.asked_at = Instant::now();
        loop {
            if self.end.is_some_and(|end| self.position >= end) {
                self.incoming = None;
                return Ok(None);
            }
            if self.incoming.is_none() {
                self.open().await?;
            }
            let Some(incoming) = &mut self.incoming else {
                continue;
            };
            let began = Instant::now();
            let chunk = match self.pace.until_judged() {
                Some(left) => timeout(left, incoming.chunks.next()).await,
                None => Ok(incoming.chunks.next().await),
            };
            let bytes = match &chunk {
                Ok(Some(Ok(chunk))) => chunk.len() as u64,
                _ => 0,
            };
            if self.pace.is_too_slow(bytes, began.elapsed()) {
                self.incoming = None;
            }
            // Nothing came in the time after which the connection is judged.
            let Ok(chunk) = chunk else { continue };
            match chunk {
                Some(Ok(chunk)) => {
                    if let Some(chunk) = self.take_requested(chunk) {
                        return Ok(Some(chunk));
                    }
                }
                Some(Err(error)) => self.retry_after_failure(error).await?,
                // Without any known length, the end of the body is the end.
                None if self.end.is_none() => {
                    self.incoming = None;
                    return Ok(None);
                }
                None => {
                    self.retry_after_failure(DriveError::new(
                        ErrorKind::UpstreamFailed,
                        "fetch",
                        "the body was cut short",
                    ))
                    .await?
                }
            }
        }
    }

    async fn open(&mut self) -> Result<(), DriveError> {
        let last = self.end.map(|end| end - 1);
        let incoming = match self.source.open(self.position, last).await {
            Ok(incoming) => incoming,
            Err(error) if error.kind == ErrorKind::Expired => return self.renew(error).await,
            Err(error) => return self.retry_after_failure(error).await,
        };
        if incoming.offset > self.position {
            let error = DriveError::new(
                ErrorKind::UpstreamFailed,
                "fetch",
                "the body begins after the byte asked for",
            );
            return self.retry_after_failure(error).await;
        }
        self.check_same_content(&incoming)?;
        self.skip = self.position - incoming.offset;
        if self.skip > 0 {
            self.pace.give_up();
        }
        self.pace.begin();
        self.incoming = Some(incoming);
        Ok(())
    }

    /// Records length and ETag of the first response.
    ///
    /// # Errors
    ///
    /// Fails if a later one differs.
    fn check_same_content(&mut self, incoming: &Incoming) -> Result<(), DriveError> {
        if let Some(found) = incoming.length {
            match self.length {
                None => {
                    self.length = Some(found);
                    self.end = self.end.map_or(Some(found), |end| Some(end.min(found)));
                }
                Some(expected) if expected != found => {
                    let detail =
                        format!("the content has {found} bytes where {expected} were expected");
                    return Err(DriveError::new(ErrorKind::UpstreamFailed, "fetch", detail));
                }
                Some(_) => {}
            }
        }
        match (&self.etag, &incoming.etag) {
            (None, found) => self.etag = found.clone(),
            (Some(expected), Some(found)) if expected != found => {
                return Err(DriveError::new(
                    ErrorKind::UpstreamFailed,
                    "fetch",
                    "the content changed on the way",
                ));
            }
            _ => {}
        }
        Ok(())
    }

    /// Returns the requested part of `chunk` and advances the position; `None` if nothing of it was
    /// requested.
    fn take_requested(&mut self, mut chunk: Bytes) -> Option<Bytes> {
        if self.skip > 0 {
            let dropped = self.skip.min(chunk.len() as u64);
            self.skip -= dropped;
            chunk = chunk.slice(dropped as usize..);
        }
        if let Some(end) = self.end {
            chunk.truncate((end - self.position).min(chunk.len() as u64) as usize);
        }
        if chunk.is_empty() {
            return None;
        }
        self.position += chunk.len() as u64;
        self.fruitless = 0;
        self.failing_since = None;
        self.renewed = false;
        self.lookups = Some(0);
        Some(chunk)
    }

    /// Returns true if the viewer has bytes already, and so can only be helped here.
    fn has_flowed(&self) -> bool {
        self.lookups.is_some()
    }

    /// Handles a failed attempt: waits so that the caller retries, or returns the error.
    async fn retry_after_failure(&mut self, error: DriveError) -> Result<(), DriveError> {
        self.incoming = None;
        if error.is_retry_later() {
            return self.wait_for_lookup(error).await;
        }
        self.fruitless += 1;
        // A short pause of a rate limit is waited out; a longer one is returned as the error.
        let asked = error
            .retry_after
            .filter(|wait| *wait <= MAX_RETRY_AFTER_INTERVAL);
        let waits = error.kind == ErrorKind::RateLimited && asked.is_some();
        let may_pass = error.kind.is_transient() || waits;
        let failing_since = *self.failing_since.get_or_insert(self.asked_at);
        let is_over = match self.has_flowed() {
            true => failing_since.elapsed() >= RETRY_TIMEOUT,
            false => self.fruitless >= MAX_FRUITLESS_ATTEMPTS,
        };
        if !may_pass || is_over {
            return Err(error);
        }
        let doublings = (self.fruitless - 1).min(8);
        let pause = (INITIAL_RETRY_INTERVAL * 2u32.pow(doublings)).min(MAX_RETRY_INTERVAL);
        sleep(asked.filter(|_| waits).unwrap_or(pause)).await;
        // Some upstreams answer an expired URL with a page or a 5xx, so the third attempt uses a renewed
        // URL. If renewing fails, the old one is used.
        if self.fruitless + 1 == MAX_FRUITLESS_ATTEMPTS && !self.renewed {
            self.renewed = true;
            let _ = self.source.renew().await;
        }
        Ok(())
    }

    /// Renews the URL once. A second refusal without a byte in between is final.
    async fn renew(&mut self, refusal: DriveError) -> Result<(), DriveError> {
        if self.renewed {
            return Err(refusal);
        }
        self.renewed = true;
        loop {
            match self.source.renew().await {
                Err(error) if error.is_retry_later() => self.wait_for_lookup(error).await?,
                Err(error) if self.has_flowed() && error.kind.is_transient() => {
                    self.retry_after_failure(error).await?;
                }
                result => return result,
            }
        }
    }

    /// Waits while the source looks its URL up. Before the first byte it returns the error instead: a
    /// player can retry then, and hardly later.
    async fn wait_for_lookup(&mut self, error: DriveError) -> Result<(), DriveError> {
        let wait = error
            .retry_after
            .filter(|wait| *wait <= MAX_LOOKUP_INTERVAL);
        match (wait, &mut self.lookups) {
            (Some(wait), Some(lookups)) if *lookups < MAX_ORIGIN_LOOKUPS => {
                *lookups += 1;
                sleep(wait).await;
                Ok(())
            }
            _ => Err(error),
        }
    }
}

#[cfg(test)]
mod tests;
