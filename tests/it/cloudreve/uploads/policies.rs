//! Uploads by the policy of the site: encrypted, at storage providers, refused.

use super::*;

#[tokio::test]
async fn a_policy_with_encryption_gets_encrypted_files() {
    let site = stocked().await;
    site.chunks_of(100_003);
    let drivein = server(&site).await;
    let bytes = content(450_001);
    for (path, policy) in [
        ("/local.mp4", Policy::of("local").encrypted()),
        ("/relayed.mp4", Policy::of("s3").encrypted().relayed()),
        ("/node.mp4", Policy::of("remote").encrypted()),
        ("/s3.mp4", Policy::of("s3").encrypted()),
        ("/upyun.mp4", Policy::of("upyun").encrypted()),
    ] {
        site.with_policy(policy);
        upload_whole(&site, &drivein, path, &bytes).await;
        assert!(site.is_encrypted(path), "{path}");
    }
    site.with_policy(Policy::of("local"));
    upload_whole(&site, &drivein, "/clear.mp4", &bytes).await;
    assert!(!site.is_encrypted("/clear.mp4"));

    // A resumed upload goes on with its own key.
    site.with_policy(Policy::of("local").encrypted());
    site.refuse_chunk_for_good(2);
    put(&drivein, "/resumed.mp4", "", bytes.clone()).await;
    site.heal();
    let before = site.count("PUT /file/upload");
    upload_whole(&site, &drivein, "/resumed.mp4", &bytes).await;
    assert_eq!(site.count("PUT /file/upload"), before);
}

#[tokio::test]
async fn an_upload_goes_wherever_the_site_puts_it() {
    let site = stocked().await;
    site.chunks_of(CHUNK);
    let drivein = server(&site).await;
    for kind in PROVIDERS {
        site.with_policy(Policy::of(kind));
        let bytes = content(3 * CHUNK + 1);
        upload_whole(&site, &drivein, &format!("/{kind}/film.mp4"), &bytes).await;
        let empty = format!("/{kind}/empty.txt");
        if kind == "onedrive" {
            // A new server, which has not cached the policy that the folder had before.
            let drivein = server(&site).await;
            let refused = put(&drivein, &empty, "", Vec::new()).await;
            assert!(refused.status >= 400, "{}", refused.describe());
        } else {
            upload_whole(&site, &drivein, &empty, b"").await;
        }
    }
}

#[tokio::test]
async fn at_each_provider_a_refused_part_and_a_lost_answer_are_sent_again() {
    let site = stocked().await;
    site.chunks_of(CHUNK);
    let drivein = server(&site).await;
    let bytes = content(3 * CHUNK + 1);
    for kind in PROVIDERS {
        site.with_policy(Policy::of(kind));
        site.refuse_chunk(if kind == "upyun" { 0 } else { 2 });
        upload_whole(&site, &drivein, &format!("/{kind}/refused.mp4"), &bytes).await;
        for number in [2, 3] {
            site.lose_answer_of(number);
            upload_whole(
                &site,
                &drivein,
                &format!("/{kind}/lost {number}.mp4"),
                &bytes,
            )
            .await;
            site.heal();
        }
    }
    site.with_policy(Policy::of("local"));
    site.lose_answer_of(3);
    upload_whole(&site, &drivein, "/the last one.mp4", &bytes).await;
}

#[tokio::test]
async fn at_each_provider_an_upload_resumes_after_a_restart_of_the_server() {
    let site = stocked().await;
    site.chunks_of(CHUNK);
    let mut drivein = server(&site).await;
    let bytes = content(3 * CHUNK + 1);
    for kind in PROVIDERS {
        site.with_policy(Policy::of(kind));
        let path = format!("/{kind}.mp4");
        site.refuse_chunk_for_good(if kind == "upyun" { 0 } else { 2 });
        let failed = put(&drivein, &path, "", bytes.clone()).await;
        assert_eq!(
            failed.code(),
            "upstream_failed",
            "{kind}: {}",
            failed.text()
        );
        site.heal();
        let opened = site.count("PUT /file/upload");
        drivein = drivein.restarted().await;
        drivein.keep_secret(site.secrets());
        upload_whole(&site, &drivein, &path, &bytes).await;
        assert_eq!(
            site.count("PUT /file/upload"),
            opened,
            "{kind} resumes its session"
        );
    }
}

#[tokio::test]
async fn a_provider_that_cannot_report_to_the_site_is_told_in_words() {
    let site = stocked().await;
    site.chunks_of(CHUNK);
    let drivein = server(&site).await;
    for kind in ["oss", "obs", "qiniu"] {
        site.with_policy(Policy::of(kind));
        site.callbacks_fail();
        let reply = put(&drivein, "/new.mp4", "", content(10)).await;
        assert_eq!(reply.code(), "upstream_failed", "{kind}");
        assert!(
            reply.text().contains("report it to the site"),
            "{}",
            reply.text()
        );
        assert_eq!(site.uploads_under_way(), 0, "the name is free again");
        assert!(site.placeholders().is_empty());
        site.heal();
    }
}

#[tokio::test]
async fn an_address_that_the_guard_refuses_gets_no_byte() {
    let (site, drivein) = stocked_and_served().await;
    site.sends_uploads_to("169.254.169.254");
    for kind in PROVIDERS {
        site.with_policy(Policy::of(kind));
        let reply = put(&drivein, "/new.mp4", "", content(1000)).await;
        assert_eq!(reply.code(), "unsupported", "{kind}: {}", reply.text());
        assert!(reply.text().contains("allow_hosts"), "{}", reply.text());
        assert_eq!(site.uploads_under_way(), 0);
        assert!(site.placeholders().is_empty());
    }
}

#[tokio::test]
async fn what_a_policy_refuses_is_told_before_a_byte_is_taken_in() {
    let (site, drivein) = stocked_and_served().await;
    let check = async |path: &str, size: u64| {
        let address = format!("/api/v1/content/{NAS}{path}?check={size}");
        drivein.ask(Method::PUT, &address).send().await
    };
    site.with_policy(Policy {
        max_size: 100,
        denied_suffix: Some("exe"),
        ..Policy::of("local")
    });
    assert_eq!(check("/a.mp4", 100).await.status, 204);
    let large = check("/a.mp4", 101).await;
    assert_eq!(large.code(), "plan_required", "{}", large.text());
    assert_eq!(check("/a.exe", 1).await.code(), "refused_name");
    site.folder("/Other");
    site.with_policy(Policy::of("tape"));
    let unknown = check("/Other/a.mp4", 1).await;
    assert_eq!(unknown.code(), "unsupported");
    assert_eq!(site.count("PUT /file/upload"), 0);
}
