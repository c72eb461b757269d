//! Styled subtitles (ASS) and the fonts of a film.

use serde_json::json;

use crate::harness::*;

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
    let film = at("As it is.mp4").display().to_string();
    let styled = at("As it is.en.ass").display().to_string();
    let font = font.display().to_string();
    let inputs = ["-i", &film, "-i", &styled, "-attach", &font];
    let streams = "-map 0:v -map 0:a -map 1 -c copy -metadata:s:t mimetype=font/woff2";
    let arguments = inputs.into_iter().chain(streams.split(' '));
    make_film(&at("Styled.mkv"), arguments);
    let font = std::fs::read(font).unwrap();
    // The file has a font of its own, too.
    let with_font = format!(
        "{STYLED}\n[Fonts]\nfontname: own_0.ttf\n{}",
        as_in_a_file(&font)
    );
    std::fs::write(at("As it is.en.ass"), with_font).unwrap();
    let drivein = Drivein::setup()
        .no_drive()
        .folder("home", folder.path())
        .start()
        .await;
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
