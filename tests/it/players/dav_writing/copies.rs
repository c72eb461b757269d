//! Copies and moves.

use super::{Writable, files_below};

#[tokio::test]
async fn copies_and_moves_stay_on_the_drive_and_keep_their_properties() {
    let writable = Writable::start().await;
    std::fs::write(writable.home().join("a.mp4"), "film").unwrap();
    let set = "<propertyupdate xmlns=\"DAV:\"><set><prop><note xmlns=\"urn:x\">mine</note></prop></set></propertyupdate>";
    let set = writable
        .ask("PROPPATCH", "/dav/home/a.mp4")
        .body(set)
        .send()
        .await
        .expect(207);
    assert!(set.text().contains("200 OK"), "{}", set.text());
    let to = |target: &str| format!("{}/dav/home/{target}", writable.drivein.url());
    let copied = [("destination", &*to("b%20%26%20c.mp4"))];
    assert_eq!(
        writable.status("COPY", "/dav/home/a.mp4", &copied).await,
        201
    );
    assert_eq!(
        writable.status("COPY", "/dav/home/a.mp4", &copied).await,
        204
    );
    let kept = [copied[0], ("overwrite", "F")];
    assert_eq!(writable.status("COPY", "/dav/home/a.mp4", &kept).await, 412);
    let moved = [("destination", &*to("d.mp4"))];
    assert_eq!(
        writable
            .status("MOVE", "/dav/home/b%20%26%20c.mp4", &moved)
            .await,
        201
    );
    let found = writable
        .ask("PROPFIND", "/dav/home/")
        .header("depth", "1")
        .send()
        .await
        .text();
    assert_eq!(
        found.matches("<note xmlns=\"urn:x\">mine</note>").count(),
        2,
        "{found}"
    );
    assert_eq!(
        files_below(&writable.home())
            .into_keys()
            .collect::<Vec<_>>(),
        ["a.mp4", "d.mp4"]
    );
    for (destination, expected) in [
        ("http://other.example/dav/home/e.mp4".to_owned(), 502),
        (to("../shown/e.mp4"), 502),
        ("/dav/shown/e.mp4".to_owned(), 502),
        (to("none/e.mp4"), 409),
        (to("a.mp4"), 403),
        (String::new(), 400),
    ] {
        let headers = [("destination", &*destination)];
        let status = writable.status("MOVE", "/dav/home/a.mp4", &headers).await;
        assert_eq!(status, expected, "{destination}");
    }
}
