//! The tracks of a file and the texts beside it as Jellyfin's `MediaStream`.

use containers::{Hdr, Track, TrackKind};
use serde_json::{Value, json};

use super::item_json::without_nulls;
use media::{Entry, EntryKind, Subtitles, plain_title};

/// Stands for a range of colours that is not known. Strict apps refuse a stream without one, even of a sound.
const UNKNOWN: &str = "Unknown";

/// Returns a picture and a sound, as a file has them whose tracks are not known yet. Sizes and channels that are not known
/// are 0: Kodi's add-on fails without them.
pub(super) fn assumed_streams(entry: &Entry) -> Vec<Value> {
    let picture = without_nulls(json!({
        "Type": "Video",
        "Width": entry.width.unwrap_or_default(),
        "Height": entry.height.unwrap_or_default(),
        "DisplayTitle": entry.height.map(|height| format!("{height}p")),
        "IsDefault": true,
        "IsForced": false,
        "IsHearingImpaired": false,
        "IsExternal": false,
        "IsInterlaced": false,
        "IsTextSubtitleStream": false,
        "SupportsExternalStream": false,
        "VideoRange": UNKNOWN,
        "VideoRangeType": UNKNOWN,
        "AudioSpatialFormat": "None",
    }));
    let sound = json!({
        "Type": "Audio",
        "Channels": 0,
        "IsDefault": true,
        "IsForced": false,
        "IsHearingImpaired": false,
        "IsExternal": false,
        "IsInterlaced": false,
        "IsTextSubtitleStream": false,
        "SupportsExternalStream": false,
        "VideoRange": UNKNOWN,
        "VideoRangeType": UNKNOWN,
        "AudioSpatialFormat": "None",
    });
    match entry.kind {
        EntryKind::Video => vec![picture, sound],
        _ => vec![sound],
    }
}

/// Returns a track inside of a file.
pub(super) fn track_json(track: &Track) -> Value {
    let video = track.video.as_ref();
    let audio = track.audio.as_ref();
    let hdr = video.and_then(|video| video.hdr);
    let (kind, range) = match track.kind {
        TrackKind::Video => ("Video", Some(if hdr.is_some() { "HDR" } else { "SDR" })),
        TrackKind::Audio => ("Audio", None),
        TrackKind::Subtitle => ("Subtitle", None),
    };
    let range_type = hdr.map(|hdr| match hdr {
        Hdr::Hdr10 => "HDR10",
        Hdr::Hlg => "HLG",
        Hdr::DolbyVision => "DOVI",
    });
    without_nulls(json!({
        "Type": kind,
        "Codec": track.codec.name(),
        "Language": track.language,
        "Title": track.title.as_deref().map(plain_title),
        "DisplayTitle": display_title(track),
        "IsDefault": track.default,
        "IsForced": track.forced,
        "IsHearingImpaired": track.hearing_impaired,
        "IsExternal": false,
        "IsInterlaced": false,
        "IsTextSubtitleStream": false,
        "SupportsExternalStream": false,
        "BitRate": track.bit_rate,
        "Channels": audio.map(|audio| audio.channels),
        "SampleRate": audio.map(|audio| audio.sample_rate).filter(|rate| *rate > 0),
        "Width": video.map(|video| video.width),
        "Height": video.map(|video| video.height),
        "AverageFrameRate": video.and_then(|video| video.frame_rate),
        "RealFrameRate": video.and_then(|video| video.frame_rate),
        "VideoRange": range.unwrap_or(UNKNOWN),
        "VideoRangeType": range_type.or(range).unwrap_or(UNKNOWN),
        "AudioSpatialFormat": "None",
    }))
}

fn display_title(track: &Track) -> String {
    let language = track.language.as_deref().and_then(media::language_name);
    let height = track
        .video
        .as_ref()
        .map(|video| format!("{}p", video.height));
    let channels = track
        .audio
        .as_ref()
        .map(|audio| format!("{} ch", audio.channels));
    let title = track.title.as_deref().map(plain_title);
    let codec = Some(track.codec.name().to_uppercase());
    let parts = [title, language, height, codec, channels];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" - ")
}

/// Returns a text beside a file.
pub(super) fn text_json(text: &Subtitles) -> Value {
    without_nulls(json!({
        "Type": "Subtitle",
        "Codec": "webvtt",
        "Language": text.language,
        "Title": text.label,
        "DisplayTitle": text.label,
        "IsDefault": false,
        "IsForced": text.is_forced,
        "IsHearingImpaired": text.is_for_deaf,
        "IsExternal": true,
        "IsInterlaced": false,
        "IsTextSubtitleStream": true,
        "SupportsExternalStream": true,
        "VideoRange": UNKNOWN,
        "VideoRangeType": UNKNOWN,
        "AudioSpatialFormat": "None",
    }))
}
