//! Shares behind a password.

use futures_util::future::join_all;

use super::*;

const HARBOUR: &str = "/Locked Harbour.mp4";
const HARBOUR_UPSTREAM: &str = "/Behind a door/Locked Harbour.mp4";

#[tokio::test]
async fn a_missing_password_is_told_from_a_wrong_one_and_the_right_one_opens() {
    let drivein = Drivein::start().await;
    let link = share(&drivein, "password");
    let missing = ask_to_open(&drivein, &link.url, None).await;
    assert_eq!(
        (missing.status, missing.code().as_str()),
        (403, "share_password_required")
    );
    let wrong = ask_to_open(&drivein, &link.url, Some("aaaa")).await;
    assert_eq!(
        (wrong.status, wrong.code().as_str()),
        (403, "share_password_wrong")
    );
    assert_eq!(wrong.json()["upstream"]["errno"], -12);
    let none = drivein
        .get(&format!("/api/v1/entries/~1{}/", link.surl))
        .await;
    assert_eq!(none.status, 404);
    ask_to_open(&drivein, &link.url, link.password.as_deref())
        .await
        .expect(200);
    // In the text, beside the link.
    let second = share(&drivein, "second password");
    let text = format!("{} | password: {}", second.url, second.password.unwrap());
    ask_to_open(&drivein, &text, None).await.expect(200);
}

#[tokio::test]
async fn three_wrong_tries_are_few_calls_and_the_same_wrong_one_is_none() {
    let drivein = Drivein::start().await;
    let link = share(&drivein, "password");
    for password in ["aaaa", "bbbb", "cccc"] {
        let reply = ask_to_open(&drivein, &link.url, Some(password)).await;
        assert_eq!(reply.code(), "share_password_wrong");
    }
    assert_eq!(drivein.sandbox.count("shorturlinfo"), 1);
    assert_eq!(drivein.sandbox.count("share_verify"), 3);
    let tries = (0..10).map(|_| ask_to_open(&drivein, &link.url, Some("bbbb")));
    for reply in join_all(tries).await {
        assert_eq!(reply.code(), "share_password_wrong");
    }
    assert_eq!(
        ask_to_open(&drivein, &link.url, None).await.code(),
        "share_password_required"
    );
    assert_eq!(share_calls(&drivein), 4);
    ask_to_open(&drivein, &link.url, link.password.as_deref())
        .await
        .expect(200);
}

#[tokio::test]
async fn a_captcha_is_told_and_not_asked_for_again_and_again() {
    let drivein = Drivein::start().await;
    let link = share(&drivein, "password");
    for n in 0..5 {
        ask_to_open(&drivein, &link.url, Some(&format!("aaa{n}")))
            .await
            .expect(403);
    }
    let blocked = ask_to_open(&drivein, &link.url, Some("aaa5")).await;
    assert_eq!(blocked.code(), "verification_required");
    drivein.sandbox.reset_counts();
    for password in ["aaa6", "w3xz"] {
        let reply = ask_to_open(&drivein, &link.url, Some(password)).await;
        assert_eq!(reply.code(), "verification_required");
    }
    assert_eq!(share_calls(&drivein), 0);
}

#[tokio::test]
async fn two_shares_side_by_side_keep_their_own_keys() {
    let drivein = Drivein::start().await;
    let (one, two) = tokio::join!(
        open(&drivein, "password"),
        open(&drivein, "second password")
    );
    let one = play_of(&drivein, &one, HARBOUR).await;
    let two = play_of(&drivein, &two, "/Second Harbour.mp4").await;
    for number in 0..3 {
        drivein.sandbox.expire_urls();
        let (a, b) = (
            format!("{one}/480p/{number}.ts"),
            format!("{two}/480p/{number}.ts"),
        );
        let (a, b) = tokio::join!(drivein.get(&a), drivein.get(&b));
        let (a, b) = (a.expect(200), b.expect(200));
        assert!(
            a.body
                == drivein
                    .segment_source(HARBOUR_UPSTREAM, "480p", number)
                    .await
        );
        let second = "/Behind a door/Second Harbour.mp4";
        assert!(b.body == drivein.segment_source(second, "480p", number).await);
    }
}

#[tokio::test]
async fn a_locked_film_plays_to_its_end_through_expired_signatures() {
    let drivein = Drivein::start().await;
    let place = open(&drivein, "password").await;
    let play = play_of(&drivein, &place, HARBOUR).await;
    let list = drivein.text(&format!("{play}/720p.m3u8")).await;
    let segments: Vec<&str> = list.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(segments.len() > 4);
    let mut film = Vec::new();
    for (number, segment) in segments.iter().enumerate() {
        if number == 2 || number == 4 {
            drivein.sandbox.expire_urls();
            drivein.sandbox.expire_tokens();
        }
        film.extend(drivein.fetch(&format!("{play}/{segment}"), 200).await.body);
    }
    assert!(film == drivein.source(HARBOUR_UPSTREAM, "720p").await);
    drivein.sandbox.expire_urls();
    let original = drivein.get(&play).await.expect(200);
    assert!(original.body == drivein.source(HARBOUR_UPSTREAM, "original").await);
}
