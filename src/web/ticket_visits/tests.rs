//! Tests of `ticket_visits`.

use super::*;

const TICKET: TicketId = TicketId([1; 8]);

fn leave(visits: &TicketVisits, client: ClientKey) {
    let guard = VisitGuard {
        visits: Some((visits.clone(), TICKET, client)),
    };
    drop(guard);
}

#[test]
fn a_viewer_counts_while_it_is_sent_something_and_two_minutes_longer() {
    let visits = TicketVisits::default();
    let (one, two) = (Some(1), Some(2));
    let start = Instant::now();
    let at = |seconds| start + Duration::from_secs(seconds);
    let enter = |most, client, now| visits.enter(TICKET, client, most, None, now);
    assert_eq!(enter(one, 7, at(0)), VisitAdmission::Visit);
    assert_eq!(enter(one, 7, at(1)), VisitAdmission::Known);
    assert_eq!(enter(one, 8, at(1)), VisitAdmission::Full);
    assert_eq!(enter(two, 8, at(1)), VisitAdmission::Visit);
    assert_eq!(enter(two, 9, at(1)), VisitAdmission::Full);
    // Long replies keep both there.
    assert_eq!(enter(two, 9, at(4_000)), VisitAdmission::Full);
    leave(&visits, 8);
    assert_eq!(enter(two, 9, at(119)), VisitAdmission::Full);
    assert_eq!(enter(two, 9, at(121)), VisitAdmission::Visit);
    // One that returns within half an hour is no other visit, but needs room.
    leave(&visits, 9);
    assert_eq!(enter(two, 8, at(300)), VisitAdmission::Known);
    leave(&visits, 8);
    leave(&visits, 7);
    leave(&visits, 7);
    assert_eq!(enter(two, 9, at(1_700)), VisitAdmission::Known);
    leave(&visits, 9);
    assert_eq!(enter(two, 9, at(1_801)), VisitAdmission::Visit);
}

#[test]
fn a_lease_lasts_for_as_long_as_the_state_has_the_client() {
    let visits = TicketVisits::default();
    let start = Instant::now();
    let at = |seconds| start + Duration::from_secs(seconds);
    let has_lease = |client, seconds| visits.enter_leased(TICKET, client, at(seconds));
    assert!(!has_lease(7, 0));
    let lease = ClientLease {
        ttl: PRESENCE_TTL,
        stored_at: start,
    };
    visits.enter(TICKET, 7, None, Some(lease), start);
    assert!(visits.unstored(start).is_empty(), "the state has it");
    assert!(has_lease(7, 119));
    assert!(!has_lease(8, 119));
    // Nothing of that was stored.
    assert!(!has_lease(7, 120));
    let unstored = visits.unstored(at(121));
    assert_eq!((unstored[0].0.client, unstored[0].1), (7, at(121)));
    assert_eq!(unstored[0].0.age, Duration::ZERO, "a reply is being sent");
    visits.note_stored(&unstored);
    assert!(has_lease(7, 240));
    assert!(!has_lease(7, 241));
    assert!(visits.unstored(at(121)).is_empty());
}
