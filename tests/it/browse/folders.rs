//! Folders: of ten thousand entries, in any order, empty, missing, and malformed paths.

use super::*;

#[tokio::test]
async fn ten_thousand_entries_come_through_the_api_each_once() {
    let drivein = Drivein::start().await;
    drivein.sandbox.add_folder("/Ten thousand", 10_000).unwrap();
    let folder = format!("entries/{DRIVE}{}?limit=1000", encoded("/Ten thousand"));
    let mut names = BTreeSet::new();
    let (mut count, mut cursor) = (0, None::<String>);
    loop {
        let call = match &cursor {
            None => folder.clone(),
            Some(cursor) => format!("{folder}&cursor={}", encoded_name(cursor)),
        };
        let page = drivein.api(&call).await;
        for child in children(&page) {
            count += 1;
            names.insert(child["name"].as_str().unwrap().to_owned());
        }
        cursor = page["next"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!((count, names.len()), (10_000, 10_000));
    assert!(names.contains("Entry 00001.mp4") && names.contains("Entry 10000.mp4"));
}

#[tokio::test]
async fn ten_thousand_entries_come_through_the_pages_each_once() {
    let drivein = Drivein::start().await;
    drivein.sandbox.add_folder("/Ten thousand", 10_000).unwrap();
    let mut address = format!("/browse/{DRIVE}{}", encoded("/Ten thousand"));
    let mut names = BTreeSet::new();
    let (mut count, mut pages) = (0, 0);
    loop {
        let page = drivein.text(&address).await;
        pages += 1;
        for link in all_between(&page, "<a href=\"/watch/", "\"") {
            count += 1;
            names.insert(decoded(&unescaped(link)));
        }
        let more = page
            .split("<a ")
            .find(|link| link.contains("rel=\"next\"") && link.contains("id=\"more\""));
        match more {
            Some(link) => address = unescaped(all_between(link, "href=\"", "\"").next().unwrap()),
            None => break,
        }
        assert!(pages < 1000, "the pages have an end");
    }
    assert_eq!((count, names.len()), (10_000, 10_000));
}

#[tokio::test]
async fn the_ten_thousandth_film_plays_from_the_middle_of_nowhere() {
    let drivein = Drivein::start().await;
    drivein.sandbox.add_folder("/Ten thousand", 10_000).unwrap();
    let film = "/Ten thousand/Entry 10000.mp4";
    let play = drivein.play(film).await;
    let segment = drivein.get(&format!("{play}/480p/0.ts")).await.expect(200);
    assert!(segment.body == drivein.segment_source(film, "480p", 0).await);
    assert_eq!(
        drivein.sandbox.count("list"),
        0,
        "one film costs no listing"
    );
}

#[tokio::test]
async fn folders_sort_by_name_time_and_size_both_ways() {
    let drivein = Drivein::start().await;
    let folder = encoded("/Series/Paper Worlds/Season 1");
    for (sort, field) in [("name", "name"), ("time", "modified"), ("size", "size")] {
        let mut orders = Vec::new();
        for order in ["asc", "desc"] {
            let page = drivein
                .api(&format!(
                    "entries/{DRIVE}{folder}?sort={sort}&order={order}"
                ))
                .await;
            let values: Vec<String> = children(&page)
                .iter()
                .map(|child| match &child[field] {
                    Value::Number(number) => format!("{:020}", number.as_u64().unwrap()),
                    other => other.as_str().unwrap().to_owned(),
                })
                .collect();
            orders.push(values);
        }
        let (up, mut down) = (orders[0].clone(), orders[1].clone());
        down.reverse();
        assert_eq!(up, down, "{sort}");
        if sort != "name" {
            assert!(up.is_sorted(), "{sort}: {up:?}");
        }
    }
}

#[tokio::test]
async fn an_empty_folder_is_empty_and_says_so() {
    let drivein = Drivein::start().await;
    let path = "/Nature & Light/Empty folder";
    let listing = drivein.entry(path).await;
    assert_eq!(
        (children(&listing).len(), &listing["next"]),
        (0, &Value::Null)
    );
    let page = drivein
        .fetch(&format!("/browse/{DRIVE}{}", encoded(path)), 200)
        .await;
    assert!(page.text().contains("This folder is empty."));
}

#[tokio::test]
async fn a_call_that_makes_no_sense_is_a_problem_document() {
    let drivein = Drivein::start().await;
    for call in [
        "entries/films?limit=0",
        "entries/films?limit=-1",
        "entries/films?limit=many",
        "entries/films?sort=colour",
        "entries/films?order=up",
        "entries/films?cursor=nonsense",
        "search?q=",
        "search?q=light&limit=0",
        "search?q=light&cursor=nonsense",
    ] {
        let problem = drivein.get(&format!("/api/v1/{call}")).await.expect(400);
        assert_eq!(problem.code(), "bad_request", "{call}");
        assert_eq!(problem.header("content-type"), "application/problem+json");
    }
    let problem = drivein.ask(Method::POST, "/api/v1/drives").send().await;
    assert_eq!(problem.expect(405).code(), "bad_request");
    // A trailing slash has no effect: a film is a film, a folder a folder.
    for path in [FILM, "/Nature & Light"] {
        let entry = drivein.entry(path).await;
        let call = format!("/api/v1/entries/{DRIVE}{}/", encoded(path));
        let reply = drivein.get(&call).await.expect(200);
        assert_eq!(reply.json(), entry, "{path}");
        assert_eq!(reply.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_page_for_people_and_a_problem_for_programs() {
    let drivein = Drivein::start().await;
    for path in ["/nowhere.mp4", "/Nature & Light/no such film.mp4"] {
        let path = encoded(path);
        for page in ["browse", "watch"] {
            let page = drivein.fetch(&format!("/{page}/{DRIVE}{path}"), 404).await;
            assert!(page.header("content-type").starts_with("text/html"));
            assert!(page.text().contains("There is nothing at this address."));
        }
        let problem = drivein
            .fetch(&format!("/api/v1/entries/{DRIVE}{path}"), 404)
            .await;
        assert_eq!(problem.code(), "not_found");
        let play = format!("{}{path}", drivein.play_root().await);
        assert_eq!(drivein.get(&play).await.expect(404).code(), "not_found");
    }
    assert_eq!(
        drivein.fetch("/api/v1/entries/nodrive", 404).await.code(),
        "not_found"
    );
    assert_eq!(
        drivein.get("/api/v1/nothing").await.expect(404).code(),
        "not_found"
    );
}
