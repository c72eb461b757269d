//! Tests of `error`.

use super::*;
use drives::{DriveError, ErrorKind};

#[test]
fn every_kind_has_words_of_its_own() {
    use ErrorKind::*;
    let kinds = [
        Transcoding,
        PreviewOnly,
        PlanRequired,
        VerificationRequired,
        SignedOut,
        RateLimited,
        NotFound,
        Gone,
        Unsupported,
        Conflict,
        NoSpace,
        RefusedName,
        NotAShareLink,
        SharePasswordRequired,
        SharePasswordWrong,
        ShareGone,
        BadRequest,
        Expired,
        UpstreamFailed,
        UpstreamTimeout,
    ];
    for kind in kinds {
        let problem = of_kind(kind);
        assert!(
            WORDS.iter().any(|words| words.code == problem.code),
            "{kind:?}"
        );
        assert!(problem.status.is_client_error() || problem.status.is_server_error());
    }
    let instead = [
        &CANNOT_MANAGE,
        &CANNOT_UPLOAD,
        &CANNOT_SHARE,
        &CANNOT_SIGN_IN,
        &KEYS_REFUSED,
        &CODE_REFUSED,
        &COOKIE_REFUSED,
        &COOKIE_REFUSED,
        &TOO_LARGE_FOR_PLAN,
    ];
    for words in WORDS.iter().chain(instead) {
        assert!(
            words.sentence.ends_with('.') && words.step.ends_with('.'),
            "{:?}",
            words.code
        );
    }
}

#[test]
fn an_operation_that_is_not_supported_is_named_for_what_it_is() {
    let cases = [
        ("playlist", "No stream of this film"),
        ("share", "No share links"),
        ("shares", "No share links"),
        ("move", "Files stay as they are here"),
        ("upload", "No uploads here"),
        ("restore", "No trash here"),
        ("versions", "No versions here"),
        ("remote_download", "No fetching from links"),
        ("list", "Not possible here"),
        ("save", "Not possible here"),
    ];
    for (operation, title) in cases {
        let problem = Problem::from(DriveError::unsupported(operation, ""));
        assert_eq!(problem.words().title, title, "{operation}");
        let is_about_streams = problem.detail().contains("streaming");
        assert_eq!(is_about_streams, operation == "playlist", "{operation}");
        // The needs of one kind of drive are not said of every other.
        assert!(!problem.detail().contains("TeraBox"), "{operation}");
    }
}

/// The operations that drives name in their errors, apart from those of playing.
const CHANGES: [&str; 24] = [
    "account",
    "session",
    "sign_in",
    "upload",
    "mkdir",
    "rename",
    "copy",
    "move",
    "delete",
    "change",
    "share",
    "shares",
    "unshare",
    "save",
    "trash",
    "restore",
    "versions",
    "remote_download",
    "tasks",
    "task",
    "archive",
    "direct_link",
    "tags",
    "events",
];

#[test]
fn a_failed_change_is_not_spoken_of_as_a_film() {
    use ErrorKind::*;
    for operation in CHANGES {
        for kind in [
            PlanRequired,
            RateLimited,
            UpstreamFailed,
            Expired,
            UpstreamTimeout,
            Gone,
            Unsupported,
            Conflict,
            NoSpace,
            SignedOut,
            NotFound,
        ] {
            let problem = Problem::from(DriveError::new(kind, operation, ""));
            let text = format!("{} {}", problem.words().title, problem.detail());
            for word in ["film", "stream", "quality", "player", "Original", "VLC"] {
                assert!(!text.contains(word), "{operation} {kind:?}: {text}");
            }
        }
    }
    let playing = Problem::from(DriveError::new(PlanRequired, "playlist", ""));
    assert!(playing.detail().contains("lower quality"));
}

#[test]
fn players_never_see_a_status_that_stops_them_for_what_passes() {
    for kind in [
        ErrorKind::RateLimited,
        ErrorKind::Transcoding,
        ErrorKind::UpstreamFailed,
        ErrorKind::UpstreamTimeout,
    ] {
        assert!(
            of_kind(kind).for_players().status.is_server_error(),
            "{kind:?}"
        );
    }
}

#[tokio::test]
async fn a_problem_has_a_message_in_the_language_of_the_request_beside_its_english_detail() {
    async fn document(response: Response) -> serde_json::Value {
        let body = axum::body::to_bytes(response.into_body(), 10_000).await;
        serde_json::from_slice(&body.unwrap()).unwrap()
    }
    let german = Language::tagged("de").unwrap();
    let problem = || Problem::LOCKED;
    let response = localise(problem().into_response(), german);
    assert_eq!(response.status(), StatusCode::LOCKED);
    let of_page = document(response).await;
    assert_eq!(of_page["detail"], problem().detail());
    assert_eq!(of_page["message"], problem().message(german));
    assert_ne!(of_page["message"], of_page["detail"]);
    let english = localise(problem().into_response(), Language::english());
    assert_eq!(document(english).await["message"], serde_json::Value::Null);
    // A sentence that is made for one request has no translation.
    let own = localise(problem().with_detail("One of a kind.".to_owned()), german);
    assert_eq!(document(own).await["message"], serde_json::Value::Null);
}
