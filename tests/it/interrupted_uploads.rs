//! Temporary files at a WebDAV server: each one that an upload has left is deleted, and nothing else.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use drives::{OnConflict, ResumeKey, UploadRequest, UploadResume};
use futures_util::StreamExt;
use reqwest::Method;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use crate::commands::{config_in, visitor};
use crate::harness::*;
use crate::servers::proxy::{self, FaultProxy, Faults};
use crate::servers::webdav::{DavServer, Kind, PASSWORD, section, start};

const FILM_BYTES: usize = 300_000;

async fn server() -> (DavServer, FaultProxy) {
    let server = start(Kind::Rclone).await;
    let proxy = proxy::start(format!("http://127.0.0.1:{}", server.port), None, None).await;
    (server, proxy)
}

/// Lets the next upload end between its last byte and its name, with a server that deletes nothing.
fn interrupt(faults: &Faults) {
    faults.refuse("DELETE");
    faults.fail_method("MOVE", 1);
}

/// Returns the names in the folder that the server serves, in order.
fn names(server: &DavServer) -> Vec<String> {
    let items = std::fs::read_dir(server.root()).unwrap();
    let names = items.map(|item| item.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// Returns the number of temporary files there.
fn temporary(server: &DavServer) -> usize {
    let names = names(server);
    let is_temporary = |name: &&String| name.starts_with(".drivein-") && name.ends_with(".part");
    names.iter().filter(is_temporary).count()
}

async fn state(data: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new().filename(data.join("drivein.sqlite"));
    SqlitePool::connect_with(options).await.unwrap()
}

/// Makes all notes of uploads a day older.
async fn age(state: &SqlitePool) {
    sqlx::query("UPDATE upload_note SET updated_at = updated_at - 90000000")
        .execute(state)
        .await
        .unwrap();
}

async fn noted(state: &SqlitePool) -> i64 {
    let count = sqlx::query_scalar("SELECT count(*) FROM upload_note");
    count.fetch_one(state).await.unwrap()
}

#[tokio::test]
async fn a_file_that_an_upload_has_left_is_deleted_after_a_day_or_when_the_upload_is_cancelled_or_begins_anew()
 {
    let (server, proxy) = server().await;
    let (drive, home) = crate::contract::open_drive(&section(&proxy.url, PASSWORD)).await;
    let upload = drive.upload().unwrap();
    let state = state(home.path()).await;
    let key = ResumeKey::of("a film");
    let request = UploadRequest {
        path: media::EntryPath::parse("/film.mp4").unwrap(),
        size: Some(FILM_BYTES as u64),
        on_conflict: OnConflict::Overwrite,
        progress: None,
        resume: Some(UploadResume {
            key: key.clone(),
            from: 0,
        }),
    };
    let send = async || {
        let body = futures_util::stream::iter([Ok(vec![7; FILM_BYTES].into())]).boxed();
        upload.upload(&request, body).await
    };
    let leave_one = async || {
        interrupt(&proxy.faults);
        assert!(send().await.is_err());
        proxy.faults.refuse("no method");
        assert_eq!((temporary(&server), noted(&state).await), (1, 1));
    };
    let (unused, in_use) = (Arc::default(), Arc::new(HashSet::from([key.clone()])));

    leave_one().await;
    upload.remove_abandoned(&unused).await.unwrap();
    assert_eq!(temporary(&server), 1, "it is not old");
    age(&state).await;
    upload.remove_abandoned(&in_use).await.unwrap();
    assert_eq!(temporary(&server), 1, "a task goes on with it");
    proxy.faults.refuse("DELETE");
    assert!(upload.remove_abandoned(&unused).await.is_err());
    proxy.faults.refuse("no method");
    assert_eq!(noted(&state).await, 1, "it is tried again");
    upload.remove_abandoned(&unused).await.unwrap();
    assert_eq!((names(&server), noted(&state).await), (vec![], 0));

    leave_one().await;
    upload.discard(&request.path, &key).await.unwrap();
    assert_eq!((names(&server), noted(&state).await), (vec![], 0));

    leave_one().await;
    send().await.unwrap();
    assert_eq!(names(&server), ["film.mp4"]);
    assert_eq!(noted(&state).await, 0);

    // One that is gone is forgotten.
    leave_one().await;
    for name in names(&server) {
        std::fs::remove_file(server.root().join(name)).unwrap();
    }
    age(&state).await;
    upload.remove_abandoned(&unused).await.unwrap();
    assert_eq!(noted(&state).await, 0);
}

#[tokio::test]
async fn a_file_that_a_killed_server_has_left_is_deleted_by_the_next_one() {
    let (server, proxy) = server().await;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndata_dir = {data:?}\n[network]\nallow_hosts = [\"127.0.0.1\"]\n{}",
        section(&proxy.url, PASSWORD)
    );
    let config = config_in(folder.path(), &text);
    let run = || own_binary().args(["serve", "--config", &config]).spawn();
    let mut running = run();
    let first = visitor(&mut running, "Drive-In is at").await;
    let put = first.ask(Method::PUT, "/api/v1/content/dav/film.mp4");
    let put = put.body(vec![7; FILM_BYTES]).send();
    // The upload stays between its last byte and its name.
    proxy.faults.hold("MOVE");
    let sent = async || (proxy.faults.count("MOVE") == 1).then_some(());
    tokio::select! {
        reply = put => panic!("the upload has ended: {}", reply.describe()),
        () = eventually("the file is sent", Duration::from_secs(60), sent) => {}
    }
    running.kill().await;
    assert_eq!(temporary(&server), 1);
    age(&state(&data).await).await;
    let mut running = run();
    visitor(&mut running, "Drive-In is at").await;
    let gone = async || names(&server).is_empty().then_some(());
    eventually("the file is gone", Duration::from_secs(60), gone).await;
    running.terminate().await;
}
