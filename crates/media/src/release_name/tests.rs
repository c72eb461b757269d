mod episodes;

use super::*;

fn parsed(path: &str) -> ReleaseName {
    ReleaseName::parse(&EntryPath::parse(path).unwrap())
}

#[test]
fn films_have_a_title_and_a_year() {
    #[rustfmt::skip]
    let cases: &[(&str, &str, Option<u16>)] = &[
        ("Paper Mountains.mp4", "Paper Mountains", None),
        ("Paper Mountains (2014).mkv", "Paper Mountains", Some(2014)),
        ("Paper.Mountains.2014.1080p.BluRay.DTS.x264-GRP.mkv", "Paper Mountains", Some(2014)),
        ("Paper_Mountains_2014_720p.mp4", "Paper Mountains", Some(2014)),
        ("Paper Mountains [2014] [1080p] [WEB-DL].mkv", "Paper Mountains", Some(2014)),
        ("Paper Mountains - 2014.avi", "Paper Mountains", Some(2014)),
        ("(2014) Paper Mountains.mkv", "Paper Mountains", Some(2014)),
        ("www.site.example - Paper Mountains 2014.mp4", "Paper Mountains", Some(2014)),
        ("Blade Walker 2049 (2017).mkv", "Blade Walker 2049", Some(2017)),
        ("Blade Walker 2049.mkv", "Blade Walker 2049", None),
        ("2012.2009.1080p.BluRay.x264.mkv", "2012", Some(2009)),
        ("1917 (2019).mkv", "1917", Some(2019)),
        ("2012.mkv", "2012", None),
        ("M.A.R.S.1998.DVDRip.XviD.avi", "M.A.R.S", Some(1998)),
        ("Mr. Brown (1999).mkv", "Mr. Brown", Some(1999)),
        ("The.Final.Cut.1080p.BDRip.AV1-GRP.mp4", "The Final Cut", None),
        ("The.Italian.Job.Hunt.2003.1080p.mkv", "The Italian Job Hunt", Some(2003)),
        ("English.Summer.720p.WEBRip.mkv", "English Summer", None),
        ("Sound.of.Rain.German.DL.1080p.WEB.h264.mkv", "Sound of Rain", None),
        ("Dune Sea Part Two (2024).mkv", "Dune Sea Part Two", Some(2024)),
        ("Star Dust Episode IV (1977).mkv", "Star Dust Episode IV", Some(1977)),
        ("Escape from 1999 Island.mkv", "Escape from 1999 Island", None),
        ("Ocean's (Nine) Lives (2018).mkv", "Ocean's (Nine) Lives", Some(2018)),
        ("Тихий Дон (1957).mkv", "Тихий Дон", Some(1957)),
        ("שלום עולם 2011 1080p.mkv", "שלום עולם", Some(2011)),
        ("映画のように (2008).mkv", "映画のように", Some(2008)),
    ];
    for (path, title, year) in cases {
        let found = parsed(path);
        assert_eq!(
            (found.title.as_str(), found.year),
            (*title, *year),
            "{path}"
        );
        assert_eq!(found.episode, None, "{path}");
    }
}

#[test]
fn doubtful_names_stay_file_names() {
    for name in [
        "clip_final_v2",
        "IMG_20230101_1234",
        "VID-20230101-WA0001",
        "2023-01-01 trip to Rome",
        "S01E01",
        "01 - Intro",
        "district 7",
        "Chapter #1",
        "Moons (a new cut)",
        "What's that; who's there?",
        "50% off, take #1",
        "Lecture 3 - Introduction",
        "...",
    ] {
        let found = parsed(&format!("Downloads/{name}.mp4"));
        assert_eq!(found.title, name);
        assert_eq!((found.year, found.episode), (None, None), "{name}");
    }
}

#[test]
fn the_folder_of_a_film_helps_its_file() {
    #[rustfmt::skip]
    let cases = [
        ("Tidal Light (2019)/movie.mkv", "Tidal Light", Some(2019)),
        ("Tidal Light (2019)/tidal.light.1080p.mkv", "Tidal Light", Some(2019)),
        ("Tidal Light (2019)/CD1/tidal light cd1.avi", "Tidal Light", Some(2019)),
        ("Tidal Light (2019)/Another Film.mkv", "Another Film", None),
        ("Films/Tidal Light.mkv", "Tidal Light", None),
        ("Kite Season (1964)/Kite Season.mkv", "Kite Season", Some(1964)),
        ("Holiday 2019/Beach.mp4", "Beach", None),
    ];
    for (path, title, year) in cases {
        let found = parsed(path);
        assert_eq!((found.title.as_str(), found.year), (title, year), "{path}");
    }
}

#[test]
fn editions_parts_languages_and_resolutions_are_tags() {
    let found = parsed("Tidal.Light.2019.Directors.Cut.German.2160p.BluRay.x265-GRP.mkv");
    assert_eq!(found.edition.as_deref(), Some("Director's Cut"));
    assert_eq!(found.language, Some("de"));
    assert_eq!(found.resolution.as_deref(), Some("2160p"));
    let found = parsed("Tidal Light (2019) {edition-Late Night Cut}.mkv");
    assert_eq!(
        (found.edition.as_deref(), found.title.as_str()),
        (Some("Late Night Cut"), "Tidal Light")
    );
    assert_eq!(parsed("Tidal.Light.2019.MULTi.1080p.mkv").language, None);
    assert_eq!(parsed("Tidal Light (2019) French.mkv").language, Some("fr"));
    for (path, part) in [
        ("Tidal.Light.2019.CD2.avi", Some(2)),
        ("Tidal Light (2019) - part1.mkv", Some(1)),
        ("Tidal.Light.2019.Part.2.mkv", Some(2)),
        ("Tidal Light Part 1 (2019).mkv", None),
    ] {
        let found = parsed(path);
        assert_eq!((found.part, found.year), (part, Some(2019)), "{path}");
    }
    let found = parsed("Three.Moons.S01E02.The.French.Sea.1080p.WEB.mkv");
    assert_eq!(found.language, None);
    assert_eq!(
        found.episode.unwrap().title.as_deref(),
        Some("The French Sea")
    );
}

#[test]
fn trailers_and_samples_are_extras() {
    for (path, is_extra) in [
        ("Tidal Light (2019)/Tidal Light-trailer.mp4", true),
        ("Tidal Light (2019)/Extras/Making of.mp4", true),
        ("Three Moons/Season 1/Featurettes/x.mp4", true),
        ("tidal.light.2019.sample.mkv", true),
        ("Trailer Park (2019).mkv", false),
        ("Sample of Life (2019).mkv", false),
    ] {
        assert_eq!(parsed(path).is_extra, is_extra, "{path}");
    }
}

#[test]
fn spellings_of_a_title_have_one_key() {
    assert_eq!(title_key("Night & Day"), title_key("night.and.day"));
    assert_eq!(title_key("Don't Look"), title_key("Dont Look"));
    assert_ne!(title_key("映画"), title_key("映画 2"));
    assert_eq!(title_key("?!"), "?!");
}

proptest::proptest! {
    #[test]
    fn any_name_is_parsed(path in "(\\PC{0,20}/){0,3}[ -~第話季集【】０-９а-я]{0,40}\\.mkv") {
        if let Ok(path) = EntryPath::parse(&path)
            && !path.is_root()
        {
            let found = ReleaseName::parse(&path);
            proptest::prop_assert!(!found.title.is_empty());
        }
    }
}
