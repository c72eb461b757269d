//! The lines of a master playlist for a repackaged original (RFC 8216 §4.3.4): its sounds as renditions, grouped by
//! codec, and its picture once for each group.
//!
//! A player drops a variant whose `CODECS` it does not know, so sounds of different codecs are never in one group: a
//! browser without AC-3 still finds the picture with the AAC sound.

use std::collections::HashSet;
use std::fmt::Write;

use containers::{Codec, Container, FilmSource, Hdr, Track, VideoInfo};

use super::decoded_sound::is_decoded;
use super::{RepackagedFilm, SourceStream};
use media::{language_name, plain_title};

/// The RFC 6381 name of a decoded sound.
const DECODED_CODEC: &str = "mp4a.40.2";

/// The part of a master playlist that lists an original.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceVariants {
    /// The highest bit rate of any segment, with everything that lies between its samples.
    pub peak_bits_per_s: u64,
    /// The bit rate of the whole file.
    pub average_bits_per_s: u64,
    /// The highest bit rate of the key frames; `None` without a picture.
    key_frames_bits_per_s: Option<u64>,
    /// The RFC 6381 name of the picture; `None` where it is unknown, or there is no picture.
    picture_codec: Option<String>,
    /// `RESOLUTION`, `FRAME-RATE` and `VIDEO-RANGE`, each after a comma.
    picture_attributes: String,
    has_picture: bool,
    sounds: Vec<SourceSound>,
    /// The codec of the sound that plays by default.
    default_sound: Option<(&'static str, String)>,
}

/// A sound of an original.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceSound {
    stream: SourceStream,
    /// Unique for the film, and safe in quotes.
    name: String,
    language: Option<String>,
    channels: u32,
    is_default: bool,
    /// The plain name of its codec, by which sounds are grouped.
    group: &'static str,
    codec: String,
}

impl SourceVariants {
    /// Collects what is listed of a film whose file has `file_bytes`. With `with_decoded_sounds`, sounds that browsers lack
    /// are listed as AAC, too.
    pub fn of(film: &RepackagedFilm, file_bytes: u64, with_decoded_sounds: bool) -> Self {
        let source = film.source();
        let picture = source.picture().map(|track| &source.tracks()[track]);
        let average = bits_per_s(file_bytes, source.duration_s());
        let default = source.default_sound();
        let default = default.map(|track| &source.tracks()[track]);
        SourceVariants {
            peak_bits_per_s: peak(source, average),
            average_bits_per_s: average,
            key_frames_bits_per_s: picture.map(|_| key_frame_peak(source, average)),
            picture_codec: picture.and_then(|track| track.codec_string.clone()),
            picture_attributes: picture
                .and_then(|track| track.video.as_ref())
                .map(attributes)
                .unwrap_or_default(),
            has_picture: picture.is_some(),
            sounds: sounds(source, with_decoded_sounds),
            default_sound: default
                .and_then(|track| Some((track.codec.name(), track.codec_string.clone()?))),
        }
    }

    /// Returns true if the codecs of the film are known, for `CODECS`.
    pub fn has_codecs(&self) -> bool {
        match self.has_picture {
            true => self.picture_codec.is_some(),
            false => self.default_sound.is_some(),
        }
    }

    /// Returns width and height of the picture as it is shown; `None` if they are unknown.
    pub fn picture_size(&self) -> Option<(u32, u32)> {
        let attribute = resolution_of(&self.picture_attributes);
        let (width, height) = attribute.strip_prefix(",RESOLUTION=")?.split_once('x')?;
        Some((width.parse().ok()?, height.parse().ok()?))
    }

    /// Writes the sounds as renditions.
    pub fn write_sounds(&self, text: &mut String) {
        if self.picture_codec.is_none() {
            return;
        }
        for group in self.groups() {
            let of_group = self.sounds.iter().filter(|sound| sound.group == group);
            let has_default = of_group.clone().any(|sound| sound.is_default);
            for (index, sound) in of_group.enumerate() {
                let is_default = sound.is_default || (!has_default && index == 0);
                let _ = write!(
                    text,
                    "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound-{group}\",NAME=\"{}\",DEFAULT={},AUTOSELECT=YES",
                    sound.name,
                    if is_default { "YES" } else { "NO" }
                );
                if let Some(language) = &sound.language {
                    let _ = write!(text, ",LANGUAGE=\"{language}\"");
                }
                if sound.channels > 0 {
                    let _ = write!(text, ",CHANNELS=\"{}\"", sound.channels);
                }
                let _ = writeln!(text, ",URI=\"{}.m3u8\"", sound.stream);
            }
        }
    }

    /// Writes the variants with a bit rate of at least `min_bits_per_s`; `subtitles` is the id of their group.
    pub fn write_variants(&self, text: &mut String, min_bits_per_s: u64, subtitles: Option<&str>) {
        let peak = self.peak_bits_per_s.max(min_bits_per_s);
        let groups = self.groups();
        match &self.picture_codec {
            Some(codec) if groups.is_empty() => {
                self.write_variant(text, peak, std::slice::from_ref(codec), None, subtitles);
            }
            Some(codec) => {
                for group in groups {
                    let mut codecs = vec![codec.clone()];
                    for sound in self.sounds.iter().filter(|sound| sound.group == group) {
                        if !codecs.contains(&sound.codec) {
                            codecs.push(sound.codec.clone());
                        }
                    }
                    self.write_variant(text, peak, &codecs, Some(group), subtitles);
                }
            }
            None => {
                let codecs = self.default_sound.iter().filter(|_| !self.has_picture);
                let codecs: Vec<String> = codecs.map(|(_, codec)| codec.clone()).collect();
                self.write_variant(text, peak, &codecs, None, subtitles);
            }
        }
        if let (Some(codec), Some(bits_per_s)) = (&self.picture_codec, self.key_frames_bits_per_s) {
            let _ = writeln!(
                text,
                "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH={bits_per_s},CODECS=\"{codec}\"{},URI=\"{}.m3u8\"",
                resolution_of(&self.picture_attributes),
                SourceStream::KeyFrames
            );
        }
    }

    fn write_variant(
        &self,
        text: &mut String,
        peak_bits_per_s: u64,
        codecs: &[String],
        group: Option<&str>,
        subtitles: Option<&str>,
    ) {
        let _ = write!(
            text,
            "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={}{}",
            peak_bits_per_s, self.average_bits_per_s, self.picture_attributes
        );
        if !codecs.is_empty() {
            let _ = write!(text, ",CODECS=\"{}\"", codecs.join(","));
        }
        if let Some(group) = group {
            let _ = write!(text, ",AUDIO=\"sound-{group}\"");
        }
        if let Some(subtitles) = subtitles {
            let _ = write!(text, ",SUBTITLES=\"{subtitles}\"");
        }
        let stream = match group {
            Some(_) => SourceStream::Video,
            None => SourceStream::Muxed,
        };
        let _ = writeln!(text, "\n{stream}.m3u8");
    }

    /// Returns the codecs of the sounds, that of the default one first.
    fn groups(&self) -> Vec<&'static str> {
        let default = self.default_sound.iter().map(|(group, _)| *group);
        let mut groups: Vec<&'static str> = Vec::new();
        for group in default.chain(self.sounds.iter().map(|sound| sound.group)) {
            let is_listed = self.sounds.iter().any(|sound| sound.group == group);
            if is_listed && !groups.contains(&group) {
                groups.push(group);
            }
        }
        groups
    }
}

/// Returns the sounds whose codecs have names, with the numbers that all sounds have together.
fn sounds(source: &FilmSource, with_decoded: bool) -> Vec<SourceSound> {
    let default = source.default_sound();
    let mut names = HashSet::new();
    let (mut sounds, mut decoded) = (Vec::new(), Vec::new());
    for (index, track) in source.sounds().into_iter().enumerate() {
        let facts = &source.tracks()[track];
        let Some(codec) = facts
            .codec_string
            .clone()
            .filter(|_| source.can_carry(track))
        else {
            continue;
        };
        let name = sound_name(facts, index + 1);
        let numbered = (2..).map(|n| format!("{name} {n}"));
        let name = std::iter::once(name.clone())
            .chain(numbered)
            .find(|name| names.insert(name.clone()));
        let sound = SourceSound {
            stream: SourceStream::Sound(index + 1),
            name: name.unwrap_or_default(),
            language: facts
                .language
                .clone()
                .filter(|language| is_quotable(language)),
            channels: facts.audio.as_ref().map_or(0, |audio| audio.channels),
            is_default: Some(track) == default,
            group: facts.codec.name(),
            codec,
        };
        if with_decoded && is_decoded(facts.codec) {
            // The same name as in its own group: a viewer sees one of the two.
            decoded.push(SourceSound {
                stream: SourceStream::DecodedSound(index + 1),
                channels: 2,
                group: Codec::Aac.name(),
                codec: DECODED_CODEC.to_owned(),
                ..sound.clone()
            });
        }
        sounds.push(sound);
    }
    sounds.extend(decoded);
    sounds
}

/// Returns a name for people: `English (Commentary)`.
fn sound_name(track: &Track, number: usize) -> String {
    let language = track.language.as_deref().and_then(language_name);
    let title = track.title.as_deref().map(plain_title);
    let title = title.filter(|title| !title.is_empty());
    let name = match (language, title) {
        (Some(language), Some(title)) if !title.contains(&language) => {
            format!("{language} ({title})")
        }
        (_, Some(title)) => title,
        (Some(language), None) => language,
        (None, None) => format!("Sound {number}"),
    };
    name.replace('"', "'")
}

fn is_quotable(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn attributes(video: &VideoInfo) -> String {
    let mut text = String::new();
    let (width, height) = match video.rotation {
        90 | 270 => (video.height, video.width),
        _ => (video.width, video.height),
    };
    if width > 0 && height > 0 {
        let _ = write!(text, ",RESOLUTION={width}x{height}");
    }
    if let Some(rate) = video.frame_rate {
        let _ = write!(text, ",FRAME-RATE={rate:.3}");
    }
    text.push_str(match video.hdr {
        None => ",VIDEO-RANGE=SDR",
        Some(Hdr::Hlg) => ",VIDEO-RANGE=HLG",
        Some(Hdr::Hdr10 | Hdr::DolbyVision) => ",VIDEO-RANGE=PQ",
    });
    text
}

/// Returns the attribute `RESOLUTION` among those of a picture, after its comma.
fn resolution_of(attributes: &str) -> String {
    let found = attributes
        .split(',')
        .find(|it| it.starts_with("RESOLUTION="));
    found.map(|found| format!(",{found}")).unwrap_or_default()
}

fn bits_per_s(bytes: u64, seconds: f64) -> u64 {
    (bytes as f64 * 8.0 / seconds.max(0.001)).ceil() as u64
}

/// Returns the highest bit rate of any segment, at least `average`. A short last segment yields arbitrary rates, and
/// spans that overlap, of a file that is not interleaved, yield none.
fn peak(source: &FilmSource, average: u64) -> u64 {
    let plan = source.plan();
    if source.container() == Container::TransportStream {
        // Its spans are estimated.
        return average + average / 2;
    }
    let mut peak = average;
    let mut end = 0;
    for segment in plan.iter() {
        if segment.span.start + (1 << 20) < end {
            return average + average / 2;
        }
        end = segment.span.end;
        let seconds = plan.seconds(segment.duration);
        if seconds >= 1.0 {
            let bytes = segment.span.end.saturating_sub(segment.span.start);
            peak = peak.max(bits_per_s(bytes, seconds));
        }
    }
    peak
}

/// Returns the highest bit rate of the key frames; where an index lacks their sizes, that of whole segments.
fn key_frame_peak(source: &FilmSource, average: u64) -> u64 {
    let plan = source.plan();
    let rates = plan.iter().map(|segment| {
        let seconds = plan.seconds(segment.duration).max(1.0);
        segment
            .key_frame_bytes
            .map(|bytes| bits_per_s(bytes, seconds))
    });
    let highest = rates
        .into_iter()
        .try_fold(1, |peak: u64, rate| Some(peak.max(rate?)));
    highest.unwrap_or_else(|| peak(source, average))
}
