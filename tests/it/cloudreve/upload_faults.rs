//! Uploads that something happens to on their way: the sender leaves, a connection is cut, a token ends, a target leads
//! elsewhere.

use std::time::Duration;

use bytes::Bytes;
use drives::{OnConflict, UploadBody, UploadRequest};
use futures_util::{StreamExt, stream};
use media::EntryPath;

use super::server::Policy;
use super::uploads::{CHUNK, PROVIDERS, content, put, upload_whole};
use super::*;
use crate::contract::open_drive;

const PATIENCE: Duration = Duration::from_secs(30);

fn body(bytes: &[u8]) -> UploadBody {
    stream::iter([Ok(Bytes::copy_from_slice(bytes))]).boxed()
}

#[tokio::test]
async fn a_session_whose_sender_left_while_it_was_opened_is_kept_shown_and_resumed() {
    let site = stocked().await;
    let (drive, _home) = open_drive(&site.section(NAS)).await;
    let upload = drive.upload().unwrap();
    let bytes = content(300_000);
    let request = UploadRequest {
        path: EntryPath::parse("/left.mp4").unwrap(),
        size: Some(300_000),
        on_conflict: OnConflict::Fail,
        progress: None,
        resume: None,
    };
    site.hold_sessions();
    let is_asked = async || (site.count("PUT /file/upload") == 1).then_some(());
    tokio::select! {
        sent = upload.upload(&request, body(&bytes)) => panic!("the session is held: {sent:?}"),
        () = eventually("a session is asked for", PATIENCE, is_asked) => {}
    }
    // The sender has left; the site opens the session, with a lock and a placeholder.
    site.release_sessions();
    let kept = async || {
        let facts = drive.account().await.unwrap().facts;
        facts
            .into_iter()
            .find(|(name, _)| name == "Unfinished uploads")
    };
    let (_, text) = eventually("the session is kept", PATIENCE, kept).await;
    let text = text.to_string();
    assert!(text.starts_with("/left.mp4, 0 % sent"), "{text}");
    assert_eq!(site.uploads_under_way(), 1);

    upload.check(&request).await.unwrap();
    upload.upload(&request, body(&bytes)).await.unwrap();
    assert_eq!(
        site.count("PUT /file/upload"),
        1,
        "the session of the first sender is used"
    );
    assert!(site.bytes("/left.mp4").unwrap() == bytes);
    assert!(site.placeholders().is_empty());
    let facts = drive.account().await.unwrap().facts;
    assert!(facts.iter().all(|(name, _)| name != "Unfinished uploads"));
}

#[tokio::test]
async fn at_each_target_a_body_that_is_cut_anywhere_is_sent_again() {
    let site = stocked().await;
    site.chunks_of(CHUNK);
    let drivein = server(&site).await;
    let bytes = content(3 * CHUNK + 1);
    // The bytes after which the connection is cut, in any order but the same in each run.
    let mut state = 20_261_128_u64;
    let mut cut_after = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % CHUNK
    };
    for kind in ["local"].into_iter().chain(PROVIDERS) {
        site.with_policy(Policy::of(kind).encrypted());
        let after = cut_after();
        site.cut_chunk_after(after);
        let path = format!("/{kind}/cut after {after}.mp4");
        upload_whole(&site, &drivein, &path, &bytes).await;
        assert!(!site.has_cut_to_make(), "{path} was not cut");
    }
}

#[tokio::test]
async fn a_token_that_ends_between_two_chunks_is_renewed_and_the_session_goes_on() {
    let site = stocked().await;
    site.chunks_of(CHUNK);
    let drivein = server(&site).await;
    let bytes = content(3 * CHUNK + 1);
    for kind in ["local", "remote", "s3", "onedrive"] {
        site.with_policy(Policy::of(kind));
        let path = format!("/{kind}.mp4");
        let (sessions, tokens) = (
            site.count("PUT /file/upload"),
            site.count("POST /session/token/refresh"),
        );
        site.expire_access_at_chunk(2);
        upload_whole(&site, &drivein, &path, &bytes).await;
        assert_eq!(site.count("PUT /file/upload") - sessions, 1, "{kind}");
        assert_eq!(
            site.count("POST /session/token/refresh") - tokens,
            1,
            "{kind}"
        );
    }
}

#[tokio::test]
async fn a_target_that_leads_elsewhere_in_mid_upload_is_not_followed() {
    let site = stocked().await;
    site.chunks_of(CHUNK);
    let drivein = server(&site).await;
    let bytes = content(3 * CHUNK + 1);
    for kind in [
        "local", "remote", "s3", "cos", "oss", "obs", "qiniu", "onedrive",
    ] {
        site.with_policy(Policy::of(kind));
        site.redirect_chunk(1);
        let path = format!("/{kind}.mp4");
        let failed = put(&drivein, &path, "", bytes.clone()).await;
        assert_eq!(
            failed.code(),
            "upstream_failed",
            "{kind}: {}",
            failed.text()
        );
        // A redirect of the site or its node may be that of a proxy before it: their session is kept.
        if !matches!(kind, "local" | "remote") {
            assert_eq!(site.uploads_under_way(), 0, "{kind}: the name is free");
            assert!(site.placeholders().is_empty(), "{kind}");
        }
        site.heal();
        upload_whole(&site, &drivein, &path, &bytes).await;
    }
}
