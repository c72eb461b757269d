//! A service that takes half a minute to resolve a link: every client gets an answer, and the service one request.

use super::service::{FILM, LINK};
use super::*;

const EXTRACT: &str = "/v1/api";

#[tokio::test]
async fn a_page_says_that_the_link_is_being_looked_up_and_comes_to_it() {
    for paste in [
        LINK.to_owned(),
        format!("{LINK} and {LINK}?x=1 https://terabox.com/s/1Unknown0000000000000a"),
    ] {
        let (service, drivein) = service_and_program().await;
        service.go_silent();
        let address = format!("/share?link={}", encoded_name(&paste));
        let (page, ()) = tokio::join!(drivein.get(&address), service.keeps_somebody_waiting());
        let page = page.expect(200);
        assert!(
            page.text().contains("still looking this link up"),
            "{}",
            page.text()
        );
        assert!(page.text().contains("looks again by itself"));
        assert_eq!(page.header("refresh"), "3");
        service.speak();
        let opened = drivein.get(&address).await;
        match paste == LINK {
            true => assert!(
                opened
                    .expect(303)
                    .header("location")
                    .starts_with("/watch/~")
            ),
            false => assert!(opened.expect(200).text().contains("link-card is-open")),
        }
    }
}

#[tokio::test]
async fn the_password_of_a_link_is_not_lost_while_it_is_looked_up() {
    let (service, drivein) = service_and_program().await;
    let place = open(&drivein, LINK).await;
    service.go_silent();
    let form = [("place", place.as_str()), ("password", "abcd")];
    let sent = drivein.ask(Method::POST, "/share").form(&form).send();
    let (page, ()) = tokio::join!(sent, service.keeps_somebody_waiting());
    let page = page.expect(200);
    assert!(
        page.header("refresh").is_empty(),
        "a form is not sent again by itself"
    );
    assert!(page.text().contains("again in a moment") && page.text().contains("name=\"password\""));
    service.speak();
    drivein
        .ask(Method::POST, "/share")
        .form(&form)
        .expect(303)
        .await;
    assert_eq!(service.calls(EXTRACT), 2);
}

#[tokio::test]
async fn a_program_is_told_when_to_come_again_and_costs_one_request() {
    let (service, drivein) = service_and_program().await;
    service.go_silent();
    let (told, ()) = tokio::join!(
        ask_to_open(&drivein, LINK),
        service.keeps_somebody_waiting()
    );
    assert_eq!(
        (told.status, told.code().as_str()),
        (504, "upstream_timeout")
    );
    assert_eq!(told.header("retry-after"), "3");
    service.speak();
    open(&drivein, LINK).await;
    assert_eq!(service.calls(EXTRACT), 1);
}

#[tokio::test]
async fn a_player_is_told_in_time_and_plays_when_it_comes_again() {
    for stream in ["", "/720p.m3u8", "/master.m3u8"] {
        let (service, drivein) = service_and_program().await;
        let place = open(&drivein, LINK).await;
        // Names are stored over a restart, URLs are not.
        let mut drivein = drivein.restarted().await;
        drivein.keep_secret(service.secrets());
        let address = format!("{}{stream}", play(&drivein, &place, FILM).await);
        service.go_silent();
        let (told, ()) = tokio::join!(drivein.get(&address), service.keeps_somebody_waiting());
        assert_eq!(
            (told.status, told.code().as_str()),
            (504, "upstream_timeout"),
            "{stream}"
        );
        assert_eq!(told.header("retry-after"), "3", "{stream}");
        service.speak();
        drivein.get(&address).await.expect(200);
        assert_eq!(service.calls(EXTRACT), 2, "{stream}");
    }
}
