//! Forms of pages, with and without scripts.

use reqwest::Method;

use crate::harness::*;

#[tokio::test]
async fn forms_do_the_same_without_scripts() {
    let drivein = Drivein::start().await;
    let act = async |fields: &[(&str, &str)]| {
        drivein
            .ask(Method::POST, "/organize")
            .form(fields)
            .send()
            .await
    };
    let made = act(&[
        ("place", DRIVE),
        ("at", "/"),
        ("do", "folder"),
        ("now", "1"),
        ("name", "Shelf"),
    ])
    .await;
    assert_eq!(
        (made.status, made.header("location")),
        (303, "/browse/films")
    );
    let again = act(&[
        ("place", DRIVE),
        ("at", "/"),
        ("do", "folder"),
        ("now", "1"),
        ("name", "Shelf"),
    ])
    .await;
    assert_eq!(again.status, 409);
    assert!(
        again.text().contains("The name is taken") || again.text().contains("already"),
        "{}",
        again.text()
    );

    // A form with files, as a browser sends it.
    let edge = "----edge";
    let form = format!(
        "--{edge}\r\ncontent-disposition: form-data; name=\"on_conflict\"\r\n\r\nfail\r\n\
         --{edge}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"one.txt\"\r\n\r\nfirst\r\n\
         --{edge}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"two.txt\"\r\n\r\nsecond\r\n--{edge}--\r\n"
    );
    let sent = drivein
        .ask(Method::POST, "/upload/films/Shelf")
        .header(
            "content-type",
            &format!("multipart/form-data; boundary={edge}"),
        )
        .body(form)
        .send()
        .await;
    assert_eq!(
        (sent.status, sent.header("location")),
        (303, "/browse/films/Shelf"),
        "{}",
        sent.describe()
    );
    assert_eq!(drivein.names("/Shelf").await, ["one.txt", "two.txt"]);

    let chosen = [
        ("place", DRIVE),
        ("path", "/Shelf/one.txt"),
        ("path", "/Shelf/two.txt"),
    ];
    let asked = act(&[&chosen[..], &[("do", "delete")]].concat())
        .await
        .expect(200);
    assert!(asked.text().contains("Delete 2 entries?") && asked.text().contains("two.txt"));
    let chooser = act(&[&chosen[..], &[("do", "move"), ("at", "/")]].concat())
        .await
        .expect(200);
    assert!(
        chooser.text().contains("Move here") && chooser.text().contains("Nature &#38; Light"),
        "{}",
        chooser.text()
    );
    let moved = act(&[&chosen[..2], &[("do", "move"), ("at", "/"), ("now", "1")]].concat()).await;
    assert_eq!(
        (moved.status, moved.header("location")),
        (303, "/browse/films/Shelf")
    );
    assert!(drivein.names("/").await.contains(&"one.txt".to_owned()));
    let gone = act(&[
        ("place", DRIVE),
        ("path", "/Shelf"),
        ("do", "delete"),
        ("now", "1"),
    ])
    .await;
    assert_eq!(gone.status, 303);
    assert!(!drivein.names("/").await.contains(&"Shelf".to_owned()));
}

#[tokio::test]
async fn several_files_get_new_names_that_are_shown_before_and_taken_back_after() {
    let drivein = Drivein::start().await;
    const OLD: [&str; 3] = [
        "Paper.Worlds.S02E01.1080p.mkv",
        "Sea.Winds.2019.720p.WEB.mkv",
        "notes.txt",
    ];
    for name in OLD {
        let path = format!("/New/{name}");
        drivein.put(&path, "", b"x".to_vec()).await.expect(200);
    }
    let paths = OLD.map(|name| format!("/New/{name}"));
    let chosen: Vec<(&str, &str)> = paths.iter().map(|path| ("path", path.as_str())).collect();
    let act = async |address: &str, fields: &[(&str, &str)], paths: &[(&str, &str)]| {
        let form = [&[("place", DRIVE)], paths, fields].concat();
        let asked = drivein.ask(Method::POST, address).form(&form).send();
        unescaped(&asked.await.expect(200).text())
    };
    let form = act("/organize", &[("do", "rename")], &chosen).await;
    assert!(form.contains("Rename 3 entries") && form.contains("/organize/names"));

    let shown = act("/organize/names", &[("rule", "title")], &chosen).await;
    for name in ["Paper Worlds S02E01.mkv", "Sea Winds (2019).mkv"] {
        assert!(shown.contains(&format!("value=\"{name}\"")), "{shown}");
    }
    assert!(!shown.contains("notes.txt"), "its name stays as it is");
    let sorted = async || {
        let mut names = drivein.names("/New").await;
        names.sort();
        names
    };
    assert_eq!(sorted().await, OLD, "nothing is done yet");

    let names = [
        ("name", "Paper Worlds S02E01.mkv"),
        ("name", "Sea Winds (2019).mkv"),
        ("now", "1"),
    ];
    let done = act("/organize/names", &names, &chosen[..2]).await;
    assert!(done.contains("The new names are given") && done.contains("Undo"));
    assert_eq!(
        drivein.names("/New").await,
        [
            "notes.txt",
            "Paper Worlds S02E01.mkv",
            "Sea Winds (2019).mkv"
        ]
    );
    let undo = [("name", OLD[0]), ("name", OLD[1]), ("now", "1")];
    let now = [
        ("path", "/New/Paper Worlds S02E01.mkv"),
        ("path", "/New/Sea Winds (2019).mkv"),
    ];
    for (_, path) in now {
        assert!(done.contains(&format!("name=\"path\" value=\"{path}\"")));
    }
    act("/organize/names", &undo, &now).await;
    assert_eq!(sorted().await, OLD);

    // Numbers move up: a name is given after the file that has it got another one.
    let pattern = [("rule", "pattern"), ("pattern", "{nn}"), ("first", "1")];
    let shown = act("/organize/names", &pattern, &chosen).await;
    assert!(shown.contains("value=\"01.mkv\"") && shown.contains("value=\"03.txt\""));
    let same = [("rule", "pattern"), ("pattern", "Same"), ("first", "1")];
    let refused = act("/organize/names", &same, &chosen[..2]).await;
    assert!(refused.contains("the same name"), "{refused}");
    let chain = [("name", OLD[1]), ("name", "Last.mkv"), ("now", "1")];
    let done = act("/organize/names", &chain, &chosen[..2]).await;
    assert!(done.contains("The new names are given"), "{done}");
    assert_eq!(sorted().await, ["Last.mkv", OLD[1], "notes.txt"]);

    // A name that is taken is reported, the others are given.
    let taken = [("name", "notes.txt"), ("name", "First.mkv"), ("now", "1")];
    let last = [("path", "/New/Last.mkv"), ("path", paths[1].as_str())];
    let page = act("/organize/names", &taken, &last).await;
    assert!(page.contains("did not work everywhere") && page.contains("First.mkv"));
    assert_eq!(sorted().await, ["First.mkv", "Last.mkv", "notes.txt"]);
}

#[tokio::test]
async fn films_get_folders_of_their_titles_with_their_subtitles_and_are_taken_back_whole() {
    let drivein = Drivein::start().await;
    const OLD: [&str; 3] = [
        "Paper.Worlds.S02E01.1080p.mkv",
        "Sea.Winds.2019.720p.WEB.en.srt",
        "Sea.Winds.2019.720p.WEB.mkv",
    ];
    for name in OLD {
        let path = format!("/New/{name}");
        drivein.put(&path, "", b"x".to_vec()).await.expect(200);
    }
    let act = async |fields: &[(&str, &str)]| {
        let form = [&[("place", DRIVE)], fields].concat();
        let asked = drivein.ask(Method::POST, "/organize/names").form(&form);
        unescaped(&asked.expect(200).await.text())
    };
    let sorted = async |folder: &str| {
        let mut names = drivein.names(folder).await;
        names.sort();
        names
    };
    let paths = OLD.map(|name| format!("/New/{name}"));
    // The subtitles are not chosen: they belong to their film.
    let shown = act(&[
        ("path", &paths[0]),
        ("path", &paths[2]),
        ("rule", "folders"),
    ])
    .await;
    let new = [
        "/New/Paper Worlds/Season 02/Paper Worlds S02E01.mkv",
        "/New/Sea Winds (2019)/Sea Winds (2019).en.srt",
        "/New/Sea Winds (2019)/Sea Winds (2019).mkv",
    ];
    for path in new {
        assert!(shown.contains(&format!("value=\"{path}\"")), "{shown}");
    }
    assert!(shown.contains(">Sea Winds (2019)/Sea Winds (2019).mkv<"));
    assert_eq!(sorted("/New").await, OLD, "nothing is done yet");

    let pairs = |from: [&str; 3], to: [&str; 3], now: &'static str| {
        let pairs = from.into_iter().zip(to);
        let mut fields: Vec<(String, String)> = pairs
            .flat_map(|(path, name)| [("path", path), ("name", name)])
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        fields.push(("now".to_owned(), now.to_owned()));
        fields
    };
    let old = [&*paths[0], &*paths[1], &*paths[2]];
    let give = async |fields: Vec<(String, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (&**a, &**b)).collect();
        act(&fields).await
    };
    let done = give(pairs(old, new, "1")).await;
    assert!(done.contains("The new names are given"), "{done}");
    assert_eq!(sorted("/New").await, ["Paper Worlds", "Sea Winds (2019)"]);
    let films = sorted("/New/Sea Winds (2019)").await;
    assert_eq!(films, ["Sea Winds (2019).en.srt", "Sea Winds (2019).mkv"]);
    assert!(done.contains("name=\"now\" value=\"undo\""), "{done}");
    for path in old {
        assert!(done.contains(&format!("name=\"name\" value=\"{path}\"")));
    }

    // A film that is there already is not replaced; its folder stays, since something is in it.
    let taken = "/New/Sea Winds (2019)/Sea Winds (2019).mkv";
    let path = "/New/Other.mkv";
    drivein.put(path, "", b"y".to_vec()).await.expect(200);
    let refused = act(&[("path", path), ("name", taken), ("now", "1")]).await;
    assert!(refused.contains("did not work everywhere"), "{refused}");
    for bad in ["/", "/New/../x.mkv", "a/b.mkv"] {
        let refused = act(&[("path", path), ("name", bad), ("now", "1")]).await;
        assert!(
            refused.contains("did not work everywhere"),
            "{bad}: {refused}"
        );
    }

    give(pairs(new, old, "undo")).await;
    let mut all = OLD.to_vec();
    all.insert(0, "Other.mkv");
    assert_eq!(sorted("/New").await, all, "the folders are gone");
}

#[tokio::test]
async fn another_site_cannot_make_a_browser_delete_things() {
    let drivein = Drivein::start().await;
    for (name, value) in [
        ("origin", "https://elsewhere.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let forged = drivein
            .ask(Method::POST, "/organize")
            .header(name, value)
            .form(&[
                ("place", DRIVE),
                ("path", FILM),
                ("do", "delete"),
                ("now", "1"),
            ])
            .send()
            .await;
        assert_eq!(forged.status, 403, "{name}: {}", forged.describe());
        let forged = drivein
            .ask(Method::PUT, "/api/v1/content/films/x.txt")
            .header(name, value)
            .body("x")
            .send()
            .await;
        assert_eq!(forged.status, 403, "{name}");
    }
    assert!(drivein.names("/").await.contains(&FILM[1..].to_owned()));
}
