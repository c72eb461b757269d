use super::*;

on_both_states! {
    a_walk_goes_on_where_it_was_interrupted,
}

async fn a_walk_goes_on_where_it_was_interrupted(state: TestState) {
    let shelf = Shelf::new(state).await;
    let (store, place) = (&shelf.store, &shelf.place);
    assert_eq!(
        store.walk_status(place).await.unwrap().state,
        WalkState::Idle
    );
    let other = Place::parse("other").unwrap();
    let has_walked = async |places: &[&Place]| store.has_walked_any(places).await.unwrap();
    assert!(!has_walked(&[place, &other]).await);
    store.begin_walk(place, &[path("/")]).await.unwrap();
    assert!(has_walked(&[&other, place]).await);
    assert!(!has_walked(&[&other]).await && !has_walked(&[]).await);
    let inside = [path("/a"), path("/b")];
    store
        .finish_walk_folder(place, &path("/"), &inside, (5, 2))
        .await
        .unwrap();
    store
        .finish_walk_folder(place, &path("/a"), &[], (1, 1))
        .await
        .unwrap();
    let status = store.walk_status(place).await.unwrap();
    assert_eq!(
        (status.state, status.seen, status.found),
        (WalkState::Running, 6, 3)
    );
    assert_eq!(
        store.next_walk_folder(place).await.unwrap(),
        Some(path("/b"))
    );
    store
        .finish_walk_folder(place, &path("/b"), &[], (0, 0))
        .await
        .unwrap();
    assert_eq!(store.next_walk_folder(place).await.unwrap(), None);
    store.end_walk(place, WalkState::Done).await.unwrap();
    let status = store.walk_status(place).await.unwrap();
    assert_eq!(status.state, WalkState::Done);
    assert!(status.ended_at.is_some());
    store.end_walk(place, WalkState::Stopped).await.unwrap();
    assert_eq!(
        store.walk_status(place).await.unwrap().state,
        WalkState::Done
    );
    // The owner stops the next ones, too.
    store.stop_walks(place).await.unwrap();
    let stopped = store.walk_status(place).await.unwrap();
    assert_eq!(
        (stopped.state, stopped.found, stopped.ended_at),
        (WalkState::Stopped, 3, status.ended_at)
    );
    assert!(has_walked(&[place]).await);
}
