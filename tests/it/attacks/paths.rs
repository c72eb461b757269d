//! Paths that want to leave their place.

use super::*;

/// Ways to say “one up” or “elsewhere”, in every spelling that some server has ever fallen for.
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
            // A client resolves `..` itself; whoever sends it must not be led anywhere by it.
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
                // What resolves to the place itself, or to a page that says what is not there.
                let harmless = ["..#", "..?", "//", "/./", "%2f"];
                let is_plain = prefix == "/" || harmless.iter().any(|part| spelling.contains(part));
                assert!(is_plain, "{target}: {reply}");
            }
        }
    }
}
