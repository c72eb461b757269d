//! One reader over an upstream that follows a script, request by request.

mod slow;

use std::sync::Mutex;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use proptest::prelude::*;

use super::*;
use media::ByteRange;

/// The upstream's answer to one request.
#[derive(Debug, Clone)]
enum Act {
    /// Answers from the requested byte, ending early after this many bytes.
    CutAfter(usize),
    /// Answers from byte 0, ending early after this many bytes.
    IgnoreRange(usize),
    /// An error in mid-body after this many bytes.
    ResetAfter(usize),
    /// The URL has expired.
    Expired,
    /// A transient status.
    Failed,
    /// The whole rest.
    Whole,
    /// Another content.
    Changed,
    /// Nothing for this many seconds, then the rest.
    Late(u64),
    /// Another length than before.
    Longer(usize),
    /// Begins this far after the requested byte.
    TooFar(usize),
    /// A rate limit.
    Limited,
    /// The URL is still being looked up.
    Looking,
}

fn still_looking() -> DriveError {
    DriveError::new(ErrorKind::UpstreamTimeout, "fetch", "still looking")
        .with_retry_after(Duration::from_secs(3))
}

struct Scripted {
    content: Bytes,
    acts: Mutex<std::collections::VecDeque<Act>>,
    renewals: Mutex<u32>,
    tells_length: bool,
    /// True once it has revealed its content: from then on another content has other bytes, too.
    has_answered: Mutex<bool>,
}

impl Scripted {
    fn new(length: usize, acts: &[Act]) -> Self {
        let content: Vec<u8> = (0..length).map(|i| (i * 31 % 251) as u8).collect();
        Scripted {
            content: content.into(),
            acts: Mutex::new(acts.iter().cloned().collect()),
            renewals: Mutex::new(0),
            tells_length: true,
            has_answered: Mutex::new(false),
        }
    }
}

#[async_trait]
impl Source for Scripted {
    async fn open(&self, from: u64, last: Option<u64>) -> Result<Incoming, DriveError> {
        let act = self.acts.lock().unwrap().pop_front().unwrap_or(Act::Whole);
        let end = last.map_or(self.content.len(), |last| last as usize + 1);
        let (offset, limit, reset, etag) = match act {
            Act::Expired => return Err(DriveError::new(ErrorKind::Expired, "fetch", "")),
            Act::Failed => return Err(DriveError::new(ErrorKind::UpstreamFailed, "fetch", "")),
            Act::CutAfter(count) => (from as usize, count, false, "one"),
            Act::ResetAfter(count) => (from as usize, count, true, "one"),
            Act::IgnoreRange(count) => (0, count, false, "one"),
            Act::Whole => (from as usize, usize::MAX, false, "one"),
            Act::Changed => (from as usize, usize::MAX, false, "two"),
            Act::Late(seconds) => {
                sleep(Duration::from_secs(seconds)).await;
                (from as usize, usize::MAX, false, "one")
            }
            Act::Longer(_) => (from as usize, usize::MAX, false, "one"),
            Act::TooFar(by) => (from as usize + by, usize::MAX, false, "one"),
            Act::Limited => return Err(DriveError::new(ErrorKind::RateLimited, "fetch", "")),
            Act::Looking => return Err(still_looking()),
        };
        let is_other = match act {
            Act::Changed => *self.has_answered.lock().unwrap(),
            Act::Longer(_) => true,
            _ => false,
        };
        let length = match act {
            Act::Longer(by) => self.content.len() + by,
            _ => self.content.len(),
        };
        // An answer refused for another reason reveals nothing.
        *self.has_answered.lock().unwrap() |= !matches!(act, Act::Longer(_) | Act::TooFar(_));
        let etag = if is_other { "three" } else { etag };
        let offset = offset.min(self.content.len());
        let until = end
            .min(offset.saturating_add(limit))
            .min(self.content.len());
        let mut chunks: Vec<Result<Bytes, DriveError>> = self.content[offset..until.max(offset)]
            .chunks(7)
            .map(|chunk| chunk.iter().map(|byte| byte ^ u8::from(is_other)))
            .map(|chunk| Ok(chunk.collect()))
            .collect();
        if reset {
            chunks.push(Err(DriveError::new(
                ErrorKind::UpstreamFailed,
                "fetch",
                "reset",
            )));
        }
        Ok(Incoming {
            offset: offset as u64,
            length: self.tells_length.then_some(length as u64),
            etag: Some(etag.to_owned()),
            chunks: stream::iter(chunks).boxed(),
        })
    }

    async fn renew(&self) -> Result<(), DriveError> {
        *self.renewals.lock().unwrap() += 1;
        Ok(())
    }
}

async fn collect(source: Scripted, wanted: ReadRequest) -> Result<Vec<u8>, ErrorKind> {
    let reading = read(Arc::new(source), wanted)
        .await
        .map_err(|error| error.kind)?;
    let chunks: Vec<Bytes> = reading
        .body
        .try_collect()
        .await
        .map_err(|error| error.kind)?;
    Ok(chunks.concat())
}

#[tokio::test(start_paused = true)]
async fn what_a_viewer_gets_of_a_hundred_bytes() {
    use Act::*;
    let all: Vec<u8> = (0..100).map(|i| (i * 31 % 251) as u8).collect();
    let cases: &[(&str, &[Act], Result<(), ErrorKind>)] = &[
        ("nothing happens", &[], Ok(())),
        ("cut and resumed", &[CutAfter(10), CutAfter(33)], Ok(())),
        (
            "cut at every few bytes",
            &[
                CutAfter(1),
                CutAfter(1),
                CutAfter(1),
                CutAfter(1),
                CutAfter(1),
            ],
            Ok(()),
        ),
        ("reset and resumed", &[ResetAfter(50)], Ok(())),
        (
            "the range is ignored",
            &[CutAfter(40), IgnoreRange(1000)],
            Ok(()),
        ),
        (
            "ignored and cut before the place",
            &[CutAfter(40), IgnoreRange(20), IgnoreRange(60)],
            Ok(()),
        ),
        ("run out at first", &[Expired], Ok(())),
        (
            "run out in the middle",
            &[CutAfter(40), Expired, CutAfter(10), Expired],
            Ok(()),
        ),
        ("a passing failure", &[Failed, Failed], Ok(())),
        (
            "a lasting failure",
            &[Failed, Failed, Failed],
            Err(ErrorKind::UpstreamFailed),
        ),
        (
            "the upstream is restarted in the middle",
            &[CutAfter(40), Failed, Failed, Failed, Failed, Failed, Failed],
            Ok(()),
        ),
        (
            "run out twice in a row",
            &[Expired, Expired],
            Err(ErrorKind::Expired),
        ),
        (
            "still looked for at first",
            &[Looking],
            Err(ErrorKind::UpstreamTimeout),
        ),
        (
            "still looked for in the middle",
            &[
                CutAfter(40),
                Looking,
                Looking,
                Looking,
                Looking,
                Looking,
                CutAfter(10),
                Looking,
            ],
            Ok(()),
        ),
        (
            "looked for without end",
            &[
                CutAfter(40),
                Looking,
                Looking,
                Looking,
                Looking,
                Looking,
                Looking,
            ],
            Err(ErrorKind::UpstreamTimeout),
        ),
        (
            "another content",
            &[CutAfter(40), Changed],
            Err(ErrorKind::UpstreamFailed),
        ),
    ];
    for (story, acts, expected) in cases {
        let found = collect(
            Scripted::new(100, acts),
            ReadRequest {
                range: None,
                length: Some(100),
                is_continued: false,
            },
        )
        .await;
        assert_eq!(found, expected.map(|()| all.clone()), "{story}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_attempt_is_made_with_a_fresh_address() {
    for (acts, renewals) in [
        (vec![], 0),
        (vec![Act::Failed], 0),
        (vec![Act::Failed, Act::Failed], 1),
    ] {
        let source = Arc::new(Scripted::new(100, &acts));
        let reading = read(
            source.clone(),
            ReadRequest {
                range: None,
                length: Some(100),
                is_continued: false,
            },
        )
        .await
        .unwrap();
        let chunks: Vec<Bytes> = reading.body.try_collect().await.unwrap();
        assert_eq!(chunks.concat().len(), 100);
        assert_eq!(*source.renewals.lock().unwrap(), renewals, "{acts:?}");
    }
}

/// Answers the first request with ten bytes, and no other one.
struct Down;

#[async_trait]
impl Source for Down {
    async fn open(&self, from: u64, _: Option<u64>) -> Result<Incoming, DriveError> {
        if from > 0 {
            return Err(DriveError::new(ErrorKind::UpstreamFailed, "fetch", ""));
        }
        Ok(Incoming {
            offset: 0,
            length: Some(100),
            etag: None,
            chunks: stream::iter([Ok(Bytes::from_static(&[7; 10]))]).boxed(),
        })
    }

    async fn renew(&self) -> Result<(), DriveError> {
        Err(DriveError::new(ErrorKind::UpstreamFailed, "renew", ""))
    }
}

#[tokio::test(start_paused = true)]
async fn what_has_begun_is_tried_for_as_long_as_players_have_in_their_buffers() {
    let mut body = read(Arc::new(Down), ReadRequest::default())
        .await
        .unwrap()
        .body;
    assert_eq!(body.next().await.unwrap().unwrap().len(), 10);
    // A viewer who pauses meanwhile has as much patience after it.
    sleep(Duration::from_secs(3600)).await;
    let asked = Instant::now();
    let error = body.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::UpstreamFailed);
    let waited = asked.elapsed();
    assert!(waited >= RETRY_TIMEOUT, "{waited:?}");
    assert!(waited <= RETRY_TIMEOUT + MAX_RETRY_INTERVAL, "{waited:?}");
    // So has one whose bytes came from elsewhere, before the first byte from here.
    let continued = ReadRequest {
        range: ByteRange::new(10, 99),
        length: Some(100),
        is_continued: true,
    };
    let asked = Instant::now();
    assert!(read(Arc::new(Down), continued).await.is_err());
    assert!(asked.elapsed() >= RETRY_TIMEOUT);
}

#[tokio::test(start_paused = true)]
async fn a_body_of_another_length_is_refused() {
    let found = collect(
        Scripted::new(99, &[]),
        ReadRequest {
            range: None,
            length: Some(100),
            is_continued: false,
        },
    )
    .await;
    assert_eq!(found, Err(ErrorKind::UpstreamFailed));
}

#[tokio::test(start_paused = true)]
async fn without_any_length_the_end_of_the_body_is_the_end() {
    let source = Scripted {
        tells_length: false,
        ..Scripted::new(50, &[])
    };
    assert_eq!(
        collect(source, ReadRequest::default())
            .await
            .map(|bytes| bytes.len()),
        Ok(50)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// For any upstream: the right bytes, or a right prefix and an error.
    #[test]
    fn never_a_wrong_byte(
        length in 1usize..400,
        bounds in (0usize..400, 0usize..400),
        acts in proptest::collection::vec(prop_oneof![
            (0usize..100).prop_map(Act::CutAfter),
            (0usize..100).prop_map(Act::ResetAfter),
            (0usize..500).prop_map(Act::IgnoreRange),
            Just(Act::Expired), Just(Act::Failed), Just(Act::Changed), Just(Act::Whole), Just(Act::Limited), Just(Act::Looking),
            (1u64..20).prop_map(Act::Late),
            (1usize..9).prop_map(Act::Longer),
            (1usize..50).prop_map(Act::TooFar),
        ], 0..12),
    ) {
        let first = bounds.0.min(bounds.1) % length;
        let last = bounds.0.max(bounds.1).max(first).min(length - 1);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let source = Scripted::new(length, &acts);
            let expected = source.content.slice(first..=last);
            let range = ByteRange::new(first as u64, last as u64);
            let Ok(reading) = read(Arc::new(source), ReadRequest { range, length: Some(length as u64), is_continued: false }).await else { return };
            let mut body = reading.body;
            let mut found = Vec::new();
            let mut failed = false;
            while let Some(chunk) = body.next().await {
                match chunk {
                    Ok(chunk) => { assert!(!failed); found.extend_from_slice(&chunk) }
                    Err(_) => failed = true,
                }
            }
            assert!(expected.starts_with(&found));
            assert!(failed || found.len() == expected.len());
        });
    }
}
