//! Limiters under a paused clock.

mod shares_of_servers;

use std::sync::Mutex;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use super::*;
use drives::{ErrorKind, Permit};

fn governor() -> Arc<Governor> {
    Governor::new(QuotaShare::whole(), None, || 0.0)
}

impl Governor {
    /// Makes one call under a permit.
    async fn call<T>(
        &self,
        priority: impl Into<DynamicPriority>,
        work: impl Future<Output = Result<T, DriveError>>,
    ) -> Result<T, DriveError> {
        let permit = self.acquire(RequestKind::Call, &priority.into()).await?;
        permit.record_outcome(work.await)
    }
}

async fn acquire(governor: &Governor, request: RequestKind) -> Result<LimiterPermit, DriveError> {
    let priority = Governor::priority_of(Purpose::Upload);
    governor.acquire(request, &priority).await
}

/// Makes a call that takes so long and succeeds.
async fn call(governor: &Governor, priority: Priority, takes: Duration) -> Result<(), DriveError> {
    let work = async {
        sleep(takes).await;
        Ok(())
    };
    governor.call(priority, work).await
}

fn limited(wait: Option<Duration>) -> DriveError {
    let error = DriveError::new(ErrorKind::RateLimited, "list", "");
    match wait {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    }
}

async fn refuse(governor: &Governor, wait: Option<Duration>) -> Duration {
    let answer = governor
        .call(Priority::ReadAhead, async { Err::<(), _>(limited(wait)) })
        .await;
    answer.unwrap_err().retry_after.unwrap()
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn who_waits_goes_by_urgency_and_then_by_coming() {
    let governor = governor();
    let order = Mutex::new(Vec::new());
    // Full for a second, then one slot after the other becomes free.
    let fill = join_all((0..64).map(|number| {
        let takes = SECOND + Duration::from_millis(10 * number);
        call(&governor, Priority::Playing, takes)
    }));
    let one = |name: &'static str, priority| {
        let (governor, order) = (&governor, &order);
        async move {
            sleep(Duration::from_millis(10)).await;
            let work = async {
                order.lock().unwrap().push(name);
                sleep(SECOND).await;
                Ok(())
            };
            governor.call(priority, work).await.unwrap();
        }
    };
    let waiting = join_all([
        one("scan", Priority::Scans),
        one("picture", Priority::Thumbnails),
        one("ahead", Priority::ReadAhead),
        one("first opened", Priority::Opening),
        one("second opened", Priority::Opening),
        one("played", Priority::Playing),
    ]);
    tokio::join!(fill, waiting);
    let order = order.lock().unwrap();
    assert_eq!(
        *order,
        [
            "played",
            "first opened",
            "second opened",
            "ahead",
            "picture",
            "scan"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn the_lower_ones_leave_slots_free() {
    let governor = governor();
    let ahead = join_all((0..100).map(|_| call(&governor, Priority::ReadAhead, 10 * SECOND)));
    let viewer = async {
        sleep(SECOND).await;
        let busy = governor.stats()[0].1;
        assert_eq!(busy.in_flight[Priority::ReadAhead.index()], 32);
        assert_eq!(busy.waiting[Priority::ReadAhead.index()], 68);
        let began = Instant::now();
        call(&governor, Priority::Opening, Duration::ZERO)
            .await
            .unwrap();
        assert_eq!(began.elapsed(), Duration::ZERO);
    };
    tokio::join!(ahead, viewer);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_shuts_nobody_out_for_as_long_as_a_body_lasts() {
    let governor = governor();
    let limiter = governor.calls();
    let playing = DynamicPriority::new(Priority::Playing);
    // A film that is watched for hours.
    let mut open = limiter.admit(&playing).await.unwrap();
    open.begin_body();
    refuse(&governor, Some(SECOND)).await;
    sleep(2 * SECOND).await;
    let next = limiter.admit(&playing).await.unwrap();
    // Not answered yet: the slow start is one at a time.
    let third = tokio::time::timeout(SECOND, limiter.admit(&playing)).await;
    assert!(third.is_err());
    let mut next = next;
    next.begin_body();
    drop(limiter.admit(&playing).await.unwrap());
    drop((open, next));
    assert_eq!(governor.stats()[0].1.in_flight.iter().sum::<u64>(), 0);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_ever_behind_a_crowd() {
    let governor = governor();
    // More than fits, all the time.
    let crowd = join_all((0..200).map(|_| call(&governor, Priority::Opening, 6 * SECOND)));
    let scan = async {
        sleep(Duration::from_millis(10)).await;
        let began = Instant::now();
        call(&governor, Priority::Scans, Duration::ZERO)
            .await
            .unwrap();
        began.elapsed()
    };
    let (crowd, waited) = tokio::join!(crowd, scan);
    assert!(waited < 7 * SECOND, "{waited:?}");
    assert!(crowd.iter().filter(|answer| answer.is_ok()).count() >= 190);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_presses_for_has_a_pace() {
    let governor = governor();
    let began = Instant::now();
    for _ in 0..80 {
        call(&governor, Priority::Scans, Duration::ZERO)
            .await
            .unwrap();
    }
    // Fifty at once, then ten a second.
    let took = began.elapsed();
    assert!(
        took > Duration::from_millis(2900) && took < Duration::from_millis(3200),
        "{took:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_closes_the_gate_for_as_long_as_was_asked() {
    let governor = governor();
    assert_eq!(refuse(&governor, Some(30 * SECOND)).await, 30 * SECOND);
    sleep(10 * SECOND).await;
    // No viewer's request waits for twenty seconds.
    for priority in [Priority::Playing, Priority::Opening, Priority::Scans] {
        let refused = call(&governor, priority, Duration::ZERO).await.unwrap_err();
        assert_eq!(refused.kind, ErrorKind::RateLimited);
        assert_eq!(refused.retry_after, Some(20 * SECOND));
    }
    assert_eq!(governor.stats()[0].1.paused_for, Some(20 * SECOND));
    // Read-ahead does, and so does a player at the end of it.
    let began = Instant::now();
    let ahead = async {
        call(&governor, Priority::ReadAhead, Duration::ZERO)
            .await
            .unwrap();
        began.elapsed()
    };
    let player = async {
        sleep(17 * SECOND).await;
        call(&governor, Priority::Playing, Duration::ZERO)
            .await
            .unwrap();
        began.elapsed()
    };
    let (ahead, player) = tokio::join!(ahead, player);
    assert!(ahead >= 20 * SECOND && player >= 20 * SECOND);
    assert_eq!(governor.stats()[0].1.paused_for, None);
    assert_eq!(governor.stats()[0].1.pauses, 1);
}

#[tokio::test(start_paused = true)]
async fn without_a_time_each_refusal_doubles_the_pause_up_to_a_minute() {
    let governor = governor();
    for expected in [1, 2, 4, 8, 16, 32, 60, 60] {
        assert_eq!(refuse(&governor, None).await, expected * SECOND);
        sleep(expected * SECOND).await;
    }
    call(&governor, Priority::Opening, Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(refuse(&governor, None).await, SECOND);
}

#[tokio::test(start_paused = true)]
async fn chance_makes_a_pause_longer_never_shorter() {
    let governor = Governor::new(QuotaShare::whole(), None, || 1.0);
    assert_eq!(refuse(&governor, None).await, Duration::from_millis(1250));
    sleep(2 * SECOND).await;
    assert_eq!(refuse(&governor, Some(600 * SECOND)).await, 605 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn refusals_of_calls_that_were_under_way_together_count_once() {
    let governor = governor();
    let together = join_all((0..10).map(|_| async {
        let work = async {
            sleep(SECOND).await;
            Err::<(), _>(limited(None))
        };
        governor.call(Priority::Opening, work).await.unwrap_err()
    }))
    .await;
    assert!(
        together
            .iter()
            .all(|error| error.retry_after == Some(SECOND))
    );
    assert_eq!(governor.stats()[0].1.pauses, 1);
}

#[tokio::test(start_paused = true)]
async fn after_a_pause_it_begins_with_one_at_a_time() {
    let governor = governor();
    refuse(&governor, None).await;
    let began = Instant::now();
    let ends: Vec<Duration> = join_all((0..15).map(|_| async {
        call(&governor, Priority::ReadAhead, SECOND).await.unwrap();
        began.elapsed()
    }))
    .await;
    let by = |seconds: u32| ends.iter().filter(|end| **end <= SECOND * seconds).count();
    // After the pause of a second: one, then two, then more at a time.
    assert_eq!((by(1), by(2), by(3)), (0, 1, 2));
    assert!(by(6) == 15, "{ends:?}");
}

#[test]
fn what_a_viewer_has_left_is_as_urgent_as_before() {
    let priority = DynamicPriority::new(Priority::ReadAhead);
    let first = priority.register(Priority::Playing);
    let second = priority.clone().register(Priority::Playing);
    drop(first);
    assert_eq!(priority.current(), Priority::Playing);
    drop(second);
    assert_eq!(priority.current(), Priority::ReadAhead);
    // Work that was started for a viewer who has left has the priority of the remaining waiters.
    let priority = DynamicPriority::new(Priority::Playing);
    let pilot = priority.register(Priority::ReadAhead);
    assert_eq!(priority.current(), Priority::ReadAhead);
    drop(pilot);
    assert_eq!(
        (priority.current(), priority.own()),
        (Priority::Playing, Priority::Playing)
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_viewer_arrives_at_becomes_urgent() {
    let governor = governor();
    refuse(&governor, Some(20 * SECOND)).await;
    let priority = DynamicPriority::new(Priority::ReadAhead);
    let ahead = governor.call(priority.clone(), async { Ok(()) });
    let viewer = async {
        sleep(SECOND).await;
        let wishes = [Priority::Playing, Priority::Scans].map(|it| priority.register(it));
        assert_eq!(priority.current(), Priority::Playing);
        wishes
    };
    let mut ahead = std::pin::pin!(ahead);
    let _wishes = tokio::select! {
        _ = &mut ahead => panic!("it is paused"),
        wishes = viewer => wishes,
    };
    // The reader polls it, and gets an error instead of waiting.
    let refused = std::future::poll_fn(|context| {
        context.waker().wake_by_ref();
        ahead.as_mut().poll(context)
    });
    assert_eq!(refused.await.unwrap_err().retry_after, Some(19 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn who_goes_away_leaves_no_trace() {
    let governor = governor();
    let fill = join_all((0..64).map(|_| call(&governor, Priority::Playing, SECOND)));
    let leaver = async {
        sleep(Duration::from_millis(1)).await;
        let waiting = call(&governor, Priority::Playing, SECOND);
        let left = tokio::time::timeout(Duration::from_millis(500), waiting).await;
        assert!(left.is_err());
    };
    tokio::join!(fill, leaver);
    let figures = governor.stats()[0].1;
    assert_eq!((figures.in_flight, figures.waiting), ([0; 6], [0; 6]));
}

#[tokio::test(start_paused = true)]
async fn an_upload_waits_for_its_turn_and_a_refusal_makes_the_next_one_wait() {
    let governor = governor();
    let turn = acquire(&governor, RequestKind::Send).await.unwrap();
    let [(_, calls), (_, media)] = governor.stats();
    let upload = Priority::Upload.index();
    assert_eq!((calls.in_flight[upload], media.in_flight[upload]), (0, 1));
    assert_eq!(turn.report(None), None);
    let refused = limited(Some(20 * SECOND));
    assert_eq!(turn.report(Some(&refused)), Some(20 * SECOND));
    drop(turn);
    let began = Instant::now();
    // Calls have a gate of their own.
    drop(acquire(&governor, RequestKind::Call).await.unwrap());
    assert_eq!(began.elapsed(), Duration::ZERO);
    drop(acquire(&governor, RequestKind::Send).await.unwrap());
    assert!(began.elapsed() >= 20 * SECOND, "{:?}", began.elapsed());
    // Too long to wait for: an immediate error.
    let turn = acquire(&governor, RequestKind::Call).await.unwrap();
    turn.report(Some(&limited(Some(1000 * SECOND))));
    drop(turn);
    let told = acquire(&governor, RequestKind::Call).await.err().unwrap();
    assert_eq!(told.kind, ErrorKind::RateLimited);
}
