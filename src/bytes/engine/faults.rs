//! Any number of viewers over an upstream with every kind of fault, under a paused clock: each gets exactly
//! its bytes, or a true prefix of them and an error.

use std::collections::VecDeque;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::join_all;
use proptest::prelude::*;
use tokio::time::sleep;

use super::unknown_length::ADOPTION_TIMEOUT;
use super::*;
use crate::bytes::Source;
use crate::bytes::test_content::content;
use drives::{ErrorKind, Incoming};

/// The upstream's answer to one request.
#[derive(Debug, Clone)]
enum Act {
    Whole,
    /// Ends early after this many bytes.
    Cut(usize),
    /// The same with an error.
    Reset(usize),
    /// Begins at byte 0, and ends early after this many bytes.
    IgnoresRange(usize),
    /// Begins this far before the requested byte.
    TooEarly(usize),
    /// Begins this far after it.
    TooFar(usize),
    Fails(ErrorKind),
    /// Another length, and other bytes.
    Another,
    /// Answers after this many milliseconds.
    Late(u64),
    /// Stops for so many milliseconds after so many bytes, then continues.
    Pauses(usize, u64),
    /// Sends more than was requested.
    TooMuch,
    /// Sends empty chunks in between.
    EmptyPieces,
}

fn any_act() -> impl Strategy<Value = Act> {
    let kinds = [
        ErrorKind::Expired,
        ErrorKind::UpstreamFailed,
        ErrorKind::UpstreamTimeout,
        ErrorKind::RateLimited,
        ErrorKind::VerificationRequired,
        ErrorKind::SignedOut,
        ErrorKind::Gone,
    ];
    prop_oneof![
        4 => (0usize..30_000).prop_map(Act::Cut),
        3 => (0usize..30_000).prop_map(Act::Reset),
        3 => (0usize..60_000).prop_map(Act::IgnoresRange),
        1 => (0usize..500).prop_map(Act::TooEarly),
        1 => (1usize..500).prop_map(Act::TooFar),
        3 => Just(Act::Fails(ErrorKind::Expired)),
        3 => proptest::sample::select(kinds.to_vec()).prop_map(Act::Fails),
        1 => Just(Act::Another),
        1 => (1u64..12_000).prop_map(Act::Late),
        1 => (0usize..20_000, 1u64..30_000).prop_map(|(at, ms)| Act::Pauses(at, ms)),
        1 => Just(Act::TooMuch),
        1 => Just(Act::EmptyPieces),
        2 => Just(Act::Whole),
    ]
}

/// An upstream that follows a script, request by request, and then works.
struct Scripted {
    content: Bytes,
    chunk: usize,
    acts: Mutex<VecDeque<Act>>,
    renewal_fails: bool,
}

#[async_trait]
impl Source for Scripted {
    async fn open(&self, from: u64, last: Option<u64>) -> Result<Incoming, DriveError> {
        let act = self.acts.lock().pop_front().unwrap_or(Act::Whole);
        let all = self.content.len();
        let (from, mut end) = (from as usize, last.map_or(all, |last| last as usize + 1));
        let (mut offset, mut limit, mut pause) = (from, usize::MAX, None);
        let mut fails_at_the_end = false;
        let (mut content, mut length) = (self.content.clone(), all);
        match act {
            Act::Whole | Act::EmptyPieces => {}
            Act::Cut(count) => limit = count,
            Act::Reset(count) => (limit, fails_at_the_end) = (count, true),
            Act::IgnoresRange(count) => (offset, limit, end) = (0, count, all),
            Act::TooEarly(by) => offset = from.saturating_sub(by),
            Act::TooFar(by) => offset = (from + by).min(all),
            Act::Fails(kind) => return Err(DriveError::new(kind, "fetch", "")),
            Act::Another => {
                content = content.iter().map(|byte| !byte).collect();
                length = all + 1;
            }
            Act::Late(ms) => sleep(Duration::from_millis(ms)).await,
            Act::Pauses(at, ms) => pause = Some((at, ms)),
            Act::TooMuch => end = all,
        }
        let end = end.min(offset.saturating_add(limit)).max(offset);
        let mut chunks: VecDeque<Result<Bytes, DriveError>> = content[offset..end]
            .chunks(self.chunk)
            .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
            .collect();
        if matches!(act, Act::EmptyPieces) {
            chunks = chunks
                .into_iter()
                .flat_map(|chunk| [Ok(Bytes::new()), chunk])
                .collect();
        }
        if fails_at_the_end {
            chunks.push_back(Err(DriveError::new(
                ErrorKind::UpstreamFailed,
                "fetch",
                "reset",
            )));
        }
        let chunks = stream::unfold((chunks, 0), move |(mut chunks, sent)| async move {
            sleep(Duration::from_millis(5)).await;
            let chunk = chunks.pop_front()?;
            let more = sent + chunk.as_ref().map_or(0, Bytes::len);
            if let Some((at, ms)) = pause
                && (sent..more).contains(&at)
            {
                sleep(Duration::from_millis(ms)).await;
            }
            Some((chunk, (chunks, more)))
        });
        Ok(Incoming {
            offset: offset as u64,
            length: Some(length as u64),
            etag: None,
            chunks: chunks.boxed(),
        })
    }

    async fn renew(&self) -> Result<(), DriveError> {
        sleep(Duration::from_millis(50)).await;
        match self.renewal_fails {
            true => Err(DriveError::new(ErrorKind::UpstreamFailed, "renew", "")),
            false => Ok(()),
        }
    }
}

/// The behaviour of a viewer, who reads some ranges one after the other.
#[derive(Debug, Clone)]
struct FilmReader {
    comes_ms: u64,
    /// Between two chunks.
    pauses_ms: u64,
    /// First and last byte, and the number of bytes after which the viewer seeks.
    parts: Vec<(usize, usize, usize)>,
}

fn any_viewer() -> impl Strategy<Value = FilmReader> {
    let part = (
        0usize..60_000,
        0usize..60_000,
        prop_oneof![Just(usize::MAX), 0usize..40_000],
    );
    (
        0u64..6_000,
        0u64..200,
        proptest::collection::vec(part, 1..4),
    )
        .prop_map(|(comes_ms, pauses_ms, parts)| FilmReader {
            comes_ms,
            pauses_ms,
            parts,
        })
}

/// Reads one range. Panics for a wrong byte or a silent early end.
async fn watch(
    engine: &Engine,
    object: &Object,
    content: &Bytes,
    part: (usize, usize, usize),
    pauses_ms: u64,
) -> bool {
    let length = content.len();
    let first = part.0.min(part.1) % length;
    let last = part.0.max(part.1).min(length - 1).max(first);
    let expected = &content[first..=last];
    let Ok(reading) = engine
        .read(object, ByteRange::new(first as u64, last as u64))
        .await
    else {
        return false;
    };
    assert_eq!(reading.length, Some(length as u64));
    let mut body = reading.body;
    let mut found = Vec::new();
    while let Some(chunk) = body.next().await {
        match chunk {
            Ok(chunk) => found.extend_from_slice(&chunk),
            Err(_) => {
                assert!(expected.starts_with(&found) && body.next().await.is_none());
                return false;
            }
        }
        assert!(
            expected.starts_with(&found),
            "from {first}: wrong before {}",
            found.len()
        );
        if found.len() >= part.2 {
            return true;
        }
        sleep(Duration::from_millis(pauses_ms)).await;
    }
    assert!(found.len() == expected.len(), "silently short");
    true
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2500))]

    /// Segments and originals, known and unknown lengths, any memory, with and without a disk.
    #[test]
    fn every_viewer_gets_true_bytes_or_an_error(
        length in 1usize..50_000,
        memory in prop_oneof![Just(0u64), Just(20_000), Just(1 << 20)],
        is_original in any::<bool>(),
        knows_length in proptest::bool::weighted(0.8),
        has_disk in proptest::bool::weighted(0.2),
        chunk in 1usize..9_000,
        renewal_fails in proptest::bool::weighted(0.1),
        acts in proptest::collection::vec(any_act(), 0..14),
        viewers in proptest::collection::vec(any_viewer(), 1..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let folder = has_disk.then(|| tempfile::tempdir().unwrap());
            let disk = folder.as_ref().map(|folder| Disk::open(folder.path().to_owned(), 60_000));
            // Small blocks: an original of these sizes has many.
            let sizes = BlockSizes { one_block: if is_original { 500 } else { 1 << 20 }, block: 7_000 };
            let engine = Engine::with_sizes(memory, disk, sizes);
            let content = content(length);
            let source = Scripted { content: content.clone(), chunk, acts: Mutex::new(acts.into()), renewal_fails };
            let source = Arc::new(source);
            let object = Object {
                source: source.clone(),
                length: knows_length.then_some(length as u64),
                etag: "film".to_owned(),
                shared: true,
            };
            // A length from the first response cannot be checked, so that response must be true.
            if !knows_length {
                source.acts.lock().retain(|act| !matches!(act, Act::Another));
            }
            join_all(viewers.iter().map(|viewer| {
                let (engine, object, content) = (&engine, &object, &content);
                async move {
                    sleep(Duration::from_millis(viewer.comes_ms)).await;
                    for part in &viewer.parts {
                        watch(engine, object, content, *part, viewer.pauses_ms).await;
                    }
                }
            }))
            .await;
            // The upstream works again: all bytes are there, and no wrong one was cached.
            source.acts.lock().clear();
            assert!(watch(&engine, &object, &content, (0, length, usize::MAX), 0).await);
            assert!(watch(&engine, &object, &content, (0, length, usize::MAX), 0).await);
            sleep(ADOPTION_TIMEOUT * 2).await;
            assert_eq!((engine.stats().open_fetches, engine.stats().incomplete_bytes), (0, 0));
        });
    }
}
