//! The bundled films under names of films and series, with descriptions and pictures beside them, for the demo.

use std::sync::Arc;

use bytes::Bytes;

use super::bundled::FIRST_DAY_S;
use super::nodes::{BundledFilm, Content, Node};

/// Films: number of the bundled film, path, and the description beside it.
const FILMS: [(usize, &str, &str); 4] = [
    (
        0,
        "/Films/Tidal Light (2021)/Tidal Light (2021) - 1080p.mp4",
        "<movie><title>Tidal Light</title><year>2021</year><plot>A lighthouse keeper counts the waves of one night, and \
         loses count at dawn.</plot></movie>",
    ),
    (
        1,
        "/Films/Paper Mountains (2019)/Paper Mountains (2019).mp4",
        "<movie><title>Paper Mountains</title><year>2019</year><plot>Two sisters fold a mountain range out of old maps, and \
         set out to cross it.</plot></movie>",
    ),
    (
        2,
        "/Films/Three.Moons.2023.Directors.Cut.1080p.WEB-DL.x264.mp4",
        "",
    ),
    (1, "/Films/The Ferry (1998).mp4", ""),
];

/// Episodes: number of the bundled film, path, and the description beside it.
const EPISODES: [(usize, &str, &str); 9] = [
    (
        0,
        "/Series/Harbour Lights (2022)/Season 1/Harbour Lights - S01E01 - Low Water.mp4",
        "<episodedetails><title>Low Water</title><aired>2022-03-01</aired><plot>The harbour falls dry, and something lies on \
         its ground.</plot></episodedetails>",
    ),
    (
        1,
        "/Series/Harbour Lights (2022)/Season 1/Harbour Lights - S01E02 - The Pilot.mp4",
        "",
    ),
    (
        2,
        "/Series/Harbour Lights (2022)/Season 1/Harbour Lights - S01E03 - Fog.mp4",
        "",
    ),
    (
        0,
        "/Series/Harbour Lights (2022)/Season 2/Harbour Lights - S02E01E02 - Storm.mp4",
        "",
    ),
    (
        1,
        "/Series/Harbour Lights (2022)/Season 2/Harbour Lights - S02E03 - Calm.mp4",
        "",
    ),
    (
        2,
        "/Series/Harbour Lights (2022)/Specials/Harbour Lights - S00E01 - Making of.mp4",
        "",
    ),
    (
        0,
        "/Series/Night Shift/Night.Shift.1x01.720p.WEB.x264.mp4",
        "",
    ),
    (
        1,
        "/Series/Night Shift/Night.Shift.1x02.720p.WEB.x264.mp4",
        "",
    ),
    (
        2,
        "/Series/Night Shift/Night.Shift.1x03.720p.WEB.x264.mp4",
        "",
    ),
];

const SERIES: &str = "<tvshow><title>Harbour Lights</title><year>2022</year><plot>A small harbour, three keepers, and a lamp \
    that was never lit.</plot></tvshow>";

/// Returns the entries beside those of the account.
pub fn entries(films: &[Arc<BundledFilm>]) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut add = |path: &str, size: usize, content: Content| {
        let modified_s = FIRST_DAY_S + (60 + nodes.len() as i64) * 86_400;
        nodes.push(Node::new(path, size as u64, modified_s, content));
    };
    for (n, path, description) in FILMS.into_iter().chain(EPISODES) {
        let Some(film) = films.get(n) else { continue };
        add(path, film.original.len(), Content::Film(film.clone()));
        if description.is_empty() {
            continue;
        }
        let (folder, name) = path.rsplit_once('/').unwrap_or_default();
        let stem = name.trim_end_matches(".mp4");
        let is_film = description.starts_with("<movie>");
        let beside = match is_film {
            true => format!("{folder}/movie.nfo"),
            false => format!("{folder}/{stem}.nfo"),
        };
        add(
            &beside,
            description.len(),
            Content::Bytes(Bytes::from_static(description.as_bytes())),
        );
        if is_film {
            let size = film.poster(850).map_or(0, |picture| picture.len());
            for picture in ["poster.jpg", "fanart.jpg"] {
                add(
                    &format!("{folder}/{picture}"),
                    size,
                    Content::Picture(film.clone()),
                );
            }
        }
    }
    let series = "/Series/Harbour Lights (2022)";
    add(
        &format!("{series}/tvshow.nfo"),
        SERIES.len(),
        Content::Bytes(Bytes::from_static(SERIES.as_bytes())),
    );
    if let Some(film) = films.first() {
        let size = film.poster(850).map_or(0, |picture| picture.len());
        for picture in ["poster.jpg", "fanart.jpg"] {
            add(
                &format!("{series}/{picture}"),
                size,
                Content::Picture(film.clone()),
            );
        }
    }
    nodes
}
