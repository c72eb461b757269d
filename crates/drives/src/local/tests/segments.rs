//! Segments of films, compared with the packets of the file.

use super::*;

/// The decode times of a track's packets, in ticks of 90 kHz.
fn times(file: &Path, stream: &str) -> Vec<i64> {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-fflags", "+genpts"])
        .args(["-select_streams", stream])
        .args(["-show_entries", "packet=dts_time", "-of", "csv=p=0"])
        .arg(file)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let first = |line: &str| {
        line.split(',')
            .next()
            .and_then(|time| time.parse::<f64>().ok())
    };
    let seconds = text.lines().filter_map(first);
    seconds
        .map(|seconds| (seconds * 90_000.0).round() as i64)
        .collect()
}

/// Writes all segments of a film one after the other into a file.
async fn join_segments(folder: &Folder, entry: &Entry, target: &Path) {
    let renditions = folder.drive.possible_renditions(entry);
    let list = folder.drive.playlist(entry, renditions[0]).await.unwrap();
    let uris: Vec<&str> = list
        .text()
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    assert!((3..=6).contains(&uris.len()), "{}", list.text());
    let mut whole = Vec::new();
    for uri in uris {
        let origin = list.origin(uri).unwrap();
        assert!(folder.drive.segment_facts().read(&origin).content.is_some());
        whole.extend(folder.read(&origin, 0, None).await);
    }
    std::fs::write(target, whole).unwrap();
}

#[tokio::test]
async fn segments_hold_every_picture_and_every_sound_once_with_one_shift() {
    let folder = Folder::new();
    for (name, picture, sound) in [
        ("a.flv", "-c:v libx264 -preset ultrafast -bf 2 -g 50", "aac"),
        ("a.avi", "-c:v mpeg4 -g 50", "libmp3lame"),
        ("a.mpg", "-c:v mpeg2video -bf 2 -g 50", "mp2"),
    ] {
        let film = format!("{PICTURE} {SOUND} {picture} -c:a {sound}");
        ffmpeg(&film, &folder.real(name));
        let entry = folder.drive.stat(&path(&format!("/{name}"))).await.unwrap();
        assert_eq!(
            (entry.width, entry.height),
            (Some(320), Some(180)),
            "{name}"
        );
        let joined = folder.dir.path().join("joined.ts");
        join_segments(&folder, &entry, &joined).await;
        let mut shifts = Vec::new();
        for stream in ["v:0", "a:0"] {
            let (file, found) = (times(&folder.real(name), stream), times(&joined, stream));
            assert_eq!(found.len(), file.len(), "{name} {stream}");
            shifts.extend(found.iter().zip(&file).map(|(found, file)| found - file));
        }
        // Containers with milliseconds round.
        let (least, most) = (shifts.iter().min().unwrap(), shifts.iter().max().unwrap());
        assert!(most - least <= 180, "{name}: from {least} to {most}");
        let pictures = folder.drive.thumbnail(&entry).await.unwrap();
        assert!(
            folder
                .read(&pictures, 0, None)
                .await
                .starts_with(b"\xff\xd8")
        );
    }
}
