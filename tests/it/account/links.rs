//! The account's own links, and web sessions that have ended.

use drives::{Capability, NewShare};
use sandbox::{PlanChange, WebSessionFault};

use super::*;
use crate::harness::Drivein;
use reqwest::Method;

fn new(texts: &[&str], period_days: u32, password: Option<&str>) -> NewShare {
    NewShare {
        paths: paths(texts),
        period_days,
        password: password.map(str::to_owned),
    }
}

#[tokio::test]
async fn links_are_made_listed_and_withdrawn_in_every_mood() {
    for mood in MOODS {
        let rig = Rig::new(mood).await;
        assert!(rig.drive.capabilities().contains(&Capability::Share));
        let links = rig.links();
        let films = ["/Tidal Light.mp4", "/Nature & Light"];
        let week = links.create(&new(&films, 7, None)).await.unwrap();
        let private = links
            .create(&new(&films[..1], 0, Some("a1b2")))
            .await
            .unwrap();
        assert_ne!(week.id, private.id, "{mood:?}");
        let ends = week.expires_at.unwrap() - chrono::Utc::now();
        assert!((ends - chrono::TimeDelta::days(7)).num_minutes().abs() < 5);
        assert_eq!(
            (private.expires_at, private.password.as_deref()),
            (None, Some("a1b2"))
        );
        // The link leads to the paths that it reports.
        for link in [&week, &private] {
            let short = link.url.strip_prefix(&format!("{}/s/", rig.sandbox.url()));
            let there = rig.sandbox.own_share(short.unwrap()).unwrap();
            assert_eq!(there.id.to_string(), link.id);
            assert_eq!(there.paths[0], films[0]);
            assert_eq!(there.password, link.password);
        }
        // Sharing is activated once.
        assert_eq!(rig.sandbox.count("active"), 1);

        let (listed, next) = links.list(None).await.unwrap();
        assert_eq!(next, None);
        let ids: Vec<&str> = listed.iter().map(|link| link.id.as_str()).collect();
        assert_eq!(ids, [private.id.as_str(), week.id.as_str()]);
        assert!(
            listed
                .iter()
                .all(|link| link.state == drives::OwnShareState::Alive)
        );
        if mood != Mood::Strict {
            assert_eq!(listed[0].password.as_deref(), Some("a1b2"), "{mood:?}");
            assert_eq!(listed[1].paths, paths(&films[..1]));
            assert!(listed[1].expires_at.is_some() && listed[0].expires_at.is_none());
        }
        links.cancel(&week.id).await.unwrap();
        let (listed, _) = links.list(None).await.unwrap();
        assert_eq!(listed.len(), 1);
        let again = links.cancel(&week.id).await.unwrap_err();
        assert_eq!(again.kind, ErrorKind::NotFound);
    }
}

#[tokio::test]
async fn many_links_are_several_pages() {
    let rig = Rig::new(Mood::Strict).await;
    let links = rig.links();
    for _ in 0..101 {
        links
            .create(&new(&["/Tidal Light.mp4"], 1, None))
            .await
            .unwrap();
    }
    let (first, next) = links.list(None).await.unwrap();
    assert_eq!(first.len(), 100);
    let (second, end) = links.list(next.as_deref()).await.unwrap();
    assert_eq!((second.len(), end), (1, None));
    let wrong = links.list(Some("what")).await.unwrap_err();
    assert_eq!(wrong.kind, ErrorKind::BadRequest);
}

#[tokio::test]
async fn what_cannot_be_shared_is_said() {
    let rig = Rig::new(Mood::Plain).await;
    let film = ["/Tidal Light.mp4"];
    for (share, kind) in [
        (new(&film, 2, None), ErrorKind::BadRequest),
        (new(&[], 0, None), ErrorKind::BadRequest),
        (new(&film, 0, Some("ABCD")), ErrorKind::BadRequest),
        (new(&film, 0, Some("abcde")), ErrorKind::BadRequest),
        (new(&["/nowhere"], 0, None), ErrorKind::NotFound),
    ] {
        let error = rig.links().create(&share).await.unwrap_err();
        assert_eq!(error.kind, kind, "{share:?}");
    }
    assert_eq!(rig.sandbox.count("web_pset"), 0);
}

#[tokio::test]
async fn a_web_session_that_has_ended_is_called_that_and_the_drive_goes_on() {
    let rig = Rig::new(Mood::Plain).await;
    let fact = async || {
        let (name, value) = rig.drive.account().await.unwrap().facts.remove(0);
        (name, value.to_string())
    };
    assert_eq!(
        fact().await,
        ("Web session".to_owned(), "signed in as Sandbox".to_owned())
    );
    let link = rig
        .links()
        .create(&new(&["/Tidal Light.mp4"], 0, None))
        .await
        .unwrap();
    // A page token that was replaced is parsed from the page again, without an error for viewers.
    rig.sandbox.change_account(PlanChange {
        web_session: Some(WebSessionFault::Stale),
        ..PlanChange::default()
    });
    assert_eq!(rig.links().list(None).await.unwrap().0.len(), 1);
    for (standing, errno, cancel_errno) in [(WebSessionFault::Ended, -6, -6)] {
        rig.sandbox.change_account(PlanChange {
            web_session: Some(standing),
            ..PlanChange::default()
        });
        let listed = rig.links().list(None).await.unwrap_err();
        assert_eq!(
            (listed.kind, listed.upstream_code),
            (ErrorKind::SignedOut, Some(errno))
        );
        assert!(listed.detail.starts_with("web session"), "{listed}");
        assert!(listed.sentence.unwrap().contains("web session"));
        let cancelled = rig.links().cancel(&link.id).await.unwrap_err();
        assert_eq!(cancelled.upstream_code, Some(cancel_errno));
        assert_eq!(cancelled.kind, ErrorKind::SignedOut);
        assert_eq!(fact().await.1, "has ended");
        // The other session is not affected.
        assert!(!rig.names("/").await.is_empty());
        assert_eq!(rig.sandbox.count("refreshtoken"), 0);
    }
}

#[tokio::test]
async fn a_region_that_cannot_be_is_not_followed() {
    let rig = Rig::new(Mood::Plain).await;
    let asked = rig.sandbox.count("web_sharelist");
    rig.sandbox.fault(
        Fault::on(
            "web_sharelist",
            Effect {
                errno: Some(-6),
                headers: [("url-domain-prefix".to_owned(), "evil.example/".to_owned())].into(),
                ..Effect::default()
            },
        )
        .times(1),
    );
    let error = rig.links().list(None).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::SignedOut);
    assert_eq!(rig.sandbox.count("web_sharelist"), asked + 1);
}

#[tokio::test]
async fn without_a_web_session_there_are_no_links_and_it_says_so() {
    let sandbox = Arc::new(sandbox::start(options(Mood::Plain)).await.unwrap());
    let home = Arc::new(tempfile::tempdir().unwrap());
    let section = drive_section(&sandbox);
    let (section, _) = section.split_once("[drive.web]").unwrap();
    let rig = Rig::over(sandbox, home, section).await;
    assert!(rig.drive.own_shares().is_none());
    assert!(!rig.drive.capabilities().contains(&Capability::Share));
    // The account has no links yet.
    let facts = rig.drive.account().await.unwrap().facts;
    assert!(rig.drive.account().await.unwrap().is_sharing_inactive);
    let [(name, value)] = facts.as_slice() else {
        panic!("{facts:?}");
    };
    assert_eq!(name, "Sharing");
    let value = value.to_string();
    assert!(value.starts_with("sharing is not activated"), "{value}");
    rig.drive.activate_sharing().await.unwrap();
    assert_eq!(rig.sandbox.count("active"), 1);
    let account = rig.drive.account().await.unwrap();
    assert!(account.facts.is_empty() && !account.is_sharing_inactive);
}

#[tokio::test]
async fn a_token_of_another_application_is_named() {
    let sandbox = Arc::new(sandbox::start(options(Mood::Plain)).await.unwrap());
    let home = Arc::new(tempfile::tempdir().unwrap());
    let ours = sandbox.credentials().client_id;
    let section = drive_section(&sandbox).replace(&ours, "another-application");
    let rig = Rig::over(sandbox, home, &section).await;
    let facts = rig.drive.account().await.unwrap().facts;
    let fact = facts.iter().find(|(name, _)| name == "Application");
    assert!(
        fact.unwrap().1.to_string().contains("client_id"),
        "{facts:?}"
    );
}

#[tokio::test]
async fn sharing_is_activated_on_the_account_page_and_by_the_api() {
    let drivein = Drivein::start().await;
    let account = async || drivein.api("drives").await["drives"][0]["account"].clone();
    let address = format!("/account/{DRIVE}");
    let page = async || drivein.text(&address).await;
    assert_eq!(account().await["sharing_inactive"], true);
    let shown = page().await;
    let action = format!("{address}/sharing");
    assert!(shown.contains("sharing is not activated"), "{shown}");
    assert!(shown.contains(&format!("action=\"{action}\"")), "{shown}");
    let pressed = drivein.ask(Method::POST, &action).form(&[]);
    pressed.expect(303).await;
    assert_eq!(drivein.sandbox.count("active"), 1);
    assert!(!page().await.contains("Activate sharing"));
    assert!(account().await.get("sharing_inactive").is_none());
    let call = format!("drives/{DRIVE}/sharing");
    let body = serde_json::Value::Null;
    drivein.post(&call, body).await.expect(204);
}
