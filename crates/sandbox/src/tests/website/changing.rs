//! Uploads, changes, the recycle bin and the cursor of changes.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::Talk;
use super::{FILM, session};
use crate::{Effect, Fault};

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
    talk.sandbox
        .fault(Fault::on("web_filemanager", Effect::ignored()).times(1));
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
