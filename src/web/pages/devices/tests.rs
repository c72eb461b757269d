//! Tests of `devices`.

use super::*;

#[test]
fn a_row_says_what_a_ticket_opens_and_how_long() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    let ticket = |scope: &str, used: Option<u64>, ends: Option<u64>| StoredTicket {
        id: [1; 8],
        kind: TicketKind::Guest,
        name: "x".to_owned(),
        scope: scope.to_owned(),
        prefers_hls: false,
        key: 0,
        made_at: now,
        ends_at: ends.map(|at| SystemTime::UNIX_EPOCH + Duration::from_secs(at)),
        last_used_at: used.map(|ago| now - Duration::from_secs(ago)),
        viewer: None,
        limits: TicketLimits::default(),
        visits: 0,
    };
    let words = |ticket: StoredTicket| {
        let row = row(Language::english(), &ticket, now);
        [row.covers, row.used, row.ends]
    };
    assert_eq!(
        words(ticket("", None, None)),
        ["Everything", "Never used", ""]
    );
    assert_eq!(
        words(ticket("films/A", Some(300), Some(2_000_000))),
        [
            "films/A",
            "Used 5 minutes ago",
            "Until 1970-01-24 03:33 UTC"
        ]
    );
    assert_eq!(
        words(ticket("films", Some(0), Some(999_999))),
        ["films", "Used just now", "Expired"]
    );
}

#[test]
fn an_address_is_good_for_as_long_as_was_said() {
    let now = SystemTime::UNIX_EPOCH;
    assert_eq!(TicketLifetime::Ever.end(now), None);
    assert_eq!(
        TicketLifetime::Week.end(now),
        Some(now + Duration::from_secs(7 * 24 * 3600))
    );
}
