//! Share links of other users: opened, locked, gone.

use reqwest::Method;
use serde_json::{Value, json};

use super::troubles::source_plays_on;
use super::{Emulation, Subject, Trouble};
use crate::harness::*;

async fn open(drivein: &Drivein, link: &str, password: Option<&str>) -> Reply {
    let mut body = json!({"url": link});
    if let Some(password) = password {
        body["password"] = json!(password);
    }
    drivein.post("shares/open", body).await
}

pub async fn a_share_opens_browses_and_plays<E: Emulation>(subject: Subject<E>) {
    let (link, film, bytes) = subject.tree().links.open.as_ref().unwrap();
    let drivein = subject.program().await;
    let opened = open(&drivein, link, None).await.expect(200).json();
    let place = opened["place"].as_str().unwrap().to_owned();
    assert!(
        place.starts_with('~') && opened["entry"]["kind"] == "folder",
        "{opened}"
    );
    let entry = async |call: String| drivein.api(&call).await;
    let root = entry(format!("entries/{place}")).await;
    let children = root["children"].as_array().unwrap();
    let top = film.split('/').nth(1).unwrap();
    assert!(children.iter().any(|child| child["name"] == top), "{root}");
    let told = entry(format!("entries/{place}{}", encoded(film))).await["entry"].clone();
    assert_eq!(
        (&told["kind"], &told["size"]),
        (&json!("video"), &json!(bytes.len()))
    );
    let original = drivein.local(told["play"]["original"].as_str().unwrap());
    let whole = drivein.get(&original).await.expect(200);
    assert!(whole.body == *bytes, "the original differs");
    let part = drivein.fetch_range(&original, "bytes=100-199").await;
    assert!(part.body == bytes[100..200]);
    drivein
        .fetch(&format!("/watch/{place}{}", encoded(film)), 200)
        .await;

    // The same text leads to the same place, after a restart, too.
    let again = open(&drivein, link, None).await.expect(200).json();
    assert_eq!(again["place"], place.as_str());
    let mut drivein = drivein.restarted().await;
    drivein.keep_secret(subject.emulation.secrets());
    let told: Value = drivein
        .api(&format!("entries/{place}{}", encoded(film)))
        .await;
    assert_eq!(told["entry"]["size"], json!(bytes.len()));
}

pub async fn a_share_plays_on_through_cuts_and_renewals<E: Emulation>(subject: Subject<E>) {
    let (link, film, bytes) = subject.tree().links.open.as_ref().unwrap();
    let drivein = subject.program().await;
    let opened = open(&drivein, link, None).await.expect(200).json();
    let place = opened["place"].as_str().unwrap();
    let told = drivein
        .api(&format!("entries/{place}{}", encoded(film)))
        .await;
    let original = drivein.local(told["entry"]["play"]["original"].as_str().unwrap());
    for trouble in [Trouble::CutAfter(100_001), Trouble::Expired] {
        let first = drivein
            .ask(Method::GET, &original)
            .range("bytes=0-999")
            .send()
            .await;
        assert!(first.expect(206).body == bytes[..1000]);
        subject.emulation.trouble(trouble);
        let rest = drivein
            .ask(Method::GET, &original)
            .range("bytes=1000-")
            .send()
            .await;
        let rest = rest.expect(206);
        assert!(
            rest.is_whole && rest.body == bytes[1000..],
            "{trouble:?}: {}",
            rest.describe()
        );
    }
    source_plays_on(&subject, &drivein, &original).await;
}

pub async fn a_locked_share_wants_its_password<E: Emulation>(subject: Subject<E>) {
    let (link, password) = subject.tree().links.locked.as_ref().unwrap();
    let drivein = subject.program().await;
    for (tried, status, code) in [
        (None, 403, "share_password_required"),
        (Some("0000"), 403, "share_password_wrong"),
    ] {
        let reply = open(&drivein, link, tried).await;
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (status, code),
            "{}",
            reply.text()
        );
    }
    open(&drivein, link, Some(password)).await.expect(200);
}

pub async fn a_share_that_is_gone_says_so<E: Emulation>(subject: Subject<E>) {
    let link = subject.tree().links.gone.as_ref().unwrap();
    let drivein = subject.program().await;
    let reply = open(&drivein, link, None).await;
    assert_eq!(
        (reply.status, reply.code().as_str()),
        (410, "share_gone"),
        "{}",
        reply.text()
    );
}
