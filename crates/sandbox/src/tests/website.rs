//! The website's calls, in the forms of the clients that the field notes describe (sections 10 and 11).

use data_encoding::BASE64;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Talk, refused};
use crate::{Effect, Fault, Options, PlanChange, SubtitleReply, WebSessionFault};

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
async fn a_second_client_uploads_with_made_up_hashes_and_changes_files_by_plain_text() {
    let talk = Talk::new().await;
    let made = talk
        .app(
            Method::POST,
            "/api/create?a=commit",
            &[
                ("path", "/New & #1/In it"),
                ("isdir", "1"),
                ("block_list", "[]"),
            ],
        )
        .await;
    assert_eq!(
        (&made["errno"], &made["isdir"]),
        (&json!(0), &json!(1)),
        "{made}"
    );

    let located = talk
        .client
        .get(talk.url("/rest/2.0/pcs/file?method=locateupload"));
    let located: Value =
        serde_json::from_str(&located.send().await.unwrap().text().await.unwrap()).unwrap();
    let host = located["host"].as_str().unwrap().to_owned();
    let path = "/New & #1/In it/film.bin";
    let hashes = r#"["5910a591dd8fc18c32a8f3df4fdc1761","a5fc157d78e6ad1c7e114b056c92821e"]"#;
    let form = [
        ("path", path),
        ("autoinit", "1"),
        ("target_path", "/New & #1/In it"),
        ("block_list", hashes),
    ];
    let begun = talk.app(Method::POST, "/api/precreate", &form).await;
    let uploadid = begun["uploadid"].as_str().unwrap().to_owned();
    let bytes: Vec<u8> = (0..(9 << 20)).map(|n: u32| (n / 7) as u8).collect();
    let mut list = Vec::new();
    for (number, part) in bytes.chunks(4 << 20).enumerate() {
        let boundary = "sbx-boundary";
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"film.bin\"\r\n\r\n"
        );
        let body = [
            head.as_bytes(),
            part,
            format!("\r\n--{boundary}--\r\n").as_bytes(),
        ]
        .concat();
        let url = format!("http://{host}/rest/2.0/pcs/superfile2");
        let number = number.to_string();
        let query = [
            ("method", "upload"),
            ("app_id", "250528"),
            ("path", "%2FNew%20%26%20%231%2FIn%20it%2Ffilm.bin"),
            ("uploadid", &uploadid),
            ("partseq", &number),
        ];
        let request = talk
            .client
            .post(url)
            .query(&query)
            .header("cookie", session(&talk));
        let request = request.header(
            "content-type",
            format!("multipart/form-data; boundary={boundary}"),
        );
        let sent: Value = serde_json::from_str(
            &request
                .body(body)
                .send()
                .await
                .unwrap()
                .text()
                .await
                .unwrap(),
        )
        .unwrap();
        list.push(sent["md5"].as_str().unwrap().to_owned());
    }
    let (size, list) = (bytes.len().to_string(), json!(list).to_string());
    let form = [
        ("path", path),
        ("size", size.as_str()),
        ("uploadid", &uploadid),
        ("target_path", "/New & #1/In it"),
        ("block_list", &list),
    ];
    let stale = talk
        .web(
            Method::POST,
            "/api/create?isdir=0&rtype=1&jsToken=old",
            &form,
        )
        .await;
    assert_eq!(stale["errno"], 4_000_023);
    let created = talk
        .app(Method::POST, "/api/create?isdir=0&rtype=1", &form)
        .await;
    assert_eq!(created["errno"], 0, "{created}");
    assert!(talk.sandbox.source(path, "original").await.unwrap() == bytes);

    let manage = async |opera: &str, filelist: Value| {
        let token = talk.sandbox.credentials().js_token;
        let encoded = crate::signing::encode(&filelist.to_string());
        let call = format!("/api/filemanager?opera={opera}&onnest=fail&jsToken={token}");
        let request = talk
            .client
            .post(talk.url(&call))
            .header("cookie", session(&talk));
        let request = request.header("content-type", "text/plain; charset=utf-8");
        let body = format!("async=0&filelist={encoded}&ondup=newcopy");
        let answer = request.body(body).send().await.unwrap();
        serde_json::from_str::<Value>(&answer.text().await.unwrap()).unwrap()
    };
    let item =
        |path: &str, dest: &str| json!([{"path": path, "dest": dest, "newname": "film.bin"}]);
    assert_eq!(manage("copy", item(path, "/New & #1")).await["errno"], 0);
    assert_eq!(manage("copy", item(path, "/New & #1")).await["errno"], 0);
    assert!(
        talk.sandbox
            .source("/New & #1/film(1).bin", "original")
            .await
            .is_some()
    );
    let renamed = json!([{"path": "/New & #1/film.bin", "newname": "b.bin"}]);
    assert_eq!(manage("rename", renamed).await["errno"], 0);
    assert_eq!(
        manage("move", item("/New & #1/b.bin", "/New & #1/In it")).await["errno"],
        0
    );
    talk.sandbox.fault(
        Fault::on(
            "web_filemanager",
            Effect {
                ignored: true,
                ..Effect::default()
            },
        )
        .times(1),
    );
    assert_eq!(manage("delete", json!([path])).await["errno"], 0);
    assert!(
        talk.sandbox.source(path, "original").await.is_some(),
        "nothing changed"
    );
    assert_eq!(manage("delete", json!([path])).await["errno"], 0);
    assert!(talk.sandbox.source(path, "original").await.is_none());
    let stale = talk
        .web(
            Method::POST,
            "/api/filemanager?opera=delete&jsToken=old",
            &[("filelist", "[\"/x\"]")],
        )
        .await;
    assert_eq!(stale["errno"], 450_016);
}

#[tokio::test]
async fn a_refused_upload_host_is_not_the_only_one() {
    let talk = Talk::new().await;
    let locate = async || {
        let request = talk
            .client
            .get(talk.url("/rest/2.0/pcs/file?method=locateupload"));
        let text = request.send().await.unwrap().text().await.unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["host"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (first, second) = (locate().await, locate().await);
    assert_ne!(first, second);
    talk.sandbox
        .fault(Fault::on("superfile2", Effect::status(403)).matching(&format!("{first} ")));
    for (host, status) in [(first, 403), (second, 400)] {
        let url = format!("http://{host}/rest/2.0/pcs/superfile2?method=upload&app_id=250528");
        let request = talk.client.post(url).header("cookie", session(&talk));
        assert_eq!(request.send().await.unwrap().status(), status);
    }
}

#[tokio::test]
async fn what_was_deleted_is_in_the_recycle_bin_until_it_is_cleared() {
    let talk = Talk::new().await;
    let post = async |call: &str, form: &[(&str, &str)]| talk.app(Method::POST, call, form).await;
    let names = async || {
        let list = talk
            .app(Method::GET, "/api/recycle/list?page=1&num=100", &[])
            .await;
        let list = list["list"].as_array().unwrap().clone();
        list.into_iter()
            .map(|item| {
                (
                    item["path"].as_str().unwrap().to_owned(),
                    item["fs_id"].to_string(),
                )
            })
            .collect::<Vec<_>>()
    };
    let three = r#"["/Tidal Light.mp4","/Paper Mountains.mp4","/Series"]"#;
    post("/api/filemanager?opera=delete", &[("filelist", three)]).await;
    let deleted = names().await;
    assert_eq!(deleted.len(), 3);
    let (_, series) = &deleted[0];
    let restored = post(
        "/api/recycle/restore",
        &[("fidlist", &format!("[{series}]"))],
    )
    .await;
    assert_eq!(
        (&restored["errno"], &restored["faillist"]),
        (&json!(0), &json!([]))
    );
    let episode = "/Series/Paper Worlds/Season 1/Episode 1.mp4";
    assert!(talk.sandbox.source(episode, "original").await.is_some());
    let again = post(
        "/api/recycle/restore",
        &[("fidlist", &format!("[{series}]"))],
    )
    .await;
    assert_eq!(again["errno"], 12, "{again}");
    let (_, film) = &deleted[2];
    post("/api/recycle/delete", &[("fidlist", &format!("[{film}]"))]).await;
    assert_eq!(names().await.len(), 1);
    let stale = talk
        .web(Method::POST, "/api/recycle/clear?jsToken=old", &[])
        .await;
    assert_eq!(stale["errno"], 450_016);
    post("/api/recycle/clear?async=1", &[]).await;
    assert!(names().await.is_empty());
}

#[tokio::test]
async fn changes_since_a_cursor_and_files_by_category() {
    let talk = Talk::new().await;
    let mut cursor = "null".to_owned();
    let mut diff = async || {
        let form = [
            ("cursor", cursor.as_str()),
            ("c", "full"),
            ("action", "manual"),
        ];
        let reply = talk
            .web(Method::POST, "/api/filediff?block_list=1", &form)
            .await;
        cursor = reply["cursor"].as_str().unwrap().to_owned();
        reply
    };
    talk.sandbox.add_folder("/Many", 1500).unwrap();
    let first = diff().await;
    assert_eq!(
        (&first["reset"], &first["has_more"]),
        (&json!(true), &json!(true))
    );
    let rest = diff().await;
    assert_eq!(rest["has_more"], false);
    let count = |reply: &Value| reply["entries"].as_object().unwrap().len();
    assert!(count(&first) + count(&rest) > 1500);
    assert_eq!(count(&diff().await), 0);
    let list = format!("[\"{FILM}\"]");
    talk.app(
        Method::POST,
        "/api/filemanager?opera=delete",
        &[("filelist", &list)],
    )
    .await;
    talk.sandbox.add_folder("/Few", 2).unwrap();
    let changed = diff().await;
    assert_eq!(changed["reset"], false);
    assert_eq!(changed["entries"][FILM]["isdelete"], 1, "{changed}");
    assert_eq!(changed["entries"]["/Few/Entry 00002.mp4"]["isdelete"], 0);
    assert_eq!(count(&changed), 4, "{changed}");

    let call = "/api/categorylist?category=2&page=1&num=10&order=time&desc=1";
    let sounds = talk.app(Method::GET, call, &[]).await;
    assert_eq!(
        sounds["info"][0]["path"],
        "/Nature & Light/Waves & Wind.mp3"
    );
    let sums = talk
        .app(Method::GET, "/api/category?category=1,2", &[])
        .await;
    assert_eq!(sums["info"]["2"]["count"], 1, "{sums}");
    assert!(sums["info"]["1"]["count"].as_u64().unwrap() > 1500);
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
                talk.client
                    .get(url)
                    .send()
                    .await
                    .unwrap()
                    .text()
                    .await
                    .unwrap()
            }
        };
        let srt = "/Nature & Light/Waves & Wind.en.srt";
        assert!(talk.sandbox.source(srt, "original").await.unwrap() == file.as_bytes());
        assert!(ask("/Three Moons.mp4").await.contains("31066"));
    }
}
