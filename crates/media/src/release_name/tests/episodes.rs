use super::*;

#[test]
fn episodes_have_a_series_a_season_and_a_number() {
    type Case = (
        &'static str,
        &'static str,
        Option<u16>,
        Option<u16>,
        Option<u16>,
        Option<u16>,
    );
    // Path, title, year, season, number, last number of a file with several.
    #[rustfmt::skip]
    let cases: &[Case] = &[
        ("Three.Moons.S01E02.1080p.WEB-DL.x264-GRP.mkv", "Three Moons", None, Some(1), Some(2), None),
        ("three.moons.s01e02.mkv", "three moons", None, Some(1), Some(2), None),
        ("Three Moons - 1x02 - Rise.mkv", "Three Moons", None, Some(1), Some(2), None),
        ("Three Moons S02 E03.mp4", "Three Moons", None, Some(2), Some(3), None),
        ("Three.Moons.S01E02E03.mkv", "Three Moons", None, Some(1), Some(2), Some(3)),
        ("Three Moons - S01E02-E04 - Long.mkv", "Three Moons", None, Some(1), Some(2), Some(4)),
        ("Three Moons S01E02-04.mkv", "Three Moons", None, Some(1), Some(2), Some(4)),
        ("Three Moons 1x02-03.mkv", "Three Moons", None, Some(1), Some(2), Some(3)),
        ("Three Moons S01E05-E02.mkv", "Three Moons", None, Some(1), Some(5), None),
        ("Three.Moons.2019.S01E02.720p.mkv", "Three Moons", Some(2019), Some(1), Some(2), None),
        ("Three Moons (2019)/Season 02/S02E05.mkv", "Three Moons", Some(2019), Some(2), Some(5), None),
        ("Three Moons (2019)/Season 02/05 - Rise.mkv", "Three Moons", Some(2019), Some(2), Some(5), None),
        ("Three Moons/Season 1/102.mkv", "Three Moons", None, Some(1), Some(2), None),
        ("TV/Three Moons/S03/E04.mkv", "Three Moons", None, Some(3), Some(4), None),
        ("Three Moons/Staffel 2/Three Moons - Folge 4.mkv", "Three Moons", None, Some(2), Some(4), None),
        ("Three Moons/Saison 2/Episode 4.mkv", "Three Moons", None, Some(2), Some(4), None),
        ("Three Moons S02 1080p/Three.Moons.S02E04.mkv", "Three Moons", None, Some(2), Some(4), None),
        ("Three Moons Season 2 Episode 4 - Rise.mkv", "Three Moons", None, Some(2), Some(4), None),
        ("Three Moons/Specials/Three Moons - S00E01.mkv", "Three Moons", None, Some(0), Some(1), None),
        ("Three Moons/Specials/02 - Making of.mkv", "Three Moons", None, Some(0), Some(2), None),
        ("Three Moons OVA 2.mkv", "Three Moons", None, Some(0), Some(2), None),
        ("[Group] Three Moons - 05 (720p) [0A1B2C3D].mkv", "Three Moons", None, None, Some(5), None),
        ("[Group] Three Moons - 1085 [1080p].mkv", "Three Moons", None, None, Some(1085), None),
        ("[Group] Three Moons 2 - 05v2 [720p].mkv", "Three Moons 2", None, None, Some(5), None),
        ("[Group] Three Moons [05][720p].mkv", "Three Moons", None, None, Some(5), None),
        ("Kite Season (1964)/Season 2/05. Rise.mkv", "Kite Season", Some(1964), Some(2), Some(5), None),
        ("[Group]_Three_Moons_-_05_(720p).mkv", "Three Moons", None, None, Some(5), None),
        ("[Group] Three Moons S2 - 05 [720p].mkv", "Three Moons", None, Some(2), Some(5), None),
        ("[Group] Three Moons - 01-02 [1080p].mkv", "Three Moons", None, None, Some(1), Some(2)),
        ("Three Moons - 05.mkv", "Three Moons", None, None, Some(5), None),
        ("三つの月 第01話.mkv", "三つの月", None, None, Some(1), None),
        ("三つの月/第１２話.mkv", "三つの月", None, None, Some(12), None),
        ("三つの月 第三集.mkv", "三つの月", None, None, Some(3), None),
        ("Три луны 5 серия.avi", "Три луны", None, None, Some(5), None),
        ("Space 1998 - S01E02.mkv", "Space", Some(1998), Some(1), Some(2), None),
        ("The Office (US)/Season 1/The Office (US) - S01E02.mkv", "The Office (US)", None, Some(1), Some(2), None),
    ];
    for (path, title, year, season, number, last) in cases {
        let found = parsed(path);
        let episode = found.episode.unwrap_or_else(|| panic!("{path} is a film"));
        assert_eq!(
            (found.title.as_str(), found.year),
            (*title, *year),
            "{path}"
        );
        let numbers = (episode.season, episode.number, episode.last);
        assert_eq!(numbers, (*season, *number, *last), "{path}");
    }
}

#[test]
fn dated_episodes_have_a_date_and_no_number() {
    for path in [
        "Late Talk - 2024-05-01 - A guest.mkv",
        "Late.Talk.2024.05.01.720p.WEB.x264.mkv",
        "Late Talk 01.05.2024.mkv",
    ] {
        let found = parsed(path);
        let episode = found.episode.unwrap();
        assert_eq!(found.title, "Late Talk", "{path}");
        assert_eq!(episode.aired, NaiveDate::from_ymd_opt(2024, 5, 1), "{path}");
        assert_eq!((episode.season, episode.number), (None, None), "{path}");
    }
}
