//! Limits that several servers share.

use futures_util::future::join_all;
use tokio::time::sleep;

use super::super::*;
use super::{SECOND, call, governor};

#[tokio::test(start_paused = true)]
async fn three_servers_together_make_no_more_concurrent_calls_than_one() {
    let shares = [333_333; 3].map(|millionths| {
        let quota = QuotaShare::none();
        quota.set(millionths);
        quota
    });
    let servers = shares.map(|quota| Governor::new(quota, None, || 0.0));
    for priority in Priority::ALL {
        let alone = governor();
        let most = |governors: &[Arc<Governor>]| -> u64 {
            let stats = governors.iter().map(|governor| governor.stats()[0].1);
            stats.map(|stats| stats.in_flight.iter().sum::<u64>()).sum()
        };
        let crowd = |governor: &Arc<Governor>| {
            let governor = governor.clone();
            async move {
                let calls = (0..100).map(|_| call(&governor, priority, SECOND));
                join_all(calls).await
            }
        };
        // Long enough for the bucket of the background to fill.
        sleep(20 * SECOND).await;
        let counted = async {
            sleep(SECOND / 2).await;
            (most(std::slice::from_ref(&alone)), most(&servers))
        };
        let (_, _, (of_one, of_three)) =
            tokio::join!(crowd(&alone), join_all(servers.iter().map(crowd)), counted);
        assert!(
            of_three > 0 && of_three <= of_one,
            "{priority:?}: {of_three} of {of_one}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn three_servers_together_begin_no_more_background_calls_than_one() {
    let servers = [333_333; 3].map(|millionths| {
        let quota = QuotaShare::none();
        quota.set(millionths);
        Governor::new(quota, None, || 0.0)
    });
    sleep(60 * SECOND).await;
    let begun = std::sync::atomic::AtomicU64::new(0);
    let scan = async |governor: &Arc<Governor>| loop {
        call(governor, Priority::Scans, Duration::from_millis(1))
            .await
            .unwrap();
        begun.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    };
    let all = join_all(servers.iter().map(scan));
    assert!(tokio::time::timeout(10 * SECOND, all).await.is_err());
    let begun = begun.load(std::sync::atomic::Ordering::Relaxed);
    // Fifty at once, and ten a second.
    assert!((140..=150).contains(&begun), "{begun}");
}

#[tokio::test(start_paused = true)]
async fn a_server_without_a_share_waits_until_it_has_one_and_takes_no_more_when_it_grows() {
    let quota = QuotaShare::none();
    let governor = Governor::new(quota.clone(), None, || 0.0);
    let waiting = call(&governor, Priority::Opening, Duration::ZERO);
    let grown = async {
        sleep(2 * SECOND).await;
        assert_eq!(governor.stats()[0].1.waiting[Priority::Opening.index()], 1);
        quota.set(500_000);
    };
    let (waited, ()) = tokio::join!(waiting, grown);
    waited.unwrap();
    let busy = || governor.stats()[0].1.in_flight[Priority::Opening.index()];
    let crowd = join_all((0..64).map(|_| call(&governor, Priority::Opening, 10 * SECOND)));
    let counted = async {
        sleep(SECOND).await;
        assert_eq!(busy(), 32);
        quota.set(1_000_000);
        sleep(SECOND).await;
        assert_eq!(busy(), 64);
    };
    tokio::join!(crowd, counted);
}

#[tokio::test(start_paused = true)]
async fn a_share_that_grows_brings_no_tokens_with_it() {
    let quota = QuotaShare::none();
    quota.set(500_000);
    let governor = Governor::new(quota.clone(), None, || 0.0);
    sleep(60 * SECOND).await;
    let mut begun = 0;
    // 25 at once, then as the rate allows.
    let begin = async |begun: &mut u64| loop {
        call(&governor, Priority::Scans, Duration::ZERO)
            .await
            .unwrap();
        *begun += 1;
    };
    let _ = tokio::time::timeout(Duration::from_millis(10), begin(&mut begun)).await;
    assert_eq!(begun, 25);
    quota.set(1_000_000);
    let _ = tokio::time::timeout(SECOND, begin(&mut begun)).await;
    assert!((34..=36).contains(&begun), "{begun}");
}
