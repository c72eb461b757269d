//! Runs Drive-In behind a real nginx and Caddy, below a path, with TLS, as in docs/install.md.

mod front;

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

use crate::harness::*;

use front::{Answer, Front, Kind, PASSWORD};

/// An owner at home behind a web server, with a cookie.
struct Evening {
    front: Front,
    cookie: String,
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

impl Evening {
    /// Follows the redirect to the sign-in, signs in, and returns to the requested page.
    async fn begin(kind: Kind) -> Self {
        let front = Front::start(kind).await;
        let to_login = front
            .get(&format!("{}/browse/films", front.url), &[])
            .await
            .expect(303);
        assert_eq!(
            to_login.header("location"),
            "/drive-in/login?next=%2Fbrowse%2Ffilms"
        );
        sign_in_from(&front, "https://evil.example")
            .await
            .expect(403);
        let signed_in = sign_in_from(&front, front.origin()).await.expect(303);
        assert_eq!(signed_in.header("location"), "/drive-in/browse/films");
        let cookie = signed_in.header("set-cookie").to_owned();
        assert!(
            cookie.contains("; Secure") && cookie.contains("; HttpOnly"),
            "{cookie}"
        );
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self { front, cookie }
    }

    async fn get(&self, url: &str) -> Answer {
        self.front.get(url, &[("cookie", &self.cookie)]).await
    }

    async fn page(&self, path: &str) -> String {
        let url = format!("{}{path}", self.front.url);
        self.get(&url).await.expect(200).text()
    }

    async fn api(&self, call: &str) -> Value {
        let url = format!("{}/api/v1/{call}", self.front.url);
        self.get(&url).await.expect(200).json()
    }

    /// Submits a form of one of our pages; `action` is in it, as a path from the root of the host.
    async fn post(&self, action: &str, kind: &str, body: impl Into<reqwest::Body>) -> String {
        assert!(action.starts_with("/drive-in/"), "{action}");
        let url = format!("{}{action}", self.front.origin());
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("origin", self.front.origin()),
            ("sec-fetch-site", "same-origin"),
            ("content-type", kind),
        ];
        let answer = self.front.ask(Method::POST, &url, &headers, body).await;
        let to = answer.expect(303).header("location").to_owned();
        assert!(to.starts_with("/drive-in/"), "{to}");
        format!("{}{to}", self.front.origin())
    }

    /// Signs the drive in with a picture that a phone scans.
    async fn sign_in_by_picture(&self) {
        let page = self.page("/account/films").await;
        let action = all_between(&page, "action=\"", "\"")
            .find(|action| action.ends_with("/sign-in/device"))
            .unwrap();
        let waiting = self.post(action, FORM.1, "").await;
        let page = self.get(&waiting).await.expect(200).text();
        let picture = all_between(&page, "class=\"qr\" src=\"", "\"").next();
        assert!(picture.unwrap().starts_with("data:image/png;base64,"));
        let state = all_between(&page, "data-state-url=\"", "\"")
            .next()
            .unwrap();
        let state = format!("{}{state}", self.front.origin());
        assert_eq!(self.get(&state).await.json()["state"], "pending");
        self.front.drivein.sandbox.approve();
        eventually("the sign-in is seen", Duration::from_secs(20), async || {
            (self.get(&state).await.json()["state"] == "done").then_some(())
        })
        .await;
        // A page that was left open redirects.
        let led_on = self.get(&waiting).await.expect(303);
        assert_eq!(led_on.header("location"), "/drive-in/account/films");
        assert_eq!(self.api("drives").await["drives"][0]["state"], "ready");
    }

    async fn browse(&self) {
        let page = self.page("/browse/films").await;
        assert!(page.contains("Tidal Light.mp4"));
        let base = &self.front.url;
        for link in all_between(&page, "href=\"", "\"").chain(all_between(&page, "src=\"", "\"")) {
            let is_below = link.starts_with("/drive-in/")
                || link.starts_with('#')
                || link.starts_with(base.as_str());
            assert!(is_below, "{link}");
        }
        let style = all_between(&page, "href=\"", "\"")
            .find(|link| link.ends_with("style.css"))
            .unwrap();
        let style = format!("{}{style}", self.front.origin());
        self.front.get(&style, &[]).await.expect(200);
    }

    /// Plays in another player, which has no cookie, and seeks.
    async fn play_and_seek(&self, play: &str) {
        let front = &self.front;
        assert!(play.starts_with(&format!("{}/play/", front.url)), "{play}");
        let text = async |url: String| front.get(&url, &[]).await.expect(200).text();
        let master = text(format!("{play}/master.m3u8")).await;
        assert!(master.contains("\n480p.m3u8"));
        let playlist = text(format!("{play}/480p.m3u8")).await;
        assert!(playlist.contains("\n480p/1.ts"));
        let segment = front.get(&format!("{play}/480p/1.ts"), &[]).await;
        assert!(segment.expect(200).body == front.drivein.segment_source(FILM, "480p", 1).await);
        let original = front.drivein.source(FILM, "original").await;
        for (range, expected) in [
            ("bytes=1000-1999", &original[1000..2000]),
            ("bytes=-500", &original[original.len() - 500..]),
            ("bytes=0-0", &original[..1]),
        ] {
            let seeked = front.get(play, &[("range", range)]).await.expect(206);
            assert!(seeked.body == expected, "{range}");
            assert_eq!(seeked.header("content-length"), expected.len().to_string());
        }
        let whole = front.get(play, &[]).await.expect(200);
        assert!(whole.body == original, "the whole film");
    }

    /// Checks that a playlist contains URLs that play without a cookie.
    async fn open_list(&self, list: &str) {
        let list = self.front.get(list, &[]).await.expect(200).text();
        let listed = list
            .lines()
            .find(|line| line.starts_with("https://"))
            .unwrap();
        let base = &self.front.url;
        assert!(listed.starts_with(&format!("{base}/play/")), "{listed}");
        self.front.get(listed, &[]).await.expect(200);
    }

    /// Uploads two files: one by PUT, as an API client does, and one by a form.
    async fn upload(&self) {
        // More than a web server accepts by default, and than it keeps in memory.
        let content = file_content(3_000_000);
        let url = format!(
            "{}/api/v1/content/films/{}",
            self.front.url,
            encoded_name("Müsli & Milch #1.bin")
        );
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("origin", self.front.origin()),
            ("sec-fetch-site", "same-origin"),
        ];
        let put = self
            .front
            .ask(Method::PUT, &url, &headers, content.clone())
            .await;
        let entry = &put.expect(200).json()["entry"];
        let original = entry["play"]["original"].as_str().unwrap();
        let kept = self.front.get(original, &[]).await.expect(200);
        assert!(kept.body == content, "what was put");

        let content = file_content(2_000_000);
        let mut form = b"--seam\r\ncontent-disposition: form-data; name=\"file\"; filename=\"by form.bin\"\r\n\
            content-type: application/octet-stream\r\n\r\n"
            .to_vec();
        form.extend(&content);
        form.extend(b"\r\n--seam--\r\n");
        let page = self.page("/organize?do=upload&place=films&at=/").await;
        let action = all_between(&page, "action=\"", "\"")
            .find(|action| action.contains("/upload/"))
            .unwrap();
        let back = self
            .post(action, "multipart/form-data; boundary=seam", form)
            .await;
        let page = self.get(&back).await.expect(200).text();
        assert!(page.contains("by form.bin") && page.contains("Müsli &#38; Milch #1.bin"));
        let original = self.api("entries/films/by%20form.bin").await;
        let original = original["entry"]["play"]["original"].as_str().unwrap();
        let kept = self.front.get(original, &[]).await.expect(200);
        assert!(kept.body == content, "what the form brought");
    }
}

/// Submits the sign-in form as a page at `origin` would.
async fn sign_in_from(front: &Front, origin: &str) -> Answer {
    let url = format!("{}/login", front.url);
    let form = [("password", PASSWORD), ("next", "/browse/films")];
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let headers = [FORM, ("origin", origin)];
    front.ask(Method::POST, &url, &headers, form).await
}

/// Does everything that an owner does, with a web server between.
async fn an_evening_behind(kind: Kind) {
    let evening = Evening::begin(kind).await;
    evening.sign_in_by_picture().await;
    evening.browse().await;
    let film = evening
        .api(&format!("entries/{DRIVE}{}", encoded(FILM)))
        .await;
    let film = &film["entry"];
    evening
        .play_and_seek(film["play"]["original"].as_str().unwrap())
        .await;
    evening
        .open_list(film["lists"]["m3u"].as_str().unwrap())
        .await;
    evening.upload().await;

    // The viewer's own IP, not the web server's.
    let sessions = evening.api("sessions").await;
    assert!(sessions.to_string().contains("127.0.0.1"));
    // Beside the path there is nothing: nginx says so, and Caddy says nothing.
    let front = &evening.front;
    let beside = front
        .get(&format!("{}/etc/passwd", front.origin()), &[])
        .await;
    assert!(
        beside.status == 404 || beside.body.is_empty(),
        "{}",
        beside.text()
    );
}

#[tokio::test]
async fn an_evening_behind_nginx() {
    an_evening_behind(Kind::Nginx).await;
}

#[tokio::test]
async fn an_evening_behind_caddy() {
    an_evening_behind(Kind::Caddy).await;
}
