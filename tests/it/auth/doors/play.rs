//! Tickets in play URLs, and the gateway for clients of the Open Platform.

use std::time::{Duration, SystemTime};

use super::*;

on_both_states! {
    play_addresses_need_no_login_and_survive_a_restart,
    an_altered_ticket_plays_nothing,
    a_ticket_covers_its_own_films_until_it_ends,
    clients_of_the_open_platform_play_through_the_gateway,
}

async fn play_addresses_need_no_login_and_survive_a_restart() {
    let drivein = locked().await;
    let play = drivein.play_with_token(FILM).await;
    drivein.fetch(&format!("{play}/master.m3u8"), 200).await;
    let drivein = drivein.restarted().await;
    let segment = drivein.get(&format!("{play}/480p/1.ts")).await.expect(200);
    assert!(segment.body == drivein.segment_source(FILM, "480p", 1).await);
}

async fn an_altered_ticket_plays_nothing() {
    let drivein = locked().await;
    let play = drivein.play_with_token(FILM).await;
    let ticket = play.split('/').nth(2).unwrap().to_owned();
    let mut altered: Vec<String> = (0..ticket.len())
        .map(|at| {
            let mut letters: Vec<char> = ticket.chars().collect();
            letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
            letters.into_iter().collect()
        })
        .collect();
    altered.extend([
        "x".to_owned(),
        ticket[1..].to_owned(),
        format!("{ticket}A"),
        ticket.to_lowercase(),
    ]);
    for altered in altered {
        for resource in ["", "/master.m3u8", "/480p/0.ts", "/list.m3u"] {
            let address = format!("{}{resource}", play.replace(&ticket, &altered));
            let reply = drivein.get(&address).await.expect(401);
            assert_eq!(reply.code(), "unauthorized", "{address}");
        }
    }
    assert_eq!(drivein.sandbox.count("streaming"), 0);
}

async fn a_ticket_covers_its_own_films_until_it_ends() {
    use drivein::playback::ticket::{Scope, Ticket, TicketId, TicketSigner};
    use media::{EntryPath, Place};
    let drivein = locked().await;
    let store = drivein.store().await;
    let signer = TicketSigner::new(&store.server_key("ticket").await.unwrap());
    let place = |name| Place::parse(name).unwrap();
    let within = |name, path| Scope::Within(place(name), EntryPath::parse(path).unwrap());
    let hour = Duration::from_secs(3600);
    for (scope, allowed) in [
        (within(DRIVE, "/Nature & Light"), [false, true]),
        (within(DRIVE, "/Nature"), [false, false]),
        (within(DRIVE, "/"), [true, true]),
        (within("others", "/"), [false, false]),
        (Scope::Everything, [true, true]),
    ] {
        let ticket = |ends_at| {
            let ticket = Ticket::new(TicketId(*b"somebody"), scope.clone());
            signer.sign(&ticket.until(Some(ends_at))).0
        };
        let (good, ended) = (
            ticket(SystemTime::now() + hour),
            ticket(SystemTime::now() - hour),
        );
        for (path, allowed) in [FILM, "/Nature & Light/Waves & Wind.mp4"]
            .into_iter()
            .zip(allowed)
        {
            let below = format!("{DRIVE}{}/master.m3u8", encoded(path));
            let reply = drivein.fetch(&format!("/play/{ended}/{below}"), 401).await;
            assert_eq!(reply.code(), "unauthorized");
            let address = format!("/play/{good}/{below}");
            let reply = drivein.get(&address).await;
            let expected = if allowed {
                (200, "")
            } else {
                (403, "forbidden")
            };
            assert_eq!(
                (reply.status, reply.code().as_str()),
                expected,
                "{scope:?} {path}"
            );
        }
    }
}

#[tokio::test]
async fn a_ticket_for_a_file_that_is_called_like_a_stream_opens_the_file() {
    let files = tempfile::tempdir().unwrap();
    std::fs::create_dir(files.path().join("480p")).unwrap();
    let names = ["poster.jpg", "list.m3u", "480p.ts", "480p/0.ts"];
    for name in names {
        std::fs::write(files.path().join(name), format!("the bytes of {name}")).unwrap();
    }
    let drivein = Drivein::setup();
    let drivein = drivein.folder("home", files.path()).start().await;
    for own in names {
        let scope = serde_json::json!({"place": "home", "path": format!("/{own}")});
        let made = drivein
            .post(
                "tickets",
                serde_json::json!({"name": "one file", "scope": scope}),
            )
            .await
            .expect(200)
            .json();
        let ticket = made["ticket"].as_str().unwrap();
        for name in names {
            let reply = drivein.get(&format!("/play/{ticket}/home/{name}")).await;
            if name == own {
                assert_eq!(reply.expect(200).text(), format!("the bytes of {name}"));
            } else {
                assert_eq!(reply.expect(403).code(), "forbidden", "{own}: {name}");
            }
        }
    }
}

async fn clients_of_the_open_platform_play_through_the_gateway() {
    let drivein = Drivein::setup().api_token(TOKEN).start().await;
    let call = |path: &str, kind: &str, token: &str| {
        format!(
            "/openapi/api/streaming?path={}&type={kind}&{token}",
            encoded_name(path)
        )
    };
    for spelling in ["access_token", "access_tokens"] {
        for path in [
            FILM,
            "/映画 🌊/静かな山 🌙.mp4",
            "/Nature & Light/50% off, take #1.mp4",
        ] {
            for (kind, rendition) in [
                ("M3U8_AUTO_480", "480p"),
                ("M3U8_AUTO_1080", "1080p"),
                ("M3U8_MP3_128", "audio"),
            ] {
                let address = call(path, kind, &format!("{spelling}={TOKEN}"));
                let reply = drivein.get(&address).await.expect(200);
                assert_eq!(
                    reply.header("content-type"),
                    "application/vnd.apple.mpegurl"
                );
                let text = reply.text();
                assert!(!text.contains(TOKEN));
                let second = text
                    .lines()
                    .filter(|line| !line.starts_with('#'))
                    .nth(1)
                    .unwrap()
                    .to_owned();
                let base = url::Url::parse(&format!("{}{address}", drivein.url())).unwrap();
                let resolved = base.join(&second).unwrap();
                let segment = drivein.get(resolved.path()).await.expect(200);
                assert!(
                    segment.body == drivein.segment_source(path, rendition, 1).await,
                    "{second}"
                );
            }
        }
    }
    for wrong in [
        "access_token=nonsense-of-some-length",
        "access_tokens=",
        "x=1",
    ] {
        let reply = drivein
            .fetch(&call(FILM, "M3U8_AUTO_480", wrong), 401)
            .await;
        assert_eq!(reply.code(), "unauthorized");
    }
    let reply = drivein
        .get(&call(
            "/nowhere.mp4",
            "M3U8_AUTO_480",
            &format!("access_token={TOKEN}"),
        ))
        .await;
    assert_eq!(reply.expect(404).code(), "not_found");
    let reply = drivein
        .get(&call(
            FILM,
            "M3U8_FLV_264_480",
            &format!("access_token={TOKEN}"),
        ))
        .await;
    assert_eq!(reply.expect(400).code(), "bad_request");
}
