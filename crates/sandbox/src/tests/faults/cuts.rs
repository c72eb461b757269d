//! Faults of bytes: cuts, wrong lengths, slowness.

use std::time::{Duration, Instant};

use super::super::Talk;
use super::FILM;
use crate::{Effect, Fault};

#[tokio::test]
async fn a_cut_connection_ends_short_after_exactly_so_many_bytes() {
    let talk = Talk::new().await;
    let urls = talk.segments(FILM, "M3U8_AUTO_480").await;
    for cut in [0, 1, 1000, 70_000] {
        talk.sandbox.reset_counts();
        talk.sandbox.fault(
            Fault::on("segment", Effect::cut_after(cut))
                .matching("480p/2;")
                .times(1),
        );
        let mut answer = talk.fetch(&urls[2]).await;
        assert!(answer.content_length().unwrap() > cut);
        let mut got = 0;
        let ended = loop {
            match answer.chunk().await {
                Ok(Some(piece)) => got += piece.len() as u64,
                other => break other,
            }
        };
        assert!(ended.is_err());
        assert_eq!((got, talk.sandbox.bytes("segment")), (cut, cut));
    }
    assert!(talk.fetch(&urls[2]).await.bytes().await.is_ok());
}

#[tokio::test]
async fn lengths_that_are_not_true() {
    let talk = Talk::new().await;
    let urls = talk.segments(FILM, "M3U8_AUTO_480").await;
    let whole = talk.fetch(&urls[0]).await.bytes().await.unwrap();
    talk.sandbox
        .fault(Fault::on("segment", Effect::wrong_length(500)).times(1));
    let long = talk.fetch(&urls[0]).await;
    assert_eq!(long.content_length(), Some(whole.len() as u64 + 500));
    assert!(long.bytes().await.is_err());
    talk.sandbox
        .fault(Fault::on("segment", Effect::wrong_length(-500)).times(1));
    let short = talk.fetch(&urls[0]).await.bytes().await.unwrap();
    assert_eq!(short, whole[..whole.len() - 500]);
}

#[tokio::test]
async fn latency_and_rates() {
    let talk = Talk::new().await;
    let urls = talk.segments(FILM, "M3U8_AUTO_480").await;
    let began = Instant::now();
    talk.sandbox
        .fault(Fault::on("segment", Effect::latency(200)).times(1));
    let length = talk.fetch(&urls[0]).await.bytes().await.unwrap().len() as u64;
    assert!(began.elapsed() >= Duration::from_millis(200));
    talk.sandbox
        .fault(Fault::on("segment", Effect::rate(length * 4)).times(1));
    let began = Instant::now();
    assert_eq!(
        talk.fetch(&urls[0]).await.bytes().await.unwrap().len() as u64,
        length
    );
    assert!(
        (200..2000).contains(&began.elapsed().as_millis()),
        "{:?}",
        began.elapsed()
    );
}
