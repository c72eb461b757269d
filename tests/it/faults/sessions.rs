//! Expiry: of URLs overnight, of tokens during playback, and finally of the session; and upstreams whose expiry
//! behaves a little differently.

use std::time::Duration;

use futures_util::future::join_all;
use sandbox::Options;

use super::*;

#[tokio::test]
async fn addresses_that_expire_overnight_are_renewed_once_for_everybody() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    drivein.get(&format!("{play}/480p/0.ts")).await.expect(200);
    drivein.fetch_range(&play, "bytes=0-9").await;
    drivein.sandbox.expire_urls();
    drivein.sandbox.reset_counts();
    let truth = drivein.source(FILM, "480p").await;
    let segments = drivein.sandbox.segments(FILM, "480p").await.unwrap();
    let addresses: Vec<_> = (0..21)
        .map(|n| format!("{play}/480p/{}.ts", n % 7))
        .collect();
    let replies = join_all(addresses.iter().map(|address| drivein.get(address))).await;
    for (n, reply) in replies.into_iter().enumerate() {
        let segment = segments[n % 7];
        let start = segment.offset_bytes as usize;
        assert!(
            reply.expect(200).body == truth[start..start + segment.length_bytes as usize],
            "{n}"
        );
    }
    assert_eq!(
        drivein.sandbox.count("streaming"),
        1,
        "one new list for all"
    );
    assert_eq!(
        drivein.sandbox.count("refreshtoken"),
        0,
        "the session was never in doubt"
    );
    let original = drivein.get(&play).await.expect(200);
    assert!(original.body == drivein.source(FILM, "original").await);
}

#[tokio::test]
async fn a_token_that_expires_in_mid_play_is_refreshed_once_and_it_plays_on() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    drivein.get(&format!("{play}/480p/0.ts")).await.expect(200);
    drivein.sandbox.expire_tokens();
    drivein.sandbox.expire_urls();
    drivein.sandbox.reset_counts();
    let viewers = (0..20).map(|n| {
        let (drivein, play) = (&drivein, &play);
        async move {
            let reply = match n % 3 {
                0 => Segment.play_at(drivein, play).await,
                1 => Whole.play_at(drivein, play).await,
                _ => Original.play_at(drivein, play).await,
            };
            let thing = [Segment, Whole, Original][n % 3];
            verdict(&reply, &thing.truth(drivein).await, Exact)
        }
    });
    for end in join_all(viewers).await {
        end.unwrap();
    }
    assert_eq!(drivein.sandbox.count("refreshtoken"), 1);
}

#[tokio::test]
async fn upstreams_that_do_it_another_way_play_all_the_same() {
    let usual = Options::default;
    let ways = [
        (
            "listings under another name",
            Options {
                info_key: true,
                ..usual()
            },
        ),
        (
            "links encoded as a whole",
            Options {
                encoded_dlinks: true,
                ..usual()
            },
        ),
        (
            "no domain for uploads",
            Options {
                upload_domain: false,
                ..usual()
            },
        ),
        (
            "other numbers for tokens",
            Options {
                token_errnos: (-6, -6),
                ..usual()
            },
        ),
        (
            "tokens that live for seconds",
            Options {
                token_life: Duration::from_secs(2),
                ..usual()
            },
        ),
        (
            "addresses that live for a moment",
            Options {
                url_life: Duration::from_millis(300),
                ..usual()
            },
        ),
    ];
    for (about, options) in ways {
        let drivein = Drivein::setup().sandbox(options).start().await;
        let play = drivein.play(FILM).await;
        for is_late in [false, true] {
            if is_late {
                drivein.sandbox.expire_tokens();
                drivein.sandbox.expire_urls();
            }
            for thing in ALL {
                let reply = thing.play_at(&drivein, &play).await;
                let wrong = verdict(&reply, &thing.truth(&drivein).await, Exact);
                assert_eq!(wrong, Ok(()), "{about} / {thing:?} / late: {is_late}");
            }
        }
        let folder = drivein.entry("/Nature & Light").await;
        assert!(folder["children"].as_array().unwrap().len() > 5, "{about}");
    }
}

#[tokio::test]
async fn a_refreshed_pair_survives_a_restart() {
    let drivein = Drivein::start().await;
    drivein.entry("/").await;
    drivein.sandbox.expire_tokens();
    drivein
        .api(&format!("entries/{DRIVE}{}", encoded("/Series")))
        .await;
    assert_eq!(drivein.sandbox.count("refreshtoken"), 1);
    let drivein = drivein.restarted().await;
    drivein.entry("/").await;
    assert_eq!(
        drivein.sandbox.count("refreshtoken"),
        1,
        "the stored pair is used"
    );
}

#[tokio::test]
async fn a_session_that_has_ended_is_told_everywhere_in_the_same_words() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    // Cached account data do not outlive the session.
    assert_eq!(drivein.api("drives").await["drives"][0]["state"], "ready");
    drivein.sandbox.expire_tokens();
    drivein.sandbox.expire_refresh_tokens();
    for thing in ALL {
        let reply = thing.play_at(&drivein, &play).await;
        let truth = thing.truth(&drivein).await;
        verdict(&reply, &truth, Problem(403, "signed_out")).unwrap();
    }
    let problem = drivein
        .fetch(&format!("/api/v1/entries/{DRIVE}/Series"), 403)
        .await;
    assert_eq!(problem.code(), "signed_out");
    let page = drivein.fetch(&format!("/browse/{DRIVE}/Series"), 403).await;
    let words = problem.json()["title"].as_str().unwrap().to_owned();
    assert!(page.text().contains(&words), "{words}");
    let drives = drivein.api("drives").await;
    assert_eq!(drives["drives"][0]["state"], "signed_out", "{drives}");
    let home = drivein.text("/").await;
    assert!(home.contains("data-state=\"signed_out\""));
}
