//! Paths that lead out of their place.

use super::*;

/// Spellings of “one up” and “elsewhere”, all that some server has ever accepted.
const TRAVERSALS: &[&str] = &[
    "..",
    "../",
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "..%2F..%2Fetc%2Fpasswd",
    "%2e%2e/etc/passwd",
    "%2e%2e%2fetc%2fpasswd",
    "%2E%2E/etc/passwd",
    "%2E%2E%2Fetc%2Fpasswd",
    ".%2e/etc/passwd",
    "%2e./etc/passwd",
    "%252e%252e/etc/passwd",
    "%252e%252e%252fetc%252fpasswd",
    "%25252e%25252e/etc/passwd",
    "..%252fetc%252fpasswd",
    "..%5c..%5cetc%5cpasswd",
    "..%5C..%5Cwindows%5Cwin.ini",
    "%5c%5cserver%5cshare",
    "..\\..\\etc\\passwd",
    "....//....//etc/passwd",
    "....\\/....\\/etc/passwd",
    "..;/etc/passwd",
    "..;a=b/etc/passwd",
    ";/../etc/passwd",
    "..%3b/etc/passwd",
    "..%00/etc/passwd",
    "..%00.mp4",
    "%00",
    "Tidal%20Light.mp4%00.html",
    "Tidal%20Light.mp4%00/master.m3u8",
    "..%0d/etc/passwd",
    "..%0a/etc/passwd",
    "%0d%0aSet-Cookie:%20x=y",
    "a%0d%0a%0d%0a<script>",
    "..%09/etc/passwd",
    "..%20/etc/passwd",
    "%20../etc/passwd",
    "..%c0%af..%c0%afetc/passwd",
    "..%c0%2f..%c0%2fetc/passwd",
    "%c0%ae%c0%ae/etc/passwd",
    "%c0%ae%c0%ae%c0%afetc%c0%afpasswd",
    "..%e0%80%af..%e0%80%afetc/passwd",
    "%e0%80%ae%e0%80%ae/etc/passwd",
    "%f0%80%80%ae%f0%80%80%ae/etc/passwd",
    "..%c1%9c..%c1%9cetc/passwd",
    "%u002e%u002e/etc/passwd",
    "%uff0e%uff0e%u2215etc%u2215passwd",
    "%ef%bc%8e%ef%bc%8e/etc/passwd",
    "..%ef%bc%8fetc%ef%bc%8fpasswd",
    "..%e2%88%95etc%e2%88%95passwd",
    "..%e2%81%84etc%e2%81%84passwd",
    "%e2%80%ae../etc/passwd",
    "%ff%fe..",
    "%80",
    "%",
    "%2",
    "%zz/etc/passwd",
    "%%32%65%%32%65/etc/passwd",
    "./../etc/passwd",
    "/./../etc/passwd",
    "//etc/passwd",
    "///etc/passwd",
    "%2f%2fetc%2fpasswd",
    "%2fetc%2fpasswd",
    "file:///etc/passwd",
    "file:%2f%2f%2fetc%2fpasswd",
    "http://127.0.0.1/",
    "~root/etc/passwd",
    "C:%5cwindows%5cwin.ini",
    "C:/windows/win.ini",
    "NUL",
    "/proc/self/environ",
    "..%2f..%2fproc%2fself%2fenviron",
    "Tidal%20Light.mp4/../../drivein.sqlite",
    "Tidal%20Light.mp4/%2e%2e/%2e%2e/drivein.sqlite",
    "480p/../../../drivein.sqlite",
    "..?x=/etc/passwd",
    "..#/etc/passwd",
];

#[tokio::test]
async fn no_spelling_of_a_path_leaves_its_place() {
    assert!(TRAVERSALS.len() >= 60);
    let drivein = Drivein::start().await;
    let root = drivein.play_root().await;
    let ticket = root.split('/').nth(2).unwrap();
    for prefix in [
        format!("/play/{ticket}/films/"),
        format!("/play/{ticket}/"),
        "/play/".to_owned(),
        "/browse/films/".to_owned(),
        "/browse/".to_owned(),
        "/watch/films/".to_owned(),
        "/api/v1/entries/films/".to_owned(),
        "/api/v1/".to_owned(),
        "/assets/x/".to_owned(),
        "/assets/x/vendor/".to_owned(),
        format!("/guest/{ticket}/films/"),
        "/".to_owned(),
    ] {
        for spelling in TRAVERSALS {
            let target = format!("{prefix}{spelling}");
            let (status, reply) = raw_get(drivein.address, &target, "").await;
            // Clients resolve `..` themselves; a request that contains it must not be redirected.
            assert!(
                (300..500).contains(&status) || status == 200,
                "{target}: {reply}"
            );
            for planted in [
                "root:x:0",
                "[fonts]",
                "SQLite format",
                "DRIVEIN_",
                "\r\nset-cookie: x=y",
            ] {
                assert!(
                    !reply.to_lowercase().contains(&planted.to_lowercase()),
                    "{target}: {reply}"
                );
            }
            if status == 200 {
                // Paths that resolve to the place itself, or to a page that reports what is missing.
                let harmless = ["..#", "..?", "//", "/./", "%2f"];
                let is_plain = prefix == "/" || harmless.iter().any(|part| spelling.contains(part));
                assert!(is_plain, "{target}: {reply}");
            }
        }
    }
}

/// Tries the same from below one film, whose ticket opens nothing else: neighbours, the folder above, another
/// drive.
#[tokio::test]
async fn no_spelling_leads_from_one_film_to_another() {
    const OWN: &str = "Tidal%20Light.mp4";
    let films = tempfile::tempdir().unwrap();
    std::fs::write(films.path().join("neighbour.mp4"), "neighbour").unwrap();
    let drivein = Drivein::setup();
    let drivein = drivein.folder("home", films.path()).start().await;
    let made = drivein
        .post(
            "tickets",
            serde_json::json!({"name": "one film", "scope": {"place": DRIVE, "path": FILM}}),
        )
        .await
        .expect(200)
        .json();
    let ticket = made["ticket"].as_str().unwrap();
    let basic = data_encoding::BASE64.encode(format!("x:{ticket}").as_bytes());
    let basic = format!("authorization: Basic {basic}\r\n");
    let up = [
        "../",
        "..%2f",
        "%2e%2e/",
        "%2e%2e%2f",
        ".%2e/",
        "%252e%252e%252f",
        "..%5c",
        "..\\",
        "..;/",
        ";/../",
        "..%00/",
        "%00/../",
        "..%c0%af",
        "%c0%ae%c0%ae/",
        "..%ef%bc%8f",
        "%u002e%u002e/",
        "./../",
        "/../",
        "//../",
        "....//",
        "..%20/",
        "?/../",
        "%3f/../",
        "#/../",
        "%23/../",
        "480p/../../",
        "480p/0.ts/../../../",
        "master.m3u8/../../",
        "",
    ];
    let others = [
        "Three%20Moons.mp4",
        "Three%20Moons.mp4/master.m3u8",
        "Three%20Moons.mp4/480p/0.ts",
        "Three%20Moons.mp4/poster.jpg",
        "Three%20Moons.mp4.strm",
        "list.m3u",
        "all.m3u",
        "all-kodi.m3u",
        "strm.zip",
        "",
        "../home/neighbour.mp4",
        "../home/",
    ];
    let mut targets: Vec<String> = Vec::new();
    for other in others {
        // The film's own playlist is one of its URLs.
        for up in up.iter().filter(|up| !up.is_empty() || other != "list.m3u") {
            targets.push(format!("{DRIVE}/{OWN}/{up}{other}"));
            targets.push(format!("{DRIVE}/{OWN}{up}{other}"));
        }
        // Names that some systems treat as equal.
        targets.extend(
            [".", "%20", "%2e", "::$DATA", "%00", "/.", "%2f.", "%c2%a0"]
                .map(|end| format!("{DRIVE}/{OWN}{end}/../{other}")),
        );
        targets.extend(
            [
                "FILMS", "films%2f", "films//", "/films", "films%20", "films.",
            ]
            .map(|place| format!("{place}/{other}")),
        );
    }
    for target in targets {
        for (door, headers) in [
            (format!("/play/{ticket}/"), ""),
            (format!("/guest/{ticket}/"), ""),
            ("/dav/".to_owned(), basic.as_str()),
        ] {
            let address = format!("{door}{target}");
            let (status, reply) = raw_get(drivein.address, &address, headers).await;
            assert!((200..500).contains(&status), "{address}: {reply}");
            for told in [
                "Three Moons",
                "Paper Mountains",
                "neighbour.mp4",
                "#EXTM3U",
                "PK\u{3}\u{4}",
                "\r\n\r\nneighbour",
            ] {
                assert!(!reply.contains(told), "{told} at {address}: {reply}");
            }
        }
    }
}
