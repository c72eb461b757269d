//! WebDAV: the requirements of the protocol, copies by rclone, and the findings of litmus.

mod folders;
mod rclone;

use reqwest::Method;

use crate::harness::*;

const PASSWORD: &str = "a long password";
const TOKEN: &str = "an api token of some length";

async fn locked() -> Drivein {
    Drivein::setup()
        .password(PASSWORD)
        .api_token(TOKEN)
        .start()
        .await
}

fn propfind() -> Method {
    Method::from_bytes(b"PROPFIND").unwrap()
}

fn hrefs(text: &str) -> Vec<String> {
    all_between(text, "<D:href>", "</D:href>")
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn a_password_a_token_or_a_ticket_opens_the_tree() {
    let drivein = locked().await;
    let ask = |password: &str| {
        let ask = drivein.ask(propfind(), "/dav/").header("depth", "1");
        match password {
            "" => ask,
            password => ask.basic("anybody", password),
        }
    };
    let reply = ask("").send().await.expect(401);
    assert!(reply.header("www-authenticate").starts_with("Basic "));
    ask("a wrong one").send().await.expect(401);

    let list = drivein
        .ask(Method::GET, "/api/v1/entries/films/")
        .header("authorization", &format!("Bearer {TOKEN}"))
        .send()
        .await
        .expect(200)
        .json();
    let list = list["entry"]["lists"]["m3u"].as_str().unwrap().to_owned();
    let list = drivein.local(&list);
    let ticket = all_between(&list, "/play/", "/").next().unwrap().to_owned();
    for password in [PASSWORD, TOKEN, &ticket] {
        let reply = ask(password).send().await.expect(207);
        assert_eq!(hrefs(&reply.text()), ["/dav/", "/dav/films/"]);
    }
    // The ticket in the URL works, too.
    let reply = drivein
        .ask(propfind(), &format!("/play/{ticket}/"))
        .header("depth", "1")
        .send()
        .await
        .expect(207);
    let places = format!("/play/{ticket}/films/");
    assert_eq!(hrefs(&reply.text()), [format!("/play/{ticket}/"), places]);
}

#[tokio::test]
async fn properties_are_those_of_the_bytes() {
    let drivein = Drivein::start().await;
    let film = format!("/dav/films{}", encoded(FILM));
    let head = drivein.head(&film).await.expect(200);
    let reply = drivein
        .ask(propfind(), &film)
        .header("depth", "0")
        .send()
        .await
        .expect(207);
    let text = reply.text();
    assert_eq!(hrefs(&text), std::slice::from_ref(&film));
    let length = head.header("content-length");
    assert!(
        text.contains(&format!(
            "<D:getcontentlength>{length}</D:getcontentlength>"
        )),
        "{text}"
    );
    assert!(unescaped(&text).contains(head.header("etag")), "{text}");

    // The same of each child of a folder.
    let reply = drivein
        .ask(propfind(), "/dav/films/")
        .header("depth", "1")
        .send()
        .await
        .expect(207);
    let children = reply.text();
    assert!(hrefs(&children).contains(&film));
    assert!(
        unescaped(&children).contains(head.header("etag")),
        "{children}"
    );

    let source = drivein.source(FILM, "original").await;
    let piece = drivein
        .ask(Method::GET, &film)
        .range("bytes=1000-1999")
        .send()
        .await
        .expect(206);
    assert_eq!(piece.body, source[1000..2000]);
    let known = head.header("etag").to_owned();
    drivein
        .ask(Method::GET, &film)
        .header("if-none-match", &known)
        .send()
        .await
        .expect(304);
}

#[tokio::test]
async fn what_this_tree_does_not_do_is_said() {
    let drivein = Drivein::start().await;
    let root = drivein.play_root().await;
    for base in ["/dav/films", &*root] {
        let folder = format!("{base}/Series/");
        let reply = drivein
            .ask(propfind(), &folder)
            .header("depth", "infinity")
            .send()
            .await
            .expect(403);
        assert!(reply.text().contains("<D:propfind-finite-depth/>"));
        let lists = drivein.sandbox.count("list");
        drivein
            .ask(propfind(), &folder)
            .header("depth", "infinity")
            .header("x-litmus", "1")
            .send()
            .await
            .expect(403);
        assert_eq!(drivein.sandbox.count("list"), lists);
        drivein
            .ask(propfind(), &folder)
            .header("depth", "0")
            .body("<foo>")
            .send()
            .await
            .expect(400);
        drivein
            .ask(propfind(), &format!("{base}/none/"))
            .header("depth", "1")
            .send()
            .await
            .expect(404);

        if base != root {
            continue;
        }
        // A play URL is for reading, whatever the drive can.
        let reply = drivein.ask(Method::OPTIONS, &folder).send().await;
        assert!(matches!(reply.status, 200 | 204), "{}", reply.describe());
        assert_eq!(reply.header("dav"), "1");
        assert_eq!(reply.header("allow"), "GET, HEAD, OPTIONS, PROPFIND");
        for method in [
            "PUT",
            "DELETE",
            "MKCOL",
            "COPY",
            "MOVE",
            "PROPPATCH",
            "LOCK",
            "UNLOCK",
            "POST",
            "PATCH",
        ] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            // A 405 to MKCOL would mean that the folder exists.
            for address in [folder.clone(), format!("{base}/free name")] {
                let reply = drivein.ask(method.clone(), &address).send().await;
                assert_eq!(reply.expect(403).code(), "forbidden");
            }
        }
    }
}

#[tokio::test]
async fn clients_find_the_tree_from_the_root_and_without_its_slash() {
    let drivein = locked().await;
    for address in ["/", "/dav", "/dav/"] {
        let ask = drivein.ask(Method::OPTIONS, address);
        let ask = ask.basic("anybody", PASSWORD);
        let reply = ask.send().await.expect(200);
        assert_eq!(reply.header("dav"), "1, 2", "{address}");
        assert_eq!(reply.header("ms-author-via"), "DAV", "{address}");
    }
    // Windows asks at the root before it has a password.
    let reply = drivein.ask(Method::OPTIONS, "/").send().await.expect(200);
    assert_eq!(reply.header("dav"), "1, 2");
    let ask = drivein.ask(propfind(), "/dav").header("depth", "1");
    let reply = ask.basic("anybody", PASSWORD).send().await.expect(207);
    assert_eq!(hrefs(&reply.text()), ["/dav/", "/dav/films/"]);
    let ask = drivein.ask(Method::GET, "/dav");
    let reply = ask.basic("anybody", PASSWORD).send().await.expect(302);
    assert_eq!(reply.header("location"), "dav/");
}

#[tokio::test]
async fn every_property_that_is_named_is_answered() {
    let drivein = Drivein::start().await;
    let film = format!("/dav/films{}", encoded(FILM));
    let asked = "<?xml version=\"1.0\"?><propfind xmlns=\"DAV:\"><prop><displayname/><getcontenttype/>\
        <creationdate/><getcontentlanguage/><quota-available-bytes/><quota-used-bytes/>\
        <executable xmlns=\"http://apache.org/dav/props/\"/></prop></propfind>";
    let of = async |address: &str| {
        let ask = drivein.ask(propfind(), address).header("depth", "0");
        unescaped(&ask.body(asked).send().await.expect(207).text())
    };
    let text = of(&film).await;
    let (found, missing) = text.split_once("HTTP/1.1 200 OK").unwrap();
    let name = FILM.rsplit('/').next().unwrap();
    assert!(
        found.contains(&format!("<D:displayname>{name}</D:displayname>")),
        "{text}"
    );
    let kind = drivein.head(&film).await.header("content-type").to_owned();
    assert!(
        found.contains(&format!("<D:getcontenttype>{kind}</D:getcontenttype>")),
        "{text}"
    );
    assert!(missing.contains("HTTP/1.1 404 Not Found"), "{text}");
    for name in [
        "creationdate",
        "getcontentlanguage",
        "quota-used-bytes",
        "p:executable",
    ] {
        assert!(missing.contains(name), "{name}: {text}");
    }
    // A folder of a drive has the space of the drive, for the owner.
    let quota = &drivein.api("drives").await["drives"][0]["quota"];
    let used = format!("<D:quota-used-bytes>{}</D:quota-used-bytes>", quota["used"]);
    let text = of("/dav/films/").await;
    let (found, _) = text.split_once("HTTP/1.1 200 OK").unwrap();
    assert!(found.contains(&used), "{text}");
    assert!(found.contains("<D:quota-available-bytes>"), "{text}");
    let root = drivein.play_root().await;
    assert!(of(&format!("{root}/")).await.contains("404 Not Found"));
}

#[tokio::test]
async fn conditions_and_dates_are_those_of_the_rules() {
    let drivein = Drivein::start().await;
    let film = format!("/dav/films{}", encoded(FILM));
    let head = drivein.head(&film).await.expect(200);
    let (etag, modified) = (head.header("etag"), head.header("last-modified"));
    let ask = drivein.ask(propfind(), &film).header("depth", "0");
    let properties = ask.send().await.expect(207).text();
    let listed = format!("<D:getlastmodified>{modified}</D:getlastmodified>");
    assert!(properties.contains(&listed), "{modified}: {properties}");
    let long_ago = "Mon, 01 Jan 1990 00:00:00 GMT";
    for (conditions, expected) in [
        (vec![("if-unmodified-since", long_ago)], 412),
        (vec![("if-unmodified-since", modified)], 206),
        (vec![("if-match", "\"another\"")], 412),
        (
            vec![("if-match", etag), ("if-unmodified-since", long_ago)],
            206,
        ),
        (vec![("if-modified-since", modified)], 304),
        (
            vec![
                ("if-modified-since", modified),
                ("if-none-match", "\"another\""),
            ],
            206,
        ),
        (vec![("if-range", modified)], 206),
        (vec![("if-range", long_ago)], 200),
    ] {
        let mut ask = drivein.ask(Method::GET, &film).range("bytes=0-9");
        for (name, value) in &conditions {
            ask = ask.header(name, value);
        }
        let reply = ask.send().await;
        assert_eq!(
            reply.status,
            expected,
            "{conditions:?}: {}",
            reply.describe()
        );
    }
}
