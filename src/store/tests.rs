//! Tests of the state as a whole.

use super::test_state::{TestState, on_both_states};
use super::*;
use ::drives::SessionStore;
use media::Place;

on_both_states! {
    keys_and_sessions_outlive_the_server,
    a_newer_state_is_named_and_left_alone,
    one_process_renews_a_session_at_a_time,
}

async fn keys_and_sessions_outlive_the_server(state: TestState) {
    let films = Place::parse("films").unwrap();
    let store = state.open().await;
    let key = store.server_key("ticket").await.unwrap();
    assert_ne!(key, store.server_key("session").await.unwrap());
    let session = store.drive_session(&films);
    assert_eq!(session.load().await.unwrap(), None);
    session.save("one").await.unwrap();
    session.save("two").await.unwrap();
    store.close().await;

    let store = state.open().await;
    assert_eq!(store.server_key("ticket").await.unwrap(), key);
    assert_eq!(
        store.drive_session(&films).load().await.unwrap().as_deref(),
        Some("two")
    );
    let other = Place::parse("other").unwrap();
    assert_eq!(store.drive_session(&other).load().await.unwrap(), None);
}

async fn a_newer_state_is_named_and_left_alone(state: TestState) {
    let store = state.open().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 SELECT 999, 'of tomorrow', TRUE, checksum, 1 FROM _sqlx_migrations WHERE version = 1";
    sqlx::query(newer).execute(&store.pool).await.unwrap();
    store.close().await;
    let Err(refused) = state.try_open().await else {
        panic!("it was opened");
    };
    let told = format!("{refused:#}");
    for word in ["newer version", "step 999", &store.database.name()] {
        assert!(told.contains(word), "{word}: {told}");
    }
}

async fn one_process_renews_a_session_at_a_time(state: TestState) {
    let films = Place::parse("films").unwrap();
    let (one, other) = (state.open().await, state.open().await);
    let held = one.drive_session(&films).lock().await.unwrap();
    let unrelated = Place::parse("other").unwrap();
    drop(other.drive_session(&unrelated).lock().await.unwrap());
    let (sender, mut order) = tokio::sync::mpsc::unbounded_channel();
    let waiting = tokio::spawn({
        let (sender, session) = (sender.clone(), other.drive_session(&films));
        async move {
            let held = session.lock().await.unwrap();
            sender.send("other").unwrap();
            held
        }
    });
    for name in ["a", "b", "c"] {
        other.server_key(name).await.unwrap();
    }
    sender.send("one").unwrap();
    drop(held);
    drop(waiting.await.unwrap());
    assert_eq!(order.recv().await, Some("one"));
    assert_eq!(order.recv().await, Some("other"));
    one.close().await;
    other.close().await;
}

#[tokio::test]
async fn changes_of_another_process_are_noticed_once() {
    let dir = tempfile::tempdir().unwrap();
    let one = Store::open(dir.path()).await.unwrap();
    let other = Store::open(dir.path()).await.unwrap();
    one.has_foreign_changes().await.unwrap();
    one.server_key("a").await.unwrap();
    assert!(!one.has_foreign_changes().await.unwrap());
    other.server_key("b").await.unwrap();
    assert!(one.has_foreign_changes().await.unwrap());
    assert!(!one.has_foreign_changes().await.unwrap());
}

#[tokio::test]
async fn nobody_else_can_read_the_state() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    store.server_key("ticket").await.unwrap();
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(
            file.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{:?}",
            file.file_name()
        );
    }
}
