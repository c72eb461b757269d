use super::*;

#[test]
fn subtitles_of_a_drive_are_named_after_their_languages() {
    let told = [
        (Some("chi"), Some("Film.srt")),
        (Some("ENG"), None),
        (Some("eng"), None),
        (Some("und"), Some("By \"fans\"")),
        (None, None),
    ];
    let found = Subtitles::of_drive(told.into_iter());
    let names: Vec<(&str, &str)> = found
        .iter()
        .map(|it| (it.id.as_str(), it.label.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            ("zh", "Chinese"),
            ("en", "English"),
            ("en-2", "English 2"),
            ("und", "By 'fans'"),
            ("und-2", "Subtitles"),
        ]
    );
    assert_eq!(found[4].origin, SubtitleOrigin::Drive(4));
}

#[test]
fn tracks_stand_behind_files_and_never_take_their_names() {
    let track = |index, language, title| TextTrack {
        index,
        language,
        title,
        ..TextTrack::default()
    };
    let tracks = [
        track(2, Some("en"), None),
        track(3, Some("en"), Some("SDH")),
        TextTrack {
            is_forced: true,
            ..track(4, Some("en"), None)
        },
        track(5, None, None),
        track(6, Some("pt-BR"), Some("\"Full\"")),
    ];
    let files = Subtitles::with_tracks(Vec::new(), tracks[..1].iter().copied());
    let all = Subtitles::with_tracks(files, tracks.iter().copied());
    let names: Vec<(&str, &str)> = all
        .iter()
        .map(|one| (one.id.as_str(), one.label.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            ("en", "English"),
            ("en-2", "English 2"),
            ("en-sdh", "English, SDH"),
            ("en-forced", "English (forced)"),
            ("und", "Subtitles"),
            ("pt-BR", "Portuguese (Brazil), 'Full'"),
        ]
    );
}
use crate::{EntryPath, Place};

fn entry(name: &str) -> Entry {
    let (place, path) = (Place::parse("films"), EntryPath::parse(&format!("/{name}")));
    Entry {
        name: name.to_owned(),
        ..Entry::bare(&place.unwrap(), &path.unwrap(), EntryKind::of_file(name))
    }
}

fn found(film: &str, folder: &[&str]) -> Vec<(String, String)> {
    let folder: Vec<Entry> = folder.iter().map(|name| entry(name)).collect();
    Subtitles::of_film(&entry(film), &folder)
        .into_iter()
        .map(|one| (one.id, one.label))
        .collect()
}

#[test]
fn names_tell_the_language() {
    let cases = [
        ("Film.srt", "und", "Subtitles"),
        ("FILM.SRT", "und", "Subtitles"),
        ("Film.mkv.en.srt", "en", "English"),
        ("Film.en.srt", "en", "English"),
        ("Film.eng.vtt", "en", "English"),
        ("Film.English.ass", "en", "English"),
        ("Film - English.srt", "en", "English"),
        ("Film_ger.srt", "de", "German"),
        ("Film.deu.srt", "de", "German"),
        ("Film [fr].srt", "fr", "French"),
        ("Film.pt-br.srt", "pt-BR", "Portuguese (Brazil)"),
        ("Film.en_GB.srt", "en-GB", "English (GB)"),
        ("Film_pt_BR.srt", "pt-BR", "Portuguese (Brazil)"),
        (
            "Film.zh_CN.forced.srt",
            "zh-CN-forced",
            "Chinese (simplified) (forced)",
        ),
        (
            "Film.zh_Hant_forced.srt",
            "zh-Hant-forced",
            "Chinese (traditional) (forced)",
        ),
        ("Film.en_forced.srt", "en-forced", "English (forced)"),
        ("Film.en_hi.srt", "en-sdh", "English (SDH)"),
        ("Film.zh-Hans.srt", "zh-Hans", "Chinese (simplified)"),
        ("Film.cht.ass", "zh-Hant", "Chinese (traditional)"),
        ("Film.zh-TW.srt", "zh-TW", "Chinese (traditional)"),
        ("Film.es-419.srt", "es-419", "Spanish (Latin America)"),
        ("Film.en-GB.srt", "en-GB", "English (GB)"),
        ("Film.greek.srt", "el", "Modern Greek"),
        ("Film.en.forced.srt", "en-forced", "English (forced)"),
        ("Film.forced.srt", "und-forced", "Subtitles (forced)"),
        ("Film.hi.srt", "hi", "Hindi"),
        ("Film.en.hi.srt", "en-sdh", "English (SDH)"),
        ("Film.en.sdh.srt", "en-sdh", "English (SDH)"),
        ("Film.default.en.utf-8.srt", "en", "English"),
        (
            "Film.chs&eng.ass",
            "zh-Hans",
            "Chinese (simplified) and English",
        ),
        ("Film.Commentary.srt", "und", "Commentary"),
        (
            "Film.en.Director's \"cut\".srt",
            "en",
            "English, Director's 'cut'",
        ),
        ("Film.en.a\u{202e}b.srt", "en", "English, ab"),
    ];
    for (name, id, label) in cases {
        assert_eq!(
            found("Film.mkv", &[name]),
            [(id.to_owned(), label.to_owned())],
            "{name}"
        );
    }
}

#[test]
fn a_name_is_the_same_in_either_normal_form() {
    let (composed, decomposed) = ("Caf\u{e9}", "Cafe\u{301}");
    for (film, file) in [(composed, decomposed), (decomposed, composed)] {
        let found = found(&format!("{film}.mkv"), &[&format!("{file}.fr.srt")]);
        assert_eq!(found, [("fr".to_owned(), "French".to_owned())], "{film}");
    }
    assert_eq!(
        crate::comparable_name(composed),
        crate::comparable_name("CAFE\u{301}")
    );
}

#[test]
fn folders_of_subtitles_are_looked_into() {
    let folders = |films: &[&str], within: &[&str], own: &[&str]| {
        let entries = |names: &[&str]| names.iter().map(|name| entry(name)).collect::<Vec<_>>();
        let beside = entries(films);
        let folders = SubtitleFolders {
            beside: &beside,
            within: entries(within),
            own: entries(own),
        };
        let found = Subtitles::of_folders(&entry(films[0]), &folders);
        found.into_iter().map(|one| one.label).collect::<Vec<_>>()
    };
    let two = ["Film.mkv", "Other.mkv"];
    assert_eq!(
        folders(&two, &["Film.de.srt", "Other.de.srt", "2_English.srt"], &[]),
        ["German"]
    );
    assert_eq!(
        folders(&two[..1], &["2_English.srt", "3_French.srt"], &[]),
        ["English", "French"]
    );
    let own = ["2_English.srt", "3_English.srt", "Film.de.srt", "cover.jpg"];
    assert_eq!(folders(&two, &[], &own), ["English", "English 2", "German"]);
}

#[test]
fn what_is_not_its_own_is_left_alone() {
    for other in [
        "Filmed.srt",
        "Film 2.srt",
        "Film - Part 2.srt",
        "Film-2.srt",
        "A Film.srt",
        "Film.sub",
        "Film.en.txt",
        "Film.mp4",
        ".srt",
    ] {
        assert_eq!(found("Film.mkv", &[other]), [], "{other}");
    }
    assert_eq!(
        found("Film.mp3", &["Film.srt"]),
        [],
        "sound has no picture to write on"
    );
}

#[test]
fn a_longer_name_claims_what_is_called_after_it() {
    let folder = [
        "Film.mkv",
        "Film.2.mkv",
        "Film.srt",
        "Film.2.srt",
        "Film.2.en.srt",
    ];
    let ids = |film| {
        found(film, &folder)
            .into_iter()
            .map(|(id, _)| id)
            .collect::<Vec<_>>()
    };
    assert_eq!(ids("Film.mkv"), ["und"]);
    assert_eq!(ids("Film.2.mkv"), ["en", "und"]);
}

#[test]
fn the_same_language_twice_is_numbered() {
    let folder = ["Film.en.srt", "Film.en.ass", "Film.eng.srt", "Film.de.srt"];
    let expected = [
        ("en", "English"),
        ("en-2", "English 2"),
        ("en-3", "English 3"),
        ("de", "German"),
    ];
    let expected = expected.map(|(id, label)| (id.to_owned(), label.to_owned()));
    assert_eq!(found("Film.mkv", &folder), expected);
}

#[test]
fn a_film_has_a_hundred_of_its_subtitles_at_most() {
    let names: Vec<String> = (0..150)
        .map(|number| format!("Film.{number}.srt"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let files = names.iter().map(|name| entry(name)).collect::<Vec<_>>();
    let all = Subtitles::of_film(&entry("Film.mkv"), &files);
    assert_eq!(all.len(), 100);
    let tracks = (0..150).map(|index| TextTrack {
        index,
        ..TextTrack::default()
    });
    assert_eq!(Subtitles::with_tracks(Vec::new(), tracks).len(), 100);
}
