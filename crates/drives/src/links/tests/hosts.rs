//! Links at the hosts of sites, known and unknown.

use super::super::*;
use super::{A, homes};

#[test]
fn links_of_cloudreve_lead_to_what_is_inside_at_every_host_of_a_site() {
    let mut homes = homes();
    let home = homes[2].clone();
    homes.push(home.at("cloud.example.net:8443".to_owned()));
    let cases = [
        ("https://cloud.example.org/s/VoMFL", None, None),
        (
            "https://cloud.example.net:8443/s/VoMFL/pw12",
            Some("pw12"),
            None,
        ),
        (
            "https://cloud.example.org/s/VoMFL/pw12?path=%2FA%20b%2Fc",
            Some("pw12"),
            Some("/A b/c"),
        ),
        (
            "https://cloud.example.org/s/VoMFL?path=/A%2520b",
            None,
            Some("/A%20b"),
        ),
        (
            "https://cloud.example.org/home?path=cloudreve%3A%2F%2FVoMFL%3Apw12%40share%2FA%2520b%2Fc.mp4",
            Some("pw12"),
            Some("/A b/c.mp4"),
        ),
        (
            "see cloudreve://VoMFL:pw12@share/A%20b/c.mp4, please",
            Some("pw12"),
            Some("/A b/c.mp4"),
        ),
        ("cloudreve://VoMFL@share", None, None),
        ("cloudreve://VoMFL@share/a%2Fb", None, Some("/a/b")),
    ];
    for (text, password, path) in cases {
        let Some(FoundLink::Share(link)) = find(text, &homes).into_iter().next() else {
            panic!("{text}");
        };
        assert_eq!(
            (link.id.as_str(), link.host.as_str()),
            ("VoMFL", "cloud.example.org"),
            "{text}"
        );
        assert_eq!(link.password.as_deref(), password, "{text}");
        assert_eq!(link.path.as_ref().map(|path| path.as_str()), path, "{text}");
    }
    for text in [
        "https://cloud.example.org/f/Ab1/A%20b.mp4",
        "https://cloud.example.org/f/d/Ab1/A%20b.mp4",
    ] {
        let Some(FoundLink::Share(link)) = find(text, &homes).into_iter().next() else {
            panic!("{text}");
        };
        let path = link.path.as_ref().unwrap();
        assert_eq!((link.id.as_str(), path.as_str()), ("f_Ab1", "/A b.mp4"));
        assert!(link.place().is_ok());
    }
    for other in [
        "cloudreve://my/A",
        "cloudreve://trash",
        "https://cloud.example.net/s/VoMFL",
    ] {
        assert_eq!(find(other, &homes), [], "{other}");
    }
}

#[test]
fn a_link_at_an_unknown_host_is_found_by_its_form_and_names_the_known_host() {
    let at = |text: &str| {
        let found = find_at_unknown_hosts(text, &homes());
        found
            .into_iter()
            .map(|it| (it.host, it.link))
            .collect::<Vec<_>>()
    };
    let text = format!("https://www.newbox.example/s/1{A}?pwd=ab12");
    assert_eq!(find(&text, &homes()), []);
    let found = at(&text);
    assert_eq!(found.len(), 1);
    let (host, link) = &found[0];
    assert_eq!(
        (host.as_str(), link.host.as_str()),
        ("www.newbox.example", "terabox.com")
    );
    assert_eq!(
        (link.id.as_str(), link.password.as_deref()),
        (A, Some("ab12"))
    );
    for other in [
        format!("https://www.terabox.com/s/1{A}"),
        format!("https://newbox.example:8443/s/1{A}"),
        format!("https://10.0.0.1/s/1{A}"),
        format!("https://localhost/s/1{A}"),
        format!("https://user@newbox.example/s/1{A}"),
        "https://newbox.example/s/1short".to_owned(),
        "https://newbox.example/s/about".to_owned(),
        format!("http://127.0.0.1:7374/s/1{A}"),
    ] {
        assert_eq!(at(&other), [], "{other}");
    }
}

#[test]
fn every_host_of_the_data_file_is_a_name_with_a_form_and_a_source() {
    let lines = include_str!("../terabox_hosts.tsv").lines();
    let mut names = std::collections::HashSet::new();
    for line in lines.filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [host, form, seen] = fields[..] else {
            panic!("{line}");
        };
        assert!(host.contains('.') && host == host.to_lowercase(), "{line}");
        assert!(
            ["share", "short"].contains(&form) && !seen.is_empty(),
            "{line}"
        );
        assert!(names.insert(host), "twice: {line}");
    }
}
