//! From TrackEntry to [`Track`]: names, codecs, sample entries, and the shift that all tracks share.

use std::sync::Arc;

use bytes::Bytes;

use super::block_table::BlockTables;
use super::cluster::BlockParser;
use super::head::MatroskaHead;
use super::info::{Info, MatroskaClock};
use super::tracks::{Encoding, TrackEntry};
use super::{Matroska, chapters, codec_ids, tags, tracks};
use crate::codecs::{self, Description, PictureEntry, Sound};
use crate::metered::Metered;
use crate::packed::PackedRows;
use crate::{
    AudioInfo, Codec, ContainerError, Hdr, ReadRange, SegmentPlan, Track, TrackKind, VideoInfo,
    language,
};

/// Maximum bytes of a first frame that are examined. Those of E-AC-3 with all its substreams are fewer.
const MAX_FRAME_BYTES: u64 = 16 << 10;
/// Maximum number of reads for first frames: sound stands behind the first pictures, which may be large.
const MAX_FRAME_READS: u32 = 8;

/// Facts of a track that are needed to read its blocks.
#[derive(Debug)]
pub(crate) struct Carried {
    pub number: u64,
    pub kind: TrackKind,
    pub codec: Codec,
    pub encoding: Encoding,
    pub private: Bytes,
    /// Ticks by which block times are late.
    pub codec_delay: i64,
    /// Nanoseconds between two frames, as the file states; `None` if it does not.
    pub default_duration: Option<u64>,
    /// Nanoseconds that a frame lasts; `None` if that varies or is not known.
    pub frame_ns: Option<u64>,
    /// Ticks by which decoding runs ahead of display.
    pub decode_delay: i64,
    pub reordered: bool,
}

impl Carried {
    /// Returns the bytes that belong in front of each frame and are not in the file.
    pub(crate) fn prefix(&self) -> Bytes {
        match &self.encoding {
            Encoding::Stripped(prefix) => prefix.clone(),
            _ => Bytes::new(),
        }
    }
}

/// Describes a file by its head, and by first frames if a codec's configuration is only there.
pub(crate) async fn describe<R: ReadRange>(
    file: &mut Metered<'_, R>,
    head: &MatroskaHead,
) -> Result<Matroska, ContainerError> {
    let info = match &head.info {
        Some(info) => Info::parse(info)?,
        None => Info::parse(&[])?,
    };
    let entries = tracks::parse(
        head.tracks
            .as_ref()
            .ok_or(ContainerError::Malformed("there are no tracks"))?,
    )?;
    let entries: Vec<TrackEntry> = entries
        .into_iter()
        .filter(|entry| kind(entry).is_some())
        .collect();
    file.step(entries.len() as u64)?;
    let first_cluster = head.first_cluster.ok_or(ContainerError::Truncated)?;
    let media_end = head
        .cues_position
        .filter(|&cues| cues > first_cluster)
        .unwrap_or(head.segment_end);
    let frames = first_frames(file, &entries, first_cluster, media_end).await?;
    let rates = head
        .tags
        .as_ref()
        .map(|tags| tags::bit_rates(tags))
        .transpose();
    // A film plays without its tags and chapters, so malformed ones count as none.
    let rates = rates.ok().flatten().unwrap_or_default();
    let mut tracks = Vec::new();
    let mut carried = Vec::new();
    for (entry, frame) in entries.iter().zip(frames) {
        let (mut track, more) = track(entry, frame.as_deref(), info.clock);
        track.bit_rate = rates
            .iter()
            .find(|(uid, _)| *uid == entry.uid)
            .map(|(_, rate)| *rate);
        tracks.push(track);
        carried.push(Arc::new(more));
    }
    one_default(&mut tracks);
    let reference = reference(&tracks).ok_or(ContainerError::Unsupported(
        "a file without picture and sound",
    ))?;
    let shift = carried
        .iter()
        .map(|carried| carried.decode_delay.max(carried.codec_delay))
        .max()
        .unwrap_or(0);
    let chapters = head
        .chapters
        .as_ref()
        .map(|chapters| chapters::parse(chapters))
        .transpose();
    Ok(Matroska {
        clock: info.clock,
        duration: info.duration,
        title: info.title,
        tracks,
        carried,
        reference,
        shift,
        chapters: chapters.ok().flatten().unwrap_or_default(),
        attachments: head.attachments,
        media: (first_cluster, media_end),
        plan: SegmentPlan::new(info.clock.timescale()),
        places: PackedRows::new(),
        subtitle_cues: PackedRows::new(),
        block_tables: BlockTables::default(),
    })
}

fn kind(entry: &TrackEntry) -> Option<TrackKind> {
    match entry.kind {
        1 => Some(TrackKind::Video),
        2 => Some(TrackKind::Audio),
        0x11 => Some(TrackKind::Subtitle),
        _ => None,
    }
}

/// Leaves one default picture and one default sound. The flag is set if a file leaves it out (RFC 9559
/// §5.1.4.1.5), so in many files all tracks have it.
fn one_default(tracks: &mut [Track]) {
    for kind in [TrackKind::Video, TrackKind::Audio] {
        let of_kind = tracks
            .iter_mut()
            .filter(|track| track.kind == kind && track.default);
        of_kind.skip(1).for_each(|track| track.default = false);
    }
}

/// Returns the track that determines the cuts: the default picture, else the first one, else a sound.
fn reference(tracks: &[Track]) -> Option<usize> {
    let of = |kind| {
        let mut all = tracks
            .iter()
            .enumerate()
            .filter(move |(_, track)| track.kind == kind);
        let first = all.clone().next();
        all.find(|(_, track)| track.default)
            .or(first)
            .map(|(index, _)| index)
    };
    of(TrackKind::Video).or_else(|| of(TrackKind::Audio))
}

fn track(entry: &TrackEntry, frame: Option<&[u8]>, clock: MatroskaClock) -> (Track, Carried) {
    let kind = kind(entry).unwrap_or(TrackKind::Subtitle);
    let codec = codec_ids::codec(&entry.codec_id, &entry.private);
    let sample_rate = entry.audio.sample_rate.clamp(0.0, 1e9).round() as u32;
    let private = codec_ids::private(
        &entry.codec_id,
        &entry.private,
        sample_rate,
        entry.audio.channels,
    );
    let frame_rate = entry
        .default_duration
        .map(frame_rate)
        .filter(|rate| *rate <= 1000.0);
    let dolby = entry.additions.iter().find_map(|(kind, data)| {
        let kind = kind.to_be_bytes();
        matches!(&kind, b"dvcC" | b"dvvC").then_some((kind, data.as_slice()))
    });
    let described = match kind {
        TrackKind::Video => {
            let picture = PictureEntry {
                width: entry.video.width,
                height: entry.video.height,
                pixel_ratio: pixel_ratio(entry),
                colour: entry.video.colour.as_ref(),
                frame_rate,
                dolby_vision: dolby,
            };
            codecs::describe_picture(codec, &private, frame, &picture)
        }
        TrackKind::Audio => {
            let sound = Sound {
                channels: entry.audio.channels,
                sample_rate,
                bit_depth: entry.audio.bit_depth,
            };
            codecs::describe_sound(codec, &private, frame, &sound)
        }
        TrackKind::Subtitle => Description::default(),
    };
    // Frames that are compressed or encrypted do not stand in the file as they are.
    let in_file = matches!(entry.encoding, Encoding::None | Encoding::Stripped(_));
    let sample_entry = described.entry.filter(|_| in_file);
    let codec_string = sample_entry
        .as_deref()
        .filter(|_| codec != Codec::Mp2)
        .and_then(codecs::codec_string_from_sample_entry);
    let frame_ns = match (described.frame_samples, described.sample_rate) {
        (Some(samples), Some(rate)) => Some(u64::from(samples) * 1_000_000_000 / u64::from(rate)),
        _ => entry.default_duration,
    };
    let reordered = described.reorder_depth > 0;
    let frame_of = entry
        .default_duration
        .filter(|&ns| ns < 1_000_000_000)
        .unwrap_or(41_708_333);
    let delay = clock.nanoseconds(i128::from(described.reorder_depth) * i128::from(frame_of));
    // One tick more, for rounded timestamps.
    let decode_delay = if reordered { delay + 1 } else { 0 };
    let track = Track {
        id: entry.number,
        kind,
        codec,
        codec_string,
        language: language::tag(&entry.language),
        title: entry.name.clone(),
        default: entry.default && entry.enabled && !entry.commentary,
        forced: entry.forced,
        hearing_impaired: entry.hearing_impaired,
        bit_rate: None,
        timescale: clock.timescale(),
        sample_entry,
        video: (kind == TrackKind::Video).then(|| video_info(entry, frame_rate, dolby.is_some())),
        audio: (kind == TrackKind::Audio).then_some(AudioInfo {
            channels: entry.audio.channels,
            sample_rate,
        }),
    };
    let carried = Carried {
        number: entry.number,
        kind,
        codec,
        encoding: entry.encoding.clone(),
        private,
        codec_delay: clock.nanoseconds(i128::from(entry.codec_delay)),
        default_duration: entry.default_duration,
        frame_ns,
        decode_delay,
        reordered,
    };
    (track, carried)
}

/// Returns frames per second. Durations are whole nanoseconds, so 41708333 and 41708334 are both 24000/1001.
fn frame_rate(ns: u64) -> f64 {
    let rate = 1e9 / ns as f64;
    let of_1001 = (rate * 1.001).round() * 1000.0 / 1001.0;
    [rate.round(), of_1001]
        .into_iter()
        .find(|known| *known > 0.0 && (1e9 / known - ns as f64).abs() <= 1.0)
        .unwrap_or(rate)
}

/// Returns the ratio of a pixel's sides; `None` for squares.
fn pixel_ratio(entry: &TrackEntry) -> Option<(u32, u32)> {
    let (width, height) = entry.video.display?;
    let across = u64::from(width) * u64::from(entry.video.height);
    let down = u64::from(height) * u64::from(entry.video.width);
    let (mut a, mut b) = (across, down);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    let ratio = (across.checked_div(a)?, down.checked_div(a)?);
    let ratio = (u32::try_from(ratio.0).ok()?, u32::try_from(ratio.1).ok()?);
    (ratio.0 != ratio.1 && ratio.0 > 0 && ratio.1 > 0).then_some(ratio)
}

fn video_info(entry: &TrackEntry, frame_rate: Option<f64>, dolby: bool) -> VideoInfo {
    let (mut width, mut height) = (entry.video.width, entry.video.height);
    if let Some((across, down)) = pixel_ratio(entry) {
        // The longer side of a pixel is stretched, as players do.
        if across > down {
            width = (u64::from(width) * u64::from(across) / u64::from(down))
                .min(u64::from(u32::MAX)) as u32;
        } else {
            height = (u64::from(height) * u64::from(down) / u64::from(across))
                .min(u64::from(u32::MAX)) as u32;
        }
    }
    VideoInfo {
        width,
        height,
        frame_rate,
        hdr: hdr(entry, dolby),
        rotation: rotation(entry.video.roll),
    }
}

fn hdr(entry: &TrackEntry, dolby: bool) -> Option<Hdr> {
    if dolby {
        return Some(Hdr::DolbyVision);
    }
    // 2 is "unspecified", as is a colour that lacks this fact.
    let stated = entry.video.colour.as_ref().map(|colour| colour.transfer);
    let transfer = stated
        .filter(|&transfer| transfer != 0 && transfer != 2)
        .or_else(|| match codec_ids::codec(&entry.codec_id, &entry.private) {
            Codec::Hevc => codecs::hevc_transfer(&entry.private).map(u16::from),
            _ => None,
        });
    // Transfer functions of ITU-T H.273: SMPTE ST 2084 and ARIB STD-B67.
    match transfer? {
        16 => Some(Hdr::Hdr10),
        18 => Some(Hdr::Hlg),
        _ => None,
    }
}

/// Returns degrees clockwise for a roll counterclockwise.
fn rotation(roll: f64) -> u16 {
    if !roll.is_finite() {
        return 0;
    }
    ((-roll / 90.0).round().rem_euclid(4.0) as u16 % 4) * 90
}

/// Returns the start of the first frame of each track whose codec needs it.
async fn first_frames<R: ReadRange>(
    file: &mut Metered<'_, R>,
    entries: &[TrackEntry],
    first_cluster: u64,
    media_end: u64,
) -> Result<Vec<Option<Bytes>>, ContainerError> {
    let mut found: Vec<Option<Bytes>> = vec![None; entries.len()];
    let needs = |entry: &TrackEntry| {
        let codec = codec_ids::codec(&entry.codec_id, &entry.private);
        matches!(entry.encoding, Encoding::None | Encoding::Stripped(_))
            && codecs::needs_frame(codec, &entry.private)
    };
    let mut wanted = entries.iter().filter(|entry| needs(entry)).count();
    let mut parser = BlockParser::new(first_cluster, media_end);
    let mut reads = 0;
    let mut window_end = 0;
    while wanted > 0 && !parser.is_done() {
        let at = parser.position();
        // Headers come from the reader's window: leaving the window is what costs a read.
        if at >= window_end {
            reads += 1;
            window_end = at + (48 << 10);
        }
        if reads > MAX_FRAME_READS {
            break;
        }
        let length = file.size().saturating_sub(at).min(1024);
        if length == 0 {
            break;
        }
        let bytes = file.read(at, length).await?;
        file.step(1)?;
        match parser.push(at, &bytes) {
            Ok(()) => {}
            // Damage here is damage to one segment, not to the file.
            Err(_) => break,
        }
        while let Some(frame) = parser.next_frame() {
            let slot = entries.iter().position(|entry| entry.number == frame.track);
            let Some(n) = slot.filter(|&n| needs(&entries[n]) && found[n].is_none()) else {
                continue;
            };
            let length = u64::from(frame.size).min(MAX_FRAME_BYTES);
            let mut start = match file.read(frame.offset, length).await {
                Ok(bytes) => bytes,
                Err(ContainerError::Truncated) => continue,
                Err(error) => return Err(error),
            };
            if let Encoding::Stripped(prefix) = &entries[n].encoding {
                start = [prefix.as_ref(), &start].concat().into();
            }
            found[n] = Some(start);
            wanted -= 1;
        }
    }
    Ok(found)
}
