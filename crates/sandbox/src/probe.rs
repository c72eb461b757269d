//! The output of ffprobe, the arguments of ffmpeg for a rendition, and the segment table of a made rendition.
//!
//! Video is copied, never encoded.

use std::collections::HashMap;

use anyhow::Context;
use serde::Deserialize;

use super::nodes::{Details, Quality, SegmentRange};

/// The properties of a file as ffprobe reports them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Probe {
    pub details: Details,
    pub video_codec: Option<String>,
    pub audio_codec: Option<String>,
}

/// Returns the ffmpeg arguments that make a rung.
///
/// # Errors
/// If the file has no stream for it, or would have to be encoded.
pub fn ffmpeg_arguments(probe: &Probe, rung: Quality) -> anyhow::Result<Vec<&'static str>> {
    if rung == Quality::Audio {
        return match probe.audio_codec.as_deref() {
            Some("mp3") => Ok(vec!["-map", "0:a:0", "-c:a", "copy"]),
            Some(_) => Ok(vec!["-map", "0:a:0", "-c:a", "libmp3lame", "-b:a", "128k"]),
            None => anyhow::bail!("it has no sound"),
        };
    }
    let codec = probe.video_codec.as_deref().context("it has no video")?;
    anyhow::ensure!(
        codec == "h264",
        "its video is {codec}, and only h264 can be streamed without encoding it again"
    );
    let own = own_rung(&probe.details);
    anyhow::ensure!(
        rung == own,
        "its picture is {}x{}: it has only {}",
        probe.details.width,
        probe.details.height,
        own.name()
    );
    let sound: &[&str] = match probe.audio_codec.as_deref() {
        Some("aac") => &["-c:a", "copy"],
        Some(_) => &["-c:a", "aac", "-b:a", "160k", "-ac", "2"],
        None => &[],
    };
    Ok([&["-map", "0:V:0", "-map", "0:a:0?", "-c:v", "copy"], sound].concat())
}

/// Returns the rung of an unscaled picture; a wide film counts by its width.
fn own_rung(details: &Details) -> Quality {
    match details.height.max(details.width * 9 / 16) {
        1080.. => Quality::P1080,
        720.. => Quality::P720,
        _ => Quality::P480,
    }
}

#[derive(Deserialize)]
struct Probed {
    #[serde(default)]
    streams: Vec<ProbedStream>,
    format: Option<ProbedFormat>,
}

#[derive(Deserialize)]
struct ProbedFormat {
    duration: Option<String>,
    format_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ProbedStream {
    codec_type: Option<String>,
    codec_name: Option<String>,
    width: u32,
    height: u32,
    avg_frame_rate: Option<String>,
    channels: u32,
    sample_rate: Option<String>,
    bit_rate: Option<String>,
    pix_fmt: Option<String>,
    side_data_list: Vec<SideData>,
    disposition: HashMap<String, u8>,
}

#[derive(Deserialize)]
struct SideData {
    /// Counter-clockwise, in degrees.
    rotation: Option<f64>,
}

/// Parses the JSON of ffprobe. `None` if it is no JSON.
pub fn parse_probe(json: &[u8]) -> Option<Probe> {
    let probed: Probed = serde_json::from_slice(json).ok()?;
    let first = |kind: &str| {
        let is_picture =
            |s: &ProbedStream| s.disposition.get("attached_pic").is_some_and(|&v| v == 1);
        probed
            .streams
            .iter()
            .find(|s| s.codec_type.as_deref() == Some(kind) && !is_picture(s))
    };
    let (video, audio) = (first("video"), first("audio"));
    let frame_rate = |text: &str| {
        let (over, under) = text.split_once('/')?;
        Some(over.parse::<f64>().ok()? / under.parse::<f64>().ok().filter(|n| *n > 0.0)?)
    };
    let number = |text: Option<&String>| text.and_then(|text| text.parse().ok()).unwrap_or(0);
    let format = probed.format.as_ref();
    let counter_clockwise = video
        .and_then(|v| v.side_data_list.iter().find_map(|data| data.rotation))
        .unwrap_or(0.0);
    Some(Probe {
        details: Details {
            duration_s: format
                .and_then(|f| f.duration.as_ref()?.parse().ok())
                .unwrap_or(0.0),
            rotate: (-counter_clockwise).rem_euclid(360.0).round() as u32,
            channels: audio.map_or(0, |a| a.channels),
            sample_rate: number(audio.and_then(|a| a.sample_rate.as_ref())) as u32,
            video_codec: video.and_then(|v| v.codec_name.clone()).unwrap_or_default(),
            audio_codec: audio.and_then(|a| a.codec_name.clone()).unwrap_or_default(),
            format_name: format
                .and_then(|f| f.format_name.clone())
                .unwrap_or_default(),
            pixel_format: video.and_then(|v| v.pix_fmt.clone()).unwrap_or_default(),
            video_bitrate: number(video.and_then(|v| v.bit_rate.as_ref())),
            audio_bitrate: number(audio.and_then(|a| a.bit_rate.as_ref())),
            width: video.map_or(0, |v| v.width),
            height: video.map_or(0, |v| v.height),
            frame_rate: video
                .and_then(|v| frame_rate(v.avg_frame_rate.as_deref()?))
                .unwrap_or(0.0),
        },
        video_codec: video.and_then(|v| v.codec_name.clone()),
        audio_codec: audio.and_then(|a| a.codec_name.clone()),
    })
}

/// Parses ffmpeg's playlist of byte ranges of one file.
pub fn parse_playlist(playlist: &str) -> Vec<SegmentRange> {
    let mut duration_s = 0.0;
    let mut table = Vec::new();
    for line in playlist.lines() {
        if let Some(text) = line.strip_prefix("#EXTINF:") {
            duration_s = text.trim_end_matches(',').parse().unwrap_or(0.0);
        } else if let Some(range) = line
            .strip_prefix("#EXT-X-BYTERANGE:")
            .and_then(|r| r.split_once('@'))
            && let (Ok(length_bytes), Ok(offset_bytes)) = (range.0.parse(), range.1.parse())
        {
            table.push(SegmentRange {
                offset_bytes,
                length_bytes,
                duration_s,
            });
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(width: u32, height: u32, video: Option<&str>, audio: Option<&str>) -> Probe {
        Probe {
            details: Details {
                width,
                height,
                ..Details::default()
            },
            video_codec: video.map(str::to_owned),
            audio_codec: audio.map(str::to_owned),
        }
    }

    #[test]
    fn a_film_has_the_rung_of_its_picture() {
        for (width, height, rung) in [
            (1920, 1080, Quality::P1080),
            (1920, 800, Quality::P1080),
            (3840, 2160, Quality::P1080),
            (1280, 720, Quality::P720),
            (640, 360, Quality::P480),
        ] {
            let film = probe(width, height, Some("h264"), Some("ac3"));
            for other in [Quality::P480, Quality::P720, Quality::P1080] {
                assert_eq!(
                    ffmpeg_arguments(&film, other).is_ok(),
                    other == rung,
                    "{width}x{height} {other:?}"
                );
            }
        }
        assert!(
            ffmpeg_arguments(&probe(1920, 1080, Some("hevc"), None), Quality::P1080)
                .unwrap_err()
                .to_string()
                .contains("hevc")
        );
        assert!(ffmpeg_arguments(&probe(0, 0, None, Some("flac")), Quality::Audio).is_ok());
        assert!(ffmpeg_arguments(&probe(1920, 1080, Some("h264"), None), Quality::Audio).is_err());
    }

    #[test]
    fn reads_what_ffprobe_and_ffmpeg_write() {
        let json = br#"{"streams":[{"codec_name":"mjpeg","codec_type":"video","width":9,"height":9,"disposition":{"attached_pic":1}},
            {"codec_name":"h264","codec_type":"video","width":1280,"height":720,"avg_frame_rate":"24000/1001","disposition":{"attached_pic":0},"side_data_list":[{"side_data_type":"Display Matrix","rotation":-90}]},
            {"codec_name":"aac","codec_type":"audio","avg_frame_rate":"0/0","channels":2,"sample_rate":"48000","bit_rate":"96000"}],"format":{"duration":"61.5"}}"#;
        let probe = parse_probe(json).unwrap();
        assert_eq!(
            (probe.details.width, probe.details.duration_s),
            (1280, 61.5)
        );
        assert!((probe.details.frame_rate - 23.976).abs() < 0.001);
        let details = &probe.details;
        assert_eq!(
            (
                details.rotate,
                details.channels,
                details.sample_rate,
                details.audio_bitrate
            ),
            (90, 2, 48_000, 96_000)
        );
        let table = parse_playlist(
            "#EXTM3U\n#EXTINF:10.5,\n#EXT-X-BYTERANGE:188@0\nx.ts\n#EXTINF:2.0,\n#EXT-X-BYTERANGE:376@188\nx.ts\n",
        );
        assert_eq!(
            table[1],
            SegmentRange {
                offset_bytes: 188,
                length_bytes: 376,
                duration_s: 2.0
            }
        );
    }
}
