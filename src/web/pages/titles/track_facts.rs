//! The tracks of a file in words: `1920 × 1080 · HEVC · HDR`, `English · E-AC-3 5.1`.

use containers::{Codec, Hdr, Track, TrackKind};
use media::{Subtitles, plain_title};

use crate::web::locale::Language;
use crate::web::pages::Fact;

/// Tracks of one kind that are listed; further ones are counted.
const MAX_LISTED: usize = 6;

/// Returns facts about the tracks of an opened file, and the subtitles that are known.
pub(super) fn track_facts(
    language: &'static Language,
    tracks: &[Track],
    subtitles: &[Subtitles],
) -> Vec<Fact> {
    let of = |kind: TrackKind| tracks.iter().filter(move |track| track.kind == kind);
    let pictures = of(TrackKind::Video)
        .map(|track| language.left_to_right(picture(track)))
        .collect();
    let sounds = of(TrackKind::Audio)
        .map(|track| sound(language, track))
        .collect();
    let texts = subtitles.iter();
    let texts = texts
        .map(|text| language.track_label(&text.label, text.language.as_deref()))
        .collect();
    [
        ("watch-picture", pictures),
        ("watch-sound", sounds),
        ("watch-subtitles", texts),
    ]
    .into_iter()
    .filter_map(|(id, all)| fact(language, id, all))
    .collect()
}

/// Returns one fact; `None` without a track.
fn fact(language: &'static Language, id: &str, mut all: Vec<String>) -> Option<Fact> {
    all.dedup();
    let more = all.len().saturating_sub(MAX_LISTED);
    all.truncate(MAX_LISTED);
    if more > 0 {
        all.push(
            language
                .text("watch-more-tracks")
                .with("count", more)
                .into(),
        );
    }
    (!all.is_empty()).then(|| Fact {
        name: language.text(id).into(),
        value: all.join(", "),
    })
}

fn picture(track: &Track) -> String {
    let video = track.video.as_ref();
    let size = video
        .filter(|video| video.width > 0 && video.height > 0)
        .map(|video| format!("{} × {}", video.width, video.height));
    let hdr = video.and_then(|video| video.hdr).map(|hdr| match hdr {
        Hdr::Hdr10 => "HDR10",
        Hdr::Hlg => "HLG",
        Hdr::DolbyVision => "Dolby Vision",
    });
    let parts = [size, codec_name(track.codec), hdr.map(str::to_owned)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn sound(page: &'static Language, track: &Track) -> String {
    let language = track.language.as_deref().and_then(|tag| {
        let primary = tag.split('-').next().unwrap_or(tag);
        page.name_of(tag).or_else(|| page.name_of(primary))
    });
    let language = language.map(str::to_owned);
    let title = track.title.as_deref().map(plain_title);
    let channels = match track.audio.as_ref().map(|audio| audio.channels) {
        None | Some(0) => None,
        Some(1) => Some(page.text("watch-mono").into()),
        Some(2) => Some(page.text("watch-stereo").into()),
        Some(6) => Some("5.1".to_owned()),
        Some(8) => Some("7.1".to_owned()),
        Some(other) => Some(page.text("watch-channels").with("count", other).into()),
    };
    let format: Vec<String> = [codec_name(track.codec), channels]
        .into_iter()
        .flatten()
        .collect();
    let parts = [language, title, Some(format.join(" "))];
    let parts: Vec<String> = parts
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" · ")
}

/// Returns the usual name of a codec; `None` for one that is not recognised.
fn codec_name(codec: Codec) -> Option<String> {
    Some(match codec {
        Codec::Unknown => return None,
        Codec::H264 => "H.264".to_owned(),
        Codec::Eac3 => "E-AC-3".to_owned(),
        Codec::Ac3 => "AC-3".to_owned(),
        Codec::TrueHd => "TrueHD".to_owned(),
        Codec::Mpeg4Visual => "MPEG-4".to_owned(),
        Codec::Mpeg2Video => "MPEG-2".to_owned(),
        Codec::Opus => "Opus".to_owned(),
        Codec::Vorbis => "Vorbis".to_owned(),
        other => other.name().to_uppercase(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use containers::{AudioInfo, VideoInfo};

    fn track(kind: TrackKind, codec: Codec) -> Track {
        Track {
            id: 1,
            kind,
            codec,
            codec_string: None,
            language: None,
            title: None,
            default: true,
            forced: false,
            hearing_impaired: false,
            bit_rate: None,
            timescale: 1000,
            sample_entry: None,
            video: None,
            audio: None,
        }
    }

    #[test]
    fn tracks_are_listed_in_words() {
        let picture = Track {
            video: Some(VideoInfo {
                width: 3840,
                height: 1604,
                hdr: Some(Hdr::Hdr10),
                ..VideoInfo::default()
            }),
            ..track(TrackKind::Video, Codec::Hevc)
        };
        let sound = |language: &str, channels| Track {
            language: Some(language.to_owned()),
            audio: Some(AudioInfo {
                channels,
                sample_rate: 48_000,
            }),
            ..track(TrackKind::Audio, Codec::Eac3)
        };
        let comment = Track {
            title: Some("Commentary".to_owned()),
            ..sound("en", 2)
        };
        let tracks = [picture, sound("de", 6), comment];
        let facts: Vec<(String, String)> = track_facts(Language::english(), &tracks, &[])
            .into_iter()
            .map(|fact| (fact.name, fact.value))
            .collect();
        let expected = [
            ("Picture", "3840 × 1604 · HEVC · HDR10"),
            (
                "Sound",
                "German · E-AC-3 5.1, English · Commentary · E-AC-3 stereo",
            ),
        ];
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        assert_eq!(facts, expected);
        let german = Language::tagged("de").unwrap_or_default();
        let facts = track_facts(german, &tracks[1..2], &[]);
        assert_eq!(facts[0].value, "Deutsch · E-AC-3 5.1");
    }

    #[test]
    fn long_lists_end_with_the_number_of_further_tracks() {
        let many: Vec<Track> = (1..=9)
            .map(|channels| Track {
                audio: Some(AudioInfo {
                    channels,
                    sample_rate: 0,
                }),
                ..track(TrackKind::Audio, Codec::Unknown)
            })
            .collect();
        let facts = track_facts(Language::english(), &many, &[]);
        assert!(facts[0].value.ends_with("5.1, 3 more"), "{facts:?}");
    }
}
