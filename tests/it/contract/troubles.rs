//! Failures of the upstream: those that can be repaired are repaired without notice, all others are reported,
//! and nothing of them is remembered when they are over.

use drives::ErrorKind;
use media::PageRequest;

use super::{Drivein, Emulation, NAME, Subject, Trouble, path, play};

pub async fn a_cut_is_mended<E: Emulation>(subject: Subject<E>) {
    let (at, bytes) = subject.film();
    let drivein = subject.program().await;
    let play = play(&drivein, &at).await;
    subject.emulation.trouble(Trouble::CutAfter(100_001));
    let whole = drivein.get(&play).await.expect(200);
    assert!(
        whole.is_whole && whole.body == bytes,
        "{}",
        whole.describe()
    );
}

pub async fn an_address_that_ran_out_is_renewed_in_mid_play<E: Emulation>(subject: Subject<E>) {
    let (at, bytes) = subject.film();
    let drivein = subject.program().await;
    let play = play(&drivein, &at).await;
    let first = drivein.fetch_range(&play, "bytes=0-999").await;
    assert!(first.body == bytes[..1000]);
    subject.emulation.trouble(Trouble::Expired);
    let rest = drivein.fetch_range(&play, "bytes=1000-").await;
    assert!(
        rest.is_whole && rest.body == bytes[1000..],
        "{}",
        rest.describe()
    );
}

pub async fn a_repackaged_original_plays_on_through_cuts_and_renewals<E: Emulation>(
    subject: Subject<E>,
) {
    let drivein = subject.program().await;
    let play = play(&drivein, &subject.film().0).await;
    source_plays_on(&subject, &drivein, &play).await;
}

/// Plays the repackaged original of a film once without trouble, and once with each.
pub async fn source_plays_on<E: Emulation>(subject: &Subject<E>, drivein: &Drivein, play: &str) {
    let list = drivein.text(&format!("{play}/source.m3u8")).await;
    let segments: Vec<&str> = list.lines().filter(|line| line.ends_with(".m4s")).collect();
    assert!(segments.len() > 3, "{list}");
    let mut truth = Vec::new();
    for segment in &segments {
        let reply = drivein.get(&format!("{play}/{segment}")).await.expect(200);
        assert!(reply.is_whole && reply.body.len() > 1000, "{segment}");
        truth.push(reply.body);
    }
    for trouble in [
        Trouble::CutAfter(20_001),
        Trouble::Expired,
        Trouble::IgnoresRanges,
    ] {
        subject.emulation.trouble(trouble);
        for (segment, truth) in segments.iter().zip(&truth) {
            let reply = drivein.get(&format!("{play}/{segment}")).await.expect(200);
            assert!(
                reply.is_whole && reply.body == *truth,
                "{trouble:?} {segment}: {}",
                reply.describe()
            );
        }
        subject.emulation.heal();
    }
}

pub async fn a_slow_list_is_waited_for<E: Emulation>(subject: Subject<E>) {
    subject.emulation.trouble(Trouble::Slow(150));
    let found = subject
        .all(&subject.folder(), &PageRequest::default())
        .await;
    assert_eq!(found.len(), subject.tree().folder.1.len());
}

pub async fn a_slow_original_is_waited_for<E: Emulation>(subject: Subject<E>) {
    subject.emulation.trouble(Trouble::Slow(150));
    let (at, bytes) = subject.film();
    let drivein = subject.program().await;
    let whole = drivein.get(&play(&drivein, &at).await).await.expect(200);
    assert!(
        whole.is_whole && whole.body == bytes,
        "{}",
        whole.describe()
    );
}

pub async fn a_failure_is_told_and_not_remembered<E: Emulation>(subject: Subject<E>) {
    subject.emulation.trouble(Trouble::Broken);
    let drivein = subject.program().await;
    let drives = drivein.api("drives").await;
    assert_eq!(drives["drives"][0]["state"], "failed", "{drives}");
    subject.emulation.heal();
    let drives = drivein.api("drives").await;
    assert_eq!(drives["drives"][0]["state"], "ready", "{drives}");
}

pub async fn a_failure_of_a_list_is_told_and_not_remembered<E: Emulation>(subject: Subject<E>) {
    subject.emulation.trouble(Trouble::Broken);
    let page = PageRequest::default();
    let listed = subject.drive.list(&path("/"), &page).await.unwrap_err();
    assert_eq!(listed.kind, ErrorKind::UpstreamFailed);
    let told = subject.drive.stat(&subject.film().0).await.unwrap_err();
    assert_eq!(told.kind, ErrorKind::UpstreamFailed);

    let drivein = subject.program().await;
    let entry = format!("/api/v1/entries/{NAME}");
    let reply = drivein.get(&entry).await;
    assert_eq!(
        (reply.status, reply.code().as_str()),
        (502, "upstream_failed")
    );
    let page = drivein.get(&format!("/browse/{NAME}/")).await;
    assert_eq!(page.status, 502);
    subject.emulation.heal();
    drivein.get(&entry).await.expect(200);
}

pub async fn a_failure_of_a_search_is_told<E: Emulation>(subject: Subject<E>) {
    subject.emulation.trouble(Trouble::Broken);
    let page = PageRequest::default();
    let found = subject.drive.search("film", &page).await.unwrap_err();
    assert_eq!(found.kind, ErrorKind::UpstreamFailed);
}

pub async fn a_session_that_ended_is_told<E: Emulation>(subject: Subject<E>) {
    subject.emulation.trouble(Trouble::SignedOut);
    let account = subject.drive.account().await.unwrap_err();
    assert_eq!(account.kind, ErrorKind::SignedOut);
    let drivein = subject.program().await;
    let drives = drivein.api("drives").await;
    assert_eq!(drives["drives"][0]["state"], "signed_out", "{drives}");
    assert_eq!(drives["drives"][0]["problem"]["code"], "signed_out");
}

pub async fn a_session_that_ended_lists_nothing<E: Emulation>(subject: Subject<E>) {
    subject.emulation.trouble(Trouble::SignedOut);
    let page = PageRequest::default();
    let listed = subject.drive.list(&path("/"), &page).await.unwrap_err();
    assert_eq!(listed.kind, ErrorKind::SignedOut);
}
