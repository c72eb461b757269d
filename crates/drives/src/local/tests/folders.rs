//! Folders and files of the machine: listed, read, watched, exchanged.

use std::os::unix::fs::symlink;

use super::chunks::CHUNK_BYTES;
use super::*;

#[tokio::test]
async fn what_is_kept_of_many_files_is_bounded() {
    let drive = Folder::new().drive;
    let keys = vec![hls::Keyframe::default(); 5_000];
    for number in 0..40_000 {
        let version = format!("version {number} of a file");
        drive.facts.insert(version.clone(), Arc::default());
        if number % 100 == 0 {
            let index = KeyframeIndex {
                keys: keys.clone(),
                end_s: 1.0,
            };
            drive.keyframes.insert(version, Arc::new(index)).await;
        }
    }
    drive.facts.run_pending_tasks();
    drive.keyframes.run_pending_tasks().await;
    assert!(drive.facts.weighted_size() <= MAX_FACT_BYTES);
    assert!(drive.keyframes.weighted_size() <= MAX_KEYFRAME_BYTES);
    // A whole library fits, and none of them is counted as nothing.
    let (facts, films) = (drive.facts.entry_count(), drive.keyframes.entry_count());
    assert!((10_000..30_000).contains(&facts), "{facts}");
    assert!((20..200).contains(&films), "{films}");
}

#[tokio::test]
async fn a_file_that_is_written_to_while_it_is_read_ends_the_stream() {
    let folder = Folder::new();
    folder.write("a.avi", &vec![b'a'; 1 << 20]);
    let entry = folder.drive.stat(&path("/a.avi")).await.unwrap();
    let origin = folder.drive.original(&entry).await.unwrap();
    let mut chunks = folder.drive.fetch(&origin, 0, None).await.unwrap().chunks;
    let first = chunks.try_next().await.unwrap().unwrap();
    assert!(first.len() <= CHUNK_BYTES as usize && first.iter().all(|byte| *byte == b'a'));
    folder.write("a.avi", &vec![b'b'; 2 << 20]);
    assert_eq!(kind_of(chunks.try_next().await), ErrorKind::Gone);
    assert!(chunks.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn what_is_hidden_or_leads_out_is_not_there() {
    let folder = Folder::new();
    folder.write("a.mp4", b"film");
    folder.write(".secret", b"no");
    folder.write(".git/config", b"no");
    folder.write("in/b.mp4", b"film");
    std::fs::write(folder.dir.path().join("outside.mp4"), b"no").unwrap();
    symlink("../outside.mp4", folder.real("out.mp4")).unwrap();
    symlink("/etc", folder.real("etc")).unwrap();
    symlink("in/b.mp4", folder.real("linked.mp4")).unwrap();
    symlink("in", folder.real("linked")).unwrap();
    symlink("nowhere", folder.real("dangling")).unwrap();

    let names = folder.names("/", &PageRequest::default()).await;
    assert_eq!(names, ["in", "linked", "a.mp4", "linked.mp4"]);
    for bad in [
        "/.secret",
        "/.git/config",
        "/out.mp4",
        "/etc/passwd",
        "/etc",
        "/dangling",
        "/none",
        "/a.mp4/x",
    ] {
        assert_eq!(
            kind_of(folder.drive.stat(&path(bad)).await),
            ErrorKind::NotFound,
            "{bad}"
        );
    }
    assert!(folder.drive.stat(&path("/linked/b.mp4")).await.is_ok());
    let found = folder
        .drive
        .search("B.MP4", &PageRequest::default())
        .await
        .unwrap();
    assert_eq!(found.entries[0].path, path("/in/b.mp4"));

    // A Mac writes the accent as a character of its own.
    let anew = Folder::new();
    anew.write("Cafe\u{301}.mp4", b"film");
    let found = anew
        .drive
        .search("CAF\u{c9}", &PageRequest::default())
        .await;
    assert_eq!(found.unwrap().entries.len(), 1);
}

#[tokio::test]
async fn pages_go_on_where_the_last_one_ended() {
    let folder = Folder::new();
    for number in 1..=12 {
        folder.write(&format!("Episode {number}.mp4"), &vec![0; 20 - number]);
    }
    let mut page = PageRequest::first(5);
    let mut all = Vec::new();
    loop {
        let listing = folder.drive.list(&path("/"), &page).await.unwrap();
        all.extend(listing.entries.into_iter().map(|entry| entry.name));
        match listing.next {
            Some(next) => page.cursor = Some(next),
            None => break,
        }
    }
    let expected: Vec<String> = (1..=12).map(|n| format!("Episode {n}.mp4")).collect();
    assert_eq!(all, expected);
    let largest = PageRequest {
        limit: 1,
        sort: SortBy::Size,
        order: Order::Descending,
        ..PageRequest::default()
    };
    assert_eq!(folder.names("/", &largest).await, ["Episode 1.mp4"]);
    let nonsense = PageRequest {
        cursor: Some("x".to_owned()),
        ..PageRequest::default()
    };
    assert_eq!(
        kind_of(folder.drive.list(&path("/"), &nonsense).await),
        ErrorKind::BadRequest
    );
}

#[tokio::test]
async fn bytes_are_those_of_the_version_that_was_asked_for() {
    let folder = Folder::new();
    folder.write("ä b%.bin", b"0123456789");
    let entry = folder.drive.stat(&path("/ä b%.bin")).await.unwrap();
    let origin = folder.drive.original(&entry).await.unwrap();
    assert_eq!(folder.read(&origin, 0, None).await, b"0123456789");
    assert_eq!(folder.read(&origin, 3, Some(5)).await, b"345");
    assert_eq!(folder.read(&origin, 8, Some(99)).await, b"89");
    folder.write("ä b%.bin", b"another content");
    assert_eq!(
        kind_of(folder.drive.fetch(&origin, 0, None).await),
        ErrorKind::Gone
    );
    assert!(!format!("{origin:?}").contains("bin"));
}

#[tokio::test]
async fn a_new_file_is_told_of_and_listed() {
    let folder = Folder::new();
    folder.write("in/a.mp4", b"1");
    let mut changes = folder.drive.changes().unwrap();
    assert_eq!(
        folder.names("/in", &PageRequest::default()).await,
        ["a.mp4"]
    );
    folder.write("in/b.mp4", b"2");
    let told = tokio::time::timeout(std::time::Duration::from_secs(10), changes.recv());
    assert_eq!(told.await.unwrap().unwrap(), path("/in"));
    assert_eq!(
        folder.names("/in", &PageRequest::default()).await,
        ["a.mp4", "b.mp4"]
    );
}

#[tokio::test]
async fn what_comes_and_goes_is_put_into_its_place() {
    let folder = Folder::new();
    for name in ["Episode 2.mp4", "Episode 10.mp4", "b.mp4"] {
        folder.write(name, b"1");
    }
    std::fs::create_dir(folder.real("Season 1")).unwrap();
    let mut changes = folder.drive.changes().unwrap();
    let first = PageRequest::default();
    folder.names("/", &first).await;
    folder.write("Episode 9.mp4", b"1");
    folder.write("A.mp4", b"1");
    folder.write(".hidden.mp4", b"1");
    std::fs::remove_file(folder.real("b.mp4")).unwrap();
    std::fs::rename(folder.real("Season 1"), folder.real("Extras")).unwrap();
    symlink("/etc", folder.real("etc")).unwrap();
    let expected = [
        "Extras",
        "A.mp4",
        "Episode 2.mp4",
        "Episode 9.mp4",
        "Episode 10.mp4",
    ];
    while folder.names("/", &first).await != expected {
        let told = tokio::time::timeout(std::time::Duration::from_secs(10), changes.recv());
        told.await.expect("the last change is told").unwrap();
    }
    // A folder in place of a file of the same name.
    std::fs::remove_file(folder.real("A.mp4")).unwrap();
    std::fs::create_dir(folder.real("A.mp4")).unwrap();
    let expected = [
        "A.mp4",
        "Extras",
        "Episode 2.mp4",
        "Episode 9.mp4",
        "Episode 10.mp4",
    ];
    while folder.names("/", &first).await != expected {
        let told = tokio::time::timeout(std::time::Duration::from_secs(10), changes.recv());
        told.await.expect("the last change is told").unwrap();
    }
}

#[tokio::test]
async fn a_folder_that_was_removed_and_made_again_is_looked_at_anew() {
    let folder = Folder::new();
    folder.write("in/a.mp4", b"1");
    let mut changes = folder.drive.changes().unwrap();
    let first = PageRequest::default();
    assert_eq!(folder.names("/in", &first).await, ["a.mp4"]);
    std::fs::remove_dir_all(folder.real("in")).unwrap();
    std::fs::create_dir(folder.real("in")).unwrap();
    let mut becomes = async |expected: &[&str]| {
        while folder.names("/in", &first).await != expected {
            let told = tokio::time::timeout(std::time::Duration::from_secs(10), changes.recv());
            told.await.expect("the last change is told").unwrap();
        }
    };
    becomes(&[]).await;
    folder.write("in/c.mp4", b"1");
    becomes(&["c.mp4"]).await;
    folder.write("in/d.mp4", b"1");
    becomes(&["c.mp4", "d.mp4"]).await;
}

#[tokio::test]
async fn a_file_that_is_exchanged_for_something_else_is_gone() {
    let folder = Folder::new();
    folder.write("in/film.mp4", b"a film");
    std::fs::create_dir(folder.dir.path().join("elsewhere")).unwrap();
    std::fs::write(folder.dir.path().join("elsewhere/film.mp4"), b"no").unwrap();
    let entry = folder.drive.stat(&path("/in/film.mp4")).await.unwrap();
    let origin = folder.drive.original(&entry).await.unwrap();
    let picture = folder.drive.thumbnail(&entry).await.unwrap();
    let refused = async |origin: &Origin| {
        // A pipe without a writer would block us for ever.
        let fetched = folder.drive.fetch(origin, 0, None);
        let patience = std::time::Duration::from_secs(30);
        kind_of(
            tokio::time::timeout(patience, fetched)
                .await
                .expect("it waits"),
        )
    };

    std::fs::remove_file(folder.real("in/film.mp4")).unwrap();
    rustix::fs::mkfifoat(
        rustix::fs::CWD,
        folder.real("in/film.mp4"),
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
    )
    .unwrap();
    assert_eq!(refused(&origin).await, ErrorKind::NotFound);
    assert_eq!(refused(&picture).await, ErrorKind::NotFound);
    assert!(
        folder
            .names("/in", &PageRequest::default())
            .await
            .is_empty()
    );

    std::fs::remove_file(folder.real("in/film.mp4")).unwrap();
    std::os::unix::net::UnixListener::bind(folder.real("in/film.mp4")).unwrap();
    assert_ne!(refused(&origin).await, ErrorKind::Gone);
    assert!(
        folder
            .names("/in", &PageRequest::default())
            .await
            .is_empty()
    );

    std::fs::remove_dir_all(folder.real("in")).unwrap();
    symlink("../elsewhere", folder.real("in")).unwrap();
    assert_eq!(refused(&origin).await, ErrorKind::NotFound);
}
