//! Download URLs, redirects, and bytes that are not what they seem.

use futures_util::TryStreamExt;

use super::*;

async fn bytes(incoming: Incoming) -> Vec<u8> {
    let chunks: Vec<Bytes> = incoming.chunks.try_collect().await.unwrap();
    chunks.concat()
}

/// The download host redirects to another one; the token goes to the first and no further, not even
/// where the first copies it into the redirect.
#[tokio::test]
async fn a_download_follows_its_redirect_without_the_token() {
    let data = Upstream::start(|ask| match ask.path.as_str() {
        "/data" => "film".into_response(),
        _ => unanswered(),
    })
    .await;
    let location = format!(
        "http://{}/data?sign=a%252Bb%2F%3D&access_tokens=access-0&x=",
        data.host
    );
    let house = House::new(move |ask| match ask.path.as_str() {
        "/file/84fd2e17018194c18b264048f851ba11" => redirect(&location),
        _ => unanswered(),
    })
    .await;
    let entry = film("/a.mp4", Some("934526256472844"));
    let origin = house.drive.original(&entry).await.unwrap();
    assert_eq!(
        origin.expires_at(),
        Some(UNIX_EPOCH + Duration::from_secs(NOW + 3600))
    );
    let ask = &house.upstream.asked("/openapi/api/download")[0];
    assert_eq!(ask.get("fidlist").unwrap(), "[934526256472844]");

    let incoming = house.drive.fetch(&origin, 0, None).await.unwrap();
    assert_eq!((incoming.offset, incoming.length), (0, Some(4)));
    assert_eq!(bytes(incoming).await, b"film");
    let hop = &house
        .upstream
        .asked("/file/84fd2e17018194c18b264048f851ba11")[0];
    assert!(hop.query.starts_with("fid=4401866465594-250528-934526256472844&rt=pr&sign=FDtAERVC-DCb740ccc5511e5e8fedcff06b081203-u2yxDGhrYS8wodPxekcedfl0sBU%3D&"));
    assert!(hop.query.ends_with("&vip=2&access_tokens=access-0"));
    let ask = &data.asked("/data")[0];
    assert_eq!(ask.query, "sign=a%252Bb%2F%3D&x=");
    assert!(!ask.headers.contains_key("cookie"));
}

/// An empty list of links for an id, and a link beside the items, percent-encoded as a whole.
#[tokio::test]
async fn where_one_call_gives_no_link_the_other_is_asked() {
    let upstream_name = Arc::new(Mutex::new(String::new()));
    let name = upstream_name.clone();
    let house = House::new(move |ask| match ask.path.as_str() {
        "/openapi/api/download" => json(r#"{"errno":0,"dlink":[]}"#),
        "/openapi/api/filemetas" => json(
            &include_str!("../testdata/metas_dlink_beside.json")
                .replace("@HOST@", &name.lock().unwrap()),
        ),
        _ => unanswered(),
    })
    .await;
    *upstream_name.lock().unwrap() = house.upstream.host.clone();
    let origin = house
        .drive
        .original(&film("/a b.mp4", Some("77")))
        .await
        .unwrap();
    let expected = "/file/77?sign=a%2Bb%3D&expires=8h&access_tokens=access-0";
    assert!(origin.url().ends_with(expected), "{}", origin.url());
    assert_eq!(
        house.upstream.asked("/openapi/api/filemetas")[0]
            .get("dlink")
            .unwrap(),
        "1"
    );
}

#[tokio::test]
async fn ranges_taken_and_ignored() {
    let house = House::new(|ask| match ask.path.as_str() {
        "/part" => {
            assert_eq!(ask.headers["range"], "bytes=3-5");
            assert_eq!(ask.headers["accept-encoding"], "identity");
            let headers = [("content-range", "bytes 3-5/10"), ("etag", "\"e\"")];
            (StatusCode::PARTIAL_CONTENT, headers, "345").into_response()
        }
        "/wrong" => {
            let headers = [("content-range", "bytes 0-5/10")];
            (StatusCode::PARTIAL_CONTENT, headers, "012345").into_response()
        }
        "/whole" => "0123456789".into_response(),
        _ => unanswered(),
    })
    .await;
    let part = house
        .drive
        .fetch(&house.origin("/part"), 3, Some(5))
        .await
        .unwrap();
    assert_eq!((part.offset, part.length), (3, Some(10)));
    assert_eq!(part.etag.as_deref(), Some("\"e\""));
    assert_eq!(bytes(part).await, b"345");
    let whole = house
        .drive
        .fetch(&house.origin("/whole"), 3, None)
        .await
        .unwrap();
    assert_eq!((whole.offset, whole.length), (0, Some(10)));
    assert_eq!(bytes(whole).await, b"0123456789");
    let error = house
        .drive
        .fetch(&house.origin("/wrong"), 3, None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::UpstreamFailed);
}

#[tokio::test]
async fn what_pretends_to_be_media() {
    type Case = (u16, &'static str, &'static str, ErrorKind);
    let cases: &[Case] = &[
        (
            200,
            "video/mp2t",
            include_str!("../testdata/verify.json"),
            ErrorKind::VerificationRequired,
        ),
        (
            200,
            "video/mp2t",
            r#"{"errno":424629}"#,
            ErrorKind::VerificationRequired,
        ),
        (
            200,
            "video/mp2t",
            r#"{"error_code":31360}"#,
            ErrorKind::Expired,
        ),
        (
            200,
            "video/mp2t",
            r#"{"errno":4711}"#,
            ErrorKind::UpstreamFailed,
        ),
        (
            200,
            "video/mp2t",
            r#"{"error":"no number"}"#,
            ErrorKind::UpstreamFailed,
        ),
        (
            200,
            "video/mp2t",
            "<!DOCTYPE html><p>Sorry",
            ErrorKind::UpstreamFailed,
        ),
        (200, "text/html", "Sorry", ErrorKind::UpstreamFailed),
        (
            200,
            "text/html",
            "<!-- x --><p>Sorry",
            ErrorKind::UpstreamFailed,
        ),
        (200, "application/json", "[]", ErrorKind::UpstreamFailed),
        (
            400,
            "application/json",
            r#"{"errno":31045}"#,
            ErrorKind::Expired,
        ),
        (401, "text/plain", "", ErrorKind::Expired),
        (403, "text/plain", "", ErrorKind::Expired),
        (
            403,
            "application/json",
            r#"{"error_code":31362,"error_msg":"sign error"}"#,
            ErrorKind::Expired,
        ),
        (
            403,
            "application/json",
            r#"{"error_code":4711}"#,
            ErrorKind::Expired,
        ),
        (400, "text/plain", "", ErrorKind::Expired),
        (404, "text/plain", "", ErrorKind::Expired),
        (
            404,
            "application/json",
            r#"{"error_code":31396}"#,
            ErrorKind::Gone,
        ),
        (410, "text/plain", "", ErrorKind::Expired),
        (416, "text/plain", "", ErrorKind::UpstreamFailed),
        (429, "text/plain", "", ErrorKind::RateLimited),
        (503, "text/plain", "", ErrorKind::UpstreamFailed),
        (204, "text/plain", "", ErrorKind::UpstreamFailed),
    ];
    for (status, kind, body, expected) in cases {
        let house = House::new(move |ask| match ask.path.as_str() {
            "/x" => Response::builder()
                .status(*status)
                .header("content-type", *kind)
                .header("retry-after", "3")
                .body(Body::from(*body))
                .unwrap(),
            _ => unanswered(),
        })
        .await;
        let error = house
            .drive
            .fetch(&house.origin("/x"), 0, None)
            .await
            .unwrap_err();
        assert_eq!(error.kind, *expected, "{status} {body}");
        if *status == 429 {
            assert_eq!(error.retry_after, Some(Duration::from_secs(3)));
        }
    }
}

/// A file of the account may be JSON; media may come under any type and hold any byte in the middle.
#[tokio::test]
async fn what_only_looks_suspect_arrives_whole() {
    let own = format!("{{\"notes\": \"{}\"}}", "x".repeat(200_000));
    let text = own.clone();
    let house = House::new(move |ask| match ask.path.as_str() {
        "/own" => json(&text),
        "/mislabelled" => ([("content-type", "text/html")], vec![0x47; 5000]).into_response(),
        "/middle" => (
            StatusCode::PARTIAL_CONTENT,
            [("content-range", "bytes 5-10/11")],
            "{\"a\":1",
        )
            .into_response(),
        "/page" => (
            [("content-disposition", "attachment; filename=a.html")],
            "<html>mine",
        )
            .into_response(),
        "/bare" => "<html>mine".into_response(),
        "/empty" => "".into_response(),
        _ => unanswered(),
    })
    .await;
    let fetch = async |target: &str, from| {
        bytes(
            house
                .drive
                .fetch(&house.origin(target), from, None)
                .await
                .unwrap(),
        )
        .await
    };
    assert_eq!(fetch("/own?access_tokens=T", 0).await, own.as_bytes());
    assert_eq!(fetch("/page?access_tokens=T", 0).await, b"<html>mine");
    // Without a header of the host, the file's expected length distinguishes it from an error.
    let bare = house.origin("/bare?access_tokens=T");
    let (same, other) = (bare.clone().with_length(10), bare.with_length(11));
    let whole = house.drive.fetch(&same, 0, None).await.unwrap();
    assert_eq!(bytes(whole).await, b"<html>mine");
    let error = house.drive.fetch(&other, 0, None).await;
    assert_eq!(error.unwrap_err().kind, ErrorKind::UpstreamFailed);
    assert_eq!(fetch("/mislabelled", 0).await, vec![0x47; 5000]);
    assert_eq!(fetch("/middle", 5).await, b"{\"a\":1");
    assert_eq!(fetch("/empty", 0).await, b"");
}

#[tokio::test]
async fn a_redirect_into_the_machine_room_is_refused() {
    let house = House::new(|ask| match ask.path.as_str() {
        "/x" => redirect("http://169.254.169.254/latest/meta-data"),
        "/loop" => redirect("/loop"),
        _ => unanswered(),
    })
    .await;
    let error = house
        .drive
        .fetch(&house.origin("/x"), 0, None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::UpstreamFailed);
    assert!(!error.to_string().contains("169.254"), "{error}");
    assert!(
        house
            .drive
            .fetch(&house.origin("/loop"), 0, None)
            .await
            .is_err()
    );
    assert_eq!(house.upstream.asked("/loop").len(), 11);
}

/// A thumbnail URL that is refused before its expiry is looked up again rather than given out again.
#[tokio::test]
async fn a_refused_picture_is_looked_up_again() {
    let house = House::with(
        |ask| match ask.path.as_str() {
            "/openapi/api/list" => json(
                &include_str!("../testdata/list_info_strings.json")
                    .replace("@HOST@", ask.headers["host"].to_str().unwrap()),
            ),
            "/openapi/api/filemetas" => json(
                r#"{"errno":0,"info":[{"errno":0,"thumbs":{"url2":"http://h.example/fresh"}}]}"#,
            ),
            "/thumbnail/12" => StatusCode::FORBIDDEN.into_response(),
            _ => unanswered(),
        },
        |config| config.root = path("/films"),
    )
    .await;
    let listing = house
        .drive
        .list(&EntryPath::root(), &PageRequest::default())
        .await
        .unwrap();
    let entry = &listing.entries[0];
    let picture = house.drive.thumbnail(entry).await.unwrap();
    let error = house.drive.fetch(&picture, 0, None).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Expired);
    let picture = house.drive.thumbnail(entry).await.unwrap();
    assert_eq!(picture.url(), "http://h.example/fresh");
}
