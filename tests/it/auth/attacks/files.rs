//! Files of a drive that a browser would run as a page of ours, if it were allowed to.

use serde_json::json;

use super::*;

#[tokio::test]
async fn files_of_a_drive_never_run_in_our_origin() {
    let names = [
        "page.html",
        "page.htm",
        "page.xhtml",
        "page.HTML",
        "picture.svg",
        "picture.svgz",
        "paper.pdf",
        "data.xml",
        "style.xsl",
        "code.js",
        "code.mjs",
        "mail.mht",
        "app.wasm",
        "no extension",
        "page.html.",
        "break\"; filename=\"x.html",
        "映画; x=y.html",
    ];
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        std::fs::write(folder.path().join(name), "<script>alert(1)</script>").unwrap();
    }
    let drivein = Drivein::setup();
    let drivein = drivein.folder("home", folder.path()).start().await;
    let listing = drivein.api("entries/home").await;
    let list = listing["entry"]["lists"]["m3u"].as_str().unwrap();
    let root = drivein.local(list.strip_suffix("/list.m3u").unwrap());
    let ticket = drivein
        .post(
            "tickets",
            json!({"name": "a guest", "scope": {"place": "home"}}),
        )
        .await
        .expect(200)
        .json();
    let ticket = ticket["ticket"].as_str().unwrap();
    for name in names {
        // A guest has no page of such a file: the URL leads to the file itself. A picture is shown as one, in which
        // no script runs.
        let guest = format!("/guest/{ticket}/home/{}", encoded_name(name));
        let for_guests = format!("/play/{ticket}/home/{}", encoded_name(name));
        let led_on = drivein.get(&guest).await;
        match name.contains(".svg") {
            true => {
                let page = led_on.expect(200).text();
                assert!(
                    page.contains("<img ") && !page.contains("<object"),
                    "{page}"
                );
                assert!(!page.contains("<script>alert") && !page.contains("<iframe"));
            }
            false => assert_eq!(led_on.expect(303).header("location"), for_guests),
        }
        for below in ["card.jpg", "oembed.json", "poster.jpg", "master.m3u8"] {
            for address in [
                format!("{guest}/{below}"),
                format!("{root}/{}/{below}", encoded_name(name)),
            ] {
                let reply = drivein.get(&address).await;
                let told = reply.header("content-type");
                let is_harmless = ["image/jpeg", "application/json", "application/problem+json"];
                assert!(
                    is_harmless.contains(&told)
                        || (told.starts_with("text/html") && reply.status >= 400),
                    "{address}: {}",
                    reply.describe()
                );
                assert!(!reply.text().contains("alert(1)"), "{address}");
            }
        }
        for address in [
            format!("{root}/{}", encoded_name(name)),
            format!("/dav/home/{}", encoded_name(name)),
            for_guests,
        ] {
            let reply = drivein.get(&address).await.expect(200);
            let policy = reply.header("content-security-policy");
            assert!(policy.starts_with("sandbox;") && policy.contains("default-src 'none'"));
            assert!(!policy.contains("allow-scripts"), "{address}");
            assert_eq!(reply.header("x-content-type-options"), "nosniff");
            // Routes without a ticket in their URL cannot be embedded by pages of other sites.
            let (shown, by_others) = match address.starts_with("/dav/") {
                true => ("same-origin", ""),
                false => ("", "*"),
            };
            assert_eq!(reply.header("cross-origin-resource-policy"), shown);
            assert_eq!(reply.header("access-control-allow-origin"), by_others);
            assert_eq!(
                reply.header("content-type"),
                "application/octet-stream",
                "{address}"
            );
            let disposition = reply.header("content-disposition");
            assert!(
                disposition.starts_with("attachment; filename=\""),
                "{disposition}"
            );
            assert_eq!(disposition.matches('"').count(), 2, "{disposition}");
            assert!(
                disposition.ends_with(&format!("; filename*=UTF-8''{}", encoded_name(name))),
                "{disposition}"
            );
        }
    }
}
