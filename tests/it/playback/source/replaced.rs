//! A film that is replaced while its original plays as a stream: its old and its new version are never mixed.

use std::time::Duration;

use super::*;
use crate::servers::s3;

/// A drive looks a film up again when its old version is gone, and else at most a minute after the last time.
const PATIENCE: Duration = Duration::from_secs(100);

/// Makes a film of 20 s and some 10 MB, whose pictures and sound depend on a number.
fn noisy_film(path: &Path, number: u32) {
    let picture = format!(
        "testsrc=size=640x360:rate=25:duration=20,noise=alls=60:allf=t:all_seed={number},format=yuv420p"
    );
    let sound = format!("sine=frequency={}:duration=20", 200 + number);
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y"])
        .args(["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &sound])
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-b:v", "4M"])
        .args(["-g", "50", "-c:a", "aac"])
        .arg(path)
        .status()
        .unwrap();
    assert!(status.success());
}

/// All that a server sends of a film.
#[derive(PartialEq)]
struct Streams {
    list: String,
    segments: Vec<Vec<u8>>,
    whole: Vec<u8>,
}

impl Streams {
    async fn of(drivein: &Drivein, play: &str) -> Self {
        let list = drivein.get(&format!("{play}/source.m3u8")).await;
        let list = list.expect(200).text();
        let mut segments = Vec::new();
        for n in 0..list.matches(".m4s").count() {
            let segment = drivein.get(&format!("{play}/source/{n}.m4s")).await;
            segments.push(segment.expect(200).body);
        }
        let whole = drivein.get(&format!("{play}/source.mp4")).await;
        let whole = whole.expect(200).body;
        Streams {
            list,
            segments,
            whole,
        }
    }
}

/// Returns the play URL of the film of a drive.
async fn play_of(drivein: &Drivein, drive: &str) -> String {
    let entry = drivein.api(&format!("entries/{drive}/film.mkv")).await;
    drivein.local(entry["entry"]["play"]["original"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_film_that_is_replaced_while_it_plays_is_never_mixed_with_its_old_version() {
    need("ffmpeg", "ffmpeg");
    let folders = [(); 4].map(|()| tempfile::tempdir().unwrap());
    let films = folders.each_ref().map(|it| it.path().join("film.mkv"));
    let [old, new, home, cloud] = &films;
    noisy_film(old, 1);
    noisy_film(new, 2);
    std::fs::copy(old, home).unwrap();
    std::fs::copy(old, cloud).unwrap();
    let bucket = s3::start().await;
    bucket.put("film.mkv", std::fs::read(old).unwrap()).await;
    let local = |name: &str, film: &Path| {
        let folder = film.parent().unwrap();
        format!("[[drive]]\nname = {name:?}\nkind = \"local\"\npath = {folder:?}\n")
    };

    let sections = format!("{}{}", local("old", old), local("new", new));
    let truth = Drivein::setup().no_drive().drives(&sections).start().await;
    let before = Streams::of(&truth, &play_of(&truth, "old").await).await;
    let after = Streams::of(&truth, &play_of(&truth, "new").await).await;
    let length = before.segments.len();
    assert!(length >= 3 && after.segments.len() == length);
    assert!(before.whole.len() > 4 << 20 && before != after);

    let sections = format!("{}{}", local("home", home), bucket.section("bucket", &[]));
    let sandbox = sandbox::Options {
        films: sandbox::Films::Folder(cloud.parent().unwrap().to_owned()),
        ..sandbox::Options::default()
    };
    let setup = Drivein::setup().sandbox(sandbox).forgetful();
    let drivein = setup.drives(&sections).start().await;
    for drive in ["home", "bucket", DRIVE] {
        let play = play_of(&drivein, drive).await;
        let list = drivein.get(&format!("{play}/source.m3u8")).await;
        assert_eq!(list.expect(200).text(), before.list, "{drive}");
        let first = drivein.get(&format!("{play}/source/0.m4s")).await;
        assert!(first.expect(200).body == before.segments[0], "{drive}");
        let whole = format!("{play}/source.mp4");
        let mut viewer = drivein.ask(Method::GET, &whole).open().await;
        let mut seen = viewer.chunk().await.unwrap().unwrap().to_vec();

        if drive == "bucket" {
            bucket.put("film.mkv", std::fs::read(new).unwrap()).await;
        } else {
            let film = if drive == "home" { home } else { cloud };
            let part = film.with_extension("part");
            std::fs::copy(new, &part).unwrap();
            std::fs::rename(&part, film).unwrap();
        }

        // A reply that is under way is that of the old version to its end, or ends early.
        while let Ok(Some(chunk)) = viewer.chunk().await {
            seen.extend_from_slice(&chunk);
        }
        assert!(before.whole.starts_with(&seen), "{drive}: {}", seen.len());
        // At the addresses of the old playlist there is one of the two, or an error.
        for n in 1..length {
            let reply = drivein.get(&format!("{play}/source/{n}.m4s")).await;
            let is_one = [&before, &after].iter().any(|film| {
                let segment = &film.segments[n];
                match reply.is_whole {
                    true => *segment == reply.body,
                    false => segment.starts_with(&reply.body),
                }
            });
            let is_lawful = if reply.status == 200 {
                is_one
            } else {
                reply.status >= 400
            };
            assert!(is_lawful, "{drive}, segment {n}: {}", reply.describe());
        }
        // Once it is played again after a minute at most, all is of the new version.
        eventually("the new version", PATIENCE, async || {
            drivein.get(&format!("{play}/source.m3u8")).await;
            let segment = drivein.get(&format!("{play}/source/0.m4s")).await;
            (segment.body == after.segments[0]).then_some(())
        })
        .await;
        assert!(Streams::of(&drivein, &play).await == after, "{drive}");
    }
}
