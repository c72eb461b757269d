//! Connected from a page, reported by `check` and the status page, and watched in a browser.

use reqwest::Method;

use super::server::{EMAIL, OTP, PASSWORD, Policy};
use super::*;
use crate::browser::scenario;

async fn connect(drivein: &Drivein, site: &Site, password: &str) -> Reply {
    let fields = [
        ("kind", "cloudreve"),
        ("name", NAS),
        ("base_url", &site.url()),
        ("email", EMAIL),
        ("password", password),
    ];
    // The URL that was typed in is shown again with the form.
    let ask = drivein.told().ask(Method::POST, "/connect");
    ask.form(&fields).send().await
}

#[tokio::test]
async fn a_site_is_connected_from_the_page_and_stays() {
    let site = stocked().await;
    let drivein = Drivein::setup().no_drive().start().await;
    let form = drivein.text("/connect?kind=cloudreve").await;
    for words in [
        r#"name="base_url""#,
        r#"name="email""#,
        r#"name="password" type="password""#,
    ] {
        assert!(form.contains(words), "{words}");
    }
    let wrong = connect(&drivein, &site, "wrong").await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text().contains("does not take this email address"),
        "{}",
        wrong.text()
    );
    site.with_captcha();
    let captcha = connect(&drivein, &site, PASSWORD).await;
    assert_eq!(captcha.status, 422);
    assert!(captcha.text().contains("captcha"), "{}", captcha.text());

    let site = stocked().await;
    site.with_second_factor();
    let connected = connect(&drivein, &site, PASSWORD).await;
    assert_eq!(connected.status, 303, "{}", connected.describe());
    let account = connected.header("location").to_owned();
    assert_eq!(account, format!("/account/{NAS}"));
    let page = drivein.text(&account).await;
    assert!(page.contains(r#"name="code""#) && !page.contains(PASSWORD));
    let code = [("code", OTP)];
    let action = format!("{account}/sign-in/form");
    let done = drivein.ask(Method::POST, &action).form(&code).send().await;
    assert_eq!(done.status, 303, "{}", done.describe());
    assert_eq!(drive(&drivein).await["state"], "ready");
    let status = drivein.text("/status").await;
    assert!(status.contains(NAS) && status.contains("Owner of the site"));
    let drivein = drivein.restarted().await;
    assert_eq!(drive(&drivein).await["state"], "ready");
}

#[tokio::test]
async fn what_is_no_such_site_is_said() {
    let site = stocked().await;
    let drivein = Drivein::setup().no_drive().start().await;
    let at = |address: String| {
        let visitor = drivein.told();
        async move {
            let fields = [
                ("kind", "cloudreve"),
                ("name", NAS),
                ("base_url", address.as_str()),
                ("email", EMAIL),
                ("password", PASSWORD),
            ];
            visitor
                .ask(Method::POST, "/connect")
                .form(&fields)
                .send()
                .await
        }
    };
    // Another program answers there: this server itself.
    let other = at(drivein.url()).await.expect(422);
    assert!(
        other.text().contains("no Cloudreve of version 4"),
        "{}",
        other.text()
    );
    let nobody = at("http://127.0.0.1:1".to_owned()).await.expect(422);
    assert!(
        nobody.text().contains("answers at its address"),
        "{}",
        nobody.text()
    );
    let nonsense = at("nonsense".to_owned()).await.expect(422);
    assert!(nonsense.text().contains("base_url"));
    drop(site);
}

#[tokio::test]
async fn check_says_what_it_found_and_what_is_missing() {
    let site = stocked().await;
    site.with_policy(Policy {
        max_size: 2_500_000_000,
        denied_suffix: Some("exe"),
        ..Policy::of("local")
    });
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("drivein.toml");
    let wrong = site.section_with(
        "other",
        &format!("email = {EMAIL:?}\npassword = \"wrong\"\n"),
    );
    let text = format!(
        "data_dir = {:?}\n[network]\nallow_hosts = [\"127.0.0.1\"]\n{}{wrong}",
        home.path().join("data"),
        site.section(NAS)
    );
    std::fs::write(&config, text).unwrap();
    let checked = own_binary()
        .args(["check", "--config"])
        .arg_last(config.to_str().unwrap())
        .output()
        .await;
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(!checked.status.success());
    for words in [
        "drive “nas” (cloudreve): ready",
        "account: Owner of the site (Friends)",
        "root: 2 entries",
        "drive “other” (cloudreve): The site does not take this email address and password.",
        "of it in storage packs: 1503.2 GB",
        "site: The films of the house",
        "uploads go to: the site itself, “Default storage policy”",
        "the largest file: 2.5 GB",
        "no files of these types: exe",
        "at once: 3000 files and folders, 1000 direct links",
        "the group may: make share links, open share links, fetch from links",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains(PASSWORD) && !said.contains("wrong\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_film_plays_in_a_browser_from_browsing_to_seeking() {
    let (_site, drivein) = stocked_and_served().await;
    scenario(&drivein, "direct", &[NAS, "Tidal Light", "In pieces"]).await;
}
