//! Limits that count at all servers together: guesses of the password, viewers and visits of a ticket.

use reqwest::Method;
use serde_json::{Value, json};

use super::{PASSWORD, TOKEN, set_up};
use crate::harness::postgres::PostgresServer;
use crate::harness::*;

async fn sign_in(server: &Drivein, password: &str) -> Reply {
    let ask = server.ask(Method::POST, "/login");
    ask.form(&[("password", password)]).send().await
}

/// Makes a ticket for a film with limits. Returns the path under which the film is played.
async fn limited(server: &Drivein, limits: Value) -> String {
    let mut body = json!({"name": "guests", "scope": {"place": DRIVE, "path": FILM}});
    body.as_object_mut()
        .unwrap()
        .extend(limits.as_object().unwrap().clone());
    let made = server
        .ask(Method::POST, "/api/v1/tickets")
        .header("authorization", &format!("Bearer {TOKEN}"))
        .json(&body)
        .send()
        .await;
    let made = made.expect(200).json();
    let play = url::Url::parse(made["url"].as_str().unwrap()).unwrap();
    play.path().trim_end_matches('/').to_owned()
}

/// Returns the status of a segment that a client requests of a server.
async fn segment(server: &Drivein, play: &str, agent: &str) -> u16 {
    let ask = server.ask(Method::GET, &format!("{play}/480p/1.ts"));
    ask.header("user-agent", agent).send().await.status
}

#[tokio::test]
async fn guesses_at_two_servers_are_as_few_as_at_one() {
    let setup = set_up().await.password(PASSWORD).api_token(TOKEN);
    let one = setup.start().await;
    let other = one.beside().await;
    for number in 0..10 {
        let server = [&one, &other][number % 2];
        assert_eq!(sign_in(server, "wrong").await.status, 403, "{number}");
    }
    for server in [&one, &other] {
        let refused = sign_in(server, "wrong").await.expect(429);
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert!((1..=7).contains(&wait), "{wait}");
    }
}

#[tokio::test]
async fn viewers_and_visits_of_a_ticket_are_counted_at_all_servers_together() {
    let setup = set_up().await.password(PASSWORD).api_token(TOKEN);
    let one = setup.start().await;
    let other = one.beside().await;
    let play = limited(&one, json!({"max_viewers": 2})).await;
    for (server, agent, status) in [
        (&one, "a", 200),
        (&other, "a", 200),
        (&other, "b", 200),
        (&one, "c", 503),
        (&other, "c", 503),
        (&one, "b", 200),
        (&other, "a", 200),
    ] {
        assert_eq!(segment(server, &play, agent).await, status, "{agent}");
    }
    let play = limited(&other, json!({"max_visits": 2})).await;
    for (server, agent, status) in [
        (&one, "a", 200),
        (&other, "a", 200),
        (&other, "b", 200),
        (&one, "b", 200),
        (&one, "c", 410),
        (&other, "c", 410),
        (&one, "a", 200),
    ] {
        assert_eq!(segment(server, &play, agent).await, status, "{agent}");
    }
}

#[tokio::test]
async fn viewers_go_on_while_the_database_is_away_and_sign_ins_say_so() {
    let mut database = PostgresServer::start();
    let url = database.new_database().await;
    let setup = Drivein::setup().state_url(&url);
    let drivein = setup.password(PASSWORD).api_token(TOKEN).start().await;
    let counted = limited(&drivein, json!({"max_viewers": 2, "max_visits": 9})).await;
    let play = limited(&drivein, json!({"max_viewers": 2})).await;
    assert_eq!(segment(&drivein, &counted, "a").await, 200);
    assert_eq!(segment(&drivein, &play, "a").await, 200);
    database.toggle();
    // One that was let in asks the database nothing; a visit that cannot be counted does not begin.
    assert_eq!(segment(&drivein, &counted, "a").await, 200);
    assert_eq!(segment(&drivein, &counted, "b").await, 503);
    // Without visits, this server counts by itself.
    for (agent, status) in [("a", 200), ("b", 200), ("c", 503), ("b", 200)] {
        assert_eq!(segment(&drivein, &play, agent).await, status, "{agent}");
    }
    let refused = sign_in(&drivein, PASSWORD).await.expect(503);
    assert!(
        refused.text().contains("memory is away"),
        "{}",
        refused.text()
    );
    assert!(!refused.header("retry-after").is_empty());
    database.toggle();
    assert_eq!(sign_in(&drivein, PASSWORD).await.status, 303);
}
