//! Who comes in: the password and its cookie, tokens for programs, tickets in play addresses, the
//! gateway; and under which address, at the root of a host or below a path.

use std::time::{Duration, SystemTime};

use reqwest::Method;

use crate::harness::*;

const PASSWORD: &str = "open sesame";
const TOKEN: &str = "a-token-of-sixteen-letters";

async fn locked() -> Drivein {
    Drivein::setup()
        .password(PASSWORD)
        .api_token(TOKEN)
        .start()
        .await
}

impl Drivein {
    async fn with_token(&self, path: &str) -> Reply {
        let bearer = format!("Bearer {TOKEN}");
        self.ask(Method::GET, path)
            .header("authorization", &bearer)
            .send()
            .await
    }

    async fn with_cookie(&self, path: &str, cookie: &str) -> Reply {
        self.ask(Method::GET, path)
            .header("cookie", cookie)
            .send()
            .await
    }

    /// Fills in the form and returns the cookie.
    async fn signed_in(&self, next: &str) -> (String, String) {
        let reply = self
            .ask(Method::POST, "/login")
            .form(&[("password", PASSWORD), ("next", next)])
            .send()
            .await
            .expect(303);
        let cookie = reply.header("set-cookie").to_owned();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite="),
            "{cookie}"
        );
        let pair = cookie.split(';').next().unwrap().to_owned();
        (pair, reply.header("location").to_owned())
    }

    async fn play_with_token(&self, path: &str) -> String {
        let entry = self
            .with_token(&format!("/api/v1/entries/{DRIVE}{}", encoded(path)))
            .await
            .expect(200);
        self.local(entry.json()["entry"]["play"]["original"].as_str().unwrap())
    }
}

#[tokio::test]
async fn without_the_password_pages_lead_to_the_login_and_programs_are_refused() {
    let drivein = locked().await;
    for page in [
        "/",
        "/browse/films",
        "/browse/films/Nature%20%26%20Light",
        "/watch/films/x.mp4",
        "/search?q=a",
        "/status",
    ] {
        let reply = drivein.get(page).await.expect(303);
        let (login, next) = reply.header("location").split_once("?next=").unwrap();
        assert_eq!((login, decoded(next).as_str()), ("/login", page));
    }
    for call in ["drives", "entries/films", "search?q=a"] {
        let reply = drivein.get(&format!("/api/v1/{call}")).await.expect(401);
        assert_eq!(reply.code(), "unauthorized");
        assert!(reply.header("www-authenticate").starts_with("Bearer"));
    }
    assert_eq!(
        drivein.upstream_calls(),
        0,
        "the upstream was not even asked"
    );
    let form = drivein.get("/login").await.expect(200).text();
    assert!(form.contains("name=\"password\""));
    for open in ["/healthz", "/readyz"] {
        drivein.get(open).await.expect(200);
    }
}

#[tokio::test]
async fn without_a_password_no_other_site_reaches_in_by_a_name_of_its_own() {
    let drivein = Drivein::start().await;
    let as_host = |path: &str, host: &str| {
        drivein
            .ask(reqwest::Method::GET, path)
            .header("host", host)
            .send()
    };
    for path in ["/", "/browse/films", "/status", "/api/v1/drives"] {
        for host in ["localhost:7373", "127.0.0.1", "[::1]:7373"] {
            as_host(path, host).await.expect(200);
        }
        let refused = as_host(path, "rebound.example").await.expect(421);
        assert!(refused.text().contains("auth.password"), "{path}");
    }
    let refused = as_host("/api/v1/drives", "rebound.example").await;
    assert_eq!(refused.code(), "bad_request");
}

#[tokio::test]
async fn without_a_password_who_comes_through_a_proxy_needs_the_code() {
    let drivein = Drivein::setup()
        .public_url("http://films.example/drive-in")
        .start()
        .await;
    let through = |name: &'static str, value: &'static str| {
        drivein
            .ask(reqwest::Method::GET, "/drive-in/")
            .header(name, value)
            .send()
    };
    through("host", "localhost:7373").await.expect(200);
    through("host", "films.example").await.expect(303);
    through("x-forwarded-for", "203.0.113.9").await.expect(303);
    through("host", "rebound.example").await.expect(421);
}

#[tokio::test]
async fn a_bearer_token_opens_the_api() {
    let drivein = locked().await;
    let drives = drivein
        .with_token("/api/v1/drives")
        .await
        .expect(200)
        .json();
    assert_eq!(drives["drives"][0]["state"], "ready");
    for wrong in [
        "Bearer a-token-of-sixteen-letterz",
        "Bearer ",
        "Basic YTpi",
        TOKEN,
    ] {
        let reply = drivein
            .ask(Method::GET, "/api/v1/drives")
            .header("authorization", wrong)
            .send()
            .await;
        assert_eq!(reply.expect(401).code(), "unauthorized", "{wrong}");
    }
}

#[tokio::test]
async fn the_form_lets_in_and_back_and_the_cookie_survives_a_restart() {
    let drivein = locked().await;
    let (cookie, to) = drivein.signed_in("/browse/films").await;
    assert_eq!(to, "/browse/films");
    let page = drivein
        .with_cookie("/browse/films", &cookie)
        .await
        .expect(200)
        .text();
    assert!(page.contains("Tidal Light.mp4"));
    drivein
        .with_cookie("/api/v1/drives", &cookie)
        .await
        .expect(200);

    let drivein = drivein.restarted().await;
    drivein
        .with_cookie("/browse/films", &cookie)
        .await
        .expect(200);
    for broken in [
        format!("{cookie}A"),
        cookie.replace('=', "=A"),
        "drivein_session=".to_owned(),
    ] {
        drivein
            .with_cookie("/browse/films", &broken)
            .await
            .expect(303);
    }
}

#[tokio::test]
async fn a_wrong_password_says_so_and_leads_nowhere_else() {
    let drivein = locked().await;
    let form = |password: &'static str, next: &'static str| {
        drivein
            .ask(Method::POST, "/login")
            .form(&[("password", password), ("next", next)])
            .send()
    };
    let reply = form("open sesam", "/").await.expect(403);
    assert_eq!(reply.header("set-cookie"), "");
    assert!(reply.text().contains("That was not it."));
    for elsewhere in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:x",
    ] {
        assert_eq!(
            form(PASSWORD, elsewhere)
                .await
                .expect(303)
                .header("location"),
            "/"
        );
    }
}

#[tokio::test]
async fn a_form_of_another_page_is_refused() {
    let drivein = locked().await;
    let reply = drivein
        .ask(Method::POST, "/login")
        .header("origin", "https://evil.example")
        .header("sec-fetch-site", "cross-site")
        .form(&[("password", PASSWORD)])
        .send()
        .await;
    assert_eq!((reply.status, reply.header("set-cookie")), (403, ""));
}

#[tokio::test]
async fn play_addresses_need_no_login_and_survive_a_restart() {
    let drivein = locked().await;
    let play = drivein.play_with_token(FILM).await;
    drivein
        .get(&format!("{play}/master.m3u8"))
        .await
        .expect(200);
    let drivein = drivein.restarted().await;
    let segment = drivein.get(&format!("{play}/480p/1.ts")).await.expect(200);
    assert!(segment.body == drivein.segment_source(FILM, "480p", 1).await);
}

#[tokio::test]
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

#[tokio::test]
async fn a_ticket_covers_its_own_films_until_it_ends() {
    use drivein::media::{EntryPath, Place};
    use drivein::playback::ticket::{Scope, Ticket, TicketId, TicketOffice};
    let drivein = locked().await;
    let store = drivein::store::Store::open(drivein.data_dir())
        .await
        .unwrap();
    let office = TicketOffice::new(&store.server_key("ticket").await.unwrap());
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
            office.sign(&ticket.until(Some(ends_at))).0
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
            let reply = drivein
                .get(&format!("/play/{ended}/{below}"))
                .await
                .expect(401);
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
            .get(&call(FILM, "M3U8_AUTO_480", wrong))
            .await
            .expect(401);
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

#[tokio::test]
async fn below_a_path_everything_works_there_and_at_the_root_behind_a_proxy() {
    let drivein = Drivein::setup()
        .public_url("http://films.example/drive-in")
        .api_token(TOKEN)
        .start()
        .await;
    // Passed on as it came, or with the path taken off by a proxy.
    for prefix in ["/drive-in", ""] {
        let at = |path: &str| format!("{prefix}{path}");
        for page in [
            "/",
            "/browse/films",
            "/watch/films/Tidal%20Light.mp4",
            "/status",
            "/search?q=light",
        ] {
            let text = drivein.get(&at(page)).await.expect(200).text();
            for link in
                all_between(&text, "href=\"", "\"").chain(all_between(&text, "src=\"", "\""))
            {
                let fine = link.starts_with("/drive-in/")
                    || link == "/drive-in"
                    || link.starts_with('#')
                    || link.starts_with("data:image/")
                    || link.starts_with("http://films.example/drive-in/")
                    || link.starts_with("vlc://http://films.example/drive-in/");
                assert!(fine, "{link} on {page}");
            }
        }
        let entry = drivein
            .get(&at(&format!("/api/v1/entries/{DRIVE}{}", encoded(FILM))))
            .await
            .expect(200)
            .json();
        let hls = entry["entry"]["play"]["hls"].as_str().unwrap().to_owned();
        let below = hls.strip_prefix("http://films.example/drive-in").unwrap();
        let master = drivein.get(&at(below)).await.expect(200).text();
        assert!(master.contains("\n480p.m3u8"));
        let segment = drivein
            .get(&at(&below.replace("master.m3u8", "480p/0.ts")))
            .await
            .expect(200);
        assert!(segment.body == drivein.segment_source(FILM, "480p", 0).await);
        let list = entry["entry"]["lists"]["m3u"].as_str().unwrap();
        let list = drivein
            .get(&at(list
                .strip_prefix("http://films.example/drive-in")
                .unwrap()))
            .await
            .expect(200);
        assert!(
            list.text()
                .contains("\nhttp://films.example/drive-in/play/"),
            "{}",
            list.text()
        );
        let gateway = at(&format!(
            "/openapi/api/streaming?path={}&type=M3U8_AUTO_480&access_token={TOKEN}",
            encoded_name(FILM)
        ));
        let text = drivein.get(&gateway).await.expect(200).text();
        let first = text.lines().find(|line| !line.starts_with('#')).unwrap();
        let base = url::Url::parse(&format!("{}{gateway}", drivein.url())).unwrap();
        drivein
            .get(base.join(first).unwrap().path())
            .await
            .expect(200);
    }
    drivein.get("/drive-in").await.expect(200);
    drivein.get("/drive-inn/").await.expect(404);
}

#[tokio::test]
async fn below_a_path_the_login_leads_back_below_it() {
    let drivein = Drivein::setup()
        .public_url("http://films.example/drive-in")
        .password(PASSWORD)
        .start()
        .await;
    let reply = drivein.get("/drive-in/browse/films").await.expect(303);
    let to = reply.header("location").to_owned();
    assert!(to.starts_with("/drive-in/login?next="), "{to}");
    let form = drivein.get(&to).await.expect(200).text();
    assert!(form.contains("action=\"/drive-in/login\""));
    let next = unescaped(
        all_between(&form, "name=\"next\" value=\"", "\"")
            .next()
            .unwrap(),
    );
    let (_, to) = drivein.signed_in(&next).await;
    assert_eq!(to, "/drive-in/browse/films");
}

#[tokio::test]
async fn assets_are_kept_for_good_and_pages_are_strict() {
    let drivein = Drivein::start().await;
    let page = drivein
        .get("/watch/films/Tidal%20Light.mp4")
        .await
        .expect(200);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    assert!(!policy.contains("unsafe"), "{policy}");
    let text = page.text();
    assert!(
        !text.contains(" style=\"") && !text.contains(" onclick="),
        "nothing inline"
    );
    let assets: Vec<&str> = all_between(&text, "href=\"/assets/", "\"")
        .chain(all_between(&text, "src=\"/assets/", "\""))
        .collect();
    assert!(assets.len() > 3);
    for asset in assets {
        let reply = drivein.get(&format!("/assets/{asset}")).await.expect(200);
        assert!(
            reply.header("cache-control").contains("immutable"),
            "{asset}"
        );
    }
}
