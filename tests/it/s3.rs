//! Drives over S3, beyond what every drive has in common: keys, buckets, uploads in parts, large folders.

use reqwest::Method;
use serde_json::json;

use crate::commands::config_in;
use crate::harness::*;
use crate::servers::s3::{BucketServer, start};
use crate::servers::{names_in, put};

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
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "data_dir = {:?}\n[network]\nallow_hosts = [\"127.0.0.1\"]\n{}",
            folder.path().join("data"),
            server.section("bucket", &[other])
        );
        let config = config_in(folder.path(), &text);
        let output = own_binary()
            .args(["check", "--config"])
            .arg_last(&config)
            .output()
            .await;
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            text.contains("drive “bucket”") && text.contains(word),
            "{word}: {text}"
        );
    }
}

#[tokio::test]
async fn a_large_file_goes_in_parts_resumes_and_leaves_no_upload_open() {
    let server = start().await;
    let drivein = drivein(&server).await;
    let film: Vec<u8> = (0..105_u32 << 20).map(|at| (at >> 16) as u8).collect();
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
    drivein
        .call(Method::POST, "files/rename", call)
        .await
        .expect(200);
    assert_eq!(names_in(&drivein, "bucket", "/more").await.len(), 1_030);
    let gone = drivein.get("/api/v1/entries/bucket/many").await;
    assert_eq!(gone.code(), "not_found");
    let call = json!({"place": "bucket", "paths": ["/more"]});
    let reply = drivein
        .call(Method::POST, "files/delete", call)
        .await
        .expect(200);
    assert_eq!(reply.json()["results"][0]["ok"], true);
    assert!(names_in(&drivein, "bucket", "").await.is_empty());
}
