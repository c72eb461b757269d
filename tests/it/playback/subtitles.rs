//! Subtitle files beside a film: found, parsed in any encoding, and offered to every player.

use reqwest::Method;
use serde_json::json;

use sandbox::{Effect, Options, SubtitleReply};

use crate::harness::*;

const EPISODE: &str = "/Series/Paper Worlds/Season 1/Episode 2.mp4";

/// Returns the lines of a playlist that name subtitles.
fn media(master: &str) -> Vec<&str> {
    let lines = master.lines();
    lines
        .filter(|line| line.starts_with("#EXT-X-MEDIA:TYPE=SUBTITLES"))
        .collect()
}

/// Returns the time of the first frame in a piece of a stream, in ticks of 90 kHz, from ffprobe.
fn first_picture(segment: &[u8]) -> u64 {
    need("ffprobe", "ffmpeg");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), segment).unwrap();
    let output = std::process::Command::new("ffprobe")
        .args(["-v", "error", "-f", "mpegts", "-select_streams", "v:0"])
        .args(["-show_entries", "stream=start_pts", "-of", "csv=p=0"])
        .arg(file.path())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let first = text.lines().next().unwrap().trim_matches(',');
    first.parse().unwrap()
}

#[tokio::test]
async fn the_ladder_names_the_subtitles_beside_a_film() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    let master = drivein
        .get(&format!("{play}/master.m3u8"))
        .await
        .expect(200)
        .text();
    assert_eq!(
        media(&master),
        [
            "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subs\",NAME=\"Subtitles\",DEFAULT=NO,AUTOSELECT=YES,\
          URI=\"subtitles/und.m3u8\"",
            // On the clock of the original.
            "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"source-subs\",NAME=\"Subtitles\",DEFAULT=NO,AUTOSELECT=YES,\
          URI=\"source-subtitles/und.m3u8\""
        ]
    );
    let rungs: Vec<&str> = master
        .lines()
        .filter(|line| line.starts_with("#EXT-X-STREAM-INF:"))
        .collect();
    assert!(
        rungs.len() >= 3
            && rungs
                .iter()
                .all(|rung| rung.ends_with("subs\"") && rung.contains(",SUBTITLES=\"")),
        "{master}"
    );

    let list = drivein
        .get(&format!("{play}/subtitles/und.m3u8"))
        .await
        .expect(200);
    assert_eq!(list.header("content-type"), "application/vnd.apple.mpegurl");
    assert_eq!(
        list.text(),
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:66\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n\
         #EXTINF:66.000,\nund/0.vtt\n#EXT-X-ENDLIST\n"
    );

    // Aligned to the clock of the stream, as read by another program.
    let segment = drivein
        .get(&format!("{play}/subtitles/und/0.vtt"))
        .await
        .expect(200);
    let picture = drivein.get(&format!("{play}/720p/0.ts")).await.expect(200);
    let clock = first_picture(&picture.body);
    let cue = "00:00:05.000 --> 00:00:09.000\nTidal Light, second 5\n\n";
    let text = segment.text();
    assert!(clock > 0, "a film that begins at zero proves nothing");
    assert!(
        text.starts_with(&format!(
            "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:{clock},LOCAL:00:00:00.000\n\n"
        )) && text.contains(cue),
        "{text}"
    );

    // As a file, its times are relative to the film.
    let address = format!("{play}/subtitles/und.vtt");
    let file = drivein.get(&address).await.expect(200);
    assert_eq!(file.header("content-type"), "text/vtt; charset=utf-8");
    assert!(file.text().starts_with("WEBVTT\n\n00:00:00.000 --> ") && file.text().contains(cue));
    let etag = file.header("etag").to_owned();
    let again = drivein
        .ask(Method::GET, &address)
        .header("if-none-match", &etag);
    again.send().await.expect(304);
    let before = drivein.upstream_calls();
    drivein.get(&address).await.expect(200);
    assert_eq!(drivein.upstream_calls(), before, "what was read is kept");

    for missing in [
        "subtitles/en.vtt",
        "subtitles/en.m3u8",
        "subtitles/en/0.vtt",
        "subtitles/und/1.vtt",
    ] {
        drivein.get(&format!("{play}/{missing}")).await.expect(404);
    }
}

#[tokio::test]
async fn a_film_without_subtitles_has_none() {
    let drivein = Drivein::start().await;
    let play = drivein.play(EPISODE).await;
    let master = drivein
        .get(&format!("{play}/master.m3u8"))
        .await
        .expect(200)
        .text();
    assert!(!master.contains("SUBTITLES"), "{master}");
    let page = drivein
        .get(&format!("/watch/{DRIVE}{}", encoded(EPISODE)))
        .await
        .expect(200)
        .text();
    assert!(!page.contains("<track"));
}

#[tokio::test]
async fn a_ticket_for_a_film_opens_its_subtitles_and_nothing_else_beside_it() {
    let drivein = Drivein::start().await;
    let made = drivein
        .ticket("one film", json!({"place": DRIVE, "path": FILM}))
        .await;
    let ticket = made["ticket"].as_str().unwrap();
    let film = format!("/play/{ticket}/{DRIVE}{}", encoded(FILM));
    drivein
        .get(&format!("{film}/subtitles/und.vtt"))
        .await
        .expect(200);
    for other in [
        "/Tidal Light.srt",
        "/Nature & Light/Waves & Wind.mp4/subtitles/en.vtt",
    ] {
        drivein
            .get(&format!("/play/{ticket}/{DRIVE}{}", encoded(other)))
            .await
            .expect(403);
    }
}

#[tokio::test]
async fn a_film_plays_where_its_folder_cannot_be_read() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    drivein.fault("list", Effect::errno(-6));
    let master = drivein
        .get(&format!("{play}/master.m3u8"))
        .await
        .expect(200)
        .text();
    // The service has subtitles of its own for it, which are asked for since none were found beside it.
    assert!(master.contains("720p.m3u8"), "{master}");
}

#[tokio::test]
async fn the_page_of_a_film_has_them_for_browsers_and_for_mpv() {
    let drivein = Drivein::start().await;
    let page = drivein
        .get(&format!("/watch/{DRIVE}{}", encoded(FILM)))
        .await
        .expect(200)
        .text();
    let tracks: Vec<&str> = all_between(&page, "<track ", ">").collect();
    let play = drivein.play(FILM).await;
    assert_eq!(
        tracks,
        [format!(
            "kind=\"subtitles\" src=\"{play}/subtitles/und.vtt\" label=\"Subtitles\""
        )]
    );
    let page = unescaped(&page);
    assert!(page.contains(&format!(
        "/master.m3u8' --sub-file='{}{play}/subtitles/und.vtt'",
        drivein.url()
    )));
}

/// Starts a server over a folder with one film and these files beside it.
async fn beside(files: &[(&str, &[u8])]) -> (Drivein, tempfile::TempDir, String) {
    let folder = crate::local::folder_of_films();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let section = crate::local::section(folder.path());
    let drivein = Drivein::setup().no_drive().drives(&section).start().await;
    let entry = drivein.api("entries/home/As it is.mp4").await;
    let play = drivein.local(entry["entry"]["play"]["original"].as_str().unwrap());
    (drivein, folder, play)
}

#[tokio::test]
async fn files_in_every_way_of_writing_and_encoding_become_webvtt() {
    let srt = |text: &str| format!("1\r\n00:00:01,000 --> 00:00:02,000\r\n{text}\r\n");
    let polish = [b"1\n00:00:01,000 --> 00:00:02,000\nZa\xbf\xf3\xb3\xe6 g\xea\x9cl\xb9 ja\x9f\xf1, prosz\xea pana\n" as &[u8]].concat();
    let utf_16: Vec<u8> = srt("映画")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let ass = "[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.00,{\\an8\\i1}Oben{\\i0}\\Nunten\n";
    let vtt = "WEBVTT\n\n00:01.000 --> 00:02.000 align:start\n<v Ann>Hello\n";
    let huge = vec![b'a'; (5 << 20) + 1];
    let fonts = "fontname: a.ttf\n".to_owned()
        + &"!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEF\n".repeat(180_000);
    let with_fonts = format!(
        "[Fonts]\n{fonts}\n[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.00,One line\n"
    );
    assert!(with_fonts.len() > 13 << 19);
    let (drivein, _folder, play) = beside(&[
        ("As it is.pl.srt", &polish),
        ("As it is.ja.srt", &utf_16),
        ("As it is.de.forced.ass", ass.as_bytes()),
        ("As it is.en.sdh.vtt", vtt.as_bytes()),
        ("As it is.fr.srt", b"not a subtitle in it"),
        ("As it is.it.srt", &huge),
        ("As it is.es.srt", b""),
        ("As it is.pt_BR.ass", with_fonts.as_bytes()),
        (
            "Subs/As it is/2_Greek.srt",
            srt("in its own folder").as_bytes(),
        ),
        ("As it is.nl.sup", b"pictures"),
        ("As it is 2.srt", srt("of another film").as_bytes()),
    ])
    .await;
    let master = drivein
        .get(&format!("{play}/master.m3u8"))
        .await
        .expect(200)
        .text();
    let ids: Vec<&str> = all_between(&master, "URI=\"subtitles/", ".m3u8\"").collect();
    assert_eq!(
        ids,
        [
            "en-sdh",
            "fr",
            "de-forced",
            "it",
            "ja",
            "el",
            "pl",
            "pt-BR",
            "es"
        ],
        "{master}"
    );
    assert!(
        master.contains(
            "NAME=\"German (forced)\",DEFAULT=NO,AUTOSELECT=YES,FORCED=YES,LANGUAGE=\"de\""
        )
    );
    assert!(master.contains(
        "LANGUAGE=\"en\",CHARACTERISTICS=\"public.accessibility.transcribes-spoken-dialog,"
    ));

    let cue = |text: &str| format!("WEBVTT\n\n00:00:01.000 --> 00:00:02.000{text}\n\n");
    for (id, expected) in [
        ("pl", cue("\nZażółć gęślą jaźń, proszę pana")),
        ("ja", cue("\n映画")),
        ("de-forced", cue(" line:0\n<i>Oben</i>\nunten")),
        ("en-sdh", cue(" align:start\n<v Ann>Hello")),
        ("el", cue("\nin its own folder")),
        ("pt-BR", cue("\nOne line")),
    ] {
        let file = drivein
            .get(&format!("{play}/subtitles/{id}.vtt"))
            .await
            .expect(200);
        assert_eq!(file.text(), expected, "{id}");
    }
    for id in ["fr", "it", "es"] {
        let refused = drivein
            .get(&format!("{play}/subtitles/{id}.vtt"))
            .await
            .expect(422);
        assert_eq!(refused.json()["code"], "unsupported", "{id}");
        assert_eq!(refused.json()["title"], "No subtitles in this file", "{id}");
    }
}

#[tokio::test]
async fn a_film_of_this_machine_has_its_own_clock() {
    let text = "1\n00:00:01,000 --> 00:00:02,000\nHere\n";
    let (drivein, _folder, play) = beside(&[("Recorded.en.srt", text.as_bytes())]).await;
    let root = play.rsplit_once('/').unwrap().0;
    let film = format!("{root}/Recorded.flv");
    let master = drivein
        .get(&format!("{film}/master.m3u8"))
        .await
        .expect(200)
        .text();
    let rung = master
        .lines()
        .find(|line| line.ends_with("p.m3u8"))
        .unwrap();
    let segment = rung.replace(".m3u8", "/0.ts");
    let picture = drivein.get(&format!("{film}/{segment}")).await.expect(200);
    let clock = first_picture(&picture.body);
    let expected = format!(
        "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:{clock},LOCAL:00:00:00.000\n\n00:00:01.000 --> 00:00:02.000\nHere\n\n"
    );
    let subtitles = drivein
        .get(&format!("{film}/subtitles/en/0.vtt"))
        .await
        .expect(200);
    assert_eq!(subtitles.text(), expected);
}

#[tokio::test]
async fn a_real_folder_of_that_name_is_itself() {
    let text = "WEBVTT\n\n00:01.000 --> 00:02.000\nkept as it is\n";
    let (drivein, _folder, play) = beside(&[("Extras/subtitles/en.vtt", text.as_bytes())]).await;
    let root = play.rsplit_once('/').unwrap().0;
    let file = drivein
        .get(&format!("{root}/Extras/subtitles/en.vtt"))
        .await
        .expect(200);
    assert_eq!(file.text(), text);
}

/// Starts a server whose drive has subtitles of its own for a film. By its name, the file belongs to another film, so
/// that only the drive finds them.
async fn with_subtitles_of_the_drive(form: SubtitleReply) -> Drivein {
    let options = Options {
        subtitles: form,
        ..Options::default()
    };
    let drivein = Drivein::setup().sandbox(options).start().await;
    let film = drivein.source(FILM, "original").await;
    for name in ["Film.mp4", "Film.eng.mp4"] {
        let at = format!("/Alone/{name}");
        drivein.put(&at, "", film.clone()).await.expect(200);
    }
    let text = "1\n00:00:01,000 --> 00:00:02,000\nOf the drive\n";
    drivein
        .put("/Alone/Film.eng.srt", "", text)
        .await
        .expect(200);
    drivein
}

#[tokio::test]
async fn a_film_without_subtitles_gets_those_of_the_drive_in_both_forms() {
    for (form, name, id) in [
        (SubtitleReply::List, "English", "en"),
        (SubtitleReply::Srt, "Subtitles", "und"),
    ] {
        let drivein = with_subtitles_of_the_drive(form).await;
        let play = drivein.play("/Alone/Film.mp4").await;
        let asked = || drivein.sandbox.count("web_streaming");
        assert_eq!(asked(), 0, "an entry alone asks for none");
        let master = drivein.get(&format!("{play}/master.m3u8")).await;
        let master = master.expect(200).text();
        let listed = media(&master);
        assert!(
            !listed.is_empty() && listed[0].contains(&format!("NAME=\"{name}\"")),
            "{form:?}: {master}"
        );
        let expected = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nOf the drive\n\n";
        let address = format!("{play}/subtitles/{id}.vtt");
        assert_eq!(drivein.get(&address).await.expect(200).text(), expected);
        let page = format!("/watch/{DRIVE}{}", encoded("/Alone/Film.mp4"));
        let page = drivein.get(&page).await.expect(200).text();
        assert!(page.contains(&format!("subtitles/{id}.vtt")), "{page}");
        assert_eq!(asked(), 1, "the answer is kept");

        // A film with a file beside it has that one, and nothing is asked for it.
        let play = drivein.play("/Alone/Film.eng.mp4").await;
        let master = drivein.get(&format!("{play}/master.m3u8")).await;
        assert!(!media(&master.expect(200).text()).is_empty());
        assert_eq!(asked(), 1);
    }
}

#[tokio::test]
async fn opening_the_menu_of_subtitles_asks_the_drive_for_its_own() {
    for (form, name, id) in [
        (SubtitleReply::List, "English", "en"),
        (SubtitleReply::Srt, "Subtitles 2", "und-2"),
    ] {
        let drivein = with_subtitles_of_the_drive(form).await;
        a_file_beside_the_film(&drivein).await;
        let play = drivein.play("/Alone/Film.mp4").await;
        let asked = || drivein.sandbox.count("web_streaming");
        let page = format!("/watch/{DRIVE}{}", encoded("/Alone/Film.mp4"));
        let page = drivein.get(&page).await.expect(200).text();
        assert!(page.contains("/subtitles.json\""), "{page}");
        assert_eq!(asked(), 0, "a page alone asks for none");

        for _ in 0..2 {
            let all = drivein.get(&format!("{play}/subtitles.json")).await;
            let all = all.expect(200).json();
            let tracks = all["subtitles"].as_array().unwrap();
            let src = |id: &str| json!(format!("subtitles/{id}.vtt"));
            assert_eq!(tracks.len(), 2, "{all}");
            assert_eq!(tracks[0]["src"], src("und"), "{all}");
            assert_eq!(tracks[1]["src"], src(id), "{all}");
            assert_eq!(tracks[1]["label"], name, "{all}");
        }
        let text = drivein.get(&format!("{play}/subtitles/{id}.vtt")).await;
        assert!(text.expect(200).text().contains("Of the drive"));
        assert_eq!(asked(), 1, "the answer is kept");

        // A file beside the film is not listed again under the drive's name for it.
        let play = drivein.play("/Alone/Film.eng.mp4").await;
        let all = drivein.get(&format!("{play}/subtitles.json")).await;
        let all = all.expect(200).json();
        let count = all["subtitles"].as_array().unwrap().len();
        assert_eq!(
            count,
            if form == SubtitleReply::List { 1 } else { 2 },
            "{all}"
        );
    }
}

/// Puts a file beside the film that has subtitles of the drive.
async fn a_file_beside_the_film(drivein: &Drivein) {
    let text = "WEBVTT\n\n00:00:03.000 --> 00:00:04.000\nBeside the film\n";
    let put = drivein.put("/Alone/Film.vtt", "", text).await;
    put.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_shows_the_subtitles_of_the_drive_once_the_menu_is_open() {
    let drivein = with_subtitles_of_the_drive(SubtitleReply::List).await;
    a_file_beside_the_film(&drivein).await;
    let page = format!("/watch/{DRIVE}{}", encoded("/Alone/Film.mp4"));
    crate::browser::scenario(&drivein, "more-subtitles", &[&page]).await;
    assert_eq!(drivein.sandbox.count("web_streaming"), 1);
}

#[tokio::test]
async fn a_drive_that_has_no_subtitles_is_asked_once_and_a_stale_url_is_renewed() {
    let drivein = with_subtitles_of_the_drive(SubtitleReply::List).await;
    let play = drivein.play("/Alone/Film.mp4").await;
    let master = format!("{play}/master.m3u8");
    drivein.get(&master).await.expect(200);
    drivein.sandbox.expire_urls();
    let text = drivein.get(&format!("{play}/subtitles/en.vtt")).await;
    assert!(text.expect(200).text().contains("Of the drive"));
    assert_eq!(drivein.sandbox.count("web_streaming"), 2);

    let none = "/Alone/None.mp4";
    let film = drivein.source(FILM, "original").await;
    drivein.put(none, "", film).await.expect(200);
    let play = drivein.play(none).await;
    for _ in 0..2 {
        let master = drivein.get(&format!("{play}/master.m3u8")).await;
        assert!(media(&master.expect(200).text()).is_empty());
    }
    assert_eq!(drivein.sandbox.count("web_streaming"), 3);
}

/// A line in the upper left of the picture, yellow, from second 2 to 4.
const STYLED: &str = "[Script Info]
ScriptType: v4.00+
PlayResX: 640
PlayResY: 360

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Big,Liberation Sans,50,&H0000FFFF,&H000000FF,&H0000FFFF,&H0000FFFF,0,0,0,0,100,100,0,0,1,1,0,7,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:02.00,0:00:04.00,Big,,0,0,0,,{\\pos(20,20)}Upper left
";

/// Encodes a font as SubStation files have it: six bits are a character, in lines of 80.
fn as_in_a_file(font: &[u8]) -> String {
    let mut chars = Vec::new();
    for three in font.chunks(3) {
        let bits = three
            .iter()
            .fold(0, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - three.len()));
        let values = [18, 12, 6, 0].map(|shift| (bits >> shift & 63) as u8 + b'!');
        chars.extend_from_slice(&values[..three.len() + 1]);
    }
    let lines = chars
        .chunks(80)
        .map(|line| std::str::from_utf8(line).unwrap());
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn styled_subtitles_are_served_as_they_were_made_and_drawn_with_the_fonts_of_the_film() {
    need("ffmpeg", "ffmpeg");
    let folder = crate::local::folder_of_films();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("As it is.en.ass"), STYLED).unwrap();
    std::fs::write(
        at("As it is.de.srt"),
        "1\n00:00:01,000 --> 00:00:02,000\nHallo\n",
    )
    .unwrap();
    let font = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("node_modules/@jellyfin/libass-wasm/dist/js/default.woff2");
    let status = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-i"])
        .arg(at("As it is.mp4"))
        .arg("-i")
        .arg(at("As it is.en.ass"))
        .args([
            "-map", "0:v", "-map", "0:a", "-map", "1", "-c", "copy", "-attach",
        ])
        .arg(&font)
        .args(["-metadata:s:t", "mimetype=font/woff2"])
        .arg(at("Styled.mkv"))
        .status()
        .unwrap();
    assert!(status.success());
    let font = std::fs::read(font).unwrap();
    // The file has a font of its own, too.
    let with_font = format!(
        "{STYLED}\n[Fonts]\nfontname: own_0.ttf\n{}",
        as_in_a_file(&font)
    );
    std::fs::write(at("As it is.en.ass"), with_font).unwrap();
    let section = crate::local::section(folder.path());
    let drivein = Drivein::setup().no_drive().drives(&section).start().await;
    let play = async |name: &str| {
        let entry = drivein.api(&format!("entries/home/{name}")).await;
        drivein.local(entry["entry"]["play"]["original"].as_str().unwrap())
    };

    let beside = play("As it is.mp4").await;
    let file = drivein.get(&format!("{beside}/subtitles/en.ass")).await;
    assert_eq!(file.expect(200).text(), format!("{STYLED}\n"));
    let own = drivein.get(&format!("{beside}/subtitles/en.json")).await;
    assert_eq!(own.expect(200).json(), json!({"fonts": ["en/0.ttf"]}));
    let own = drivein.get(&format!("{beside}/subtitles/en/0.ttf")).await;
    assert_eq!(own.header("content-type"), "font/sfnt");
    assert!(own.expect(200).body == font);
    let none = drivein.get(&format!("{beside}/subtitles/en/1.ttf")).await;
    assert_eq!(none.status, 404);
    let plain = drivein.get(&format!("{beside}/subtitles/de.ass")).await;
    assert_eq!(plain.code(), "unsupported");
    let fonts = drivein.get(&format!("{beside}/fonts.json")).await;
    assert_eq!(fonts.expect(200).json(), json!({"fonts": []}));

    let inside = play("Styled.mkv").await;
    let text = drivein.get(&format!("{inside}/subtitles/und.ass")).await;
    let text = text.expect(200).text();
    let dialogue = ",Big,,0,0,0,,{\\pos(20,20)}Upper left";
    let style = "Style: Big,Liberation Sans,50,&H0000FFFF";
    for line in ["PlayResX: 640", style, "Dialogue: 0,0:00:02.0", dialogue] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let fonts = drivein.get(&format!("{inside}/fonts.json")).await;
    assert_eq!(fonts.expect(200).json(), json!({"fonts": ["fonts/0.ttf"]}));
    let first = drivein.get(&format!("{inside}/fonts/0.ttf")).await;
    assert!(first.expect(200).body == font);
    let none = drivein.get(&format!("{inside}/fonts/1.ttf")).await;
    assert_eq!(none.status, 404);

    // Nothing but the worker, and the page that starts it, may run WebAssembly; no text becomes a script.
    let policy = async |path: &str| {
        let reply = drivein.get(path).await.expect(200);
        reply.header("content-security-policy").to_owned()
    };
    for (path, may_run) in [("/watch/home/Styled.mkv", true), ("/", false)] {
        let policy = policy(path).await;
        assert_eq!(
            policy.contains("'wasm-unsafe-eval'"),
            may_run,
            "{path}: {policy}"
        );
        assert!(!policy.contains("'unsafe-eval'"), "{path}: {policy}");
    }
    for page in ["/watch/home/As%20it%20is.mp4", "/watch/home/Styled.mkv"] {
        crate::browser::scenario(&drivein, "styled-subtitles", &[page]).await;
    }
}
