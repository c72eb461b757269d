//! Uploads by the web session: hosts, tokens and parts.

use reqwest::Method;

use super::started;
use crate::harness::*;
use sandbox::{Effect, Fault};

/// Uploads a file and returns the reply.
pub(super) async fn put(drivein: &Drivein, at: &str, bytes: &[u8]) -> Reply {
    let address = format!("/api/v1/content/{DRIVE}{}", encoded(at));
    drivein
        .ask(Method::PUT, &address)
        .body(bytes.to_vec())
        .send()
        .await
}

/// Returns bytes of three parts.
fn three_parts() -> Vec<u8> {
    (0..9_000_000u32).map(|at| (at ^ (at >> 8)) as u8).collect()
}

async fn stored(drivein: &Drivein, at: &str) -> Vec<u8> {
    let play = drivein.play(at).await;
    drivein.get(&play).await.expect(200).body.to_vec()
}

#[tokio::test]
async fn a_host_that_refuses_parts_in_mid_upload_is_replaced() {
    let drivein = started().await;
    let bytes = three_parts();
    for (name, effect) in [
        ("/refused.bin", Effect::status(403)),
        ("/broken.bin", Effect::status(500)),
        ("/cut.bin", Effect::cut_after(123_457)),
    ] {
        let located = drivein.sandbox.count("locateupload");
        let second = Fault::on("superfile2", effect).matching("partseq=1");
        drivein.sandbox.fault(second.times(1));
        put(&drivein, name, &bytes).await.expect(200);
        assert!(
            stored(&drivein, name).await == bytes,
            "{name} is not what was sent"
        );
        assert!(
            drivein.sandbox.count("locateupload") >= located + 2,
            "{name}: the host is located anew"
        );
    }
    assert_eq!(drivein.sandbox.count("precreate"), 0);
}

#[tokio::test]
async fn a_token_that_becomes_stale_in_mid_upload_is_renewed() {
    let drivein = started().await;
    let pages = drivein.sandbox.count("web_page");
    let bytes = three_parts();
    let stale = |errno| Effect::errno(errno);
    drivein
        .sandbox
        .fault(Fault::on("web_create", stale(4_000_023)).times(1));
    put(&drivein, "/stale.bin", &bytes).await.expect(200);
    assert!(stored(&drivein, "/stale.bin").await == bytes);
    assert!(drivein.sandbox.count("web_page") > pages);
}

#[tokio::test]
async fn an_upload_that_was_interrupted_sends_the_missing_parts_alone() {
    let drivein = started().await;
    let bytes = three_parts();
    let broken = Fault::on("superfile2", Effect::status(500)).matching("partseq=2");
    drivein.sandbox.fault(broken);
    assert!(put(&drivein, "/film.bin", &bytes).await.status >= 500);
    drivein.sandbox.heal();
    let drivein = drivein.restarted().await;
    put(&drivein, "/film.bin", &bytes).await.expect(200);
    assert!(stored(&drivein, "/film.bin").await == bytes);
    let sent = drivein.sandbox.parts_taken();
    assert_eq!(sent[&("/film.bin".to_owned(), 0)], 1, "{sent:?}");
    assert_eq!(sent[&("/film.bin".to_owned(), 2)], 1, "{sent:?}");
    assert_eq!(drivein.sandbox.count("web_precreate"), 1);
}

#[tokio::test]
async fn a_verification_in_mid_upload_is_said_and_no_other_host_is_tried() {
    let drivein = started().await;
    drivein.names("/").await;
    let verify = Effect {
        errno: Some(400_141),
        errmsg: Some("need verify".to_owned()),
        ..Effect::default()
    };
    drivein
        .sandbox
        .fault(Fault::on("locateupload", verify.clone()));
    let reply = put(&drivein, "/film.bin", b"film").await;
    assert_eq!(reply.code(), "verification_required", "{}", reply.text());
    assert_eq!(drivein.sandbox.count("locateupload"), 1);
    assert_eq!(drivein.sandbox.count("superfile2"), 0);
    drivein.sandbox.heal();
    let forbidden = Effect {
        status: Some(403),
        ..verify
    };
    drivein.sandbox.fault(Fault::on("superfile2", forbidden));
    let reply = put(&drivein, "/other.bin", b"film").await;
    assert_eq!(reply.code(), "verification_required", "{}", reply.text());
    assert_eq!(drivein.sandbox.count("superfile2"), 1);
}
