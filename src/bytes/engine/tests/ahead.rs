//! Reading ahead of a viewer.

use super::*;

/// Twice the size of a block: large objects have several.
const LENGTH: u64 = 32 << 20;

#[tokio::test(start_paused = true)]
async fn a_viewer_who_has_caught_up_reads_on_alone() {
    let engine = Engine::new(64 << 20, None);
    let (upstream, object) = Upstream::new(LENGTH as usize).object();
    let ahead = tokio::spawn(engine.read_ahead(&object, 0..LENGTH));
    let viewed = whole(&engine, &object, None).await;
    assert!(viewed == upstream.content);
    // 2.1 s for its first chunk, which both have read.
    assert!(ahead.is_finished());
    assert_eq!(upstream.times_opened(), 1);
    // Until it leaves: what is read ahead is read by it alone.
    let engine = Engine::new(64 << 20, None);
    let (upstream, object) = Upstream::new(LENGTH as usize).object();
    let ahead = tokio::spawn(engine.read_ahead(&object, 0..LENGTH));
    let mut viewer = engine.read(&object, None).await.unwrap();
    viewer.body.next().await.unwrap().unwrap();
    sleep(Duration::from_secs(60)).await;
    assert!(ahead.is_finished());
    assert!(upstream.sent.load(Ordering::Relaxed) < LENGTH / 4);
}

#[tokio::test(start_paused = true)]
async fn a_viewer_who_is_behind_does_not_hold_back_read_ahead() {
    let engine = Engine::new(64 << 20, None);
    let (upstream, object) = Upstream::new(LENGTH as usize).object();
    let ahead = tokio::spawn(engine.read_ahead(&object, 0..LENGTH));
    sleep(Duration::from_secs(3)).await;
    let mut viewer = engine.read(&object, None).await.unwrap();
    viewer.body.next().await.unwrap().unwrap();
    ahead.await.unwrap();
    assert_eq!(upstream.sent.load(Ordering::Relaxed), LENGTH);
    assert_eq!(engine.stats().cached_bytes, LENGTH);
    assert_eq!(upstream.times_opened(), 1);
}

#[tokio::test(start_paused = true)]
async fn read_ahead_goes_on_in_the_fetch_that_a_viewer_leaves() {
    let engine = Engine::new(64 << 20, None);
    let (upstream, object) = Upstream::new(LENGTH as usize).object();
    let mut viewer = engine.read(&object, None).await.unwrap();
    let read = viewer.body.next().await.unwrap().unwrap().len() as u64;
    let ahead = engine.read_ahead(&object, read..LENGTH);
    drop(viewer);
    ahead.await;
    assert_eq!(engine.stats().cached_bytes, LENGTH);
    assert_eq!(upstream.times_opened(), 1);
}
