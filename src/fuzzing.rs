//! Fuzz targets: each passes untrusted input to a parser and asserts the invariants that hold for any input.
//!
//! The binaries in `fuzz/` call them. The test below calls them, too, with the seeds of every target and with
//! mutations of the seeds. Compiled for both only.

use std::time::SystemTime;

use url::Url;

use crate::config::Config;
use crate::playback::playlist::media_playlist;
use crate::playback::segment_index::SegmentIndex;
use crate::playback::subtitles::{self, first_video_timestamp};
use crate::playback::ticket::{Scope, Ticket, TicketId, TicketSigner};
use drives::links::{self, FoundLink, LinkHome, MAX_LINKS, ShortLink};
use drives::{FactsReader, Origin, ShareLink, UpstreamPlaylist};
use drives::{cloudreve, terabox, teraboxdl};
use media::{EntryPath, Place, RangeRequest, Rendition, SubtitleFormat};

/// A fuzz target. Accepts any bytes and panics if an invariant is violated.
pub type FuzzTarget = fn(&[u8]);

/// All targets, by name.
pub const TARGETS: &[(&str, FuzzTarget)] = &[
    ("playlist", playlist),
    ("ticket", ticket),
    ("range", range),
    ("upstream_json", upstream_json),
    ("config", config),
    ("share_link", share_link),
    ("subtitles", subtitles),
];

/// Parses an upstream's media playlist. The playlist that is written from it contains relative URLs only and
/// has the segments that were parsed.
pub fn playlist(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    cloudreve::fuzzing::read_list(text);
    let base = Origin::new("https://upstream.example/a/list.m3u8", None);
    let read = SegmentIndex::parse(&UpstreamPlaylist::new(text, base), FactsReader::none());
    let Ok(plan) = read else { return };
    let written = media_playlist(&plan, Rendition::Video { height: 480 }, "ts");
    let mut segments = 0;
    for line in written.lines() {
        if !line.starts_with('#') {
            assert_eq!(line, format!("480p/{segments}.ts"));
            segments += 1;
        }
        assert!(!line.contains("://"), "{line}");
    }
    assert_eq!(segments, plan.segments.len());
    assert!(plan.duration_s().is_finite());
    let longest = plan.segments.iter().map(|segment| segment.duration_s);
    let longest = longest.fold(0.0, f64::max);
    assert!(plan.target_duration_s() as f64 + 0.5 >= longest);
}

/// Verifies the ticket of a play URL. Text that the server did not sign is refused; a signed ticket verifies.
pub fn ticket(data: &[u8]) {
    let signer = TicketSigner::new(&[7; 32]);
    let now = SystemTime::UNIX_EPOCH;
    let text = String::from_utf8_lossy(data);
    assert!(signer.verify(&text, now).is_err(), "{text}");
    let Some((&id, path)) = data.split_first_chunk::<8>() else {
        return;
    };
    let Ok(path) = EntryPath::parse(&String::from_utf8_lossy(path)) else {
        return;
    };
    let Ok(place) = Place::parse("films") else {
        return;
    };
    let scope = Scope::Within(place.clone(), path.clone());
    let (signed, key) = signer.sign(&Ticket::new(TicketId(id), scope));
    let ticket = Ticket {
        key,
        ..Ticket::new(TicketId(id), Scope::Within(place.clone(), path.clone()))
    };
    assert_eq!(signer.verify(&signed, now).as_ref(), Ok(&ticket));
    assert!(ticket.scope.covers(&place, &path));
    if let Some(parent) = path.parent() {
        assert!(!ticket.scope.covers(&place, &parent));
    }
}

/// Parses a `Range` header (RFC 9110 §14.2) for bodies of several lengths. The range never exceeds the body.
pub fn range(data: &[u8]) {
    let Ok(header) = std::str::from_utf8(data) else {
        return;
    };
    let wanted = RangeRequest::parse(Some(header));
    for length in [0, 1, 2, 1000, u64::MAX] {
        if let Ok(Some(range)) = wanted.resolve(length) {
            assert!(range.first <= range.last && range.last < length, "{header}");
        }
    }
}

/// Parses a JSON reply of an upstream. Entries stay below the root of their drive.
pub fn upstream_json(data: &[u8]) {
    terabox::fuzzing::read_json(data);
    cloudreve::fuzzing::read_json(data);
    teraboxdl::fuzzing::read_json(data);
}

/// Parses a subtitle file. Cues are in the order of time and contain no delimiter, and a written file parses
/// to the same cues. Fonts inside of it are smaller than the file. Parses the first bytes of a stream, too: the clock has
/// 33 bits.
pub fn subtitles(data: &[u8]) {
    let fonts = subtitles::fonts_in_file(data);
    let decoded: usize = fonts.iter().map(Vec::len).sum();
    assert!(decoded <= data.len() / 4 * 3 + 2 * fonts.len());
    assert!(first_video_timestamp(data).unwrap_or_default() < 1 << 33);
    for format in [
        SubtitleFormat::Srt,
        SubtitleFormat::Vtt,
        SubtitleFormat::Ass,
    ] {
        let cues = subtitles::parse_file(format, data, None);
        for cue in &cues {
            assert!(cue.start_ms < cue.end_ms);
            assert!(
                !cue.text.contains("\n\n") && !cue.text.contains("-->"),
                "{cue:?}"
            );
        }
        let written = format!("WEBVTT\n\n{}", subtitles::write(&cues));
        let again = subtitles::parse_file(SubtitleFormat::Vtt, written.as_bytes(), None);
        assert_eq!(again, cues);
    }
}

/// Parses a configuration, or returns problems with a message.
pub fn config(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    // These keys open files, and some files of the machine never end.
    if text.contains("_file") || text.contains('\\') {
        return;
    }
    if let Err(problems) = Config::parse(text, std::iter::empty()) {
        assert!(!problems.is_empty());
        for problem in problems {
            assert!(!problem.to_string().is_empty());
        }
    }
}

/// Parses a pasted text. Each share link in it has a known host and a place that parses back to the same
/// link. Each short link is http or https and has no user name.
pub fn share_link(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let homes: Vec<LinkHome> = [
        ("terabox", "http://127.0.0.1:7374"),
        ("cloudreve", "https://cloud.example.org/"),
    ]
    .into_iter()
    .filter_map(|(kind, url)| LinkHome::of(kind, url))
    .collect();
    let is_read_at =
        |host: &str| links::read(&format!("https://{host}/s/1CcI0dJJ"), &homes).is_some();
    let found = links::find(&text, &homes);
    assert!(found.len() <= MAX_LINKS);
    for found in &found {
        match found {
            FoundLink::Share(link) => {
                assert!(is_read_at(&link.host), "{}", link.host);
                let place = link
                    .place()
                    .unwrap_or_else(|error| panic!("{link:?}: {error}"));
                assert!(place.is_share());
                let known = ShareLink::of_place(&place);
                assert!(known.is_none_or(|known| known.id == link.id), "{place}");
            }
            FoundLink::Short(link) => {
                let url = Url::parse(&link.url).unwrap_or_else(|error| panic!("{link:?}: {error}"));
                assert!(matches!(url.scheme(), "http" | "https"), "{url}");
                assert!(
                    url.username().is_empty() && url.password().is_none(),
                    "{url}"
                );
                assert!(url.host_str().is_some_and(is_read_at), "{url}");
            }
        }
        let (FoundLink::Share(ShareLink { password, .. })
        | FoundLink::Short(ShortLink { password, .. })) = found;
        assert!(
            password
                .as_ref()
                .is_none_or(|password| password.len() <= 64),
            "{password:?}"
        );
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    /// Returns the seeds of a target, at least three.
    fn seeds(target: &str) -> Vec<Vec<u8>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fuzz/seeds")
            .join(target);
        let seeds: Vec<Vec<u8>> = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .collect();
        assert!(seeds.len() >= 3, "{target}");
        seeds
    }

    #[test]
    fn every_seed_is_read_without_harm() {
        for (name, target) in TARGETS {
            for seed in seeds(name) {
                target(&seed);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn so_is_what_seeds_become(
            number in any::<Index>(),
            changes in proptest::collection::vec((any::<Index>(), any::<u8>(), 0..4u8), 1..12),
        ) {
            for (name, target) in TARGETS {
                let seeds = seeds(name);
                let mut data = seeds[number.index(seeds.len())].clone();
                for (at, byte, how) in &changes {
                    let at = at.index(data.len() + 1);
                    match how {
                        0 => data.insert(at, *byte),
                        1 if at < data.len() => drop(data.remove(at)),
                        2 if at < data.len() => data[at] = *byte,
                        _ => {
                            let tail = data[at..].to_vec();
                            data.extend_from_slice(&tail[..tail.len().min(64)]);
                        }
                    }
                }
                target(&data);
            }
        }
    }
}
