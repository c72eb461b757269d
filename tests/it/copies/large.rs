//! Copies of large files, and what they leave when they are interrupted.

use super::*;

/// Bytes of a film whose copy resumes.
const LARGE: usize = 30 << 20;
/// Bytes that are sent once more after a copy was interrupted, at most: those since the last sync, and those that were on
/// their way.
const SENT_AGAIN: u64 = 11 << 20;

/// Returns the files of interrupted copies in a folder.
fn parts_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(items) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = items.map(|item| item.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|end| end == "part"))
        .collect()
}

/// Waits until a copy has kept so many bytes in a folder.
async fn has_kept(folder: &Path, bytes: u64) {
    let kept = async || {
        let part = parts_in(folder).pop()?;
        (std::fs::metadata(part).ok()?.len() > bytes).then_some(())
    };
    eventually("bytes arrive", Duration::from_secs(60), kept).await;
}

#[tokio::test]
async fn a_copy_of_a_large_file_goes_on_where_it_was_at_the_folder_and_at_the_cloud() {
    let folder = tempfile::tempdir().unwrap();
    let [films, target, data] = ["films", "target", "data"].map(|name| folder.path().join(name));
    for made in [&films, &target] {
        std::fs::create_dir(made).unwrap();
    }
    let film = file_content(LARGE);
    std::fs::write(films.join("large.mp4"), &film).unwrap();
    let source = sandbox::Options::with_films(sandbox::Films::Folder(films));
    let source = sandbox::start(source).await.unwrap();
    let cloud = sandbox::start(sandbox::Options::default()).await.unwrap();
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndata_dir = {data:?}\n[library]\nwalk = false\n{}{}{}",
        drive_section(&source),
        terabox_section(&cloud, "cloud"),
        section(&target),
    );
    let config = config_in(folder.path(), &text);
    let run = || own_binary().args(["serve", "--config", &config]).spawn();
    let copy = async |server: &Visitor, to: &str| {
        let body =
            json!({"place": DRIVE, "paths": ["/large.mp4"], "to": {"place": to, "path": "/"}});
        let ask = server.ask(Method::POST, "/api/v1/files/copy").json(&body);
        let task = ask.expect(202).await.json()["task"].clone();
        task["id"].as_str().unwrap().to_owned()
    };
    let act = async |server: &Visitor, id: &str, action: &str| {
        let path = format!("/api/v1/tasks/{id}/{action}");
        let ask = server.ask(Method::POST, &path).json(&json!({}));
        ask.expect(200).await;
    };
    let slow = || source.fault(Fault::on("original", Effect::rate(12 << 20)));
    let mut running = run();
    let mut server = visitor(&mut running, "Drive-In is at").await;
    for (to, kept_in) in [("home", target.clone()), ("cloud", data.join("uploads"))] {
        source.reset_counts();
        let fault = slow();
        let id = copy(&server, to).await;
        has_kept(&kept_in, 17 << 20).await;
        running.kill().await;
        source.mend(fault);
        running = run();
        server = visitor(&mut running, "Drive-In is at").await;
        let done = reached(&server, &id, &["done", "failed"]).await;
        assert_eq!(done["state"], "done", "{to}: {done}");
        assert_eq!(done["done_bytes"], LARGE);
        let read = source.bytes("original");
        assert!(
            read <= LARGE as u64 + SENT_AGAIN,
            "{to}: {read} bytes were read"
        );
        assert_eq!(parts_in(&kept_in), Vec::<PathBuf>::new());
    }
    assert!(std::fs::read(target.join("large.mp4")).unwrap() == film);
    assert!(cloud.source("/large.mp4", "original").await.unwrap() == film);

    // A copy that is paused keeps its bytes, too; one that is cancelled leaves none.
    std::fs::remove_file(target.join("large.mp4")).unwrap();
    source.reset_counts();
    let fault = slow();
    let id = copy(&server, "home").await;
    has_kept(&target, 17 << 20).await;
    act(&server, &id, "pause").await;
    assert_eq!(parts_in(&target).len(), 1);
    act(&server, &id, "resume").await;
    has_kept(&target, 20 << 20).await;
    act(&server, &id, "cancel").await;
    assert_eq!(parts_in(&target), Vec::<PathBuf>::new());
    source.mend(fault);
    let read = source.bytes("original");
    assert!(read < LARGE as u64 + SENT_AGAIN, "{read} bytes were read");
    act(&server, &id, "retry").await;
    assert_eq!(
        reached(&server, &id, &["done", "failed"]).await["state"],
        "done"
    );
    assert!(std::fs::read(target.join("large.mp4")).unwrap() == film);
    running.terminate().await;
}

#[tokio::test]
async fn what_interrupted_copies_have_left_is_removed_after_a_day_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let [home, read] = ["home", "read"].map(|name| folder.path().join(name));
    let key = "0123456789abcdef0123456789abcdef";
    let put = |path: PathBuf, days: u64| {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let file = std::fs::File::create(&path).unwrap();
        let age = Duration::from_secs(days * 86_400 + 60);
        file.set_modified(SystemTime::now() - age).unwrap();
        path
    };
    let gone = [
        put(home.join(format!("Shelf/Deep/.drivein-{key}.part")), 1),
        put(home.join(".drivein-0123456789abcdef.part"), 2),
    ];
    let there = [
        put(home.join(format!("Shelf/.drivein-{key}.part")), 0),
        put(home.join(".drivein-notes.txt"), 9),
        put(home.join(format!("{key}.part")), 9),
        put(read.join(format!(".drivein-{key}.part")), 9),
    ];
    let sections = format!("{}{}", section(&home), folder_section("read", &read));
    let _drivein = Drivein::setup().drives(&sections).start().await;
    let removed = async || gone.iter().all(|path| !path.exists()).then_some(());
    eventually("what is old is removed", Duration::from_secs(20), removed).await;
    for path in there {
        assert!(path.exists(), "{path:?}");
    }
}
