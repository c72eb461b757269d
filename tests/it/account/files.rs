//! Changes of files, in each mode of the upstream.

use media::EntryKind;

use super::*;

const FILM: &str = "/Tidal Light.mp4";

fn kinds(outcomes: &[drives::Outcome]) -> Vec<Option<ErrorKind>> {
    outcomes
        .iter()
        .map(|outcome| outcome.result.as_ref().err().map(|error| error.kind))
        .collect()
}

#[tokio::test]
async fn a_film_is_copied_moved_renamed_and_deleted_in_every_mood() {
    for mood in MOODS {
        let rig = Rig::new(mood).await;
        let manage = rig.manage();
        let made = manage.make_folder(&path("/New + folder")).await.unwrap();
        assert!(made.kind == EntryKind::Folder, "{mood:?}");
        let again = manage.make_folder(&path("/New + folder")).await;
        assert_eq!(again.unwrap_err().kind, ErrorKind::Conflict);

        let all = paths(&[FILM, "/Nature & Light/50% off, take #1.mp4", "/nowhere.mp4"]);
        let copied = manage.copy(&all, &path("/New + folder")).await.unwrap();
        assert_eq!(
            kinds(&copied),
            [None, None, Some(ErrorKind::NotFound)],
            "{mood:?}"
        );
        let entry = copied[0].result.as_ref().unwrap().as_ref().unwrap();
        assert_eq!(entry.path, path("/New + folder/Tidal Light.mp4"));
        assert!(rig.is_there(FILM).await);

        // The name is taken now; the other outcome is not affected.
        let again = manage
            .copy(&paths(&[FILM, "/Three Moons.mp4"]), &path("/New + folder"))
            .await
            .unwrap();
        assert_eq!(kinds(&again), [Some(ErrorKind::Conflict), None], "{mood:?}");

        let new = manage
            .rename(
                &path("/New + folder/Tidal Light.mp4"),
                "Ebb & flow + 1%.mp4",
            )
            .await
            .unwrap();
        assert_eq!(new.path, path("/New + folder/Ebb & flow + 1%.mp4"));
        assert_eq!(new.size, rig.drive.stat(&path(FILM)).await.unwrap().size);

        let moved = manage
            .move_to(std::slice::from_ref(&new.path), &EntryPath::root())
            .await
            .unwrap();
        assert_eq!(kinds(&moved), [None]);
        assert!(rig.is_there("/Ebb & flow + 1%.mp4").await);
        assert!(!rig.is_there("/New + folder/Ebb & flow + 1%.mp4").await);

        let gone = manage
            .delete(&paths(&[
                "/New + folder",
                "/Ebb & flow + 1%.mp4",
                "/nowhere",
            ]))
            .await
            .unwrap();
        assert_eq!(kinds(&gone), [None, None, Some(ErrorKind::NotFound)]);
        assert!(!rig.is_there("/New + folder/Three Moons.mp4").await);
        assert!(rig.is_there(FILM).await);
    }
}

#[tokio::test]
async fn a_task_is_followed_to_its_end_or_what_is_there_is_looked_at() {
    let task = Effect::task();
    for mood in [Mood::Plain, Mood::Strict] {
        let rig = Rig::new(mood).await;
        rig.sandbox.fault(Fault::on("filemanager", task.clone()));
        let manage = rig.manage();
        let moved = manage
            .move_to(&paths(&[FILM]), &path("/Nature & Light"))
            .await
            .unwrap();
        assert_eq!(kinds(&moved), [None]);
        assert!(rig.is_there("/Nature & Light/Tidal Light.mp4").await);
        // The documents have no call for tasks, so in strict mode there is none.
        let asked = rig.sandbox.count("taskquery");
        assert_eq!(asked, if mood == Mood::Strict { 1 } else { 2 });
    }
    // A failed outcome names its path.
    let rig = Rig::new(Mood::Plain).await;
    rig.sandbox.fault(Fault::on("filemanager", task));
    let gone = rig
        .manage()
        .delete(&paths(&[FILM, "/nowhere"]))
        .await
        .unwrap();
    assert_eq!(kinds(&gone), [None, Some(ErrorKind::NotFound)]);
}

#[tokio::test]
async fn a_task_of_somebody_else_is_waited_for() {
    let rig = Rig::new(Mood::Plain).await;
    rig.sandbox
        .fault(Fault::on("filemanager", Effect::errno(111)).times(2));
    let gone = rig.manage().delete(&paths(&[FILM])).await.unwrap();
    assert_eq!(kinds(&gone), [None]);
    assert_eq!(rig.sandbox.count("filemanager"), 3);
}

#[tokio::test]
async fn what_cannot_be_is_said_before_anything_is_asked() {
    let rig = Rig::new(Mood::Plain).await;
    let manage = rig.manage();
    for name in ["a?b", "a/b", "🌊", "", "..", "a\u{1}b"] {
        let error = manage.rename(&path(FILM), name).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::RefusedName, "{name:?}");
        assert!(error.sentence.is_some());
    }
    let folder = path("/Nature & Light");
    let into_itself = manage
        .copy(
            std::slice::from_ref(&folder),
            &folder.join("Empty folder").unwrap(),
        )
        .await
        .unwrap();
    assert_eq!(kinds(&into_itself), [Some(ErrorKind::BadRequest)]);
    let root = manage.delete(&[EntryPath::root()]).await.unwrap();
    assert_eq!(kinds(&root), [Some(ErrorKind::BadRequest)]);
    assert_eq!(rig.sandbox.count("filemanager"), 0);
}

#[tokio::test]
async fn more_than_a_hundred_paths_are_several_calls() {
    let rig = Rig::new(Mood::Strict).await;
    rig.sandbox.add_folder("/Many", 130).unwrap();
    let all: Vec<EntryPath> = (1..=130)
        .map(|n| path(&format!("/Many/Entry {n:05}.mp4")))
        .collect();
    let gone = rig.manage().delete(&all).await.unwrap();
    assert_eq!(gone.len(), 130);
    assert!(gone.iter().all(|outcome| outcome.result.is_ok()));
    assert_eq!(rig.sandbox.count("filemanager"), 2);
    assert!(rig.names("/Many").await.is_empty());
}

#[tokio::test]
async fn what_is_changed_in_the_sandbox_leaves_the_own_folder_alone() {
    let films = tempfile::tempdir().unwrap();
    std::fs::create_dir(films.path().join("Sub")).unwrap();
    std::fs::write(films.path().join("Sub/a.txt"), b"a").unwrap();
    std::fs::write(films.path().join("b.txt"), b"b").unwrap();
    let rig = Rig::with(Options {
        films: sandbox::Films::Folder(films.path().to_owned()),
        ..options(Mood::Strict)
    })
    .await;
    let manage = rig.manage();
    manage
        .move_to(&paths(&["/b.txt"]), &path("/Sub"))
        .await
        .unwrap();
    manage.delete(&paths(&["/Sub/a.txt"])).await.unwrap();
    manage.rename(&path("/Sub"), "Other").await.unwrap();
    assert_eq!(rig.names("/").await, ["Other"]);
    assert_eq!(rig.names("/Other").await, ["b.txt"]);
    assert!(films.path().join("Sub/a.txt").exists());
    assert!(films.path().join("b.txt").exists());
}
