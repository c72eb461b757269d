//! The price of an original: upstream requests, upstream bytes, and what is kept over a restart.

use std::sync::OnceLock;

use super::*;

/// A film of 20 s and some 20 MB, which is made once for all tests.
static LARGE: OnceLock<Vec<u8>> = OnceLock::new();

fn large_film() -> &'static [u8] {
    LARGE.get_or_init(|| {
        need("ffmpeg", "ffmpeg");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("large.nut");
        let picture =
            "testsrc=size=640x360:rate=25:duration=20,noise=alls=60:allf=t,format=yuv420p";
        let status = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-y"])
            .args(["-f", "lavfi", "-i", picture])
            .args(["-f", "lavfi", "-i", "sine=duration=20"])
            .args(["-c:v", "libx264", "-preset", "ultrafast", "-b:v", "8M"])
            .args(["-g", "50", "-c:a", "aac"])
            .arg(&file)
            .status()
            .unwrap();
        assert!(status.success());
        std::fs::read(file).unwrap()
    })
}

/// Returns the film in the container of `name`. Its bytes differ from those of another name.
fn film_as(name: &str, more: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("base.nut");
    std::fs::write(&base, large_film()).unwrap();
    let file = folder.path().join(name);
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-i"])
        .arg(&base)
        .args(["-c", "copy", "-metadata", &format!("title={name}")])
        .args(["-metadata", &format!("service_name={name}")])
        .args(more)
        .arg(&file)
        .status()
        .unwrap();
    assert!(status.success(), "{name}");
    std::fs::read(file).unwrap()
}

/// The containers of the same film.
const FILMS: [(&str, &[&str]); 4] = [
    ("Large.mkv", &[]),
    ("Large.mp4", &["-movflags", "+faststart"]),
    ("Index at the end.mp4", &[]),
    ("Large.ts", &[]),
];

/// Uploads a film, and returns its size and its play URL.
async fn upload(drivein: &Drivein, name: &str, more: &[&str]) -> (u64, String) {
    let bytes = film_as(name, more);
    let size = bytes.len() as u64;
    assert!(size > 8 << 20, "{size}");
    let path = format!("/{name}");
    drivein.put(&path, "", bytes).await.expect(200);
    (size, drivein.play(&path).await)
}

fn segments(list: &str) -> Vec<&str> {
    let is_segment = |line: &&str| line.ends_with(".m4s") || line.ends_with(".ts");
    list.lines().filter(is_segment).collect()
}

#[tokio::test]
async fn an_original_costs_a_few_requests_for_its_index_and_each_byte_once() {
    let drivein = Drivein::start().await;
    for (name, more) in FILMS {
        for streams in [&["source"][..], &["source-video", "sound-1"]] {
            let name = format!("{} of {name}", streams.len());
            let (_, play) = upload(&drivein, &name, more).await;
            drivein.sandbox.reset_counts();
            let mut lists = Vec::new();
            for stream in streams {
                let list = drivein.get(&format!("{play}/{stream}.m3u8")).await;
                lists.push(list.expect(200).text());
            }
            let of_index = (
                drivein.sandbox.count("original"),
                drivein.sandbox.bytes("original"),
            );
            assert!(
                of_index.0 <= 4 && of_index.1 <= 2_100_000,
                "{name}: {of_index:?}"
            );
            let mut sent = 0;
            for n in 0..segments(&lists[0]).len() {
                for list in &lists {
                    let segment = segments(list)[n];
                    let reply = drivein.get(&format!("{play}/{segment}")).await.expect(200);
                    sent += reply.body.len() as u64;
                }
            }
            let of_media = drivein.sandbox.bytes("original") - of_index.1;
            assert!(
                of_media as f64 <= sent as f64 * 1.02,
                "{name} {streams:?}: {of_media} bytes for {sent}"
            );
        }
    }
}

#[tokio::test]
async fn a_cold_click_takes_three_round_trips_and_the_segment() {
    let drivein = Drivein::start().await;
    for (name, more) in FILMS {
        let (_, play) = upload(&drivein, name, more).await;
        drivein.sandbox.reset_counts();
        let list = drivein.get(&format!("{play}/source.m3u8")).await;
        let list = list.expect(200).text();
        let index = drivein.sandbox.count("original");
        let first = segments(&list)[0];
        drivein.get(&format!("{play}/{first}")).await.expect(200);
        assert!(index <= 3, "{name}: {index} requests for the index");
        let all = drivein.sandbox.count("original");
        // The next segment is read ahead.
        assert!(all <= index + 2, "{name}: {all} requests after {index}");
    }
}

#[tokio::test]
async fn what_was_found_out_about_a_film_is_kept_over_a_restart() {
    let disk = "[cache]\nmemory = \"64 MiB\"\ndisk = \"1 GiB\"\n";
    let mut drivein = Drivein::setup().sections(disk).start().await;
    for (name, more) in FILMS {
        let (size, play) = upload(&drivein, name, more).await;
        drivein.sandbox.reset_counts();
        let list = drivein.get(&format!("{play}/source.m3u8")).await;
        let list = list.expect(200).text();
        let read = drivein.sandbox.bytes("original");
        assert!(
            read > 0 && read < size / 4,
            "{name}: {read} of {size} bytes"
        );
        drivein = drivein.restarted().await;
        let play = drivein.play(&format!("/{name}")).await;
        drivein.sandbox.reset_counts();
        let again = drivein.get(&format!("{play}/source.m3u8")).await;
        assert_eq!(again.expect(200).text(), list, "{name}");
        assert_eq!(drivein.sandbox.count("original"), 0, "{name}: read again");
    }
}
