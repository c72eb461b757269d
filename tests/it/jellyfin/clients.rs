//! Clients that others wrote: jellyfin-apiclient-python, which Kodi's add-ons and jellyfin-mpv-shim use, and Jellyfin's own
//! SDK for JavaScript, which jellyfin-web uses.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::*;

const PATIENCE: Duration = Duration::from_secs(60);

fn script(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("tests").join(name).display().to_string()
}

#[tokio::test]
async fn a_client_in_python_signs_in_browses_plays_resumes_and_controls() {
    let drivein = house().await;
    let server = format!("{}/jellyfin", drivein.url());
    let mut client = Program::new(python().await.to_str().unwrap())
        .args([
            script("python/jellyfin_app.py"),
            server,
            PASSWORD.to_owned(),
            "Tidal Light".to_owned(),
        ])
        .spawn();
    let line = client.line_with("code").await;
    approve(&drivein, line.split_whitespace().last().unwrap()).await;
    let (code, output, log) = client.ended().await;
    assert_eq!(code, Some(0), "{output}\n{log}");
    assert!(output.contains("done"));
}

/// Types a code on the page “Devices”.
async fn approve(drivein: &Drivein, code: &str) {
    let cookie = browser_cookie(drivein).await;
    let ask = drivein
        .ask(Method::POST, "/devices/app")
        .header("cookie", &cookie);
    ask.form(&[("code", code)]).expect(303).await;
}

/// Makes all calls of an SDK, and returns the table of their answers.
async fn walk(sdk: &str) -> String {
    need("node", "nodejs");
    let drivein = library().await;
    details::put_picture(&drivein, 0, [0, 90, 200]).await;
    let server = format!("{}/jellyfin", drivein.url());
    let mut client = Program::new("node")
        .args([
            script("js/sdk/walk.mjs"),
            sdk.to_owned(),
            server,
            PASSWORD.to_owned(),
        ])
        .spawn();
    let line = client.line_with("code").await;
    approve(&drivein, line.split_whitespace().last().unwrap()).await;
    let (code, output, log) = client.ended().await;
    assert_eq!(code, Some(0), "{output}\n{log}");
    assert!(output.contains("done"), "{output}");
    let rows = output.lines().filter(|line| line.starts_with('|'));
    rows.map(|row| format!("{row}\n")).collect()
}

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/jellyfin.md");
const BEGIN: &str = "<!-- calls: made by tests/it/jellyfin/clients.rs -->\n";
const END: &str = "<!-- end of calls -->\n";

#[tokio::test]
async fn every_call_of_the_sdk_has_the_answer_that_the_documents_say() {
    let table = walk("@jellyfin/sdk").await;
    let text = std::fs::read_to_string(DOCUMENT).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (written, after) = rest.split_once(END).unwrap();
    if std::env::var_os("DRIVEIN_WRITE_DOCS").is_some() {
        std::fs::write(DOCUMENT, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(
        written, table,
        "DRIVEIN_WRITE_DOCS=1 cargo test --test it every_call_of_the_sdk writes it anew"
    );
}

#[tokio::test]
async fn every_call_of_the_sdk_for_the_next_version_has_an_answer() {
    let table = walk("jellyfin-sdk-12").await;
    assert!(table.contains("getItems"), "{table}");
}

/// Writes a program that starts mpv without an option that the shim always sets, and that mpv has from 0.37 on only.
fn mpv_without_new_options(folder: &Path) -> PathBuf {
    let path = folder.join("mpv");
    let script = "#!/bin/sh\nfor option do\n  shift\n  case $option in --auto-window-resize=*) ;; \
                  *) set -- \"$@\" \"$option\" ;; esac\ndone\nexec mpv \"$@\"\n";
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    path
}

#[tokio::test]
async fn a_phone_plays_on_jellyfin_mpv_shim() {
    need("mpv", "mpv");
    let drivein = house().await;
    let home = tempfile::tempdir().unwrap();
    let mpv = mpv_without_new_options(home.path());
    let settings = json!({
        "mpv_ext": true, "mpv_ext_path": mpv, "enable_gui": false, "check_updates": false, "mpris": false,
        "player_name": "shelf", "fullscreen": false,
    });
    std::fs::write(home.path().join("conf.json"), settings.to_string()).unwrap();
    std::fs::write(home.path().join("mpv.conf"), "vo=null\nao=null\n").unwrap();
    for number in 0..2 {
        details::put_picture(&drivein, number, [200, 90, 0]).await;
    }
    let shim = python().await.with_file_name("jellyfin-mpv-shim");
    let mut shim = Program::new(shim.to_str().unwrap())
        .args(["--no-gui", "--config"])
        .args([home.path()])
        .args(["--server", &format!("{}/jellyfin", drivein.url())])
        .args(["--username", "owner", "--password", PASSWORD])
        .env("HOME", home.path().to_str().unwrap())
        .spawn();
    let phone = TvApp::sign_in(&drivein, "phone").await;
    let player = async || {
        let sessions = phone.json("/Sessions").await;
        let found = sessions
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["DeviceName"] == "shelf");
        found
            .filter(|it| it["SupportsRemoteControl"] == true)
            .cloned()
    };
    let found = eventually("the player is connected", PATIENCE, async || player().await).await;
    let target = found["Id"].as_str().unwrap().to_owned();
    let film = phone.item(DRIVE, "Tidal Light").await;
    let play = format!(
        "/Sessions/{target}/Playing?playCommand=PlayNow&itemIds={film}&startPositionTicks=50000000"
    );
    phone.post(&play, json!({})).await.expect(204);
    let position = async || {
        let playing = player().await?;
        let is_film = playing["NowPlayingItem"]["Name"] == "Tidal Light";
        let position = playing["PlayState"]["PositionTicks"].as_u64()? / 10_000_000;
        is_film.then_some(position)
    };
    // It begins at the position of the message, and follows the seek.
    eventually("the film plays from there", PATIENCE, async || {
        position().await.filter(|it| (5..30).contains(it))
    })
    .await;
    shim.line_with("Collected 2 trickplay preview images").await;
    let seek = format!("/Sessions/{target}/Playing/Seek?seekPositionTicks=350000000");
    phone.post(&seek, json!({})).await.expect(204);
    eventually("the film goes on after the seek", PATIENCE, async || {
        position().await.filter(|it| *it >= 35)
    })
    .await;
    phone
        .post(&format!("/Sessions/{target}/Playing/Stop"), json!({}))
        .await
        .expect(204);
    let resume = async || {
        let items = phone.items("/UserItems/Resume").await;
        items.first()?["UserData"]["PlaybackPositionTicks"].as_u64()
    };
    let at = eventually("the position is known", PATIENCE, async || {
        resume().await.filter(|it| *it >= 350_000_000)
    })
    .await;
    assert!(at < 660_000_000, "{at}");
    shim.terminate().await;
}
