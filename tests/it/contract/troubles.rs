//! Failures of the upstream: those that can be repaired are repaired without notice, all others are reported,
//! and nothing of them is remembered when they are over.

use drives::{Capability, ErrorKind};
use media::PageRequest;
use reqwest::Method;

use super::{Emulation, NAME, Subject, Trouble, path, play};

pub async fn a_cut_is_mended<E: Emulation>(subject: Subject<E>) {
    if !subject.can(Capability::Original) {
        return;
    }
    let (at, bytes) = subject.film();
    let drivein = subject.program().await;
    let play = play(&drivein, &at).await;
    if !subject.emulation.trouble(Trouble::CutAfter(100_001)) {
        return;
    }
    let whole = drivein.get(&play).await.expect(200);
    assert!(
        whole.is_whole && whole.body == bytes,
        "{}",
        whole.describe()
    );
}

pub async fn an_address_that_ran_out_is_renewed_in_mid_play<E: Emulation>(subject: Subject<E>) {
    if !subject.can(Capability::Original) {
        return;
    }
    let (at, bytes) = subject.film();
    let drivein = subject.program().await;
    let play = play(&drivein, &at).await;
    let first = drivein
        .ask(Method::GET, &play)
        .range("bytes=0-999")
        .send()
        .await
        .expect(206);
    assert!(first.body == bytes[..1000]);
    if !subject.emulation.trouble(Trouble::Expired) {
        return;
    }
    let rest = drivein
        .ask(Method::GET, &play)
        .range("bytes=1000-")
        .send()
        .await
        .expect(206);
    assert!(
        rest.is_whole && rest.body == bytes[1000..],
        "{}",
        rest.describe()
    );
}

pub async fn a_slow_upstream_is_waited_for<E: Emulation>(subject: Subject<E>) {
    if !subject.can(Capability::List) || !subject.emulation.trouble(Trouble::Slow(150)) {
        return;
    }
    let found = subject
        .all(&subject.folder(), &PageRequest::default())
        .await;
    assert_eq!(found.len(), subject.tree().folder.1.len());
    if subject.can(Capability::Original) {
        let (at, bytes) = subject.film();
        let drivein = subject.program().await;
        let whole = drivein.get(&play(&drivein, &at).await).await.expect(200);
        assert!(
            whole.is_whole && whole.body == bytes,
            "{}",
            whole.describe()
        );
    }
}

pub async fn a_failure_is_told_and_not_remembered<E: Emulation>(subject: Subject<E>) {
    if !subject.emulation.trouble(Trouble::Broken) {
        return;
    }
    let page = PageRequest::default();
    if subject.can(Capability::List) {
        let listed = subject.drive.list(&path("/"), &page).await.unwrap_err();
        assert_eq!(listed.kind, ErrorKind::UpstreamFailed);
        let told = subject.drive.stat(&subject.film().0).await.unwrap_err();
        assert_eq!(told.kind, ErrorKind::UpstreamFailed);
    }
    if subject.can(Capability::Search) {
        let found = subject.drive.search("film", &page).await.unwrap_err();
        assert_eq!(found.kind, ErrorKind::UpstreamFailed);
    }
    let drivein = subject.program().await;
    let drives = drivein.api("drives").await;
    assert_eq!(drives["drives"][0]["state"], "failed", "{drives}");
    let entry = format!("/api/v1/entries/{NAME}");
    if subject.can(Capability::List) {
        let reply = drivein.get(&entry).await;
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (502, "upstream_failed")
        );
        let page = drivein.get(&format!("/browse/{NAME}/")).await;
        assert_eq!(page.status, 502);
    }
    subject.emulation.heal();
    if subject.can(Capability::List) {
        drivein.get(&entry).await.expect(200);
    }
    let drives = drivein.api("drives").await;
    assert_eq!(drives["drives"][0]["state"], "ready", "{drives}");
}

pub async fn a_session_that_ended_is_told<E: Emulation>(subject: Subject<E>) {
    if !subject.emulation.trouble(Trouble::SignedOut) {
        return;
    }
    let account = subject.drive.account().await.unwrap_err();
    assert_eq!(account.kind, ErrorKind::SignedOut);
    if subject.can(Capability::List) {
        let listed = subject
            .drive
            .list(&path("/"), &PageRequest::default())
            .await
            .unwrap_err();
        assert_eq!(listed.kind, ErrorKind::SignedOut);
    }
    let drivein = subject.program().await;
    let drives = drivein.api("drives").await;
    assert_eq!(drives["drives"][0]["state"], "signed_out", "{drives}");
    assert_eq!(drives["drives"][0]["problem"]["code"], "signed_out");
}
