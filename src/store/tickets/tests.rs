use chrono::DateTime;

use super::*;
use crate::store::test_state::{TestState, on_both_states};
use media::{Entry, EntryKind, EntryPath, Place};

on_both_states! {
    a_ticket_and_its_card_are_kept_until_it_is_withdrawn,
    keys_come_one_after_the_other_and_the_old_ones_go,
    the_owners_ticket_is_replaced,
}

fn ticket(id: u8, key: u8) -> StoredTicket {
    StoredTicket {
        id: [id; 8],
        kind: TicketKind::Guest,
        name: "Tablet".to_owned(),
        scope: "films/A film.mp4".to_owned(),
        prefers_hls: true,
        key,
        made_at: time(1_000 + i64::from(id)),
        ends_at: Some(time(9_000)),
        last_used_at: None,
        viewer: None,
        limits: TicketLimits {
            max_viewers: Some(2),
            max_visits: Some(3),
            bytes_per_s: Some(u32::MAX),
            without_originals: true,
        },
        visits: 0,
    }
}

fn card() -> StoredCard {
    StoredCard {
        entry: Entry {
            place: Place::parse("films").unwrap(),
            path: EntryPath::parse("/A film.mp4").unwrap(),
            name: "A film.mp4".to_owned(),
            kind: EntryKind::Video,
            size: 12,
            modified: DateTime::from_timestamp(5, 0),
            id: Some("1".to_owned()),
            content: None,
            duration_s: Some(66.5),
            width: Some(1920),
            height: Some(1080),
            has_thumbnail: true,
            tracks: Vec::new(),
            tags: Vec::new(),
        },
        picture: Some(vec![1, 2, 3]),
        is_lost: false,
    }
}

async fn a_ticket_and_its_card_are_kept_until_it_is_withdrawn(state: TestState) {
    let store = state.open().await;
    store
        .put_ticket(&ticket(1, 0), Some(&card()))
        .await
        .unwrap();
    store.put_ticket(&ticket(2, 0), None).await.unwrap();
    assert_eq!(store.tickets().await.unwrap(), [ticket(2, 0), ticket(1, 0)]);
    assert_eq!(store.ticket_card([1; 8]).await.unwrap(), Some(card()));
    assert_eq!(store.ticket_card([2; 8]).await.unwrap(), None);
    assert!(store.is_guest_ticket([1; 8]).await.unwrap());
    assert!(!store.is_guest_ticket([8; 8]).await.unwrap());
    store.mark_ticket_card([1; 8], true).await.unwrap();
    assert!(store.ticket_card([1; 8]).await.unwrap().unwrap().is_lost);

    let uses = [([1; 8], time(70)), ([1; 8], time(60)), ([7; 8], time(1))];
    store.put_ticket_uses(uses).await.unwrap();
    assert_eq!(
        store.tickets().await.unwrap()[1].last_used_at,
        Some(time(70))
    );

    for visit in 1..=4 {
        let is_counted = store.count_ticket_visit([1; 8], 3).await.unwrap();
        assert_eq!(is_counted, visit <= 3, "{visit}");
    }
    assert_eq!(store.tickets().await.unwrap()[1].visits, 3);

    assert!(store.revoke_ticket([1; 8]).await.unwrap());
    assert!(!store.revoke_ticket([1; 8]).await.unwrap());
    assert!(!store.revoke_ticket([9; 8]).await.unwrap());
    assert_eq!(store.tickets().await.unwrap(), [ticket(2, 0)]);
    assert_eq!(store.ticket_card([1; 8]).await.unwrap(), None);
    assert_eq!(store.revoked_tickets().await.unwrap(), [[1; 8]]);
}

async fn keys_come_one_after_the_other_and_the_old_ones_go(state: TestState) {
    let store = state.open().await;
    let first = store.server_key("ticket").await.unwrap();
    assert_eq!(store.ticket_keys().await.unwrap(), [(0, first)]);
    let second = store.add_ticket_key().await.unwrap().unwrap();
    assert_eq!(second.0, 1);
    assert_eq!(store.ticket_keys().await.unwrap(), [(0, first), second]);
    store
        .put_ticket(&ticket(1, 0), Some(&card()))
        .await
        .unwrap();
    store
        .put_ticket(&ticket(2, 1), Some(&card()))
        .await
        .unwrap();
    store.revoke_ticket_keys().await.unwrap();
    assert_eq!(store.ticket_keys().await.unwrap(), [second]);
    assert_eq!(store.tickets().await.unwrap(), [ticket(2, 1)]);
    assert_eq!(store.ticket_card([1; 8]).await.unwrap(), None);
    assert!(store.ticket_card([2; 8]).await.unwrap().is_some());
    for _ in 2..=255 {
        assert!(store.add_ticket_key().await.unwrap().is_some());
    }
    assert_eq!(store.add_ticket_key().await.unwrap(), None);
}

async fn the_owners_ticket_is_replaced(state: TestState) {
    let store = state.open().await;
    assert_eq!(store.owner_ticket().await.unwrap(), None);
    store.put_owner_ticket([1; 8], [0; 8]).await.unwrap();
    store.put_owner_ticket([2; 8], [1; 8]).await.unwrap();
    assert_eq!(store.owner_ticket().await.unwrap(), Some([2; 8]));
    let mut revoked = store.revoked_tickets().await.unwrap();
    revoked.sort();
    assert_eq!(revoked, [[0; 8], [1; 8]]);
    assert!(store.tickets().await.unwrap().is_empty());
    assert!(!store.revoke_ticket([2; 8]).await.unwrap());
}
