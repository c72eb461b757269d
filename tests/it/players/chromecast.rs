//! The button for a Chromecast: present only if the owner has enabled it, and so is Google's host. The device
//! itself is not tested; the commands to it are, in a real browser with a replacement of Google's script.

use crate::browser::scenario;
use crate::harness::*;

const GOOGLE: &str = "https://www.gstatic.com";

fn policy(reply: &Reply) -> String {
    reply.header("content-security-policy").to_owned()
}

#[tokio::test]
async fn without_the_switch_nothing_of_googles_is_let_in() {
    let drivein = Drivein::start().await;
    let page = drivein
        .get(&format!("/watch/{DRIVE}{}", encoded(FILM)))
        .await
        .expect(200);
    assert!(!policy(&page).contains("gstatic"));
    assert!(!page.text().contains("cast.js"));
    assert!(!page.text().contains("id=\"cast\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_it_the_page_of_a_film_alone_lets_it_in_and_the_film_is_sent() {
    let drivein = Drivein::setup()
        .sections("[playback]\nchromecast = true\n")
        .start()
        .await;
    let page = drivein
        .get(&format!("/watch/{DRIVE}{}", encoded(FILM)))
        .await
        .expect(200);
    let scripts = format!("script-src 'self' {GOOGLE};");
    assert!(policy(&page).contains(&scripts), "{}", policy(&page));
    for elsewhere in ["/", "/browse/films", "/devices", "/status"] {
        let reply = drivein.get(elsewhere).await.expect(200);
        assert!(!policy(&reply).contains("gstatic"), "{elsewhere}");
    }
    // Nor does a guest's page.
    let play = drivein.play(FILM).await;
    let guests = play.replacen("/play/", "/guest/", 1);
    let reply = drivein.get(&guests).await.expect(200);
    assert!(!policy(&reply).contains("gstatic"), "{guests}");
    scenario(&drivein, "cast", &[]).await;
}
