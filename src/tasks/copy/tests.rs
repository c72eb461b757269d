use super::*;
use crate::store::{TaskKind, TaskState};
use media::Place;

#[tokio::test(start_paused = true)]
async fn an_upload_goes_on_while_its_progress_waits_for_the_connection_that_it_holds() {
    let connection = tokio::sync::Mutex::new(0);
    let upload = async {
        let mut announced = connection.lock().await;
        sleep(2 * PROGRESS_INTERVAL).await;
        *announced = 0;
        drop(announced);
        sleep(2 * PROGRESS_INTERVAL).await;
    };
    let copy = announcing(upload, || async { *connection.lock().await += 1 });
    let ended = tokio::time::timeout(10 * PROGRESS_INTERVAL, copy).await;
    assert!(ended.is_ok(), "the upload stands still");
    assert!(*connection.lock().await > 0);
}

#[test]
fn a_source_that_has_changed_has_another_key_and_one_without_a_version_none() {
    let place = |name| Place::parse(name).unwrap();
    let path = EntryPath::parse("/film.mp4").unwrap();
    let task = StoredTask {
        id: 1,
        kind: TaskKind::Copy,
        state: TaskState::Running,
        from: place("a"),
        paths: vec![path.clone()],
        to: place("b"),
        folder: EntryPath::root(),
        done_bytes: 0,
        total_bytes: None,
        problem: None,
        created_at: chrono::DateTime::UNIX_EPOCH,
    };
    let item = TaskItem {
        number: 0,
        path: path.clone(),
        target: path.clone(),
        is_folder: false,
        size: 0,
        is_begun: false,
        resume_key: None,
    };
    let film = Entry {
        size: MIN_RESUMABLE_BYTES,
        content: Some("an etag".to_owned()),
        ..Entry::bare(&task.from, &path, EntryKind::Video)
    };
    let key = |entry: &Entry| resume_key(&task, &item, entry);
    assert!(key(&film).is_some());
    assert_eq!(key(&film), key(&film.clone()));
    for changed in [
        Entry {
            content: Some("another".to_owned()),
            ..film.clone()
        },
        Entry {
            size: film.size + 1,
            ..film.clone()
        },
        Entry {
            modified: Some(chrono::DateTime::UNIX_EPOCH),
            ..film.clone()
        },
    ] {
        assert!(key(&changed).is_some_and(|it| Some(it) != key(&film)));
    }
    for unknown in [
        Entry {
            content: None,
            ..film.clone()
        },
        Entry {
            size: MIN_RESUMABLE_BYTES - 1,
            ..film.clone()
        },
    ] {
        assert_eq!(key(&unknown), None);
    }
}
