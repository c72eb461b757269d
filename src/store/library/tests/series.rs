use super::*;

on_both_states! {
    series_are_one_by_title_and_several_by_year,
    next_up_is_one_episode_of_each_begun_series_and_never_a_special,
    a_series_is_watched_when_its_episodes_are_specials_aside,
}

async fn series_are_one_by_title_and_several_by_year(state: TestState) {
    let shelf = Shelf::new(state).await;
    shelf.see("/Show/Season 1", &["Show S01E01.mkv"]).await;
    shelf.see("/Show (2019)/Season 2", &["S02E01.mkv"]).await;
    let series = shelf.page(ItemKind::Series, None).await;
    assert_eq!((series.len(), series[0].year), (1, Some(2019)));
    shelf.see("/Show (1984)/Season 1", &["S01E01.mkv"]).await;
    assert_eq!(shelf.page(ItemKind::Series, None).await.len(), 2);
}

async fn next_up_is_one_episode_of_each_begun_series_and_never_a_special(state: TestState) {
    let shelf = Shelf::new(state).await;
    shelf
        .see(
            "/Show/Season 1",
            &["Show S01E01.mkv", "Show S01E02.mkv", "Show S01E03.mkv"],
        )
        .await;
    shelf.see("/Show/Season 2", &["Show S02E01.mkv"]).await;
    shelf
        .see("/Show/Specials", &["Show S00E01.mkv", "Show S00E02.mkv"])
        .await;
    shelf
        .see("/Other", &["Other S01E01.mkv", "Other S01E02.mkv"])
        .await;
    let series = shelf.page(ItemKind::Series, None).await;
    let (other, show) = (series[0].id, series[1].id);
    assert_eq!(shelf.next_up().await, Vec::<i64>::new());
    let (first, second) = (
        shelf.episode(show, 1, 1).await,
        shelf.episode(show, 1, 2).await,
    );
    shelf.watch(&first, 95.0).await;
    assert_eq!(shelf.next_up().await, [second.id]);
    assert_eq!(
        shelf.resume().await,
        [second.id],
        "the next episode is offered"
    );
    shelf.watch(&second, 50.0).await;
    assert_eq!(shelf.resume().await, [second.id]);
    shelf.watch(&second, 93.0).await;
    let third = shelf.episode(show, 1, 3).await;
    shelf
        .store
        .mark_watched(third.id, true, VIEWER.id)
        .await
        .unwrap();
    let next_season = shelf.episode(show, 2, 1).await;
    assert_eq!(shelf.next_up().await, [next_season.id]);
    // A special is watched between, and another one is left.
    shelf.watch(&shelf.episode(show, 0, 1).await, 95.0).await;
    assert_eq!(shelf.next_up().await, [next_season.id]);
    shelf.watch(&next_season, 95.0).await;
    assert_eq!(shelf.next_up().await, Vec::<i64>::new());
    shelf.watch(&shelf.episode(other, 1, 1).await, 95.0).await;
    assert_eq!(shelf.next_up().await, [shelf.episode(other, 1, 2).await.id]);
}

async fn a_series_is_watched_when_its_episodes_are_specials_aside(state: TestState) {
    let shelf = Shelf::new(state).await;
    shelf
        .see("/Show/Season 1", &["Show S01E01.mkv", "Show S01E02.mkv"])
        .await;
    shelf.see("/Show/Specials", &["Show S00E01.mkv"]).await;
    let series = shelf.page(ItemKind::Series, None).await.remove(0);
    assert!(!series.is_watched);
    shelf
        .store
        .mark_watched(series.id, true, VIEWER.id)
        .await
        .unwrap();
    assert!(shelf.page(ItemKind::Series, None).await[0].is_watched);
    assert!(!shelf.episode(series.id, 0, 1).await.is_watched);
    let first = shelf.episode(series.id, 1, 1).await;
    shelf
        .store
        .mark_watched(first.id, false, VIEWER.id)
        .await
        .unwrap();
    assert!(!shelf.page(ItemKind::Series, None).await[0].is_watched);
    let season = shelf
        .store
        .library_children(series.id, &VIEWER)
        .await
        .unwrap();
    assert!(!season[0].is_watched);
}
