//! `drivein strm`.

use super::config_in;
use crate::harness::*;

#[tokio::test]
async fn strm_keeps_up_a_tree_and_removes_only_its_own_files() {
    let folder = tempfile::tempdir().unwrap();
    let (films, tree) = (folder.path().join("films"), folder.path().join("tree"));
    std::fs::create_dir_all(films.join("Series: 1/Season 1")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(films.join(name), text).unwrap();
    write("A film (2020).mkv", "film");
    write("A film (2020).mp4", "film");
    write("A film (2020).en.srt", "subtitles");
    write("A film (2020).nfo", "<movie/>");
    write("poster.jpg", "picture");
    write("holiday.jpg", "another picture");
    write("Series: 1/Season 1/1 & 2.mkv", "film");
    // In circles nothing is written twice.
    for link in ["latest", "again"] {
        std::os::unix::fs::symlink(".", films.join(link)).unwrap();
        std::os::unix::fs::symlink("..", films.join("Series: 1").join(link)).unwrap();
    }
    let config = config_in(
        folder.path(),
        &format!(
            "data_dir = {:?}\npublic_url = \"https://films.example/base\"\n[[drive]]\nname = \"home\"\nkind = \"local\"\npath = {films:?}\n",
            folder.path().join("data")
        ),
    );
    let run_in = async |mode: &[&str], expected: &str| {
        let output = own_binary()
            .args(["strm", "--config", &config, "--drive", "home", "--to"])
            .args([&tree])
            .args(mode)
            .output()
            .await;
        let said = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success() && said.contains(expected),
            "{said}{errors}"
        );
    };
    let run = async |expected: &str| run_in(&[], expected).await;
    run("home: 6 written, 0 removed, 0 left alone").await;
    let text = |name: &str| std::fs::read_to_string(tree.join("home").join(name)).unwrap();
    let film = text("Series_ 1/Season 1/1 & 2.strm");
    assert!(
        film.starts_with("https://films.example/base/play/"),
        "{film}"
    );
    assert!(
        film.trim_end()
            .ends_with("/home/Series%3A%201/Season%201/1%20%26%202.mkv"),
        "{film}"
    );
    assert_ne!(text("A film (2020).strm"), text("A film (2020).mp4.strm"));
    assert_eq!(text("A film (2020).en.srt"), "subtitles");
    assert!(!tree.join("home/holiday.jpg").exists());
    run("home: 0 written, 0 removed, 0 left alone").await;

    // Files that others have written or changed stay; those that are gone on the drive go.
    std::fs::write(tree.join("home/mine.strm"), "mine").unwrap();
    std::fs::write(tree.join("home/A film (2020).nfo"), "<movie>edited</movie>").unwrap();
    write("A film (2020).en.srt", "other subtitles");
    write("mine.mkv", "film");
    std::fs::remove_dir_all(films.join("Series: 1")).unwrap();
    let (insert, update) = (["--mode", "insert"], ["--mode", "update"]);
    run_in(&insert, "home: 0 written, 0 removed, 2 left alone").await;
    assert_eq!(text("A film (2020).en.srt"), "subtitles");
    run_in(&update, "home: 1 written, 0 removed, 2 left alone").await;
    assert!(tree.join("home/Series_ 1").exists());
    run("home: 0 written, 1 removed, 2 left alone").await;
    assert_eq!(
        (text("mine.strm"), text("A film (2020).en.srt")),
        ("mine".to_owned(), "other subtitles".to_owned())
    );
    assert_eq!(text("A film (2020).nfo"), "<movie>edited</movie>");
    assert!(!tree.join("home/Series_ 1").exists());
    let unknown = own_binary()
        .args(["strm", "--config", &config, "--drive", "none", "--to"])
        .args([&tree]);
    assert!(!unknown.output().await.status.success());
}

#[tokio::test]
async fn strm_follows_the_changes_of_a_folder_until_it_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let (films, tree) = (folder.path().join("films"), folder.path().join("tree"));
    std::fs::create_dir_all(films.join("Shelf")).unwrap();
    std::fs::write(films.join("Shelf/first.mkv"), "film").unwrap();
    let data = folder.path().join("data");
    let config = config_in(
        folder.path(),
        &format!(
            "data_dir = {data:?}\n[[drive]]\nname = \"home\"\nkind = \"local\"\npath = {films:?}\n"
        ),
    );
    let mut running = own_binary()
        .args(["strm", "--config", &config, "--follow", "--to"])
        .args([&tree])
        .spawn();
    running.line_with("home: 1 written, 0 removed").await;
    std::fs::write(films.join("Shelf/second.mkv"), "film").unwrap();
    running.line_with("home: 1 written, 0 removed").await;
    assert!(tree.join("home/Shelf/second.strm").exists());
    std::fs::remove_file(films.join("Shelf/first.mkv")).unwrap();
    running.line_with("home: 0 written, 1 removed").await;
    assert!(!tree.join("home/Shelf/first.strm").exists());
    running.terminate().await;
    let (code, ..) = running.ended().await;
    assert_eq!(code, Some(0));
}
