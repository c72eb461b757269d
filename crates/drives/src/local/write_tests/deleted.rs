//! The trash of a folder.

use super::*;

#[tokio::test]
async fn the_trash_gives_back_and_forgets_by_age() {
    let folder = Writable::new();
    folder.write("in/a.mp4", "first");
    let permits = NoPermits;
    let permits = Permits::new(&permits);
    let drive = &folder.drive;
    let deleted = [path("/in/a.mp4")];
    drive.delete(&deleted, permits).await.unwrap();
    folder.write("in/a.mp4", "second");
    drive.delete(&deleted, permits).await.unwrap();
    drive.delete(&[path("/in")], permits).await.unwrap();
    let (listed, _) = Trash::list(drive, None).await.unwrap();
    assert_eq!(listed.len(), 3);
    assert!(folder.names("/").await.is_empty());
    let mode = std::fs::metadata(folder.real(".trash"))
        .unwrap()
        .permissions();
    assert_eq!(mode.mode() & 0o077, 0);

    // The folder that it was in is made again.
    let first = listed.last().unwrap();
    let ids = [first.id.clone(), "../../outside".to_owned()];
    let restored = drive.restore(&ids, permits).await.unwrap();
    assert!(restored[0].result.is_ok() && restored[1].result.is_err());
    assert_eq!(folder.read("in/a.mp4"), "first");
    assert_eq!(folder.names("/").await, ["in"]);

    let tree = &drive.tree;
    let later = |days| Utc::now() + TimeDelta::days(days);
    trash::empty_by_age(tree, 30, later(29)).unwrap();
    assert_eq!(trash::list(tree, 30).unwrap().len(), 2);
    // Another program's files are left alone.
    std::fs::write(folder.real(".trash/note"), "mine").unwrap();
    trash::empty_by_age(tree, 30, later(31)).unwrap();
    assert_eq!(trash::list(tree, 30).unwrap(), []);
    assert_eq!(folder.read(".trash/note"), "mine");
}

#[tokio::test]
async fn a_trash_that_is_a_link_is_not_used() {
    let folder = Writable::new();
    folder.write("a.mp4", "film");
    let elsewhere = folder.dir.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, folder.real(".trash")).unwrap();
    assert!(trash::put(&folder.drive.tree, &path("/a.mp4"), Utc::now()).is_err());
    assert_eq!(folder.read("a.mp4"), "film");
    assert_eq!(all_below(&elsewhere), Vec::<String>::new());
}
