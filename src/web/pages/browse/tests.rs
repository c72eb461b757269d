//! Tests of `browse`.

use super::query::Direction;
use super::*;
use crate::web::locale::Language;
use media::{Order, SortBy};

#[test]
fn pages_lead_on_and_back() {
    let first = BrowseQuery::default();
    assert_eq!(first.previous("/b"), None);
    assert_eq!(first.next("/b", "2:100"), "/b?cursor=2%3A100");
    let second = BrowseQuery {
        cursor: Some("2:100".into()),
        order: Order::Descending,
        ..BrowseQuery::default()
    };
    assert_eq!(second.previous("/b").as_deref(), Some("/b?order=desc"));
    assert_eq!(
        second.next("/b", "3:100"),
        "/b?cursor=3%3A100&trail=2%3A100&order=desc"
    );
    let fourth = BrowseQuery {
        cursor: Some("4".into()),
        trail: Some("2~3".into()),
        ..BrowseQuery::default()
    };
    assert_eq!(
        fourth.previous("/b").as_deref(),
        Some("/b?cursor=3&trail=2")
    );
    assert_eq!(fourth.next("/b", "5"), "/b?cursor=5&trail=2~3~4");
}

#[test]
fn a_filter_stays_through_pages_and_orders() {
    let query = BrowseQuery {
        kind: Some("audio".into()),
        ..BrowseQuery::default()
    };
    assert_eq!(query.next("/b", "2"), "/b?cursor=2&kind=audio");
    assert_eq!(
        sorts(Language::english(), "/b", &query)[1].href,
        "/b?sort=time&order=desc&kind=audio"
    );
    let links = kinds(Language::english(), "/b", &query);
    let hrefs: Vec<&str> = links.iter().map(|link| link.href.as_str()).collect();
    assert_eq!(
        hrefs,
        [
            "/b",
            "/b?kind=video",
            "/b?kind=audio",
            "/b?kind=image",
            "/b?kind=document"
        ]
    );
    assert!(links[2].is_current && !links[0].is_current);
}

#[test]
fn sorting_the_same_way_again_turns_it_round() {
    let links = sorts(
        Language::english(),
        "/b",
        &BrowseQuery {
            sort: SortBy::Size,
            order: Order::Descending,
            ..BrowseQuery::default()
        },
    );
    let hrefs: Vec<&str> = links.iter().map(|link| link.href.as_str()).collect();
    assert_eq!(hrefs, ["/b", "/b?sort=time&order=desc", "/b?sort=size"]);
    assert_eq!(links[2].current, Some(Direction::Descending));
}
