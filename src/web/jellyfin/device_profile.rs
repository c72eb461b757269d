//! An app's description of what it plays, and the choice that follows from it.

use serde_json::Value;

use super::request::AppCall;

/// The requirements of an app for a media source.
#[derive(Debug, Clone)]
pub(super) struct Negotiation {
    /// Formats that the app plays; `None` if it does not say.
    formats: Option<Vec<DirectFormat>>,
    /// Subtitle formats with the method of their delivery, in lower case, in the app's order.
    pub subtitles: Vec<(String, String)>,
    /// The most that the app receives, in bits per second; `None` without a limit.
    pub max_bit_rate: Option<u64>,
    pub allows_direct: bool,
    pub allows_transcoding: bool,
}

impl Default for Negotiation {
    fn default() -> Self {
        Negotiation {
            formats: None,
            subtitles: Vec::new(),
            max_bit_rate: None,
            allows_direct: true,
            allows_transcoding: true,
        }
    }
}

/// A direct play profile: lists by commas, empty for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct DirectFormat {
    /// `video` or `audio`.
    kind: String,
    containers: String,
    video: String,
    audio: String,
}

/// The facts of a file that a profile asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FileFormat {
    pub is_video: bool,
    pub container: String,
    /// The codec of the picture; `None` if it is not known.
    pub video: Option<String>,
    /// The codec of the default sound; `None` if it is not known.
    pub audio: Option<String>,
    /// Bits per second; `None` if it is not known.
    pub bit_rate: Option<u64>,
}

/// Limit of the entries of a profile.
const MAX_FORMATS: usize = 200;

impl Negotiation {
    /// Reads the body and the parameters of `PlaybackInfo`.
    pub fn of(call: &AppCall) -> Self {
        let profile = &call.body["deviceprofile"];
        let formats = profile["directplayprofiles"].as_array().map(|formats| {
            formats
                .iter()
                .take(MAX_FORMATS)
                .map(DirectFormat::of)
                .collect()
        });
        let subtitles = profile["subtitleprofiles"].as_array().into_iter().flatten();
        let limit = call.number("maxstreamingbitrate");
        let limit = limit.or_else(|| profile["maxstreamingbitrate"].as_i64());
        let is_allowed = |name: &str| call.flag(name).unwrap_or(true);
        Negotiation {
            formats,
            subtitles: subtitles
                .take(MAX_FORMATS)
                .map(|format| (lower(format, "format"), lower(format, "method")))
                .collect(),
            max_bit_rate: limit
                .and_then(|limit| u64::try_from(limit).ok())
                .filter(|it| *it > 0),
            allows_direct: is_allowed("enabledirectplay") || is_allowed("enabledirectstream"),
            allows_transcoding: is_allowed("enabletranscoding"),
        }
    }

    /// Returns the reasons why the app cannot play a file as it is; none if it can.
    pub fn obstacles(&self, file: &FileFormat) -> Vec<&'static str> {
        let mut obstacles = Vec::new();
        if self
            .max_bit_rate
            .zip(file.bit_rate)
            .is_some_and(|(limit, rate)| rate > limit)
        {
            obstacles.push("ContainerBitrateExceedsLimit");
        }
        let Some(formats) = &self.formats else {
            return obstacles;
        };
        let kind = if file.is_video { "video" } else { "audio" };
        let of_kind: Vec<&DirectFormat> = formats.iter().filter(|it| it.kind == kind).collect();
        let of_container = of_kind
            .iter()
            .filter(|it| holds(&it.containers, &file.container));
        let of_container: Vec<_> = of_container.collect();
        let fits = |list: &str, codec: &Option<String>| {
            codec.as_deref().is_none_or(|codec| holds(list, codec))
        };
        let is_video_known = of_container.iter().any(|it| fits(&it.video, &file.video));
        let is_all_known = of_container
            .iter()
            .any(|it| fits(&it.video, &file.video) && fits(&it.audio, &file.audio));
        if of_container.is_empty() {
            obstacles.push("ContainerNotSupported");
        } else if !is_video_known {
            obstacles.push("VideoCodecNotSupported");
        } else if !is_all_known {
            obstacles.push("AudioCodecNotSupported");
        }
        obstacles
    }
}

impl DirectFormat {
    fn of(profile: &Value) -> Self {
        DirectFormat {
            kind: lower(profile, "type"),
            containers: lower(profile, "container"),
            video: lower(profile, "videocodec"),
            audio: lower(profile, "audiocodec"),
        }
    }
}

fn lower(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_ascii_lowercase()
}

/// Returns true if a list by commas holds a name. An empty list holds all; one that begins with `-` excludes its names.
fn holds(list: &str, name: &str) -> bool {
    if list.is_empty() {
        return true;
    }
    let (names, is_excluding) = match list.strip_prefix('-') {
        Some(names) => (names, true),
        None => (list, false),
    };
    let has = names.split(',').any(|known| is_same(known.trim(), name));
    has != is_excluding
}

/// Returns true if two names mean the same container or codec.
fn is_same(known: &str, name: &str) -> bool {
    let same = [
        ["mkv", "matroska"],
        ["mp4", "m4v"],
        ["mp4", "mov"],
        ["mp4", "m4a"],
        ["mp4", "m4b"],
        ["ts", "mpegts"],
        ["ts", "m2ts"],
        ["hevc", "h265"],
        ["dts", "dca"],
        ["ogg", "oga"],
        ["mpg", "mpeg"],
    ];
    known == name
        || same
            .iter()
            .any(|[a, b]| (known, name) == (*a, *b) || (known, name) == (*b, *a))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negotiation(formats: &[(&str, &str, &str, &str)]) -> Negotiation {
        let formats = formats
            .iter()
            .map(|(kind, containers, video, audio)| DirectFormat {
                kind: (*kind).to_owned(),
                containers: (*containers).to_owned(),
                video: (*video).to_owned(),
                audio: (*audio).to_owned(),
            });
        Negotiation {
            formats: Some(formats.collect()),
            ..Negotiation::default()
        }
    }

    fn file(container: &str, video: Option<&str>, audio: Option<&str>) -> FileFormat {
        FileFormat {
            is_video: true,
            container: container.to_owned(),
            video: video.map(str::to_owned),
            audio: audio.map(str::to_owned),
            bit_rate: Some(8_000_000),
        }
    }

    #[test]
    fn a_profile_and_a_limit_rule_files_out() {
        let film = file("mkv", Some("hevc"), Some("dts"));
        assert!(
            Negotiation::default().obstacles(&film).is_empty(),
            "no profile"
        );
        let browser = negotiation(&[
            ("video", "mp4,m4v", "h264", "aac,mp3"),
            ("audio", "mp3", "", ""),
        ]);
        assert_eq!(browser.obstacles(&film), ["ContainerNotSupported"]);
        assert_eq!(
            browser.obstacles(&file("mp4", Some("hevc"), None)),
            ["VideoCodecNotSupported"]
        );
        assert_eq!(
            browser.obstacles(&file("mov", Some("h264"), Some("dts"))),
            ["AudioCodecNotSupported"]
        );
        assert!(
            browser.obstacles(&file("mp4", None, None)).is_empty(),
            "unknown codecs pass"
        );
        let all = negotiation(&[("video", "", "", "-truehd")]);
        assert!(all.obstacles(&film).is_empty());
        let slow = Negotiation {
            max_bit_rate: Some(4_000_000),
            ..all
        };
        assert_eq!(slow.obstacles(&film), ["ContainerBitrateExceedsLimit"]);
    }
}
