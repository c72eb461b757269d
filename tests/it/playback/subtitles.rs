//! Subtitle files beside a film: found, parsed in any encoding, and offered to every player.

mod of_drives;
mod styled;

use reqwest::Method;
use serde_json::json;

use sandbox::Effect;

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
    let master = drivein.text(&format!("{play}/master.m3u8")).await;
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
        .fetch(&format!("{play}/subtitles/und.m3u8"), 200)
        .await;
    assert_eq!(list.header("content-type"), "application/vnd.apple.mpegurl");
    assert_eq!(
        list.text(),
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:66\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n\
         #EXTINF:66.000,\nund/0.vtt\n#EXT-X-ENDLIST\n"
    );

    // Aligned to the clock of the stream, as read by another program.
    let segment = drivein
        .fetch(&format!("{play}/subtitles/und/0.vtt"), 200)
        .await;
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
    again.expect(304).await;
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
    let master = drivein.text(&format!("{play}/master.m3u8")).await;
    assert!(!master.contains("SUBTITLES"), "{master}");
    let page = drivein
        .text(&format!("/watch/{DRIVE}{}", encoded(EPISODE)))
        .await;
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
        .fetch(&format!("{film}/subtitles/und.vtt"), 200)
        .await;
    for other in [
        "/Tidal Light.srt",
        "/Nature & Light/Waves & Wind.mp4/subtitles/en.vtt",
    ] {
        drivein
            .fetch(&format!("/play/{ticket}/{DRIVE}{}", encoded(other)), 403)
            .await;
    }
}

#[tokio::test]
async fn a_film_plays_where_its_folder_cannot_be_read() {
    let drivein = Drivein::start().await;
    let play = drivein.play(FILM).await;
    drivein.fault("list", Effect::errno(-6));
    let master = drivein.text(&format!("{play}/master.m3u8")).await;
    // The service has subtitles of its own for it, which are asked for since none were found beside it.
    assert!(master.contains("720p.m3u8"), "{master}");
}

#[tokio::test]
async fn the_page_of_a_film_has_them_for_browsers_and_for_mpv() {
    let drivein = Drivein::start().await;
    let page = drivein
        .text(&format!("/watch/{DRIVE}{}", encoded(FILM)))
        .await;
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
    let drivein = Drivein::setup()
        .no_drive()
        .folder("home", folder.path())
        .start()
        .await;
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
    let master = drivein.text(&format!("{play}/master.m3u8")).await;
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
            .fetch(&format!("{play}/subtitles/{id}.vtt"), 200)
            .await;
        assert_eq!(file.text(), expected, "{id}");
    }
    for id in ["fr", "it", "es"] {
        let refused = drivein
            .fetch(&format!("{play}/subtitles/{id}.vtt"), 422)
            .await;
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
    let master = drivein.text(&format!("{film}/master.m3u8")).await;
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
        .fetch(&format!("{film}/subtitles/en/0.vtt"), 200)
        .await;
    assert_eq!(subtitles.text(), expected);
}

#[tokio::test]
async fn a_real_folder_of_that_name_is_itself() {
    let text = "WEBVTT\n\n00:01.000 --> 00:02.000\nkept as it is\n";
    let (drivein, _folder, play) = beside(&[("Extras/subtitles/en.vtt", text.as_bytes())]).await;
    let root = play.rsplit_once('/').unwrap().0;
    let file = drivein
        .fetch(&format!("{root}/Extras/subtitles/en.vtt"), 200)
        .await;
    assert_eq!(file.text(), text);
}
