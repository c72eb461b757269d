//! Pictures over the seek bar that no page has sent: made from key frames while the server is idle, if the owner has switched it on.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::harness::*;
use crate::local::film_of;

/// Longer than the time without a viewer after which pictures are made.
const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test]
async fn missing_pictures_are_made_from_key_frames_of_films_that_were_begun() {
    need("ffmpeg", "ffmpeg");
    let folder = tempfile::tempdir().unwrap();
    for name in ["Begun.mkv", "Other.mkv"] {
        film_of(&folder.path().join(name), 35);
    }
    let setup = Drivein::setup().no_drive().folder("home", folder.path());
    let setup = setup.sections("[playback]\nseek_pictures = true\n");
    let drivein = setup.start().await;
    let play = async |name: &str| {
        let entry = drivein.api(&format!("entries/home/{name}")).await;
        drivein.local(entry["entry"]["play"]["original"].as_str().unwrap())
    };
    let (begun, other) = (play("Begun.mkv").await, play("Other.mkv").await);
    // One was sent by a page.
    let sent = std::fs::read(super::file_pictures::sample("poster-140.jpg")).unwrap();
    let path = "/api/v1/thumbnails/home/Begun.mkv?number=1";
    let put = drivein.ask(Method::PUT, path).body(sent).send().await;
    put.expect(204);
    let number_1 = format!("{begun}/thumbnails/1.webp");
    let sent = drivein.get(&number_1).await.expect(200).body;
    let position = json!({"position_s": 12.0, "duration_s": 35.0});
    drivein
        .call(Method::PUT, "history/home/Begun.mkv", position)
        .await
        .expect(204);
    let list = eventually("all pictures of the film", PATIENCE, async || {
        let list = drivein.get(&format!("{begun}/thumbnails.vtt")).await.text();
        (list.matches(" --> ").count() == 4).then_some(list)
    })
    .await;
    assert!(
        list.contains("00:00:30.000 --> 00:00:40.000\nthumbnails/3.webp"),
        "{list}"
    );
    let mut pictures = Vec::new();
    for number in [0, 2, 3] {
        let picture = drivein
            .get(&format!("{begun}/thumbnails/{number}.webp"))
            .await;
        let picture = picture.expect(200).body;
        assert_eq!(
            (&picture[..4], &picture[8..15]),
            (&b"RIFF"[..], &b"WEBPVP8"[..])
        );
        pictures.push(picture);
    }
    assert!(pictures[0] != pictures[1] && pictures[1] != pictures[2]);
    assert!(drivein.get(&number_1).await.body == sent, "it was replaced");
    // A film that was not begun is not read.
    drivein.fetch(&format!("{other}/thumbnails.vtt"), 404).await;
}
