//! The description of a film by ffprobe, and the decision which container holds its codecs.

use serde::Deserialize;

use crate::local::probe::Streams;

/// The facts that are requested (`-show_entries`).
pub(crate) const ENTRIES: &str = "format=duration:\
    stream=codec_type,codec_name,width,height:stream_disposition=default,attached_pic:stream_side_data=rotation";

/// A length of more than this is a field that was never filled in.
const MAX_DURATION_S: f64 = 40.0 * 86_400.0;

/// A film by its headers.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct FfprobeFacts {
    pub duration_s: Option<f64>,
    /// Width and height of the picture as it is shown.
    pub size: Option<(u32, u32)>,
    pub streams: Streams,
}

/// The container into which samples of a codec can be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// MPEG transport stream (ISO/IEC 13818-1), as players open it.
    TransportStream,
    /// Fragmented MP4 alone.
    FragmentedMp4,
    /// Neither.
    Neither,
}

impl Carrier {
    /// Returns the carrier of a codec, by ffmpeg's name. A transport stream with Opus, FLAC or Vorbis is silent in
    /// browsers, mpv and VLC, and one with VP9 or AV1 shows no picture, whatever a muxer accepts.
    pub(crate) fn of(codec: &str) -> Self {
        match codec {
            "h264" | "hevc" | "mpeg1video" | "mpeg2video" | "mpeg4" => Carrier::TransportStream,
            "aac" | "mp1" | "mp2" | "mp3" | "ac3" | "eac3" | "dts" => Carrier::TransportStream,
            "vp8" | "vp9" | "av1" | "opus" | "flac" | "alac" | "vorbis" | "truehd" => {
                Carrier::FragmentedMp4
            }
            _ => Carrier::Neither,
        }
    }
}

#[derive(Deserialize)]
struct FfprobeOutput {
    #[serde(default)]
    streams: Vec<FfprobeStream>,
    #[serde(default)]
    format: FfprobeFormat,
}

#[derive(Deserialize, Default)]
struct FfprobeFormat {
    duration: Option<String>,
}

#[derive(Deserialize)]
struct FfprobeStream {
    codec_type: Option<String>,
    codec_name: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    #[serde(default)]
    disposition: FfprobeDisposition,
    #[serde(default)]
    side_data_list: Vec<FfprobeSideData>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct FfprobeDisposition {
    default: u8,
    attached_pic: u8,
}

#[derive(Deserialize)]
struct FfprobeSideData {
    rotation: Option<f64>,
}

impl FfprobeStream {
    fn is(&self, kind: &str) -> bool {
        self.codec_type.as_deref() == Some(kind)
    }

    fn carrier(&self) -> Carrier {
        Carrier::of(self.codec_name.as_deref().unwrap_or_default())
    }

    fn size(&self) -> Option<(u32, u32)> {
        let (width, height) = self.width.zip(self.height)?;
        let rotation = self.side_data_list.iter().find_map(|data| data.rotation);
        let is_upright = rotation.is_none_or(|degrees| degrees.abs() % 180.0 < 45.0);
        let size = if is_upright {
            (width, height)
        } else {
            (height, width)
        };
        (width > 0 && height > 0).then_some(size)
    }
}

/// Parses the output; `None` if it is not one, or there is neither picture nor sound.
pub(crate) fn parse(json: &[u8]) -> Option<FfprobeFacts> {
    let output: FfprobeOutput = serde_json::from_slice(json).ok()?;
    if output.streams.is_empty() {
        return None;
    }
    // ffmpeg counts a cover among the pictures, so only a film that begins with its picture is copied.
    let picture = output.streams.iter().find(|stream| stream.is("video"));
    let picture = picture.filter(|stream| stream.disposition.attached_pic == 0);
    let sounds: Vec<&FfprobeStream> = output.streams.iter().filter(|it| it.is("audio")).collect();
    let flagged = sounds
        .iter()
        .position(|sound| sound.disposition.default == 1);
    let sound = flagged.or((!sounds.is_empty()).then_some(0));
    let duration = output.format.duration.and_then(|text| text.parse().ok());
    let fits = |stream: &FfprobeStream| stream.carrier() == Carrier::TransportStream;
    let is_carried = picture.is_some_and(fits) && sound.is_none_or(|index| fits(sounds[index]));
    Some(FfprobeFacts {
        duration_s: duration.filter(|seconds| *seconds > 0.0 && *seconds < MAX_DURATION_S),
        size: picture.and_then(FfprobeStream::size),
        streams: match is_carried {
            true => Streams::TransportStream { sound },
            false => Streams::None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn film(picture: &str, sounds: &[(&str, u8)]) -> FfprobeFacts {
        let sounds: String = sounds
            .iter()
            .map(|(codec, default)| {
                format!(
                    r#",{{"codec_type":"audio","codec_name":"{codec}","disposition":{{"default":{default}}}}}"#
                )
            })
            .collect();
        let json = format!(
            r#"{{"streams":[{{"codec_type":"video","codec_name":"{picture}","width":320,"height":180}}{sounds}],
                "format":{{"duration":"12.5"}}}}"#
        );
        parse(json.as_bytes()).unwrap()
    }

    #[test]
    fn a_film_is_copied_only_if_a_transport_stream_holds_its_picture_and_its_sound() {
        type Case = (
            &'static str,
            &'static [(&'static str, u8)],
            Option<Option<usize>>,
        );
        let cases: [Case; 8] = [
            ("h264", &[("aac", 0)], Some(Some(0))),
            ("mpeg4", &[("mp3", 0)], Some(Some(0))),
            ("mpeg2video", &[], Some(None)),
            ("h264", &[("flac", 0)], None),
            ("vp9", &[("aac", 0)], None),
            ("wmv2", &[("wmav2", 0)], None),
            ("theora", &[("vorbis", 0)], None),
            // The commentary comes first, another track is flagged.
            ("h264", &[("vorbis", 0), ("ac3", 1)], Some(Some(1))),
        ];
        for (picture, sounds, expected) in cases {
            let found = film(picture, sounds);
            let streams = match expected {
                Some(sound) => Streams::TransportStream { sound },
                None => Streams::None,
            };
            assert_eq!(found.streams, streams, "{picture} {sounds:?}");
            assert_eq!(found.size, Some((320, 180)));
            assert_eq!(found.duration_s, Some(12.5));
        }
        assert_eq!(parse(b"{}"), None);
        assert_eq!(parse(b""), None);
    }
}
