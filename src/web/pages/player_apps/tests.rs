//! Links of players.

use super::*;

const PLATFORMS: [Platform; 5] = [
    Platform::Windows,
    Platform::MacOs,
    Platform::Linux,
    Platform::Android,
    Platform::Ios,
];

fn film() -> AppFilm {
    AppFilm {
        url: "https://films.example/play/T/home/a%20b.mkv/master.m3u8".to_owned(),
        file: Some("https://films.example/play/T/home/a%20b.mkv".to_owned()),
        list: "https://films.example/play/T/home/a%20b.mkv/list.m3u".to_owned(),
        title: "A & B; #1 – 100%".to_owned(),
        subtitle: Some("https://films.example/play/T/home/a%20b.mkv/subtitles/en.vtt".to_owned()),
        position_s: Some(3725.8),
    }
}

/// Returns the link of a player on a platform.
fn link(platform: Platform, id: &str, film: &AppFilm) -> String {
    let apps = player_apps(platform, film);
    let found = apps.into_iter().find(|app| app.id == id);
    found.unwrap_or_else(|| panic!("{id} on {platform:?}")).link
}

#[test]
fn every_row_is_whole_and_cites_a_source() {
    let mut count = 0;
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        assert_eq!(cells.len(), 5, "{line}");
        assert!(cells.iter().all(|cell| !cell.is_empty()), "{line}");
        assert!(PLATFORMS.iter().any(|it| it.as_str() == cells[2]), "{line}");
        assert!(fill(cells[3], &film()).is_some(), "{line}");
        count += 1;
    }
    for platform in PLATFORMS {
        let apps = player_apps(platform, &film());
        assert_eq!(apps[0].id, "vlc");
        for (at, app) in apps.iter().enumerate() {
            assert!(apps[..at].iter().all(|other| other.id != app.id), "{app:?}");
            for link in [
                app.link.clone(),
                link(
                    platform,
                    app.id,
                    &AppFilm {
                        subtitle: None,
                        position_s: None,
                        ..film()
                    },
                ),
            ] {
                assert!(!link.contains(['{', '}', '[', ']', '"', '<']), "{link}");
                assert!(
                    link.contains("://") || link.starts_with("nplayer-"),
                    "{link}"
                );
            }
        }
        count -= apps.len();
    }
    assert_eq!(count, 0);
}

#[test]
fn each_player_gets_the_link_that_it_documents() {
    let film = film();
    let enc = "https%3A%2F%2Ffilms.example%2Fplay%2FT%2Fhome%2Fa%2520b.mkv%2Fmaster.m3u8";
    let sub = "https%3A%2F%2Ffilms.example%2Fplay%2FT%2Fhome%2Fa%2520b.mkv%2Fsubtitles%2Fen.vtt";
    let title = "A%20%26%20B%3B%20%231%20%E2%80%93%20100%25";
    let intent =
        "intent://films.example/play/T/home/a%20b.mkv/master.m3u8#Intent;scheme=https;type=video/*";
    let file = "https%3A%2F%2Ffilms.example%2Fplay%2FT%2Fhome%2Fa%2520b.mkv";
    let (url, list) = (&film.url, &film.list);
    let base64 = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
    let mpv = format!(
        "mpv-handler://play/{}/?v_title={}&subfile={}&startat=3725",
        base64(film.file.as_ref().unwrap()),
        base64(&film.title),
        base64(film.subtitle.as_ref().unwrap())
    );
    let infuse =
        format!("infuse://x-callback-url/play?url={enc}&filename={title}&position=3725&sub={sub}");
    let senplayer = format!("senplayer://x-callback-url/play?url={enc}");
    let vidhub = format!("open-vidhub://x-callback-url/open?url={enc}&sub={sub}");
    let app = |package: &str| {
        format!("{intent};package={package};S.title={title};i.position=3725000;end")
    };
    for (platform, id, expected) in [
        (Platform::Windows, "vlc", list.clone()),
        (Platform::Windows, "mpc-hc", list.clone()),
        (Platform::Windows, "mpv", mpv.clone()),
        (
            Platform::Windows,
            "potplayer",
            format!(
                "potplayer://{url} /current /seek=01:02:05 /sub={}",
                film.subtitle.as_ref().unwrap()
            ),
        ),
        (Platform::MacOs, "vlc", list.clone()),
        (
            Platform::MacOs,
            "iina",
            format!("iina://weblink?url={file}&new_window=1&mpv_force-media-title={title}"),
        ),
        (Platform::MacOs, "infuse", infuse.clone()),
        (Platform::MacOs, "senplayer", senplayer.clone()),
        (Platform::MacOs, "vidhub", vidhub.clone()),
        (
            Platform::MacOs,
            "omniplayer",
            format!("omniplayer://weblink?url={enc}"),
        ),
        (Platform::Linux, "vlc", list.clone()),
        (Platform::Linux, "mpv", mpv),
        (
            Platform::Android,
            "vlc",
            format!(
                "{intent};package=org.videolan.vlc;S.title={title};l.position=3725000;S.subtitles_location={sub};end"
            ),
        ),
        (Platform::Android, "mx", app("com.mxtech.videoplayer.ad")),
        (
            Platform::Android,
            "mx-pro",
            app("com.mxtech.videoplayer.pro"),
        ),
        (Platform::Android, "just", app("com.brouken.player")),
        (
            Platform::Android,
            "mpv",
            app("is.xyz.mpv").replace("/master.m3u8", ""),
        ),
        (
            Platform::Android,
            "kodi",
            format!("{intent};package=org.xbmc.kodi;end"),
        ),
        (
            Platform::Android,
            "any",
            format!("{intent};S.title={title};end"),
        ),
        (
            Platform::Ios,
            "vlc",
            format!("vlc-x-callback://x-callback-url/stream?url={enc}&sub={sub}"),
        ),
        (Platform::Ios, "infuse", infuse),
        (Platform::Ios, "nplayer", format!("nplayer-{url}")),
        (Platform::Ios, "senplayer", senplayer),
        (Platform::Ios, "vidhub", vidhub),
    ] {
        assert_eq!(link(platform, id, &film), expected, "{id} on {platform:?}");
    }
    let bare = AppFilm {
        subtitle: None,
        position_s: Some(0.4),
        ..film.clone()
    };
    assert_eq!(
        link(Platform::Android, "vlc", &bare),
        format!("{intent};package=org.videolan.vlc;S.title={title};end")
    );
    assert_eq!(
        link(Platform::Windows, "potplayer", &bare),
        format!("potplayer://{url} /current")
    );
    // Without originals, mpv gets the stream from its beginning.
    let streams = AppFilm {
        file: None,
        ..film.clone()
    };
    let mpv = link(Platform::Linux, "mpv", &streams);
    let begins = format!("mpv-handler://play/{}/?", base64(url));
    assert!(
        mpv.starts_with(&begins) && !mpv.contains("startat"),
        "{mpv}"
    );
}

#[test]
fn a_platform_is_known_by_its_browser() {
    for (agent, expected) in [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/143.0",
            Some(Platform::Windows),
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1",
            Some(Platform::MacOs),
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0",
            Some(Platform::Linux),
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) Chrome/143.0 Mobile",
            Some(Platform::Android),
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)",
            Some(Platform::Ios),
        ),
        ("Mozilla/5.0 (SMART-TV; Tizen 8.0)", None),
    ] {
        let headers = HeaderMap::from_iter([(header::USER_AGENT, agent.parse().unwrap())]);
        assert_eq!(Platform::of(&headers), expected, "{agent}");
    }
}
