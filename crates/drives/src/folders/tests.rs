//! Tests of `folders`.

use super::*;

fn child(name: &str, is_folder: bool, size: u64) -> Child {
    Child {
        name: name.to_owned(),
        is_folder,
        size,
        modified: DateTime::from_timestamp(size as i64, 0),
        etag: None,
    }
}

fn folders() -> Folders {
    Folders::new(Place::parse("nas").unwrap(), "https://h")
}

#[tokio::test]
async fn pages_are_cut_from_one_reading_in_any_order() {
    let folders = folders();
    let mut children: Vec<Child> = (1..=30)
        .map(|number| child(&format!("Part {number}.mp4"), false, number * 7 % 31))
        .collect();
    children.push(child("Zoo", true, 0));
    children.push(child("Part 3.mp4", false, 21));
    let path = EntryPath::root();
    let read = || async { Ok(children.clone()) };
    let folder = folders.folder(&path, read).await.unwrap();
    let names = |page: &PageRequest| {
        let (mut page, mut names) = (page.clone(), Vec::new());
        loop {
            let listing = folders.page(&path, &folder, &page).unwrap();
            names.extend(listing.entries.into_iter().map(|entry| entry.name));
            match listing.next {
                Some(next) => page.cursor = Some(next),
                None => return names,
            }
        }
    };
    for limit in [1, 7, 31, 1000] {
        let page = PageRequest::first(limit);
        let all = names(&page);
        assert_eq!((all.len(), all[0].as_str()), (31, "Zoo"));
        assert_eq!(
            (all[1].as_str(), all[30].as_str()),
            ("Part 1.mp4", "Part 30.mp4")
        );
        let by_size = PageRequest {
            sort: SortBy::Size,
            order: Order::Descending,
            ..page
        };
        // 30 · n ≡ 30 (mod 31) is the largest size.
        assert_eq!(names(&by_size)[0], "Part 22.mp4");
    }
}

#[tokio::test]
async fn a_changed_folder_is_announced_and_its_file_has_another_content() {
    let folders = folders();
    let mut changes = folders.changes();
    let path = EntryPath::root();
    let before = child("a.mp4", false, 1);
    let read = || async { Ok(vec![before.clone()]) };
    folders.folder(&path, read).await.unwrap();
    let at = path.join("a.mp4").unwrap();
    folders.forget_above(&at).await;
    folders.folder(&path, read).await.unwrap();
    assert!(changes.try_recv().is_err(), "nothing has changed");
    folders.forget_above(&at).await;
    let mut after = before.clone();
    after.modified = DateTime::from_timestamp(99, 0);
    let read = || async { Ok(vec![after.clone()]) };
    folders.folder(&path, read).await.unwrap();
    assert_eq!(changes.try_recv().unwrap(), path);
    let contents = [&before, &after].map(|child| folders.entry(&at, child).content);
    assert_ne!(contents[0], contents[1]);
}

#[test]
fn pictures_beside_films() {
    let folder = Folder::new(vec![
        child("Film.mkv", false, 9),
        child("film-Poster.JPG", false, 9),
        child("Other.mkv", false, 9),
        child("folder.png", false, 9),
        child("huge.jpg", false, 1 << 30),
        child("CAFE\u{301}.jpg", false, 9),
    ]);
    let picture = |film| folder.picture_of(film).map(|child| child.name.as_str());
    assert_eq!(picture("Film.mkv"), Some("film-Poster.JPG"));
    assert_eq!(picture("Other.mkv"), Some("folder.png"));
    assert_eq!(picture("huge.mkv"), Some("folder.png"));
    assert_eq!(picture("Caf\u{e9}.mkv"), Some("CAFE\u{301}.jpg"));
}
