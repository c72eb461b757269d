//! Token refresh: one for all callers, in one process and in several, and none lost to a kill.

use std::net::SocketAddr;

use futures_util::future::join_all;
use reqwest::Method;

use super::*;
use crate::harness::{Running, Secrets, Visitor, eventually, own_binary};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_callers_in_each_of_three_processes_make_one_refresh() {
    let rig = Rig::new(Mood::Plain).await;
    let rigs = [rig.again().await, rig.again().await, rig.again().await];
    for rig in &rigs {
        rig.names("/").await;
    }
    for round in 1..=3 {
        rig.sandbox.expire_tokens();
        let page = PageRequest::default();
        let root = EntryPath::root();
        let calls = (0..60).map(|n| rigs[n % 3].drive.list(&root, &page));
        for listed in join_all(calls).await {
            listed.unwrap();
        }
        assert_eq!(rig.sandbox.count("refreshtoken"), round);
    }
}

#[tokio::test]
async fn a_refresh_token_that_somebody_has_used_ends_in_words_and_not_in_a_loop() {
    let rig = Rig::new(Mood::Plain).await;
    rig.names("/").await;
    rig.sandbox.expire_tokens();
    rig.sandbox
        .fault(Fault::on("refreshtoken", Effect::errno(200_004)));
    let page = PageRequest::default();
    for _ in 0..5 {
        let error = rig.drive.list(&EntryPath::root(), &page).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::SignedOut);
    }
    assert_eq!(rig.sandbox.count("refreshtoken"), 1);
    rig.sandbox.heal();
    let code = rig.sandbox.authorization_code();
    rig.sign_in().with_code(&code.into()).await.unwrap();
    assert!(!rig.names("/").await.is_empty());
}

/// Starts a server of its own, as a person does.
async fn server(config: &str) -> (Running, Visitor) {
    let mut running = own_binary()
        .args(["serve", "--config", config, "--listen", "127.0.0.1:0"])
        .spawn();
    let line = running.line_with("http://").await;
    let (_, rest) = line.split_once("http://").unwrap();
    let end = rest
        .find(|c: char| c == '/' || c.is_whitespace())
        .unwrap_or(rest.len());
    let address: SocketAddr = rest[..end].parse().unwrap();
    (running, Visitor::new(address, Secrets::none()))
}

fn config_in(home: &Path, sandbox: &Sandbox) -> String {
    let file = home.join("drivein.toml");
    let text = format!(
        "data_dir = {:?}\n{}",
        home.join("data"),
        drive_section(sandbox)
    );
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

const ENTRIES: &str = "/api/v1/entries/films/";

#[tokio::test]
async fn killed_between_the_answer_and_the_next_request_it_is_still_signed_in() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = sandbox::start(options(Mood::Plain)).await.unwrap();
    let config = config_in(home.path(), &sandbox);
    for round in 1..=3 {
        let (running, visitor) = server(&config).await;
        visitor.ask(Method::GET, ENTRIES).expect(200).await;
        sandbox.expire_tokens();
        sandbox.reset_counts();
        // The refresh is answered; the next request hangs, and the process is killed before it ends.
        let fault = sandbox.fault(Fault::on("tokeninfo", Effect::latency(600_000)));
        let asking = tokio::spawn(async move {
            let search = format!("/api/v1/search?q=round{round}&place=films");
            visitor.ask(Method::GET, &search).send().await
        });
        eventually(
            "the refresh is answered",
            std::time::Duration::from_secs(60),
            async || {
                let counts = [sandbox.count("refreshtoken"), sandbox.count("tokeninfo")];
                (counts == [1, 1]).then_some(())
            },
        )
        .await;
        asking.abort();
        running.kill().await;
        sandbox.mend(fault);
        let (running, visitor) = server(&config).await;
        visitor.ask(Method::GET, ENTRIES).expect(200).await;
        assert_eq!(sandbox.count("refreshtoken"), 1, "round {round}");
        drop(running);
    }
}

#[tokio::test]
async fn two_programs_on_one_state_refresh_once() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = sandbox::start(options(Mood::Plain)).await.unwrap();
    let config = config_in(home.path(), &sandbox);
    let (one, visitor_one) = server(&config).await;
    let (two, visitor_two) = server(&config).await;
    for visitor in [&visitor_one, &visitor_two] {
        visitor.ask(Method::GET, ENTRIES).expect(200).await;
    }
    sandbox.expire_tokens();
    // Slow enough for both to request it concurrently.
    sandbox.fault(Fault::on("refreshtoken", Effect::latency(500)));
    let search = "/api/v1/search?q=light&place=films";
    let asks = [&visitor_one, &visitor_two].map(|visitor| visitor.ask(Method::GET, search).send());
    for reply in join_all(asks).await {
        reply.expect(200);
    }
    assert_eq!(sandbox.count("refreshtoken"), 1);
    drop((one, two));
}
