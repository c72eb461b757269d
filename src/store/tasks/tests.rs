use super::*;
use crate::store::test_state::{TestState, on_both_states};

on_both_states! {
    a_task_is_known_with_its_progress,
}

fn path(text: &str) -> EntryPath {
    EntryPath::parse(text).unwrap()
}

async fn a_task_is_known_with_its_progress(state: TestState) {
    let store = state.open().await;
    let (from, to) = (Place::parse("a").unwrap(), Place::parse("b").unwrap());
    let paths = [path("/x y"), path("/z.mp4")];
    let folder = path("/new");
    let id = store
        .add_task(TaskKind::Move, (&from, &paths), (&to, &folder))
        .await
        .unwrap();
    let task = store.task(id).await.unwrap().unwrap();
    assert_eq!((task.kind, task.state), (TaskKind::Move, TaskState::Queued));
    assert_eq!(
        (task.paths.as_slice(), task.total_bytes),
        (&paths[..], None)
    );

    let item = |number, size| TaskItem {
        number,
        path: path("/z.mp4"),
        target: path("/new/z.mp4"),
        is_folder: false,
        size,
        is_begun: false,
        resume_key: None,
    };
    store
        .plan_task(id, &[item(1, 10), item(2, 5)])
        .await
        .unwrap();
    let first = store.next_task_item(id).await.unwrap().unwrap();
    assert_eq!((first.number, first.is_begun), (1, false));
    let key = ResumeKey::of("a version of the film");
    let begin = store.begin_task_item(id, 1, (12, Some(&key)));
    begin.await.unwrap();
    let begun = store.next_task_item(id).await.unwrap().unwrap();
    assert_eq!((begun.is_begun, begun.size), (true, 12));
    assert_eq!(begun.resume_key.as_ref(), Some(&key));
    let in_use = || async { store.resume_keys_in_use().await.unwrap() };
    assert_eq!(in_use().await, HashSet::from([key.clone()]));
    store.begin_task_item(id, 1, (10, None)).await.unwrap();
    assert_eq!(in_use().await, HashSet::new());
    let begin = store.begin_task_item(id, 1, (10, Some(&key)));
    begin.await.unwrap();
    store.finish_task_item(id, 1).await.unwrap();
    assert_eq!(in_use().await, HashSet::new());
    assert_eq!(store.next_task_item(id).await.unwrap().unwrap().number, 2);

    let open = [TaskState::Queued, TaskState::Running];
    let set = store.set_task_state(id, &open, TaskState::Failed, Some(ErrorKind::NoSpace));
    assert!(set.await.unwrap());
    let again = store.set_task_state(id, &open, TaskState::Done, None);
    assert!(!again.await.unwrap());
    let task = store.task(id).await.unwrap().unwrap();
    assert_eq!(
        (task.state, task.problem),
        (TaskState::Failed, Some(ErrorKind::NoSpace))
    );
    assert_eq!((task.done_bytes, task.total_bytes), (10, Some(15)));
    assert_eq!(store.tasks(10, None).await.unwrap(), [task]);
    assert_eq!(store.tasks(10, Some(id)).await.unwrap(), []);
}
