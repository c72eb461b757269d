//! Locks.

use reqwest::Method;
use serde_json::json;

use super::Writable;

pub(super) const LOCK: &str = "<D:lockinfo xmlns:D=\"DAV:\"><D:lockscope><D:exclusive/></D:lockscope>\
    <D:locktype><D:write/></D:locktype><D:owner>me &amp; you</D:owner></D:lockinfo>";

#[tokio::test]
async fn pages_and_api_leave_alone_what_a_program_has_locked() {
    let writable = Writable::start().await;
    let home = writable.home();
    for folder in ["in", "to"] {
        std::fs::create_dir(home.join(folder)).unwrap();
    }
    for file in ["in/a.mp4", "in/b.mp4", "c.mp4"] {
        std::fs::write(home.join(file), "film").unwrap();
    }
    let locked = writable.ask("LOCK", "/dav/home/in/a.mp4").body(LOCK);
    let token = locked.send().await.expect(200);
    let token = token.header("lock-token").to_owned();
    let drivein = &writable.drivein;
    let here = |path: &str| json!({"place": "home", "path": path});
    let refusals = [
        (
            "files/delete",
            json!({"place": "home", "paths": ["/in/a.mp4"]}),
        ),
        ("files/delete", json!({"place": "home", "paths": ["/in"]})),
        (
            "files/rename",
            json!({"place": "home", "path": "/in/a.mp4", "name": "x.mp4"}),
        ),
        (
            "files/move",
            json!({"place": "home", "paths": ["/in"], "to": here("/to")}),
        ),
    ];
    for (call, body) in refusals {
        let refused = drivein.call(Method::POST, call, body.clone()).await;
        assert_eq!(refused.status, 423, "{call} {body}: {}", refused.describe());
        assert_eq!(refused.code(), "locked");
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("has locked this"), "{detail}");
    }
    let upload = "/api/v1/content/home/in/a.mp4?on_conflict=overwrite";
    let refused = drivein.ask(Method::PUT, upload).body("new").send().await;
    assert_eq!(refused.status, 423, "{}", refused.describe());
    let form = [
        ("place", "home"),
        ("path", "/in/a.mp4"),
        ("do", "delete"),
        ("now", "1"),
    ];
    let refused = drivein
        .ask(Method::POST, "/organize")
        .form(&form)
        .send()
        .await;
    assert_eq!(refused.status, 423);
    assert!(
        refused.text().contains("has locked this"),
        "{}",
        refused.text()
    );
    assert_eq!(std::fs::read(home.join("in/a.mp4")).unwrap(), b"film");

    // Everything beside it is free, and so is a copy of it.
    let copy = json!({"place": "home", "paths": ["/in/a.mp4"], "to": here("/to")});
    drivein
        .call(Method::POST, "files/copy", copy)
        .await
        .expect(200);
    let delete = json!({"place": "home", "paths": ["/in/b.mp4", "/c.mp4"]});
    drivein
        .call(Method::POST, "files/delete", delete)
        .await
        .expect(200);
    assert!(home.join("to/a.mp4").is_file() && !home.join("c.mp4").exists());
    let unlock = [("lock-token", token.as_str())];
    assert_eq!(
        writable
            .status("UNLOCK", "/dav/home/in/a.mp4", &unlock)
            .await,
        204
    );
    let delete = json!({"place": "home", "paths": ["/in/a.mp4"]});
    drivein
        .call(Method::POST, "files/delete", delete)
        .await
        .expect(200);
    assert!(!home.join("in/a.mp4").exists());
}
