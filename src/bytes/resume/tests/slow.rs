//! Sources that drip, are slow to renew, or send nothing.

use std::sync::Mutex;

use async_trait::async_trait;
use futures_util::TryStreamExt;

use super::super::*;
use super::still_looking;

/// An upstream whose first connections drip.
struct Dripping {
    content: Bytes,
    drips: Mutex<u32>,
    opened: Mutex<Vec<u64>>,
}

#[async_trait]
impl Source for Dripping {
    async fn open(&self, from: u64, _: Option<u64>) -> Result<Incoming, DriveError> {
        self.opened.lock().unwrap().push(from);
        let mut drips = self.drips.lock().unwrap();
        let is_dripping = *drips > 0;
        *drips = drips.saturating_sub(1);
        let rest = self.content.slice(from as usize..);
        let chunks = stream::unfold(rest, move |mut rest| async move {
            if rest.is_empty() {
                return None;
            }
            let count = if is_dripping { 64 } else { rest.len() };
            sleep(Duration::from_secs(u64::from(is_dripping))).await;
            let chunk = rest.split_to(count.min(rest.len()));
            Some((Ok(chunk), rest))
        });
        Ok(Incoming {
            offset: from,
            length: Some(self.content.len() as u64),
            etag: None,
            chunks: chunks.boxed(),
        })
    }

    async fn renew(&self) -> Result<(), DriveError> {
        Ok(())
    }

    fn bytes_per_s(&self) -> Option<f64> {
        Some(100_000.0)
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_drips_is_left_for_another_and_its_bytes_are_kept() {
    for (drips, seconds) in [(1, 5..6), (3, 15..16), (9, 700..800)] {
        let content: Vec<u8> = (0..50_000u32).map(|i| (i * 31 % 251) as u8).collect();
        let source = Arc::new(Dripping {
            content: content.into(),
            drips: Mutex::new(drips),
            opened: Mutex::default(),
        });
        let began = Instant::now();
        let reading = read(source.clone(), ReadRequest::default()).await.unwrap();
        let chunks: Vec<Bytes> = reading.body.try_collect().await.unwrap();
        assert!(chunks.concat() == source.content);
        // If all connections are slow, the last one is kept.
        assert!(seconds.contains(&began.elapsed().as_secs()), "{drips}");
        let opened = source.opened.lock().unwrap().clone();
        assert_eq!(opened.len(), drips.min(3) as usize + 1, "{opened:?}");
        assert!(opened.is_sorted() && opened[1] >= 4 * 64, "{opened:?}");
    }
}

/// Ends early after the first bytes; its URL has expired, and the next one takes five look-ups.
struct Slow {
    opened: Mutex<u32>,
    looks: Mutex<u32>,
}

#[async_trait]
impl Source for Slow {
    async fn open(&self, from: u64, _: Option<u64>) -> Result<Incoming, DriveError> {
        let mut opened = self.opened.lock().unwrap();
        *opened += 1;
        let chunks: Vec<Result<Bytes, DriveError>> = match *opened {
            1 => vec![Ok(Bytes::from_static(b"one "))],
            2 => return Err(DriveError::new(ErrorKind::Expired, "fetch", "")),
            _ => vec![Ok(Bytes::from_static(b"two"))],
        };
        Ok(Incoming {
            offset: from,
            length: Some(7),
            etag: None,
            chunks: stream::iter(chunks).boxed(),
        })
    }

    async fn renew(&self) -> Result<(), DriveError> {
        let mut looks = self.looks.lock().unwrap();
        *looks += 1;
        if *looks > 5 {
            Ok(())
        } else {
            Err(still_looking())
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_that_is_looked_for_in_mid_play_is_waited_for() {
    let source = Slow {
        opened: Mutex::default(),
        looks: Mutex::default(),
    };
    let reading = read(Arc::new(source), ReadRequest::default())
        .await
        .unwrap();
    let chunks: Vec<Bytes> = reading.body.try_collect().await.unwrap();
    assert_eq!(chunks.concat(), b"one two");
}

struct Silent;

#[async_trait]
impl Source for Silent {
    async fn open(&self, _: u64, _: Option<u64>) -> Result<Incoming, DriveError> {
        std::future::pending().await
    }
    async fn renew(&self) -> Result<(), DriveError> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn an_upstream_that_says_nothing_is_a_timeout_before_players_give_up() {
    let started = Instant::now();
    let error = read(Arc::new(Silent), ReadRequest::default())
        .await
        .map(|_| ())
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::UpstreamTimeout);
    assert!(started.elapsed() < Duration::from_secs(10));
}
