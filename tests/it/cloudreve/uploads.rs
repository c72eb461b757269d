//! Uploads: in chunks to the site, to a node and to storage providers; interrupted, resumed, begun anew; encrypted.

mod policies;

use reqwest::Method;

use super::server::Policy;
use super::*;

/// Storage providers to which a policy may point.
pub(super) const PROVIDERS: [&str; 9] = [
    "remote", "s3", "ks3", "cos", "oss", "obs", "qiniu", "upyun", "onedrive",
];

/// Bytes of a chunk that every provider takes.
pub(super) const CHUNK: usize = 320 << 10;

pub(super) async fn put(drivein: &Drivein, path: &str, query: &str, body: Vec<u8>) -> Reply {
    let address = format!("/api/v1/content/{NAS}{}{query}", encoded(path));
    drivein.ask(Method::PUT, &address).body(body).send().await
}

pub(super) fn content(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 % 251) as u8).collect()
}

#[tokio::test]
async fn a_file_goes_up_in_chunks_and_a_chunk_that_failed_once_more() {
    let site = stocked().await;
    site.chunks_of(100_000);
    let drivein = server(&site).await;
    let bytes = content(450_001);
    site.refuse_chunk(2);
    put(&drivein, "/Up/new.mp4", "", bytes.clone())
        .await
        .expect(200);
    assert!(site.bytes("/Up/new.mp4").unwrap() == bytes);
    assert_eq!(
        site.count("POST /file/upload"),
        6,
        "five chunks, one of them twice"
    );
    put(&drivein, "/Up/empty.txt", "", Vec::new())
        .await
        .expect(200);
    assert_eq!(site.bytes("/Up/empty.txt").unwrap().len(), 0);

    let taken = put(&drivein, "/Up/new.mp4", "", content(10)).await;
    assert_eq!(taken.code(), "conflict");
    let beside = put(&drivein, "/Up/new.mp4", "?on_conflict=rename", content(10))
        .await
        .expect(200);
    assert_eq!(beside.json()["entry"]["path"], "/Up/new (1).mp4");
    put(
        &drivein,
        "/Up/new.mp4",
        "?on_conflict=overwrite",
        content(20),
    )
    .await
    .expect(200);
    assert_eq!(site.bytes("/Up/new.mp4").unwrap().len(), 20);
    assert_eq!(site.uploads_under_way(), 0);
    let name = put(&drivein, "/Up/a:b.mp4", "", content(10)).await;
    assert_eq!(name.code(), "refused_name");
}

#[tokio::test]
async fn an_upload_that_broke_off_goes_on_with_the_chunks_that_are_missing() {
    let site = stocked().await;
    site.chunks_of(100_000);
    let drivein = server(&site).await;
    let bytes = content(500_000);
    site.refuse_chunk_for_good(3);
    let failed = put(&drivein, "/new.mp4", "", bytes.clone()).await;
    assert_eq!(failed.code(), "upstream_failed", "{}", failed.text());
    assert_eq!(site.uploads_under_way(), 1);
    site.heal();
    let before = site.count("POST /file/upload");
    let mut drivein = drivein.restarted().await;
    drivein.keep_secret(site.secrets());
    put(&drivein, "/new.mp4", "", bytes.clone())
        .await
        .expect(200);
    assert_eq!(
        site.count("POST /file/upload") - before,
        2,
        "the last two of five"
    );
    assert!(site.bytes("/new.mp4").unwrap() == bytes);

    // Other content at the same path ends the session before it.
    site.refuse_chunk_for_good(1);
    put(&drivein, "/other.mp4", "", bytes.clone()).await;
    site.heal();
    put(&drivein, "/other.mp4", "", content(300_000))
        .await
        .expect(200);
    assert_eq!(site.count("DELETE /file/upload"), 1);
    assert_eq!(site.uploads_under_way(), 0);
    assert_eq!(site.bytes("/other.mp4").unwrap().len(), 300_000);
}

/// Uploads and checks that the file reads back, and that nothing is left behind.
pub(super) async fn upload_whole(site: &Site, drivein: &Drivein, path: &str, bytes: &[u8]) {
    let reply = put(drivein, path, "", bytes.to_vec()).await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    assert!(site.bytes(path).unwrap() == bytes, "{path} was changed");
    assert_eq!(site.provider_faults(), Vec::<String>::new());
    assert_eq!(site.logins_at_bytes(), 0);
    assert_eq!(site.uploads_under_way(), 0);
    assert!(site.placeholders().is_empty());
}

#[tokio::test]
async fn a_site_before_4_11_gets_the_policy_of_the_nearest_folder() {
    let site = stocked().await;
    site.before_4_11();
    site.folder("/There");
    let drivein = server(&site).await;
    upload_whole(&site, &drivein, "/There/film.mp4", &content(1000)).await;
    upload_whole(
        &site,
        &drivein,
        "/Not there/nor this/film.mp4",
        &content(1000),
    )
    .await;
}

#[tokio::test]
async fn an_upload_makes_no_more_calls_than_it_must() {
    let (site, drivein) = stocked_and_served().await;
    let calls = || {
        let names = [
            "GET /file",
            "GET /file/info",
            "GET /user/capacity",
            "PUT /file/upload",
            "POST /file/upload",
        ];
        names.map(|name| site.count(name))
    };
    let since = |then: [u64; 5]| -> Vec<u64> {
        calls()
            .iter()
            .zip(then)
            .map(|(now, then)| now - then)
            .collect()
    };
    let before = calls();
    put(&drivein, "/one.mp4", "", content(10)).await.expect(200);
    let first = since(before);
    assert_eq!(
        first,
        [1, 1, 1, 1, 1],
        "the folder's list in place of a look at the name"
    );
    let before = calls();
    put(&drivein, "/two.mp4", "", content(10)).await.expect(200);
    assert_eq!(since(before), [0, 2, 1, 1, 1], "the policy is known");
}

#[tokio::test]
async fn a_placeholder_is_no_entry_and_an_upload_under_way_is_told() {
    let site = stocked().await;
    site.begin_elsewhere("/theirs.mp4", 1000);
    let drivein = server(&site).await;
    let listed = drivein.api(&format!("entries/{NAS}?limit=1000")).await;
    let mut children = listed["children"].as_array().unwrap().iter();
    assert!(
        children.all(|child| child["name"] != "theirs.mp4"),
        "{listed}"
    );
    let reply = drivein
        .get(&format!("/api/v1/entries/{NAS}/theirs.mp4"))
        .await;
    assert_eq!(reply.code(), "not_found");
    for query in ["", "?on_conflict=overwrite"] {
        let reply = put(&drivein, "/theirs.mp4", query, content(10)).await;
        assert_eq!(reply.code(), "conflict", "{query}");
        assert!(reply.text().contains("under way"), "{}", reply.text());
    }
    let beside = put(&drivein, "/theirs.mp4", "?on_conflict=rename", content(10))
        .await
        .expect(200);
    assert_eq!(beside.json()["entry"]["path"], "/theirs (1).mp4");
    assert_eq!(site.uploads_under_way(), 1, "theirs goes on");

    // A file that gets a new version is there, as it was.
    site.put("/there.mp4", content(50));
    site.begin_elsewhere("/there.mp4", 1000);
    assert_eq!(entry(&drivein, NAS, "/there.mp4").await["size"], 50);
}

#[tokio::test]
async fn after_a_kill_of_the_site_an_upload_begins_anew_under_its_own_name() {
    let site = stocked().await;
    site.chunks_of(100_000);
    let drivein = server(&site).await;
    let bytes = content(500_000);
    site.refuse_chunk_for_good(3);
    put(&drivein, "/new.mp4", "", bytes.clone()).await;
    site.kill();
    site.heal();
    assert_eq!(site.placeholders(), ["/new.mp4"]);
    upload_whole(&site, &drivein, "/new.mp4", &bytes).await;

    // The placeholder of a client that is not known here.
    site.begin_elsewhere("/phantom.mp4", 1000);
    site.kill();
    upload_whole(&site, &drivein, "/phantom.mp4", &bytes).await;
}

#[tokio::test]
async fn after_a_restart_of_the_site_an_upload_begins_anew_under_its_own_name() {
    let site = stocked().await;
    site.chunks_of(100_000);
    let drivein = server(&site).await;
    let bytes = content(500_000);
    site.restart_at_chunk(3);
    upload_whole(&site, &drivein, "/in the middle.mp4", &bytes).await;
    assert_eq!(site.count("DELETE /file/upload"), 1);

    site.refuse_chunk_for_good(3);
    put(
        &drivein,
        "/between.mp4",
        "?on_conflict=rename",
        bytes.clone(),
    )
    .await;
    site.heal();
    site.restart();
    let reply = put(
        &drivein,
        "/between.mp4",
        "?on_conflict=rename",
        bytes.clone(),
    )
    .await
    .expect(200);
    assert_eq!(reply.json()["entry"]["path"], "/between.mp4");
    assert_eq!(site.uploads_under_way(), 0);
}

#[tokio::test]
async fn an_interrupted_upload_is_kept_and_shown_on_the_account_page() {
    let site = stocked().await;
    site.chunks_of(100_000);
    let drivein = server(&site).await;
    site.refuse_chunk_for_good(2);
    put(&drivein, "/new.mp4", "", content(500_000)).await;
    let page = drivein.get(&format!("/account/{NAS}")).await.expect(200);
    assert!(
        page.text().contains("/new.mp4, 40 % sent"),
        "{}",
        page.text()
    );
    site.heal();
    put(&drivein, "/new.mp4", "", content(500_000))
        .await
        .expect(200);
    let page = drivein.get(&format!("/account/{NAS}")).await.expect(200);
    assert!(!page.text().contains("Unfinished uploads"));
}
