//! States that move from one kind of database to the other.

use super::tables::REFERENCED;
use super::*;
use crate::store::test_state::server;
use crate::store::{Intro, SeenFolder, Store, TaskItem, TaskKind, Viewer};
use drives::SessionStore;
use media::{Entry, EntryKind, EntryPath, Place, ViewerId};

fn path(text: &str) -> EntryPath {
    EntryPath::parse(text).unwrap()
}

/// Stores something of every shape: texts, numbers, bytes, missing values, and rows that refer to others.
async fn fill(store: &Store) {
    let films = Place::parse("films").unwrap();
    store.server_key("ticket").await.unwrap();
    store.add_ticket_key().await.unwrap();
    store.drive_session(&films).save("a session").await.unwrap();
    store.put_owner_ticket([2; 8], [1; 8]).await.unwrap();
    let viewer = Viewer::new(ViewerId::from_bytes([7; 8]), "Zoë");
    store.put_viewer(&viewer).await.unwrap();
    store
        .note_position(viewer.id, &films, &path("/Ä/ö.mkv"), 20.25, 100.0)
        .await
        .unwrap();
    for (folder, name) in [
        ("/", "Amélie.2001.mkv"),
        ("/Show/Season 1", "Show S01E01.mkv"),
    ] {
        let folder = path(folder);
        let file = folder.join(name).unwrap();
        let entry = Entry::bare(&films, &file, EntryKind::Video);
        let seen = SeenFolder {
            place: &films,
            folder: &folder,
            entries: &[entry],
            is_complete: false,
        };
        store.record_folder(seen).await.unwrap();
        let mut film = Entry::bare(&films, &file, EntryKind::Video);
        film.content = Some("one".to_owned());
        for number in [3, 1, 2] {
            store
                .put_seek_picture(&film, number, &[0, 255, 7])
                .await
                .unwrap();
        }
    }
    let file = path("/Show/Season 1/Show S01E01.mkv");
    let episode = store.item_of_file(&films, &file).await.unwrap().unwrap();
    let intro = Intro {
        start_s: 1.5,
        end_s: 60.0,
    };
    assert!(store.put_intro(episode, Some(intro)).await.unwrap());
    let (folder, paths) = (path("/to"), [path("/a")]);
    let task = store
        .add_task(TaskKind::Copy, (&films, &paths), (&films, &folder))
        .await
        .unwrap();
    let item = TaskItem {
        number: 1,
        path: path("/a"),
        target: path("/to/a"),
        is_folder: false,
        size: 1 << 40,
        is_begun: false,
        resume_key: None,
    };
    store.plan_task(task, &[item]).await.unwrap();
}

#[tokio::test]
async fn a_state_moves_to_postgresql_and_back_with_all_that_it_holds() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    fill(&store).await;
    let file = StateUrl::Sqlite(dir.path().join("drivein.sqlite"));
    let url = StateUrl::Postgres(server::new_database().await.into());
    // The server may go on meanwhile.
    let there = copy_state(&file, &url).await.unwrap();
    assert!(there.rows > 20, "{there:?}");
    let back = dir.path().join("back/drivein.sqlite");
    let copied = copy_state(&url, &StateUrl::Sqlite(back.clone())).await;
    assert_eq!(copied.unwrap(), there);

    let StateUrl::Postgres(url) = url else {
        unreachable!()
    };
    let there = Store::open_at(Some(&url), dir.path()).await.unwrap();
    let again = Store::open(back.parent().unwrap()).await.unwrap();
    let key = store.server_key("ticket").await.unwrap();
    let films = Place::parse("films").unwrap();
    for copy in [&there, &again] {
        assert_eq!(copy.server_key("ticket").await.unwrap(), key);
        assert_eq!(copy.viewers().await.unwrap().len(), 2);
        let query = crate::store::ItemQuery {
            kinds: vec![crate::store::ItemKind::Film],
            words: Some("amelie".to_owned()),
            limit: 9,
            ..Default::default()
        };
        let owner = Viewer::new(ViewerId::OWNER, "Owner");
        let found = copy.library_page(&query, &owner).await.unwrap();
        assert_eq!(found.items.len(), 1);
        // Numbers go on behind those that were copied.
        let (folder, paths) = (path("/to"), [path("/a")]);
        let task = copy.add_task(TaskKind::Move, (&films, &paths), (&films, &folder));
        assert_eq!(task.await.unwrap(), 2);
    }
}

#[tokio::test]
async fn a_target_that_is_not_empty_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    fill(&store).await;
    let file = dir.path().join("drivein.sqlite");
    let from = StateUrl::Sqlite(file.clone());
    let used = dir.path().join("used.sqlite");
    std::fs::write(&used, "").unwrap();
    assert!(
        copy_state(&from, &StateUrl::Sqlite(used.clone()))
            .await
            .is_err()
    );
    assert_eq!(std::fs::read(&used).unwrap(), b"");
    assert!(copy_state(&from, &from).await.is_err());
    let url = server::new_database().await;
    let secret = url.clone().into();
    let other = Store::open_at(Some(&secret), dir.path()).await.unwrap();
    // Its tables are there, and nothing in them.
    let empty = StateUrl::Postgres(secret.clone());
    let key = other.server_key("ticket").await.unwrap();
    let refused = copy_state(&from, &empty).await.unwrap_err();
    assert!(format!("{refused:#}").contains("not empty"), "{refused:#}");
    assert_eq!(other.server_key("ticket").await.unwrap(), key);
    assert!(other.ticket_keys().await.unwrap().len() == 1);
    sqlx::query("DELETE FROM ticket_key")
        .execute(&other.pool)
        .await
        .unwrap();
    sqlx::query("DELETE FROM server_key")
        .execute(&other.pool)
        .await
        .unwrap();
    copy_state(&from, &empty).await.unwrap();
}

#[tokio::test]
async fn every_table_to_which_others_refer_is_filled_before_them() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let found: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT f.\"table\" FROM sqlite_master t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'",
    )
    .fetch_all(&store.pool)
    .await
    .unwrap();
    assert!(!found.is_empty());
    for table in found {
        assert!(REFERENCED.contains(&table.as_str()), "{table}");
    }
}

#[test]
fn addresses_of_states_are_parsed() {
    let sqlite = |text: &str| match StateUrl::parse(text) {
        Ok(StateUrl::Sqlite(path)) => path.display().to_string(),
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(sqlite("sqlite:data/drivein.sqlite"), "data/drivein.sqlite");
    assert_eq!(
        sqlite("sqlite:///srv/a b/drivein.sqlite"),
        "/srv/a b/drivein.sqlite"
    );
    let url = StateUrl::parse("postgres://u:canary@h/d").unwrap();
    assert!(!format!("{url:?}").contains("canary"));
    for wrong in ["", "sqlite:", "mysql://u:canary@h/d", "/srv/drivein.sqlite"] {
        let refused = StateUrl::parse(wrong).unwrap_err();
        assert!(!format!("{refused:#}").contains("canary"), "{wrong}");
    }
}
