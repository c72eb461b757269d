use super::*;

on_both_states! {
    titles_are_found_by_the_beginnings_of_their_words,
    pictures_and_descriptions_beside_a_film_belong_to_it,
    files_without_an_item_are_found_together,
}

async fn titles_are_found_by_the_beginnings_of_their_words(state: TestState) {
    let shelf = Shelf::new(state).await;
    shelf
        .see(
            "/",
            &[
                "Café of the North (2001).mkv",
                "North (1994).mkv",
                "映画 (2008).mkv",
            ],
        )
        .await;
    let found = async |words| shelf.page(ItemKind::Film, Some(words)).await.len();
    assert_eq!(found("nor").await, 2);
    assert_eq!(found("cafe north").await, 1);
    assert_eq!(found("映画").await, 1);
    assert_eq!(found("south").await, 0);
    assert_eq!(found("\"' OR *").await, 0);
    assert_eq!(found("*").await, 0);
}

async fn pictures_and_descriptions_beside_a_film_belong_to_it(state: TestState) {
    let shelf = Shelf::new(state).await;
    shelf
        .see(
            "/A (2001)",
            &["A (2001).mkv", "poster.jpg", "fanart.jpg", "movie.nfo"],
        )
        .await;
    shelf
        .see(
            "/Many",
            &[
                "B (2002).mkv",
                "C (2003).mkv",
                "poster.jpg",
                "C (2003)-poster.jpg",
            ],
        )
        .await;
    shelf
        .see("/Show", &["poster.png", "tvshow.nfo", "Season 1/"])
        .await;
    shelf
        .see(
            "/Show/Season 1",
            &[
                "Show S01E01.mkv",
                "Show S01E01-thumb.jpg",
                "Show S01E01.nfo",
            ],
        )
        .await;
    let films = shelf.page(ItemKind::Film, None).await;
    let path = |picture: &Option<TitlePicture>| match picture {
        Some(TitlePicture::File(file)) => Some(file.path.to_string()),
        _ => None,
    };
    let poster = |item: &LibraryItem| path(&item.poster);
    assert_eq!(poster(&films[0]).as_deref(), Some("/A (2001)/poster.jpg"));
    assert!(path(&films[0].backdrop).unwrap().ends_with("/fanart.jpg"));
    assert_eq!(poster(&films[1]), None, "a folder of several films");
    assert_eq!(
        poster(&films[2]).as_deref(),
        Some("/Many/C (2003)-poster.jpg")
    );
    let series = shelf.page(ItemKind::Series, None).await.remove(0);
    assert_eq!(poster(&series).as_deref(), Some("/Show/poster.png"));
    let episode = shelf.episode(series.id, 1, 1).await;
    assert_eq!(
        poster(&episode).as_deref(),
        Some("/Show/Season 1/Show S01E01-thumb.jpg")
    );
    for (item, expected) in [
        (films[0].id, vec!["/A (2001)/movie.nfo"]),
        (films[1].id, vec![]),
        (series.id, vec!["/Show/tvshow.nfo"]),
        (episode.id, vec!["/Show/Season 1/Show S01E01.nfo"]),
    ] {
        let files = shelf.store.description_files(item).await.unwrap();
        let paths: Vec<String> = files.iter().map(|(_, path)| path.to_string()).collect();
        assert_eq!(paths, expected);
    }
    let details = ItemDetails {
        title: Some("The Real A".to_owned()),
        overview: Some("A story.".to_owned()),
        ..ItemDetails::default()
    };
    shelf
        .store
        .store_details(films[0].id, &details)
        .await
        .unwrap();
    let found = shelf.page(ItemKind::Film, Some("real")).await;
    assert_eq!(
        (found.len(), found[0].overview.as_deref()),
        (1, Some("A story."))
    );
    assert!(found[0].has_read_side_files);
}

async fn files_without_an_item_are_found_together(state: TestState) {
    let shelf = Shelf::new(state).await;
    shelf
        .see("/Films", &["Heat.1995.mkv", "Ran.1985.mkv"])
        .await;
    let other = Place::parse("other").unwrap();
    let (known, unknown) = (path("/Films/Heat.1995.mkv"), path("/Films/Kes.1969.mkv"));
    let asked = [
        (&shelf.place, &known),
        (&shelf.place, &unknown),
        (&other, &known),
    ];
    let found = shelf.store.files_without_item(asked).await.unwrap();
    let expected = [
        (shelf.place.clone(), unknown.clone()),
        (other.clone(), known.clone()),
    ];
    assert_eq!(found, expected.into_iter().collect());
    let none = shelf.store.files_without_item([]).await.unwrap();
    assert!(none.is_empty());
}
