//! TeraBox's own call for the playlist of a shared file, answered by us.

use super::*;

#[tokio::test]
async fn a_client_of_the_open_platform_plays_a_shared_file_by_changing_its_host() {
    let drivein = Drivein::setup()
        .api_token("token-for-programs")
        .start()
        .await;
    let link = share(&drivein, "password");
    // Requests that such a client has sent to the upstream itself.
    let upstream = drivein.sandbox.url();
    let token = drivein.sandbox.credentials().access_token;
    let client = reqwest::Client::new();
    let verified: Value = client
        .post(format!(
            "{upstream}/openapi/share/verify?access_tokens={token}&surl={}",
            link.surl
        ))
        .form(&[("pwd", link.password.as_deref().unwrap())])
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let key = encoded_name(verified["randsk"].as_str().unwrap());
    let list: Value = client
        .get(format!(
            "{upstream}/openapi/share/list?access_tokens={token}&shorturl={}&root=1&page=1&num=20&sekey={key}",
            link.surl
        ))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let fid = &list["list"][0]["fs_id"];
    let call = |token: &str, key: &str| {
        format!(
            "/openapi/share/streaming?access_token={token}&shareid={}&uk={}&fid={fid}&type=M3U8_AUTO_720\
             &channel=dubox&clienttype=0&sekey={key}",
            link.shareid, link.uk
        )
    };
    assert_eq!(drivein.get(&call("another", &key)).await.status, 401);
    let playlist = drivein.fetch(&call("token-for-programs", &key), 200).await;
    assert_eq!(
        playlist.header("content-type"),
        "application/vnd.apple.mpegurl"
    );
    let text = playlist.text();
    let segment = text.lines().find(|line| !line.starts_with('#')).unwrap();
    let segment = segment.strip_prefix("../../").unwrap();
    let body = drivein.get(&format!("/{segment}")).await.expect(200).body;
    assert!(
        body == drivein
            .segment_source("/Behind a door/Locked Harbour.mp4", "720p", 0)
            .await
    );

    // The URLs outlive signatures and a restart.
    let drivein = drivein.restarted().await;
    drivein.sandbox.expire_urls();
    let last = text.lines().rfind(|line| !line.starts_with('#')).unwrap();
    let last = last.strip_prefix("../../").unwrap();
    drivein.get(&format!("/{last}")).await.expect(200);
    // Such a place does not count as a share that a person has opened.
    let home = drivein
        .ask(Method::GET, "/")
        .header("authorization", "Bearer token-for-programs");
    assert!(!home.send().await.text().contains("Opened before"));

    let wrong = drivein.get(&call("token-for-programs", "nonsense")).await;
    assert_ne!(wrong.status, 200);
    let missing = drivein
        .get("/openapi/share/streaming?access_token=token-for-programs&shareid=1")
        .await;
    assert_eq!(missing.code(), "bad_request");
}
