//! Sign-in by a picture or a code, sign-out, and both over a restart.

use std::time::Duration;

use drives::SignInState;

use super::*;

/// Returns the drive's part of a config, without a first pair.
fn without_pair(sandbox: &Sandbox) -> String {
    drive_section(sandbox)
        .lines()
        .filter(|line| !line.starts_with("access_token") && !line.starts_with("refresh_token"))
        .collect::<Vec<_>>()
        .join("\n")
}

async fn signed_out_rig(options: Options) -> Rig {
    let sandbox = Arc::new(sandbox::start(options).await.unwrap());
    let home = Arc::new(tempfile::tempdir().unwrap());
    let section = without_pair(&sandbox);
    let rig = Rig::over(sandbox, home, &section).await;
    assert_eq!(kind(&rig).await, Some(ErrorKind::SignedOut));
    rig
}

/// Returns the error kind of one call; `None` on success.
async fn kind(rig: &Rig) -> Option<ErrorKind> {
    let (root, page) = (EntryPath::root(), PageRequest::default());
    let listed = rig.drive.list(&root, &page).await;
    listed.err().map(|error| error.kind)
}

#[tokio::test]
async fn a_picture_is_scanned_and_the_session_is_there_after_a_restart() {
    for mood in MOODS {
        let rig = signed_out_rig(options(mood)).await;
        let begun = rig.sign_in().begin_device().await.unwrap();
        assert!(begun.qr.starts_with("data:image/png;base64,"));
        assert_eq!(begun.expires_in, Duration::from_secs(300));
        let poll = async || rig.sign_in().poll_device(&begun).await.unwrap();
        assert_eq!(poll().await, SignInState::Pending);
        // A poll that comes too soon gets no answer yet.
        rig.sandbox
            .fault(Fault::on("gettoken", Effect::errno(300_001)).times(1));
        assert_eq!(poll().await, SignInState::Pending);
        rig.sandbox.approve();
        assert_eq!(poll().await, SignInState::Done, "{mood:?}");
        assert_eq!(kind(&rig).await, None);
        let account = rig.drive.account().await.unwrap();
        let left = account.session_ends_at.unwrap() - chrono::Utc::now();
        assert_eq!(left.num_days(), 29);
        assert!((left - chrono::TimeDelta::days(30)).num_minutes().abs() < 5);

        let section = without_pair(&rig.sandbox);
        let again = Rig::over(rig.sandbox.clone(), rig.home.clone(), &section).await;
        assert_eq!(kind(&again).await, None);
        // A refresh keeps the end of the session.
        rig.sandbox.expire_tokens();
        assert_eq!(kind(&again).await, None);
        let later = again.drive.account().await.unwrap();
        assert_eq!(later.session_ends_at, account.session_ends_at);
    }
}

#[tokio::test]
async fn a_code_that_has_run_out_says_so() {
    let rig = signed_out_rig(Options {
        device_life: Duration::from_secs(300),
        ..options(Mood::Strict)
    })
    .await;
    let begun = rig.sign_in().begin_device().await.unwrap();
    rig.sandbox
        .fault(Fault::on("gettoken", Effect::errno(100_002)).times(1));
    let state = rig.sign_in().poll_device(&begun).await.unwrap();
    assert_eq!(state, SignInState::Expired);

    let code = rig.sandbox.authorization_code();
    rig.sign_in()
        .with_code(&format!(" {code}\n").into())
        .await
        .unwrap();
    assert_eq!(kind(&rig).await, None);
    let error = rig.sign_in().with_code(&code.into()).await.unwrap_err();
    assert_eq!(
        (error.kind, error.upstream_code),
        (ErrorKind::BadRequest, Some(100_002))
    );
    assert!(error.sentence.unwrap().contains("run out"));
    // The session from before is still there.
    assert_eq!(kind(&rig).await, None);
}

#[tokio::test]
async fn a_wrong_secret_is_called_that() {
    let rig = Rig::new(Mood::Plain).await;
    let ours = rig.sandbox.credentials();
    for (right, wrong, word) in [
        (&ours.client_secret, "nonsense", "client_secret"),
        (&ours.private_secret, "nonsense", "private_secret"),
    ] {
        let section = drive_section(&rig.sandbox).replace(right.as_str(), wrong);
        let home = Arc::new(tempfile::tempdir().unwrap());
        let rig = Rig::over(rig.sandbox.clone(), home, &section).await;
        let code = rig.sandbox.authorization_code();
        let error = rig.sign_in().with_code(&code.into()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadRequest);
        assert!(error.sentence.unwrap().contains(word), "{error}");
    }
}

#[tokio::test]
async fn signed_out_is_signed_out_until_somebody_signs_in() {
    let rig = Rig::new(Mood::Plain).await;
    assert_eq!(kind(&rig).await, None);
    let account = rig.drive.account().await.unwrap();
    assert!(
        account.session_ends_at.is_some(),
        "known of a configured pair, too"
    );
    rig.sign_in().sign_out().await.unwrap();
    assert_eq!(kind(&rig).await, Some(ErrorKind::SignedOut));
    // The configured pair is not used again, neither in this run nor in the next.
    let again = rig.again().await;
    assert_eq!(kind(&again).await, Some(ErrorKind::SignedOut));
    assert_eq!(rig.sandbox.count("refreshtoken"), 0);
    // No token is left on the disk.
    for file in std::fs::read_dir(rig.home.path()).unwrap() {
        let file = file.unwrap().path();
        if file.is_file() {
            let bytes = std::fs::read(&file).unwrap();
            let found = bytes.windows(11).any(|word| word == b"sbx-secret-");
            assert!(!found, "{}", file.display());
        }
    }
    // A sign-in in another process is noticed by this one.
    let code = rig.sandbox.authorization_code();
    again.sign_in().with_code(&code.into()).await.unwrap();
    assert_eq!(kind(&again).await, None);
    assert_eq!(kind(&rig).await, None);
}

#[tokio::test]
async fn the_login_page_is_the_upstreams_own() {
    let rig = Rig::new(Mood::Plain).await;
    let page = rig.sign_in().login_page().unwrap();
    assert_eq!(page.origin, rig.sandbox.url());
    let expected = format!(
        "{}/wap/outside/login?clientId=sandbox-client",
        rig.sandbox.url()
    );
    assert_eq!(page.url, expected);
}
