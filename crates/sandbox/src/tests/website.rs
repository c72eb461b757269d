//! The website's calls, in the forms of the clients that the field notes describe (sections 10 and 11).

mod changing;

use data_encoding::BASE64;
use reqwest::Method;
use serde_json::Value;

use super::{Talk, refused};
use crate::{Options, PlanChange, SubtitleReply, WebSessionFault};

const FILM: &str = "/Tidal Light.mp4";

impl Talk {
    /// Calls the website with the session's cookie, and a form if there is one.
    async fn web(&self, method: Method, call: &str, form: &[(&str, &str)]) -> Value {
        let cookie = format!("lang=en; ndus={}", self.sandbox.credentials().ndus);
        let request = self.client.request(method, self.url(call));
        let request = request.header("cookie", cookie).form(form);
        serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap()
    }

    /// As [`Talk::web`], with the parameters of the app and the token in the query.
    async fn app(&self, method: Method, call: &str, form: &[(&str, &str)]) -> Value {
        let join = if call.contains('?') { '&' } else { '?' };
        let token = self.sandbox.credentials().js_token;
        let call =
            format!("{call}{join}app_id=250528&web=1&channel=dubox&clienttype=0&jsToken={token}");
        self.web(method, &call, form).await
    }

    async fn page(&self, call: &str, cookie: &str) -> reqwest::Response {
        let request = self.client.get(self.url(call)).header("cookie", cookie);
        request.send().await.unwrap()
    }
}

fn session(talk: &Talk) -> String {
    format!("ndus={}", talk.sandbox.credentials().ndus)
}

#[tokio::test]
async fn the_root_leads_to_the_page_of_the_visitor_and_the_page_has_all_its_data() {
    let talk = Talk::new().await;
    for (cookie, to) in [("", "/login"), (session(&talk).as_str(), "/main")] {
        let answer = talk.page("/", cookie).await;
        assert_eq!(answer.status(), 302);
        assert_eq!(answer.headers()["location"], to);
        let page = talk.page(to, cookie).await;
        let cookies: Vec<_> = page.headers().get_all("set-cookie").iter().collect();
        assert_eq!(cookies.len(), 2, "{cookies:?}");
        let html = page.text().await.unwrap();
        let (_, rest) = html.split_once("<script>var templateData = ").unwrap();
        let (data, _) = rest.split_once(";</script>").unwrap();
        let data: Value = serde_json::from_str(data).unwrap();
        for field in [
            "bdstoken",
            "pcftoken",
            "csrf",
            "uk",
            "internal",
            "country",
            "userVipIdentity",
        ] {
            assert!(data.get(field).is_some(), "{field}: {data}");
        }
        for field in [
            "origin",
            "host",
            "domain",
            "cdn",
            "isGCP",
            "originalPrefix",
            "regionDomainPrefix",
            "urlDomainPrefix",
        ] {
            assert!(data["newDomain"].get(field).is_some(), "{field}: {data}");
        }
        let (_, rest) = html
            .split_once("`function%20fn%28a%29%7Bwindow.jsToken%20%3D%20a%7D%3Bfn%28%22")
            .unwrap();
        let (token, _) = rest.split_once("%22%29`").unwrap();
        assert_eq!(token == talk.sandbox.credentials().js_token, to == "/main");
    }
    let help = talk.page("/_sandbox", "").await.text().await.unwrap();
    assert!(help.contains("/_sandbox/faults"));
}

#[tokio::test]
async fn the_account_is_read_without_a_token() {
    let talk = Talk::new().await;
    let get = async |call: &str| talk.web(Method::GET, call, &[]).await;
    assert_eq!(get("/api/check/login?jsToken=").await["errno"], 0);
    assert_eq!(
        get("/passport/get_info").await["data"]["display_name"],
        "Sandbox"
    );
    let plan = get("/rest/2.0/membership/proxy/user?method=query").await;
    assert_eq!(plan["data"]["member_info"]["is_vip"], 1);
    let quota = get("/api/quota?checkexpire=1&checkfree=1").await;
    assert!(quota["total"].is_u64() && quota["used"].is_u64(), "{quota}");
    assert_eq!(get("/api/quota?jsToken=another").await["errno"], 4_000_023);

    let ended = PlanChange {
        web_session: Some(WebSessionFault::Ended),
        ..PlanChange::default()
    };
    talk.sandbox.change_account(ended);
    assert_eq!(get("/api/check/login").await["errno"], -6);
    assert_ne!(get("/passport/get_info").await["code"], 0);
}

#[tokio::test]
async fn lists_are_read_by_either_method_and_numbers_are_numbers() {
    let talk = Talk::new().await;
    let call = "/api/list?dir=/&num=100&page=1&order=name";
    for method in [Method::GET, Method::POST] {
        let list = talk.app(method, call, &[]).await;
        let item = &list["list"][0];
        assert!(item["fs_id"].is_u64() && item["isdir"].is_u64(), "{item}");
    }
    let unread = talk
        .web(Method::GET, &format!("{call}&jsToken="), &[])
        .await;
    assert_eq!(unread["errno"], 4_000_023);
    let talk = Talk::with(Options {
        text_numbers: true,
        ..Options::default()
    })
    .await;
    let list = talk.app(Method::GET, call, &[]).await;
    assert!(list["list"][0]["fs_id"].is_string(), "{list}");
}

#[tokio::test]
async fn a_download_needs_the_computed_sign() {
    let talk = Talk::new().await;
    let info = talk.app(Method::GET, "/api/home/info", &[]).await;
    let (key, text) = (&info["data"]["sign3"], &info["data"]["sign1"]);
    let sign = rc4(key.as_str().unwrap(), text.as_str().unwrap());
    let metas = talk
        .web(
            Method::GET,
            &format!("/api/filemetas?target=[\"{FILM}\"]"),
            &[],
        )
        .await;
    let ids = format!("[{}]", metas["info"][0]["fs_id"]);
    let now = crate::signing::now_s();
    for (sign, timestamp, errno) in [(sign.as_str(), now, 0), ("AAAA", now, 2), (&sign, 1, 2)] {
        let timestamp = timestamp.to_string();
        let form = [
            ("fidlist", ids.as_str()),
            ("sign", sign),
            ("timestamp", &timestamp),
            ("vip", "2"),
        ];
        let links = talk
            .app(Method::POST, "/api/download?type=dlink", &form)
            .await;
        assert_eq!(links["errno"], errno, "{links}");
        if errno == 0 {
            let link = links["dlink"][0]["dlink"].as_str().unwrap().to_owned();
            assert_eq!(refused(talk.page_at(&link, "").await).await, (403, 31045));
            let hop = talk.page_at(&link, &session(&talk)).await;
            assert_eq!(hop.status(), 302);
        }
    }
}

impl Talk {
    async fn page_at(&self, url: &str, cookie: &str) -> reqwest::Response {
        let mut request = self.client.get(url);
        if !cookie.is_empty() {
            request = request.header("cookie", cookie);
        }
        request.send().await.unwrap()
    }
}

/// The cipher again, written for the test alone.
fn rc4(key: &str, text: &str) -> String {
    let key: Vec<usize> = key.bytes().map(usize::from).collect();
    let mut table: Vec<usize> = (0..256).collect();
    let mut j = 0;
    for i in 0..256 {
        j = (j + table[i] + key[i % key.len()]) % 256;
        table.swap(i, j);
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    for byte in text.bytes() {
        i = (i + 1) % 256;
        j = (j + table[i]) % 256;
        table.swap(i, j);
        out.push(byte ^ table[(table[i] + table[j]) % 256] as u8);
    }
    BASE64.encode(&out)
}

#[tokio::test]
async fn links_of_dlna_need_no_cookie_and_their_origin_cannot_be_added() {
    let talk = Talk::new().await;
    let call = format!("/api/filemetas?target=[\"{FILM}\"]&dlink=1");
    let link = async |call: &str| {
        let metas = talk.web(Method::GET, call, &[]).await;
        metas["info"][0]["dlink"].as_str().unwrap().to_owned()
    };
    let open = link(&format!("{call}&origin=dlna")).await;
    let hop = talk.hop(&open).await;
    let range = talk.client.get(&hop).header("range", "bytes=9-18");
    let part = range.send().await.unwrap();
    assert_eq!(part.status(), 206);
    let closed = link(&call).await;
    let altered = format!("{closed}&origin=dlna");
    assert_eq!(
        refused(talk.page_at(&altered, "").await).await,
        (403, 31362)
    );
}

#[tokio::test]
async fn another_region_is_named_and_led_to() {
    let talk = Talk::with(Options {
        web_region: Some("jp".to_owned()),
        public_host: Some("localhost".to_owned()),
        ..Options::default()
    })
    .await;
    let address = talk.sandbox.address();
    let ask = async |host: &str, call: &str| {
        let request = talk.client.get(format!("http://{address}{call}"));
        let request = request
            .header("cookie", session(&talk))
            .header("host", host);
        request.send().await.unwrap()
    };
    let reply = ask("localhost", "/api/check/login").await;
    assert_eq!(reply.headers()["url-domain-prefix"], "jp");
    let reply: Value = serde_json::from_str(&reply.text().await.unwrap()).unwrap();
    assert_eq!(reply["errno"], -6);
    let to = format!("http://jp.localhost:{}/main", address.port());
    for call in ["/", "/main"] {
        let led = ask(&format!("localhost:{}", address.port()), call).await;
        assert_eq!(led.headers()["location"], to.as_str());
    }
    let reply = ask("jp.localhost", "/api/check/login").await;
    let reply: Value = serde_json::from_str(&reply.text().await.unwrap()).unwrap();
    assert_eq!(reply["errno"], 0);
    assert_eq!(talk.sandbox.host_names(), ["localhost", "jp.localhost"]);
}

#[tokio::test]
async fn subtitles_come_as_a_list_or_as_the_file() {
    for form in [SubtitleReply::List, SubtitleReply::Srt] {
        let talk = Talk::with(Options {
            subtitles: form,
            ..Options::default()
        })
        .await;
        let token = talk.sandbox.credentials().js_token;
        let ask = async |path: &str| {
            let query = [
                ("path", path),
                ("type", "M3U8_SUBTITLE_SRT"),
                ("app_id", "250528"),
                ("web", "1"),
                ("channel", "dubox"),
                ("clienttype", "0"),
                ("jsToken", &token),
            ];
            let request = talk.client.get(talk.url("/api/streaming")).query(&query);
            let request = request.header("cookie", session(&talk));
            request.send().await.unwrap().text().await.unwrap()
        };
        let path = "/Nature & Light/Waves & Wind.mp4";
        let text = ask(path).await;
        let file = match form {
            SubtitleReply::Srt => text,
            SubtitleReply::List => {
                assert!(
                    text.starts_with("#EXTM3U\n") && text.contains("LANGUAGE=\"en\""),
                    "{text}"
                );
                let url = text.lines().find(|line| line.starts_with("http")).unwrap();
                talk.fetch(url).await.text().await.unwrap()
            }
        };
        let srt = "/Nature & Light/Waves & Wind.en.srt";
        assert!(talk.sandbox.source(srt, "original").await.unwrap() == file.as_bytes());
        assert!(ask("/Three Moons.mp4").await.contains("31066"));
    }
}
