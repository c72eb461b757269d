//! Uploads: whole, in parts, interrupted anywhere, refused beforehand.

mod memory;

use std::collections::BTreeMap;

use futures_util::future::join_all;
use sandbox::PlanChange;

use super::*;

const MIB: usize = 1 << 20;

/// Returns the upstream's bytes at a path.
async fn stored(rig: &Rig, at: &str) -> Bytes {
    rig.sandbox.source(at, "original").await.unwrap()
}

/// Counts how often each part of a file has arrived.
fn parts(rig: &Rig, at: &str) -> BTreeMap<usize, u64> {
    rig.sandbox
        .parts_taken()
        .into_iter()
        .filter(|((path, _), _)| path == at)
        .map(|((_, number), times)| (number, times))
        .collect()
}

#[tokio::test]
async fn a_file_arrives_whole_in_every_mood_and_a_known_one_is_not_sent() {
    for mood in MOODS {
        let rig = Rig::new(mood).await;
        let content = noise(9 * MIB + 5, 7);
        let ask = request("/Nature & Light/up + 1%.bin", &content, OnConflict::Fail);
        rig.uploads().check(&ask).await.unwrap();
        let entry = rig.upload(&ask, &content).await.unwrap();
        assert_eq!(
            (entry.path.clone(), entry.size),
            (ask.path.clone(), content.len() as u64)
        );
        assert_eq!(stored(&rig, ask.path.as_str()).await, content, "{mood:?}");
        assert_eq!(rig.sandbox.count("superfile2"), 3);
        let progress = ask.progress.as_ref().unwrap();
        assert_eq!(progress.received(), content.len() as u64);
        assert_eq!(progress.sent(), content.len() as u64);
        let told = rig.drive.stat(&ask.path).await.unwrap();
        assert_eq!(
            (told.size, told.content),
            (entry.size, entry.content),
            "{mood:?}"
        );

        // The same content elsewhere: no part is sent.
        let twin = request("/twin.bin", &content, OnConflict::Fail);
        let entry = rig.upload(&twin, &content).await.unwrap();
        assert_eq!(entry.path, path("/twin.bin"), "{mood:?}");
        assert_eq!(twin.progress.as_ref().unwrap().sent(), content.len() as u64);
        assert_eq!(rig.sandbox.count("superfile2"), 3);

        // A file that is smaller than a part, and of unknown length.
        let small = noise(1234, 8);
        let ask = UploadRequest {
            size: None,
            ..request("/small.txt", &small, OnConflict::Fail)
        };
        let entry = rig.upload(&ask, &small).await.unwrap();
        assert_eq!(entry.size, 1234, "{mood:?}");
        assert_eq!(stored(&rig, "/small.txt").await, small);
    }
}

#[tokio::test]
async fn a_name_that_is_taken_is_kept_avoided_or_replaced() {
    for mood in MOODS {
        let rig = Rig::new(mood).await;
        let (old, new) = (noise(1000, 1), noise(2000, 2));
        rig.upload(&request("/a.bin", &old, OnConflict::Fail), &old)
            .await
            .unwrap();
        let fail = request("/a.bin", &new, OnConflict::Fail);
        let checked = rig.uploads().check(&fail).await.unwrap_err();
        assert_eq!(checked.kind, ErrorKind::Conflict);
        let refused = rig.upload(&fail, &new).await.unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Conflict, "{mood:?}");
        assert_eq!(stored(&rig, "/a.bin").await, old);

        let beside = rig
            .upload(&request("/a.bin", &new, OnConflict::Rename), &new)
            .await
            .unwrap();
        assert_ne!(beside.path, path("/a.bin"));
        assert_eq!(stored(&rig, beside.path.as_str()).await, new);
        assert_eq!(stored(&rig, "/a.bin").await, old);

        // Known content is stored beside the existing file, and also replaces it.
        let over = rig
            .upload(&request("/a.bin", &new, OnConflict::Overwrite), &new)
            .await
            .unwrap();
        assert_eq!(over.path, path("/a.bin"), "{mood:?}");
        assert_eq!(stored(&rig, "/a.bin").await, new);
        let newer = noise(3000, 3);
        rig.upload(&request("/a.bin", &newer, OnConflict::Overwrite), &newer)
            .await
            .unwrap();
        assert_eq!(stored(&rig, "/a.bin").await, newer);
    }
}

#[tokio::test]
async fn what_will_be_refused_is_said_before_bytes_travel() {
    let rig = Rig::new(Mood::Plain).await;
    let ask = |at: &str, size: u64| UploadRequest {
        path: path(at),
        size: Some(size),
        on_conflict: OnConflict::Fail,
        progress: None,
        resume: None,
    };
    let kind = async |ask: UploadRequest| rig.uploads().check(&ask).await.err().map(|e| e.kind);
    assert_eq!(kind(ask("/new.mp4", 5 << 30)).await, None);
    assert_eq!(
        kind(ask("/new.mp4", (128 << 30) + 1)).await,
        Some(ErrorKind::PlanRequired)
    );
    assert_eq!(kind(ask("/new.mp4", 0)).await, Some(ErrorKind::BadRequest));
    for name in ["/a?.mp4", "/a|b", "/🌊.mp4"] {
        assert_eq!(
            kind(ask(name, 1)).await,
            Some(ErrorKind::RefusedName),
            "{name}"
        );
    }
    rig.sandbox.change_account(PlanChange {
        vip_type: Some(0),
        total: Some(u64::MAX / 4),
        ..PlanChange::default()
    });
    assert_eq!(kind(ask("/new.mp4", 4 << 30)).await, None);
    assert_eq!(
        kind(ask("/new.mp4", (4 << 30) + 1)).await,
        Some(ErrorKind::PlanRequired)
    );
    rig.sandbox.change_account(PlanChange {
        total: Some(1000),
        ..PlanChange::default()
    });
    assert_eq!(kind(ask("/new.mp4", 1)).await, Some(ErrorKind::NoSpace));
    for route in ["precreate", "superfile2", "create"] {
        assert_eq!(rig.sandbox.count(route), 0);
    }
}

#[tokio::test]
async fn refusals_of_the_upstream_keep_their_meaning() {
    let rig = Rig::new(Mood::Plain).await;
    let content = noise(1000, 4);
    for (errno, kind) in [
        (-8, ErrorKind::Conflict),
        (-7, ErrorKind::RefusedName),
        (-10, ErrorKind::NoSpace),
        (-32, ErrorKind::NoSpace),
        (58, ErrorKind::PlanRequired),
        (31355, ErrorKind::UpstreamFailed),
    ] {
        rig.sandbox
            .fault(Fault::on("create", Effect::errno(errno)).times(1));
        let at = format!("/refused {errno}.bin");
        let content: Bytes = [content.as_ref(), at.as_bytes()].concat().into();
        let error = rig
            .upload(&request(&at, &content, OnConflict::Fail), &content)
            .await
            .unwrap_err();
        assert_eq!((error.kind, error.upstream_code), (kind, Some(errno)));
        // Every part is there: once more, and no part is sent.
        rig.upload(&request(&at, &content, OnConflict::Fail), &content)
            .await
            .unwrap();
        assert_eq!(parts(&rig, &at), [(0, 1)].into(), "{errno}");
    }
    // The failure is reported although everything had arrived; the second call succeeds.
    rig.sandbox
        .fault(Fault::on("create", Effect::errno(4000023)).times(1));
    let content = noise(1500, 5);
    rig.upload(&request("/stale.bin", &content, OnConflict::Fail), &content)
        .await
        .unwrap();
    assert_eq!(stored(&rig, "/stale.bin").await, content);
}

#[tokio::test]
async fn a_token_that_runs_out_on_the_way_is_renewed_and_a_changed_part_sent_again() {
    let rig = Rig::new(Mood::Plain).await;
    let content = noise(5 * MIB, 6);
    rig.names("/").await;
    rig.sandbox.fault(
        Fault::on("superfile2", Effect::expired())
            .matching("partseq=0&")
            .times(1),
    );
    rig.sandbox.fault(
        Fault::on("superfile2", Effect::wrong_md5())
            .matching("partseq=1&")
            .times(1),
    );
    let ask = request("/way.bin", &content, OnConflict::Fail);
    rig.upload(&ask, &content).await.unwrap();
    assert_eq!(stored(&rig, "/way.bin").await, content);
    assert_eq!(rig.sandbox.count("refreshtoken"), 1);
    assert_eq!(parts(&rig, "/way.bin"), [(0, 1), (1, 2)].into());
    assert_eq!(ask.progress.unwrap().sent(), content.len() as u64);
    // The host does not serve the account: the right host is requested again.
    rig.sandbox
        .fault(Fault::on("superfile2", Effect::status(403)).times(1));
    let asked = rig.sandbox.count("tokeninfo");
    let content = noise(2000, 9);
    rig.upload(
        &request("/region.bin", &content, OnConflict::Fail),
        &content,
    )
    .await
    .unwrap();
    assert_eq!(rig.sandbox.count("tokeninfo"), asked + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_at_twenty_random_points_it_goes_on_and_no_part_that_arrived_comes_again() {
    let rig = Rig::new(Mood::Strict).await;
    let mut random = Random(20_240_301);
    let cuts: Vec<(usize, usize, u64)> = (0..20)
        .map(|turn| {
            let number = random.below(3);
            let length = if number == 2 { 300_000 } else { 4 * MIB as u64 };
            (turn, number as usize, random.below(length))
        })
        .collect();
    for four in cuts.chunks(4) {
        join_all(four.iter().map(|&(turn, number, at)| {
            let rig = &rig;
            async move {
                let name = format!("/cut {turn}.bin");
                let content = noise(8 * MIB + 300_000, 100 + turn as u64);
                let part = format!("partseq={number}&path={name}&");
                let fault = rig
                    .sandbox
                    .fault(Fault::on("superfile2", Effect::cut_after(at)).matching(&part));
                let ask = request(&name, &content, OnConflict::Fail);
                let cut = rig.upload(&ask, &content).await.unwrap_err();
                assert!(cut.kind.is_transient(), "{cut}");
                rig.sandbox.mend(fault);
                // Half of them continue in another process.
                let other = rig.again().await;
                let goes_on = if turn % 2 == 0 { rig } else { &other };
                let ask = request(&name, &content, OnConflict::Fail);
                goes_on.upload(&ask, &content).await.unwrap();
                assert_eq!(stored(rig, &name).await, content, "{name}");
                assert_eq!(
                    parts(rig, &name),
                    [(0, 1), (1, 1), (2, 1)].into(),
                    "{name}, cut in part {number} after {at} bytes"
                );
                assert_eq!(ask.progress.unwrap().sent(), content.len() as u64);
            }
        }))
        .await;
    }
    // Nothing is left behind.
    let spool = std::fs::read_dir(rig.home.path().join("uploads")).unwrap();
    assert_eq!(spool.count(), 0);
}

#[tokio::test]
async fn a_sender_who_breaks_off_leaves_nothing_behind() {
    let rig = Rig::new(Mood::Plain).await;
    let content = noise(3 * MIB, 11);
    let ask = request("/broken.bin", &content, OnConflict::Fail);
    let half = content.slice(..MIB);
    let gone = stream::iter([Err(io::Error::other("the line is dead"))]);
    let breaks: UploadBody = body(&half).chain(gone).boxed();
    let error = rig.uploads().upload(&ask, breaks).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::BadRequest);
    let short = rig.uploads().upload(&ask, body(&half)).await.unwrap_err();
    assert_eq!(short.kind, ErrorKind::BadRequest);
    assert_eq!(rig.sandbox.count("precreate"), 0);
    let spool = std::fs::read_dir(rig.home.path().join("uploads")).unwrap();
    assert_eq!(spool.count(), 0);
}

#[tokio::test]
async fn an_upload_that_the_upstream_has_forgotten_begins_anew() {
    let rig = Rig::new(Mood::Plain).await;
    let content = noise(5 * MIB, 12);
    let ask = || request("/forgotten.bin", &content, OnConflict::Fail);
    let fault = rig
        .sandbox
        .fault(Fault::on("superfile2", Effect::status(503)).matching("partseq=1&"));
    rig.upload(&ask(), &content).await.unwrap_err();
    rig.sandbox.mend(fault);
    rig.sandbox
        .fault(Fault::on("superfile2", Effect::errno(31023)).times(1));
    rig.upload(&ask(), &content).await.unwrap();
    assert_eq!(stored(&rig, "/forgotten.bin").await, content);
    assert_eq!(rig.sandbox.count("precreate"), 2);
}

/// Uploads by the web session alone, in every mood: cut anywhere, with a stale token, with a host that refuses.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_the_web_session_an_upload_goes_on_through_cuts_stale_tokens_and_refusing_hosts() {
    let mut random = Random(20_261_127);
    for mood in MOODS {
        let sandbox = Arc::new(sandbox::start(options(mood)).await.unwrap());
        let home = Arc::new(tempfile::tempdir().unwrap());
        let section = web_session_section(&sandbox, DRIVE);
        let section = format!("[network]\nallow_hosts = [\"127.0.0.1\"]\n{section}");
        let rig = Rig::over(sandbox, home, &section).await;
        let stale = Effect::errno(4_000_023);
        let cut = Effect::cut_after(random.below(4 * MIB as u64));
        let late_cut = Effect::cut_after(random.below(300_000));
        let refused = Effect::status(403);
        for (number, (route, effect, part)) in [
            ("superfile2", cut, "partseq=1"),
            ("superfile2", late_cut, "partseq=2"),
            ("superfile2", refused, "partseq=1"),
            ("web_precreate", stale.clone(), ""),
            ("web_create", stale, ""),
        ]
        .into_iter()
        .enumerate()
        {
            let name = format!("/through {number}.bin");
            let content = noise(8 * MIB + 300_000, 900 + number as u64);
            let fault = Fault::on(route, effect).matching(part).times(1);
            rig.sandbox.fault(fault);
            let located = rig.sandbox.count("locateupload");
            let ask = request(&name, &content, OnConflict::Fail);
            let entry = rig.upload(&ask, &content).await;
            let entry = entry.unwrap_or_else(|error| panic!("{mood:?} {number}: {error}"));
            assert_eq!(entry.path, ask.path, "{mood:?}");
            assert_eq!(stored(&rig, &name).await, content, "{mood:?} {number}");
            assert_eq!(ask.progress.unwrap().sent(), content.len() as u64);
            let again = u64::from(route == "superfile2");
            let asked = rig.sandbox.count("locateupload") - located;
            assert!(
                asked > again,
                "{mood:?} {number}: a host that failed is located anew"
            );
        }
    }
}
