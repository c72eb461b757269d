//! Drives over S3, beyond what every drive has in common: keys, buckets, uploads in parts, large folders.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use drives::{OnConflict, ResumeKey, UploadRequest, UploadResume};
use futures_util::StreamExt;
use reqwest::Method;
use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use crate::commands::checked;
use crate::harness::*;
use crate::servers::s3::{BucketServer, start, start_with_redirects};
use crate::servers::{Remote, large, names_in, put};
use crate::webdav::fifty_viewers_share_one_fetch;

async fn drivein(server: &BucketServer) -> Drivein {
    let setup = Drivein::setup().no_drive();
    setup.drives(&server.section("bucket", &[])).start().await
}

#[tokio::test]
async fn check_names_the_cause() {
    let server = start().await;
    server.put("film.mp4", vec![1; 10]).await;
    for (other, word) in [
        (("secret_access_key", "wrong"), "secret"),
        (("bucket", "no-such-bucket"), "bucket"),
        (("endpoint", "http://10.255.255.1"), "allow_hosts"),
        (("root", "/"), "ready"),
    ] {
        let text = checked(&server.section("bucket", &[other])).await;
        assert!(
            text.contains("drive “bucket”") && text.contains(word),
            "{word}: {text}"
        );
    }
    for (status, code, word) in [
        (403, "InvalidAccessKeyId", "access key"),
        (403, "RequestTimeTooSkewed", "clock"),
        (301, "PermanentRedirect", "region"),
        (400, "AuthorizationHeaderMalformed", "region"),
        (404, "NoSuchBucket", "bucket"),
        (403, "AccessDenied", "policy"),
        (503, "SlowDown", "slow down"),
    ] {
        server.proxy.faults.answer_with(status, code);
        let text = checked(&server.section("bucket", &[])).await;
        assert!(
            text.contains("drive “bucket”") && text.contains(word),
            "{code}: {text}"
        );
    }
}

#[tokio::test]
async fn bytes_that_are_changed_on_their_way_are_refused_by_the_service_and_sent_again() {
    let server = start().await;
    let drivein = drivein(&server).await;
    let film = vec![5; 200_000];
    let put = async || {
        let call = "/api/v1/content/bucket/film.mp4?on_conflict=overwrite";
        let ask = drivein.ask(Method::PUT, call).body(film.clone());
        ask.send().await
    };
    let stored = async || {
        let file = drivein.get("/dav/bucket/film.mp4").await;
        file.expect(200).body
    };
    server.proxy.faults.corrupt(1);
    put().await.expect(200);
    assert!(stored().await == film);
    // A line that changes them each time is a failure, and what was there stays.
    server.proxy.faults.corrupt(100);
    let failed = put().await;
    assert_eq!(failed.code(), "upstream_failed", "{}", failed.describe());
    assert!(stored().await == film);
}

#[tokio::test]
async fn a_redirect_takes_no_signature_along() {
    let server = start_with_redirects().await;
    let film = vec![3; 400_000];
    server.put("film.mp4", film.clone()).await;
    let drivein = drivein(&server).await;
    let entry = drivein.api("entries/bucket/film.mp4").await;
    let play = drivein.local(entry["entry"]["play"]["original"].as_str().unwrap());
    assert!(drivein.get(&play).await.expect(200).body == film);
    let faults = &server.proxy.faults;
    assert!(faults.matching("/signed/") >= 1);
    assert_eq!(faults.leaks.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_kind_follows_a_redirect_into_a_private_network() {
    let trap = tokio::net::TcpListener::bind("127.0.0.2:0").await.unwrap();
    let port = trap.local_addr().unwrap().port();
    let remote = Remote::start().await;
    for target in [
        format!("http://127.0.0.2:{port}/film.mp4"),
        format!("http://[::ffff:127.0.0.2]:{port}/film.mp4"),
        format!("http://0x7f000002:{port}/film.mp4"),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        remote.redirect_to(&target);
        for drive in Remote::DRIVES {
            let play = remote.drivein.local(&remote.play(drive).await);
            let reply = remote.drivein.get(&play).await;
            assert_eq!(
                (reply.status, reply.code().as_str()),
                (502, "upstream_failed"),
                "{drive} {target}: {}",
                reply.describe()
            );
            assert!(!remote.drivein.log().contains(&target), "{drive} {target}");
        }
    }
    let caught = tokio::time::timeout(std::time::Duration::ZERO, trap.accept()).await;
    assert!(caught.is_err(), "a private address was called");
}

#[tokio::test]
async fn a_large_file_goes_in_parts_resumes_and_leaves_no_upload_open() {
    let server = start().await;
    let drivein = drivein(&server).await;
    let film = file_content(105 << 20);
    // The third part fails for good: three attempts.
    server.proxy.faults.fail("partNumber=3", 3);
    let target = "content/bucket/Films/Large.bin";
    let failed = put(&drivein, target, film.clone()).await;
    assert_eq!(failed.status, 502, "{}", failed.describe());
    let parts = || server.proxy.faults.matching("partNumber=");
    let before = parts();
    put(&drivein, target, film.clone()).await.expect(200);
    // Seven parts of 16 MiB: those that had arrived are not sent again.
    assert!(
        parts() - before < 7,
        "{} parts were sent again",
        parts() - before
    );
    assert_eq!(server.open_uploads().await, 0);
    let entry = drivein.api("entries/bucket/Films/Large.bin").await;
    assert_eq!(entry["entry"]["size"], film.len());
    let play = drivein.local(entry["entry"]["play"]["original"].as_str().unwrap());
    assert!(drivein.get(&play).await.expect(200).body == film);
}

#[tokio::test]
async fn an_upload_that_resumes_believes_the_service_about_its_parts() {
    let server = start().await;
    let (drive, home) = crate::contract::open_drive(&server.section("bucket", &[])).await;
    let upload = drive.upload().unwrap();
    // Six parts of 16 MiB and one of 5, each with a content of its own.
    let film = file_content(101 << 20);
    let request = UploadRequest {
        path: media::EntryPath::parse("/film.bin").unwrap(),
        size: Some(film.len() as u64),
        on_conflict: OnConflict::Fail,
        progress: None,
        resume: None,
    };
    let send = async || {
        let body = futures_util::stream::iter([Ok(film.clone().into())]).boxed();
        upload.upload(&request, body).await
    };
    server.proxy.faults.fail("partNumber=7", 3);
    assert!(send().await.is_err());
    let state = SqliteConnectOptions::new().filename(home.path().join("drivein.sqlite"));
    let state = SqlitePool::connect_with(state).await.unwrap();
    let record: String = sqlx::query_scalar("SELECT note FROM upload_note")
        .fetch_one(&state)
        .await
        .unwrap();
    let mut record: serde_json::Value = serde_json::from_str(&record).unwrap();
    // A part arrived without being recorded, and one is recorded that the service does not have.
    let sent = record["sent"].as_object_mut().unwrap();
    assert_eq!(sent.len(), 6, "{sent:?}");
    sent.remove("1");
    sent.insert(
        "6".to_owned(),
        json!("\"0123456789abcdef0123456789abcdef\""),
    );
    sqlx::query("UPDATE upload_note SET note = $1")
        .bind(record.to_string())
        .execute(&state)
        .await
        .unwrap();
    let parts = || server.proxy.faults.matching("partNumber=");
    let before = parts();
    let entry = send().await.unwrap();
    assert_eq!(parts() - before, 1, "the seventh part alone is sent");
    let origin = drive.original(&entry).await.unwrap();
    let read = drive.fetch(&origin, 0, None).await.unwrap().chunks;
    let read: Vec<bytes::Bytes> = read.map(Result::unwrap).collect().await;
    assert!(read.concat() == film);
    assert_eq!(server.open_uploads().await, 0);
}

#[tokio::test]
async fn parts_of_an_upload_that_was_left_a_day_ago_are_dropped() {
    let server = start().await;
    let (drive, home) = crate::contract::open_drive(&server.section("bucket", &[])).await;
    let upload = drive.upload().unwrap();
    let key = ResumeKey::of("a film");
    let film = vec![7; 101 << 20];
    let request = UploadRequest {
        path: media::EntryPath::parse("/left.bin").unwrap(),
        size: Some(film.len() as u64),
        on_conflict: OnConflict::Fail,
        progress: None,
        resume: Some(UploadResume {
            key: key.clone(),
            from: 0,
        }),
    };
    server.proxy.faults.fail("partNumber=3", 3);
    let body = futures_util::stream::iter([Ok(film.into())]).boxed();
    assert!(upload.upload(&request, body).await.is_err());
    assert_eq!(server.open_uploads().await, 1);

    let in_use = Arc::new(HashSet::from([key]));
    let unused = Arc::default();
    upload.remove_abandoned(&unused).await.unwrap();
    assert_eq!(server.open_uploads().await, 1, "it is not old");
    let state = SqliteConnectOptions::new().filename(home.path().join("drivein.sqlite"));
    let state = SqlitePool::connect_with(state).await.unwrap();
    sqlx::query("UPDATE upload_note SET updated_at = updated_at - 90000000")
        .execute(&state)
        .await
        .unwrap();
    upload.remove_abandoned(&in_use).await.unwrap();
    assert_eq!(server.open_uploads().await, 1, "a task goes on with it");
    upload.remove_abandoned(&unused).await.unwrap();
    assert_eq!(server.open_uploads().await, 0);

    // Those of an upload that is cancelled are dropped at once.
    server.proxy.faults.fail("partNumber=3", 3);
    let body = futures_util::stream::iter([Ok(vec![7; 101 << 20].into())]).boxed();
    assert!(upload.upload(&request, body).await.is_err());
    assert_eq!(server.open_uploads().await, 1);
    let resume = request.resume.unwrap();
    upload.discard(&request.path, &resume.key).await.unwrap();
    assert_eq!(server.open_uploads().await, 0);
}

#[tokio::test]
async fn a_folder_of_more_keys_than_one_page_lists_whole_and_is_renamed_and_deleted_with_all_of_them()
 {
    let server = start().await;
    for number in 0..1_030 {
        server
            .put(&format!("many/file {number}.txt"), vec![1])
            .await;
    }
    let drivein = drivein(&server).await;
    assert_eq!(names_in(&drivein, "bucket", "/many").await.len(), 1_030);
    let call = json!({"place": "bucket", "path": "/many", "name": "more"});
    drivein.post("files/rename", call).await.expect(200);
    assert_eq!(names_in(&drivein, "bucket", "/more").await.len(), 1_030);
    let gone = drivein.get("/api/v1/entries/bucket/many").await;
    assert_eq!(gone.code(), "not_found");
    let call = json!({"place": "bucket", "paths": ["/more"]});
    let reply = drivein.post("files/delete", call).await.expect(200);
    assert_eq!(reply.json()["results"][0]["ok"], true);
    assert!(names_in(&drivein, "bucket", "").await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_viewers_share_one_read() {
    let remote = Remote::start().await;
    fifty_viewers_share_one_fetch(&remote, "bucket").await;
}

#[tokio::test]
async fn a_hundred_thousand_objects_are_paged_in_any_order_without_reading_them_for_each_page() {
    const OBJECTS: usize = 100_000;
    let large = large::start(OBJECTS).await;
    let section = format!(
        "[[drive]]\nname = \"bucket\"\nkind = \"s3\"\nendpoint = {:?}\nbucket = \"films\"\n",
        large.url
    );
    large::pages_within_bounds(&section, "bucket", OBJECTS).await;
    // Twelve pages; a reading is a hundred requests of a thousand keys each.
    assert!(large.listings() <= 3 * 100, "{} requests", large.listings());
}

#[tokio::test]
async fn an_object_that_was_replaced_is_never_mixed_with_its_old_version() {
    let server = start().await;
    server.put("film.mp4", vec![1; 300_000]).await;
    let (drive, _home) =
        crate::contract::open_drive(&server.section(crate::contract::NAME, &[])).await;
    let path = media::EntryPath::parse("/film.mp4").unwrap();
    let entry = drive.stat(&path).await.unwrap();
    let origin = drive.original(&entry).await.unwrap();
    assert!(drive.fetch(&origin, 0, Some(999)).await.is_ok());
    // Of the same length.
    server.put("film.mp4", vec![2; 300_000]).await;
    let error = drive.fetch(&origin, 1000, None).await.err().unwrap();
    assert_eq!(error.kind, drives::ErrorKind::Gone);
    let new = drive.stat(&path).await.unwrap();
    assert_ne!(new.content, entry.content);
    let origin = drive.original(&new).await.unwrap();
    assert!(drive.fetch(&origin, 0, None).await.is_ok());
}
