//! Pictures and music of a folder: the viewer that leads from one to the next, and the queue.

use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use crate::harness::*;

fn sample(path: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    std::fs::read(root.join(path)).unwrap()
}

/// Returns a song with tags (<https://id3.org/id3v2.4.0-structure>).
pub fn tagged_song() -> Vec<u8> {
    let frame = |id: &str, text: &str| {
        let size = [0, 0, 0, text.len() as u8 + 1];
        [id.as_bytes(), &size, &[0, 0, 3], text.as_bytes()].concat()
    };
    let frames = [
        frame("TIT2", "Fog Bank"),
        frame("TPE1", "The Fog"),
        frame("TALB", "Weather"),
        frame("TRCK", "3"),
    ]
    .concat();
    let head = [b"ID3\x04\0\0\0\0\0".as_slice(), &[frames.len() as u8]].concat();
    [head, frames, sample("tidal-light/sound.mp3")].concat()
}

/// Starts a server over a folder with three pictures and three songs, and returns both.
pub async fn folder_of_pictures_and_music() -> (Drivein, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    for (name, width) in [("1", 140), ("2 & more", 360), ("10", 850)] {
        let picture = sample(&format!("three-moons/poster-{width}.jpg"));
        write(&format!("Pictures/{name}.jpg"), &picture);
    }
    let sound = sample("tidal-light/sound.mp3");
    for name in ["1 Rain", "2 Wind"] {
        write(&format!("Music/{name}.mp3"), &sound);
    }
    write("Music/10 Fog.mp3", &tagged_song());
    let drivein = Drivein::setup()
        .no_drive()
        .folder("home", folder.path())
        .start()
        .await;
    (drivein, folder)
}

/// Fills a folder with an album, whose songs have tags and a cover, and with pictures.
pub async fn album_and_pictures(folder: &Path) {
    const SONGS: [&str; 7] = [
        "Rain before five",
        "Wind over water",
        "A long front",
        "Fog bank",
        "Thunder, far off",
        "Snow on the line",
        "Clearing from the west",
    ];
    let album = folder.join("Music/Weather Reports");
    let pictures = folder.join("Pictures");
    std::fs::create_dir_all(&album).unwrap();
    std::fs::create_dir_all(&pictures).unwrap();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/");
    let films = ["tidal-light", "three-moons", "paper-mountains"];
    for (number, film) in films.iter().enumerate() {
        let name = film.replace('-', " ");
        let name = format!(
            "{} {}{}.jpg",
            number + 1,
            name[..1].to_uppercase(),
            &name[1..]
        );
        std::fs::copy(format!("{root}{film}/poster-850.jpg"), pictures.join(name)).unwrap();
    }
    let sound = format!("{root}tidal-light/sound.mp3");
    let cover = format!("{root}three-moons/poster-360.jpg");
    for (at, title) in SONGS.iter().enumerate() {
        let number = at + 1;
        let name = format!("{number:02} {title}.mp3");
        let (title, track) = (
            format!("title={title}"),
            format!("track={number}/{}", SONGS.len()),
        );
        let inputs = format!(
            "-i {sound} -i {cover} -map 0 -map 1 -c copy -t {}",
            41 + at * 3
        );
        let tags = [
            "artist=The Barometers",
            "album=Weather Reports",
            "date=2017",
            "genre=Ambient",
            &title,
            &track,
        ];
        let tags = tags.into_iter().flat_map(|tag| ["-metadata", tag]);
        let cover = ["-disposition:v:0", "attached_pic"];
        let arguments = inputs.split(' ').chain(tags).chain(cover);
        make_film(&album.join(&name), arguments);
    }
}

#[tokio::test]
async fn pictures_of_a_folder_are_shown_one_after_the_other() {
    let (drivein, _folder) = folder_of_pictures_and_music().await;
    let folder = drivein.text("/browse/home/Pictures").await;
    let second = "/watch/home/Pictures/2%20%26%20more.jpg";
    assert!(folder.contains(&format!("href=\"{second}\"")), "{folder}");
    let page = unescaped(&drivein.text(second).await);
    for part in [
        "<h1 dir=\"auto\">2 & more</h1>",
        "2 of 3",
        "href=\"/watch/home/Pictures/1.jpg\" rel=\"prev\"",
        "href=\"/watch/home/Pictures/10.jpg\" rel=\"next\"",
        "href=\"/browse/home/Pictures\"",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let picture = page.split("<img src=\"/play/").nth(1).unwrap();
    let picture = format!("/play/{}", picture.split('"').next().unwrap());
    let picture = drivein.get(&picture).await.expect(200);
    assert_eq!(picture.header("content-type"), "image/jpeg");
    let first = drivein.get("/watch/home/Pictures/1.jpg").await.text();
    assert!(!first.contains("rel=\"prev\"") && first.contains("rel=\"next\""));
}

#[tokio::test]
async fn a_guest_goes_through_the_pictures_of_the_ticket_alone() {
    let (drivein, _folder) = folder_of_pictures_and_music().await;
    let page_for = async |scope: serde_json::Value| {
        let made = drivein.ticket("Mia", scope).await;
        let ticket = made["ticket"].as_str().unwrap().to_owned();
        let page = format!("/guest/{ticket}/home/Pictures/1.jpg");
        (ticket, drivein.text(&page).await)
    };
    let (ticket, page) = page_for(json!({"place": "home", "path": "/Pictures"})).await;
    let next = format!("href=\"/guest/{ticket}/home/Pictures/2%20%26%20more.jpg\" rel=\"next\"");
    assert!(page.contains(&next), "{page}");
    assert!(
        !page.contains("\"/watch/") && !page.contains("\"/browse/"),
        "{page}"
    );
    let (_, alone) = page_for(json!({"place": "home", "path": "/Pictures/1.jpg"})).await;
    assert!(
        !alone.contains("rel=\"next\"") && !alone.contains("id=\"back\""),
        "{alone}"
    );
}

#[tokio::test]
async fn a_folder_of_music_is_a_queue() {
    let (drivein, _folder) = folder_of_pictures_and_music().await;
    let page = drivein.fetch("/watch/home/Music/2%20Wind.mp3", 200).await;
    let page = unescaped(&page.text());
    let queue = page.split("id=\"queue\"").nth(1).unwrap();
    let names: Vec<&str> = ["1 Rain", "2 Wind", "10 Fog"].to_vec();
    let places: Vec<usize> = names.iter().map(|name| queue.find(name).unwrap()).collect();
    assert!(places.is_sorted(), "{queue}");
    assert!(queue.contains("href=\"/watch/home/Music/2%20Wind.mp3#play\" aria-current=\"true\""));
    assert!(page.contains(r#""previous":{"title":"1 Rain""#), "{page}");
    assert!(page.contains(r#""next":{"title":"10 Fog""#), "{page}");
    assert!(page.contains(r#""folder":"Music""#), "{page}");
}
