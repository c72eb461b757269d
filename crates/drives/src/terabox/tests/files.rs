//! Folders, searches, single files, playlists and the account.

use super::*;
use ::media::EntryKind;

#[tokio::test]
async fn the_documents_examples_are_understood() {
    let house = House::new(|_| unanswered()).await;
    let listing = house
        .drive
        .list(&EntryPath::root(), &PageRequest::default())
        .await
        .unwrap();
    assert_eq!(listing.entries.len(), 1);
    let folder = &listing.entries[0];
    assert_eq!(folder.path.as_str(), "/youai_tempDownload_VbMGrjKkFb");
    assert_eq!((folder.kind, folder.size), (EntryKind::Folder, 0));
    assert_eq!(folder.id.as_deref(), Some("938083446579468"));
    assert_eq!(folder.modified.unwrap().timestamp(), 1682140522);
    assert_eq!(listing.next, None);
    let ask = &house.upstream.asked("/openapi/api/list")[0];
    for (name, value) in [
        ("access_tokens", "access-0"),
        ("access_token", "access-0"),
        ("dir", "/"),
        ("page", "1"),
        ("num", "100"),
        ("order", "name"),
        ("desc", "0"),
        ("web", "1"),
    ] {
        assert_eq!(ask.get(name).as_deref(), Some(value), "{name}");
    }

    let file = house
        .drive
        .stat(&path("/SVID_20230815_145833_1.mp4"))
        .await
        .unwrap();
    assert_eq!((file.kind, file.size), (EntryKind::Video, 4416974));
    assert_eq!((file.width, file.height), (Some(620), Some(1280)));
    assert_eq!(file.duration_s, Some(10.0));
    assert_eq!(
        file.content.as_deref(),
        Some("cc06043bb48c0ecd38e063e449ebc729")
    );
    let ask = &house.upstream.asked("/openapi/api/filemetas")[0];
    assert_eq!(
        ask.get("target").unwrap(),
        r#"["/SVID_20230815_145833_1.mp4"]"#
    );

    let found = house
        .drive
        .search("obj", &PageRequest::default())
        .await
        .unwrap();
    assert_eq!((found.entries.len(), found.next), (1, None));
    assert_eq!(found.entries[0].kind, EntryKind::Audio);

    let account = house.drive.account().await.unwrap();
    assert_eq!(account.id, "4401178462138");
    assert_eq!(account.plan.as_deref(), Some("free"));
    let quota = account.quota.unwrap();
    assert_eq!((quota.total, quota.used), (2205465706496, 686653888910));
}

/// Results of a search come without the pictures that listings have.
#[tokio::test]
async fn a_search_has_the_picture_of_a_file_that_was_listed() {
    const FOUND: &str = r#"{"errno":0,"has_more":0,"list":[{"path":"/films/Harbour.mkv","isdir":0,"size":10,"fs_id":7}]}"#;
    let house = House::with(
        |ask| match ask.path.as_str() {
            "/openapi/api/list" => json(include_str!("../testdata/list_info_strings.json")),
            "/openapi/api/search" => json(FOUND),
            _ => unanswered(),
        },
        |config| config.root = path("/films"),
    )
    .await;
    let page = PageRequest::default();
    let has_picture = async || {
        let found = house.drive.search("harbour", &page).await.unwrap();
        found.entries[0].has_thumbnail
    };
    assert!(!has_picture().await);
    house.drive.list(&EntryPath::root(), &page).await.unwrap();
    assert!(has_picture().await);
}

/// The document's table says `info` where its example says `list`; sister endpoints write all numbers
/// as strings, thumbnails as JSON in a string, and leave out `has_more`.
#[tokio::test]
async fn a_listing_under_info_made_of_strings_below_a_root() {
    let house = House::with(
        |ask| match ask.path.as_str() {
            "/openapi/api/list" => json(include_str!("../testdata/list_info_strings.json")),
            _ => unanswered(),
        },
        |config| config.root = path("/films"),
    )
    .await;
    let page = PageRequest::first(3);
    let listing = house.drive.list(&EntryPath::root(), &page).await.unwrap();
    let paths: Vec<&str> = listing
        .entries
        .iter()
        .map(|entry| entry.path.as_str())
        .collect();
    assert_eq!(paths, ["/Harbour.mkv", "/Night"]);
    assert!(listing.entries[0].has_thumbnail);
    // A full page without `has_more`: there may be another one.
    let next = PageRequest {
        cursor: listing.next,
        ..page
    };
    house.drive.list(&path("/Night"), &next).await.unwrap();
    let asks = house.upstream.asked("/openapi/api/list");
    assert_eq!(asks[0].get("dir").unwrap(), "/films");
    assert_eq!(asks[1].get("dir").unwrap(), "/films/Night");
    assert_eq!(asks[1].get("page").unwrap(), "2");

    // The thumbnail is known from the listing.
    let picture = house.drive.thumbnail(&listing.entries[0]).await.unwrap();
    assert!(
        picture
            .url()
            .ends_with("/thumbnail/12?sign=x%2By&expires=8h")
    );
    assert!(house.upstream.asked("/openapi/api/filemetas").is_empty());
}

#[tokio::test]
async fn failures_are_never_empty_folders() {
    let cases = [
        ("{}", ErrorKind::UpstreamFailed),
        (r#"{"errno":0}"#, ErrorKind::UpstreamFailed),
        ("<html>", ErrorKind::UpstreamFailed),
        (r#"{"errno":-9}"#, ErrorKind::NotFound),
        (r#"{"errno":"111"}"#, ErrorKind::RateLimited),
        (
            include_str!("../testdata/verify.json"),
            ErrorKind::VerificationRequired,
        ),
    ];
    for (reply, kind) in cases {
        let house = House::new(move |ask| match ask.path.as_str() {
            "/openapi/api/list" => json(reply),
            _ => unanswered(),
        })
        .await;
        let error = house
            .drive
            .list(&EntryPath::root(), &PageRequest::default())
            .await
            .unwrap_err();
        assert_eq!(error.kind, kind, "{reply}");
        assert_eq!(error.operation, "list");
    }
}

/// A missing file: the number outside means nothing, that of the item is the real one.
#[tokio::test]
async fn a_missing_file_is_told_by_its_item() {
    let house = House::new(|ask| match ask.path.as_str() {
        "/openapi/api/filemetas" => json(include_str!("../testdata/metas_missing.json")),
        _ => unanswered(),
    })
    .await;
    let error = house.drive.stat(&path("/gone.mp4")).await.unwrap_err();
    assert_eq!(
        (error.kind, error.upstream_code),
        (ErrorKind::NotFound, Some(-9))
    );
    let root = house.drive.stat(&EntryPath::root()).await.unwrap();
    assert_eq!(
        (root.name.as_str(), root.kind),
        ("films", EntryKind::Folder)
    );
    assert_eq!(house.upstream.asked("/openapi/api/filemetas").len(), 1);
}

#[tokio::test]
async fn a_status_says_what_the_body_does_not() {
    let house = House::new(|ask| match ask.path.as_str() {
        "/openapi/api/quota" => {
            (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "7")]).into_response()
        }
        _ => unanswered(),
    })
    .await;
    let error = house.drive.account().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::RateLimited);
    assert_eq!(error.retry_after, Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn playlists_and_what_comes_in_their_place() {
    let m3u8 = include_str!("../testdata/streaming.m3u8");
    let wrapped = serde_json::json!({ "m3u8": m3u8 }).to_string();
    let cases: Vec<(String, Result<(), ErrorKind>)> = vec![
        (m3u8.to_owned(), Ok(())),
        (format!("\u{feff}\n{m3u8}"), Ok(())),
        (wrapped, Ok(())),
        (
            include_str!("../testdata/transcoding.json").to_owned(),
            Err(ErrorKind::Transcoding),
        ),
        (r#"{"errno":130}"#.to_owned(), Err(ErrorKind::Transcoding)),
        (
            r#"{"errno":31066,"errmsg":"no such rendition"}"#.to_owned(),
            Err(ErrorKind::Unsupported),
        ),
        (r#"{"errno":-9}"#.to_owned(), Err(ErrorKind::NotFound)),
        (
            r#"{"errno":450005,"errmsg":"need verify_v2"}"#.to_owned(),
            Err(ErrorKind::VerificationRequired),
        ),
        (r#"{"errno":0}"#.to_owned(), Err(ErrorKind::UpstreamFailed)),
        (String::new(), Err(ErrorKind::UpstreamFailed)),
    ];
    for (reply, expected) in cases {
        let answer = reply.clone();
        let house = House::new(move |ask| match ask.path.as_str() {
            "/openapi/api/streaming" => json(&answer),
            _ => unanswered(),
        })
        .await;
        let rendition = Rendition::Video { height: 720 };
        let found = house
            .drive
            .playlist(&film("/a b+c.mp4", None), rendition)
            .await;
        let ask = &house.upstream.asked("/openapi/api/streaming")[0];
        assert!(
            ask.query
                .ends_with("path=%2Fa%20b%2Bc.mp4&type=M3U8_AUTO_720")
        );
        match expected {
            Ok(()) => assert_eq!(found.unwrap().text(), m3u8),
            Err(kind) => {
                let error = found.unwrap_err();
                assert_eq!(error.kind, kind, "{reply}");
                let wait = (kind == ErrorKind::Transcoding).then(|| Duration::from_secs(10));
                assert_eq!(error.retry_after, wait, "{reply}");
            }
        }
    }
}

#[tokio::test]
async fn rungs_follow_the_size_of_the_picture() {
    let house = House::new(|_| unanswered()).await;
    let rungs = |width, height| {
        let entry = Entry {
            width,
            height,
            ..film("/a.mp4", None)
        };
        let names: Vec<String> = house
            .drive
            .possible_renditions(&entry)
            .iter()
            .map(|r| r.to_string())
            .collect();
        names.join(" ")
    };
    assert_eq!(rungs(None, None), "1080p 720p 480p audio");
    assert_eq!(rungs(Some(1920), Some(1080)), "1080p 720p 480p audio");
    assert_eq!(rungs(Some(1280), Some(720)), "720p 480p audio");
    assert_eq!(rungs(Some(620), Some(1280)), "720p 480p audio");
    assert_eq!(rungs(Some(854), Some(480)), "480p audio");
    assert_eq!(rungs(None, Some(720)), "720p 480p audio");
    let song = Entry {
        kind: EntryKind::Audio,
        ..film("/a.mp3", None)
    };
    assert_eq!(house.drive.possible_renditions(&song), [Rendition::Audio]);
}

/// The document's table calls the page number `path`, its example `page`.
#[tokio::test]
async fn a_page_is_asked_for_by_both_its_names() {
    let house = House::new(|_| unanswered()).await;
    let page = PageRequest {
        cursor: Some("3:50".to_owned()),
        ..PageRequest::default()
    };
    house.drive.list(&path("/a"), &page).await.unwrap();
    let ask = &house.upstream.asked("/openapi/api/list")[0];
    for (name, value) in [("page", "3"), ("path", "3"), ("num", "50"), ("dir", "/a")] {
        assert_eq!(ask.get(name).as_deref(), Some(value), "{name}");
    }
}

/// Hosts without the call for links report that in different ways; links stand in `filemetas`, too.
#[tokio::test]
async fn a_link_is_found_where_the_call_for_links_is_not_known() {
    for (status, body) in [
        (404, ""),
        (404, r#"{"errno":-1,"errmsg":"no such api"}"#),
        (405, "<html>"),
        (200, r#"{"errno":4711}"#),
        (501, ""),
    ] {
        let house = House::new(move |ask| match ask.path.as_str() {
            "/openapi/api/download" => Response::builder()
                .status(status)
                .body(Body::from(body))
                .unwrap(),
            "/openapi/api/filemetas" => json(
                r#"{"errno":0,"info":[{"path":"/a.mp4","dlink":"http://d.example/f?sign=x&expires=8h"}]}"#,
            ),
            _ => unanswered(),
        })
        .await;
        let origin = house.drive.original(&film("/a.mp4", Some("12"))).await;
        let url = origin.unwrap().url().to_owned();
        assert_eq!(
            url, "http://d.example/f?sign=x&expires=8h&access_tokens=access-0",
            "{status} {body}"
        );
    }
}

/// Clients of the Open Platform use paths of the account, whatever folder of it the drive shows.
#[tokio::test]
async fn paths_of_the_account_are_found_below_the_root() {
    let house = House::with(|_| unanswered(), |config| config.root = path("/films")).await;
    let local = |upstream: &str| house.drive.local_path(upstream);
    assert_eq!(local("/films/a b.mp4"), Some(path("/a b.mp4")));
    assert_eq!(local("/other/a.mp4"), None);
    assert_eq!(local("/films/../a.mp4"), None);
}

/// A name that was cut within an emoji is half of a surrogate pair, which is no JSON.
#[tokio::test]
async fn one_bad_element_of_a_list_costs_no_other() {
    const LIST: &str = r#"{"errno":0,"has_more":0,"list":[
        {"fs_id":1,"path":"/a.mp4","server_filename":"a.mp4","isdir":0,"size":1},
        {"fs_id":2,"path":"/cut \ud83c","server_filename":"cut \ud83c","isdir":0,"size":1},
        null, 7, "text", {"server_filename":{"odd":1}}, {"path":"/../x"},
        {"fs_id":3,"path":"/b.mp4","size":"many","isdir":[],"server_mtime":{},"thumbs":"none"}]}"#;
    let house = House::new(|ask| match ask.path.as_str() {
        "/openapi/api/list" | "/openapi/api/search" => json(LIST),
        _ => unanswered(),
    })
    .await;
    let before = crate::odd_elements();
    let page = PageRequest::default();
    let listed = house.drive.list(&EntryPath::root(), &page).await.unwrap();
    let found = house.drive.search("a", &page).await.unwrap();
    for listing in [listed, found] {
        let names: Vec<&str> = listing.entries.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["a.mp4", "cut \u{fffd}", "b.mp4"]);
    }
    assert!(crate::odd_elements() - before >= 8, "they are counted");
}
