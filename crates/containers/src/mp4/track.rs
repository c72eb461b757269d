//! One `trak`: its facts, its edit list, and the positions of its tables.

use super::boxes::{BoxHeader, u16_at, u32_at, u64_at};
use super::sample_entry;
use super::tables::SampleTables;
use crate::metered::Metered;
use crate::{ContainerError, ReadRange, Track, TrackKind, VideoInfo, codecs, language};

/// Maximum bytes of a name; longer ones are cut.
const MAX_TEXT_BYTES: u64 = 1024;

/// A track together with the data needed to read its samples.
#[derive(Debug, Clone)]
pub(super) struct TrackIndex {
    pub(super) facts: Track,
    pub(super) tables: SampleTables,
    /// The edit list, as ticks to add to a time of the tables to get the time of the movie.
    pub(super) edit: Edit,
    /// Tracks that hold this one's chapter titles.
    pub(super) chapter_tracks: Vec<u32>,
    enabled: bool,
    is_text: bool,
}

impl TrackIndex {
    /// Returns true if the track is QuickTime or 3GPP text, as chapters and subtitles are.
    pub(super) fn is_text(&self) -> bool {
        self.is_text
    }

    /// Returns true if the track is enabled, that is, plays without being selected.
    pub(super) fn is_enabled(&self) -> bool {
        self.enabled
    }
}

/// An edit list, as far as it moves a track against the movie (ISO/IEC 14496-12 §8.6.6): the delay of its empty
/// edits at the start, and the media time at which its first other edit starts. Later edits are not applied:
/// their samples stay where the tables put them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Edit {
    /// Delay in units of the movie's timescale.
    delay: u64,
    /// Media time in ticks of the track.
    media_time: i64,
}

impl Edit {
    pub(super) fn ticks(&self, timescale: u32, movie_timescale: u32) -> i64 {
        let delay = u128::from(self.delay) * u128::from(timescale);
        let delay = (delay + u128::from(movie_timescale) / 2) / u128::from(movie_timescale.max(1));
        i64::try_from(delay)
            .unwrap_or(i64::MAX / 4)
            .min(i64::MAX / 4)
            - self.media_time
    }
}

/// Boxes of a `trak` that were found on the way through it.
#[derive(Default)]
struct Met {
    id: u32,
    enabled: bool,
    size: (u32, u32),
    rotation: u16,
    timescale: u32,
    language: Option<String>,
    handler: [u8; 4],
    handler_name: Option<String>,
    title: Option<String>,
    forced: bool,
    edit: Edit,
    chapter_tracks: Vec<u32>,
    descriptions: Option<BoxHeader>,
    tables: SampleTables,
}

/// Parses a `trak`. `None` if it is neither picture, sound nor text.
pub(super) async fn parse<R: ReadRange>(
    file: &mut Metered<'_, R>,
    trak: &BoxHeader,
) -> Result<Option<TrackIndex>, ContainerError> {
    let mut met = Met::default();
    let mut children = trak.children();
    while let Some(found) = children.next(file).await? {
        match &found.name {
            b"tkhd" => header(&mut met, &found.read(file, 104).await?),
            b"edts" => edits(&mut met, file, &found).await?,
            b"tref" => references(&mut met, file, &found).await?,
            b"udta" => user_data(&mut met, file, &found).await?,
            b"mdia" => media(&mut met, file, &found).await?,
            _ => {}
        }
    }
    index(file, met).await
}

/// Reads `tkhd`: flags, number, matrix, size.
fn header(met: &mut Met, content: &[u8]) {
    let long = content.first() == Some(&1);
    met.enabled = u32_at(content, 0) & 1 == 1;
    met.id = u32_at(content, if long { 20 } else { 12 });
    let matrix = if long { 52 } else { 40 };
    met.size = (
        u32_at(content, matrix + 36) >> 16,
        u32_at(content, matrix + 40) >> 16,
    );
    let signs = [0, 4, 12, 16].map(|at| (u32_at(content, matrix + at) as i32).signum());
    met.rotation = match signs {
        [0, 1, -1, 0] => 90,
        [-1, 0, 0, -1] => 180,
        [0, -1, 1, 0] => 270,
        _ => 0,
    };
}

async fn edits<R: ReadRange>(
    met: &mut Met,
    file: &mut Metered<'_, R>,
    edts: &BoxHeader,
) -> Result<(), ContainerError> {
    let Some(elst) = edts.children().find(file, b"elst").await? else {
        return Ok(());
    };
    // Only the first edits count; a list of thousands comes from an editing program.
    let content = elst.read(file, 8 + 20 * 64).await?;
    let long = content.first() == Some(&1);
    let entry_bytes = if long { 20 } else { 12 };
    for index in 0..(u32_at(&content, 4) as usize).min(64) {
        let at = 8 + index * entry_bytes;
        if at + entry_bytes > content.len() {
            break;
        }
        let (duration, media_time) = if long {
            (u64_at(&content, at), u64_at(&content, at + 8) as i64)
        } else {
            let media_time = u32_at(&content, at + 4) as i32;
            (u64::from(u32_at(&content, at)), i64::from(media_time))
        };
        if media_time >= 0 {
            met.edit.media_time = media_time.min(i64::MAX / 4);
            break;
        }
        met.edit.delay = met.edit.delay.saturating_add(duration);
    }
    Ok(())
}

async fn references<R: ReadRange>(
    met: &mut Met,
    file: &mut Metered<'_, R>,
    tref: &BoxHeader,
) -> Result<(), ContainerError> {
    if let Some(found) = tref.children().find(file, b"chap").await? {
        let ids = found.read(file, 64).await?;
        met.chapter_tracks = ids.chunks_exact(4).map(|id| u32_at(id, 0)).collect();
    }
    Ok(())
}

/// Reads a track's title (`name`, as ffmpeg, HandBrake and QuickTime write it) and, for text, the flag that it
/// is forced.
async fn user_data<R: ReadRange>(
    met: &mut Met,
    file: &mut Metered<'_, R>,
    udta: &BoxHeader,
) -> Result<(), ContainerError> {
    let mut children = udta.children();
    while let Some(found) = children.next(file).await? {
        match &found.name {
            b"name" => {
                met.title = text(&found.read(file, MAX_TEXT_BYTES).await?);
            }
            b"kind" => {
                // DASH role scheme (ISO/IEC 14496-12 §8.10.4): "scheme\0value\0".
                let content = found.read(file, MAX_TEXT_BYTES).await?;
                met.forced |= content.windows(15).any(|part| part == b"forced-subtitle");
            }
            _ => {}
        }
    }
    Ok(())
}

async fn media<R: ReadRange>(
    met: &mut Met,
    file: &mut Metered<'_, R>,
    mdia: &BoxHeader,
) -> Result<(), ContainerError> {
    let mut children = mdia.children();
    while let Some(found) = children.next(file).await? {
        match &found.name {
            b"mdhd" => {
                let content = found.read(file, 36).await?;
                let (timescale, code) = match content.first() {
                    Some(1) => (20, 32),
                    _ => (12, 20),
                };
                met.timescale = u32_at(&content, timescale);
                if met.language.is_none() {
                    met.language = language::unpack(u16_at(&content, code));
                }
            }
            b"elng" => {
                let content = found.read(file, 64).await?;
                if let Some(tag) = text(content.get(4..).unwrap_or(&[])) {
                    met.language = language::tag(&tag).or(met.language.take());
                }
            }
            b"hdlr" => {
                let content = found.read(file, MAX_TEXT_BYTES).await?;
                met.handler
                    .copy_from_slice(content.get(8..12).unwrap_or(b"\0\0\0\0"));
                met.handler_name = handler_name(content.get(24..).unwrap_or(&[]));
            }
            b"minf" => {
                if let Some(stbl) = found.children().find(file, b"stbl").await? {
                    met.descriptions = stbl.children().find(file, b"stsd").await?;
                    met.tables = SampleTables::locate(file, &stbl).await?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Returns the name in a `hdlr` if it is a title. QuickTime counts its bytes, ISO ends it with a zero. `None`
/// for names that muxers write for every track.
fn handler_name(bytes: &[u8]) -> Option<String> {
    let counted = bytes
        .first()
        .is_some_and(|count| usize::from(*count) + 1 == bytes.len());
    let name = text(if counted { &bytes[1..] } else { bytes })?;
    let lower = name.to_ascii_lowercase();
    let made_by_a_program = [
        "handler",
        "gpac",
        "mainconcept",
        "bento4",
        "l-smash",
        "stereo",
        "mono",
        "surround",
    ];
    let is_title = !made_by_a_program.iter().any(|part| lower.contains(part));
    is_title.then_some(name)
}

/// Returns text up to the first zero, without control characters; `None` if nothing is left.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let end = bytes
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(bytes.len());
    let read = String::from_utf8_lossy(&bytes[..end]);
    let clean: String = read.chars().filter(|letter| !letter.is_control()).collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}

async fn index<R: ReadRange>(
    file: &mut Metered<'_, R>,
    met: Met,
) -> Result<Option<TrackIndex>, ContainerError> {
    let kind = match &met.handler {
        b"vide" => TrackKind::Video,
        b"soun" => TrackKind::Audio,
        b"text" | b"sbtl" | b"subt" | b"subp" | b"clcp" => TrackKind::Subtitle,
        _ => return Ok(None),
    };
    let Some(descriptions) = met.descriptions.filter(|_| met.timescale > 0) else {
        return Ok(None);
    };
    let used = used_description(file, &met.tables).await?;
    let entry = match used {
        Some(number) => description(file, &descriptions, number).await?,
        None => None,
    };
    let raw = entry.unwrap_or_default();
    let codec = codecs::codec_from_sample_entry(&raw);
    let sample_entry = sample_entry::normalized(&raw, kind, codec);
    let plain = sample_entry.as_deref().unwrap_or(&raw);
    let video = (kind == TrackKind::Video && raw.len() > 36).then(|| {
        let coded = sample_entry::coded_size(&raw);
        let shown = if met.size.0 > 0 && met.size.1 > 0 {
            met.size
        } else {
            coded
        };
        VideoInfo {
            width: shown.0,
            height: shown.1,
            frame_rate: None,
            hdr: sample_entry::hdr(&raw),
            rotation: met.rotation,
        }
    });
    let audio = (kind == TrackKind::Audio && raw.len() >= 36)
        .then(|| sample_entry::sound_facts(plain, codec));
    let is_text = matches!(raw.get(4..8), Some(b"tx3g" | b"text"));
    let forced = met.forced || (is_text && forced_by_flags(&raw));
    file.allocate(raw.len() as u64 + 1024)?;
    Ok(Some(TrackIndex {
        facts: Track {
            id: u64::from(met.id),
            kind,
            codec,
            codec_string: codecs::codec_string_from_sample_entry(plain),
            language: met.language,
            title: met.title.or(met.handler_name),
            default: met.enabled,
            forced,
            hearing_impaired: &met.handler == b"clcp",
            bit_rate: None,
            timescale: met.timescale,
            sample_entry,
            video,
            audio,
        },
        tables: met.tables,
        edit: met.edit,
        chapter_tracks: met.chapter_tracks,
        enabled: met.enabled,
        is_text,
    }))
}

/// Returns the one sample description that the chunks use, from 1; `None` if they use several, which one init
/// section cannot have. A fragmented file names it elsewhere and has 1.
async fn used_description<R: ReadRange>(
    file: &mut Metered<'_, R>,
    tables: &SampleTables,
) -> Result<Option<u32>, ContainerError> {
    let mut reader = super::tables::TableReader::new(tables.runs);
    let mut used = None;
    for index in 0..tables.runs.count {
        file.step(1)?;
        let number = reader
            .entry(file, index)
            .await?
            .map_or(1, |entry| u32_at(entry, 8));
        if used.is_some_and(|used| used != number) {
            return Ok(None);
        }
        used = Some(number);
    }
    Ok(Some(used.unwrap_or(1)))
}

/// Reads entry `number` of an `stsd`; `None` if there are fewer.
async fn description<R: ReadRange>(
    file: &mut Metered<'_, R>,
    stsd: &BoxHeader,
    number: u32,
) -> Result<Option<Vec<u8>>, ContainerError> {
    let mut entries = super::boxes::Boxes {
        at: stsd.content + 8,
        end: stsd.end,
    };
    for _ in 1..number {
        if entries.next(file).await?.is_none() {
            return Ok(None);
        }
    }
    let Some(found) = entries.next(file).await? else {
        return Ok(None);
    };
    let length = found.end - found.start;
    if length > sample_entry::MAX_ENTRY_BYTES {
        return Err(ContainerError::OverBudget("a sample description of 1 MB"));
    }
    Ok(Some(file.read(found.start, length).await?.to_vec()))
}

/// Reads `displayFlags` of a `tx3g` entry (3GPP TS 26.245 §5.16, bits 30 and 31 as Apple uses them): all samples
/// are forced.
fn forced_by_flags(entry: &[u8]) -> bool {
    u32_at(entry, 16) & 0x8000_0000 != 0
}
