use std::time::Duration;

use super::*;
use crate::store::test_state::{TestState, on_both_states};

on_both_states! {
    locks_conflict_where_they_overlap_and_end_with_their_time,
    properties_follow_their_entries,
}

fn path(text: &str) -> EntryPath {
    EntryPath::parse(text).unwrap()
}

fn lock(token: &str, at: &str, is_deep: bool, is_shared: bool) -> DavLock {
    DavLock {
        token: token.to_owned(),
        place: Place::parse("home").unwrap(),
        path: path(at),
        is_deep,
        is_shared,
        owner: String::new(),
        left_s: 60,
    }
}

async fn locks_conflict_where_they_overlap_and_end_with_their_time(state: TestState) {
    let store = state.open().await;
    let later = SystemTime::now() + Duration::from_secs(60);
    let add = async |lock: DavLock| {
        let other = store.add_dav_lock(&lock, later).await.unwrap();
        other.map(|other| other.token)
    };
    assert_eq!(add(lock("1", "/a", true, false)).await, None);
    for (number, (at, is_deep, is_shared)) in [
        ("/a", false, false),
        ("/a", true, true),
        ("/a/b/c", false, true),
        ("/", true, true),
    ]
    .into_iter()
    .enumerate()
    {
        let token = format!("x{number}");
        let other = add(lock(&token, at, is_deep, is_shared)).await;
        assert_eq!(other.as_deref(), Some("1"), "{at}");
    }
    assert_eq!(add(lock("2", "/ab", true, true)).await, None);
    assert_eq!(add(lock("3", "/ab/c", false, true)).await, None);
    assert_eq!(add(lock("4", "/", false, false)).await, None);
    assert_eq!(
        add(lock("5", "/ab", false, false)).await.as_deref(),
        Some("2")
    );
    let home = Place::parse("home").unwrap();
    assert_eq!(store.dav_locks(&home).await.unwrap().len(), 4);
    assert!(
        store
            .dav_locks(&Place::parse("other").unwrap())
            .await
            .unwrap()
            .is_empty()
    );

    let before = SystemTime::now() - Duration::from_secs(1);
    store.extend_dav_lock("1", before).await.unwrap();
    store.remove_dav_lock("4").await.unwrap();
    assert_eq!(add(lock("6", "/a/b", false, false)).await, None);
    store.forget_dav(&home, &path("/ab")).await.unwrap();
    let left = store.dav_locks(&home).await.unwrap();
    assert_eq!(left.iter().map(|it| &*it.token).collect::<Vec<_>>(), ["6"]);
}

async fn properties_follow_their_entries(state: TestState) {
    let store = state.open().await;
    let home = Place::parse("home").unwrap();
    let set = |at: &str, name: &str, element: &str| {
        let property = DavProperty {
            path: path(at),
            namespace: "urn:x".to_owned(),
            name: name.to_owned(),
            element: element.to_owned(),
        };
        (property, true)
    };
    let changes = [
        set("/a", "p", "<p/>"),
        set("/a/b", "p", "<p>b</p>"),
        set("/a/b/c", "p", "<p>c</p>"),
        set("/ab", "p", "<p>ab</p>"),
    ];
    store.change_dav_properties(&home, &changes).await.unwrap();
    let found = async |at: &str, with_children| -> Vec<String> {
        let found = store.dav_properties(&home, &path(at), with_children).await;
        found
            .unwrap()
            .into_iter()
            .map(|it| format!("{} {}", it.path, it.element))
            .collect()
    };
    assert_eq!(found("/a", true).await, ["/a <p/>", "/a/b <p>b</p>"]);
    assert_eq!(found("/a", false).await, ["/a <p/>"]);
    assert_eq!(found("/", true).await, ["/a <p/>", "/ab <p>ab</p>"]);
    store
        .copy_dav_properties(&home, &path("/a"), &path("/n/m"))
        .await
        .unwrap();
    store.forget_dav(&home, &path("/a")).await.unwrap();
    assert_eq!(found("/n", true).await, ["/n/m <p/>"]);
    assert_eq!(found("/n/m", true).await, ["/n/m <p/>", "/n/m/b <p>b</p>"]);
    assert_eq!(found("/", true).await, ["/ab <p>ab</p>"]);
    let (property, _) = set("/n/m", "p", "");
    store
        .change_dav_properties(&home, &[(property, false)])
        .await
        .unwrap();
    assert_eq!(found("/n", true).await, Vec::<String>::new());
}
