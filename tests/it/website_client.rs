//! A third-party client of TeraBox's website, run against the sandbox.
//!
//! The client is `aioterabox`, from PyPI; `tests/python/backup.py` calls it. It proves that the sandbox speaks the web
//! session as the website does, not only as our own drive does.

use std::path::Path;
use std::process::Stdio;

use sandbox::{Options, start};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::harness::python;

#[tokio::test]
async fn a_backup_client_of_the_website_works_with_nothing_but_its_host_changed() {
    let sandbox = start(Options {
        exact_media: false,
        ..Options::default()
    })
    .await
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut client = Command::new(python().await)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/backup.py"))
        .arg(sandbox.url())
        .arg(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let credentials = sandbox.credentials();
    let secrets = serde_json::json!({"ndus": credentials.ndus, "js_token": credentials.js_token});
    let mut stdin = client.stdin.take().unwrap();
    stdin
        .write_all(secrets.to_string().as_bytes())
        .await
        .unwrap();
    drop(stdin);
    let output = client.wait_with_output().await.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");

    for (path, file) in [
        ("/Backups/of today & #1/large.tar", "large.tar"),
        ("/Backups/renamed.tar", "small.tar"),
        ("/Backups/verified.tar", "small.tar"),
        ("/Backups/cut.tar", "large.tar"),
    ] {
        let sent = std::fs::read(folder.path().join(file)).unwrap();
        assert!(
            sandbox.source(path, "original").await.unwrap() == sent,
            "{path} differs"
        );
    }
    for (route, least) in [
        ("web_get_info", 1),
        ("web_check_login", 1),
        ("web_membership", 1),
        ("web_home_info", 4),
        ("locateupload", 5),
        ("superfile2", 9),
        ("web_filemanager", 4),
    ] {
        assert!(
            sandbox.count(route) >= least,
            "{route}: {}",
            sandbox.count(route)
        );
    }
    assert_eq!(
        sandbox.count("precreate"),
        0,
        "the Open Platform is not used"
    );
}
