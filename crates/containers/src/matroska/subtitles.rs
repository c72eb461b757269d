//! Text subtitles of a file: found by Cues if the muxer wrote cues for them, else by a walk over the clusters'
//! headers.

use std::io::Read;
use std::sync::Arc;

use bytes::Bytes;

use super::cluster::BlockParser;
use super::describe::Carried;
use super::info::MatroskaClock;
use super::tracks::Encoding;
use super::{Matroska, block, ebml, ids};
use crate::{Codec, ContainerError, ReadRange, TextCue, TrackKind};

/// Bytes of one read: a cue is shorter, and a read contains many block headers.
const READ_BYTES: u64 = 16 << 10;
/// Maximum bytes of one cue, also after decompression.
const MAX_CUE_BYTES: u64 = 1 << 20;
/// Maximum bytes of all cues of a track.
const MAX_TEXT_BYTES: usize = 8 << 20;
/// Display time of a cue without a duration.
const DEFAULT_CUE_MS: i64 = 3_000;
/// Possible lengths of a Cluster's header: an ID of four bytes and a size of one to eight.
const CLUSTER_HEADER_LENGTHS: std::ops::RangeInclusive<usize> = 5..=12;

/// The state of reading a text track. It can be kept and resumed.
#[derive(Debug)]
pub struct SubtitleReader {
    clock: MatroskaClock,
    shift: i64,
    track: Arc<Carried>,
    end: u64,
    way: Way,
    text_bytes: usize,
}

#[derive(Debug)]
enum Way {
    /// Time in ticks, cluster and relative position of each remaining block, the last first.
    Cued {
        left: Vec<(i64, u64, u64)>,
        /// Bytes of the header of the cluster seen last.
        header: usize,
    },
    Walked(BlockParser),
}

impl SubtitleReader {
    pub(crate) fn new(matroska: &Matroska, index: usize) -> Option<Self> {
        let track = matroska.carried.get(index)?.clone();
        let is_text = matches!(track.codec, Codec::SubRip | Codec::Ass | Codec::WebVtt);
        if track.kind != TrackKind::Subtitle || !is_text || track.encoding == Encoding::Unsupported
        {
            return None;
        }
        let mut left: Vec<_> = matroska
            .subtitle_cues
            .iter()
            .filter(|row| row[0] == index as i64)
            .map(|[_, time, cluster, relative]| (time, cluster as u64, relative))
            .collect();
        // A cue without a relative position only points to a cluster, so a walk costs no more.
        let cued = !left.is_empty() && left.iter().all(|(_, _, relative)| *relative >= 0);
        left.reverse();
        let (start, end) = matroska.media;
        let way = if cued {
            Way::Cued {
                left: left
                    .into_iter()
                    .map(|(time, at, relative)| (time, at, relative as u64))
                    .collect(),
                header: *CLUSTER_HEADER_LENGTHS.end(),
            }
        } else {
            Way::Walked(BlockParser::new(start, end))
        };
        Some(SubtitleReader {
            clock: matroska.clock,
            shift: matroska.shift,
            track,
            end,
            way,
            text_bytes: 0,
        })
    }

    /// Restricts the reader to the blocks of this part of the file, those of some segments.
    pub fn within(mut self, span: std::ops::Range<u64>) -> Self {
        match &mut self.way {
            Way::Cued { left, .. } => left.retain(|(_, cluster, _)| span.contains(cluster)),
            Way::Walked(parser) => {
                self.end = self.end.min(span.end);
                *parser = BlockParser::new(span.start, self.end);
            }
        }
        self
    }

    /// Returns true if each cue costs one small read; false if a walk over the clusters is needed.
    pub fn is_cued(&self) -> bool {
        matches!(self.way, Way::Cued { .. })
    }

    /// Makes up to `reads` reads of 16 KiB, more only for longer cues. Returns the cues found; `None` after the
    /// last.
    ///
    /// # Errors
    /// `OverBudget` for more text than a film has, `Malformed` if clusters are invalid, and those of the
    /// reader.
    pub async fn step<R: ReadRange>(
        &mut self,
        reader: &R,
        reads: u32,
    ) -> Result<Option<Vec<TextCue>>, ContainerError> {
        let mut found = Vec::new();
        for _ in 0..reads {
            let more = match &mut self.way {
                Way::Cued { left, header } => match left.pop() {
                    Some(cue) => {
                        let block = cued_block(reader, &self.track, cue, header).await?;
                        if let Some((data, duration)) = block {
                            self.add(&mut found, cue.0, duration, &data)?;
                        }
                        true
                    }
                    None => false,
                },
                Way::Walked(_) => self.walk(reader, &mut found).await?,
            };
            if !more {
                return Ok((!found.is_empty()).then_some(found));
            }
        }
        Ok(Some(found))
    }

    /// Makes one read of the walk. Returns false at the end.
    async fn walk<R: ReadRange>(
        &mut self,
        reader: &R,
        found: &mut Vec<TextCue>,
    ) -> Result<bool, ContainerError> {
        let Way::Walked(parser) = &mut self.way else {
            return Ok(false);
        };
        let at = parser.position();
        let length = self
            .end
            .min(reader.size())
            .saturating_sub(at)
            .min(READ_BYTES);
        let at_end = length == 0 || parser.is_done();
        let mut bytes = Bytes::new();
        if at_end {
            parser.finish();
        } else {
            bytes = reader.read(at, length as usize).await?;
            parser.push(at, &bytes)?;
        }
        let mut frames = Vec::new();
        while let Some(frame) = parser.next_frame() {
            if frame.track == self.track.number && u64::from(frame.size) <= MAX_CUE_BYTES {
                frames.push(frame);
            }
        }
        for frame in frames {
            let size = frame.size as usize;
            let here = frame
                .offset
                .checked_sub(at)
                .and_then(|start| bytes.get(start as usize..(start as usize).checked_add(size)?));
            let data = match here {
                Some(data) => Bytes::copy_from_slice(data),
                None => reader.read(frame.offset, size).await?,
            };
            let duration = frame
                .duration
                .map(|duration| self.clock.ticks(duration as i64));
            self.add(found, self.clock.ticks(frame.time), duration, &data)?;
        }
        Ok(!at_end)
    }

    fn add(
        &mut self,
        found: &mut Vec<TextCue>,
        time: i64,
        duration: Option<i64>,
        data: &[u8],
    ) -> Result<(), ContainerError> {
        let data = match &self.track.encoding {
            Encoding::Zlib => inflate(data)?,
            Encoding::Stripped(prefix) => [prefix.as_ref(), data].concat(),
            _ => data.to_vec(),
        };
        self.text_bytes += data.len();
        if self.text_bytes > MAX_TEXT_BYTES {
            return Err(ContainerError::OverBudget("the text allowed for it"));
        }
        let start = self.clock.milliseconds(time + self.shift).max(0);
        let length = duration.map_or(DEFAULT_CUE_MS, |duration| self.clock.milliseconds(duration));
        let text = ebml::text(&data).replace("\r\n", "\n");
        let text = text.trim_end_matches(['\n', '\r']).to_owned();
        if !text.is_empty() {
            found.push(TextCue {
                start_ms: start as u64,
                end_ms: start.saturating_add(length.max(0)) as u64,
                text,
            });
        }
        Ok(())
    }
}

/// Reads the block that a cue points to: its data and its duration in ticks of the file. `None` if there is no
/// block of this track.
async fn cued_block<R: ReadRange>(
    reader: &R,
    track: &Carried,
    (_, cluster, relative): (i64, u64, u64),
    header: &mut usize,
) -> Result<Option<(Bytes, Option<i64>)>, ContainerError> {
    let shortest = *CLUSTER_HEADER_LENGTHS.start();
    let Some(at) = cluster
        .checked_add(relative)
        .and_then(|at| at.checked_add(shortest as u64))
    else {
        return Ok(None);
    };
    let length = reader.size().saturating_sub(at).min(READ_BYTES);
    if length == 0 {
        return Ok(None);
    }
    let mut bytes = reader.read(at, length as usize).await?;
    // The relative position counts from the end of the cluster's header. The length of the last header is tried
    // first, since it seldom changes.
    let lengths = std::iter::once(*header).chain(CLUSTER_HEADER_LENGTHS.rev());
    for candidate in lengths {
        let start = candidate - shortest;
        let Some(found) = bytes
            .get(start..)
            .and_then(|bytes| ebml::header(bytes).ok())
        else {
            continue;
        };
        let Some(size) = found.size.filter(|&size| size <= MAX_CUE_BYTES) else {
            continue;
        };
        if found.id != ids::BLOCK_GROUP && found.id != ids::SIMPLE_BLOCK {
            continue;
        }
        let content = start + found.length;
        let end = content + size as usize;
        if end > bytes.len() {
            bytes = reader.read(at, end).await?;
        }
        let Some(element) = bytes.get(content..end) else {
            continue;
        };
        if let Some((data, duration)) = block_of(track.number, found.id, element) {
            *header = candidate;
            return Ok(Some((bytes.slice_ref(data), duration)));
        }
    }
    Ok(None)
}

/// Returns the data of a block of this track and its duration; `None` for other elements.
fn block_of(track: u64, id: u32, element: &[u8]) -> Option<(&[u8], Option<i64>)> {
    let (mut data, mut duration) = (None, None);
    if id == ids::SIMPLE_BLOCK {
        data = Some(element);
    } else {
        for child in ebml::children(element) {
            match child.ok()? {
                (ids::BLOCK, value, _) => data = Some(value),
                (ids::BLOCK_DURATION, value, _) => {
                    duration = i64::try_from(ebml::unsigned(value).ok()?).ok()
                }
                _ => {}
            }
        }
    }
    let data = data?;
    let header = block::header(data).ok()?;
    (header.track == track && header.lacing == block::Lacing::None)
        .then(|| (&data[header.length..], duration))
}

/// Inflates a frame that was compressed with zlib.
fn inflate(data: &[u8]) -> Result<Vec<u8>, ContainerError> {
    let mut plain = Vec::new();
    flate2::read::ZlibDecoder::new(data)
        .take(MAX_CUE_BYTES + 1)
        .read_to_end(&mut plain)
        .map_err(|_| ContainerError::Malformed("a compressed cue cannot be read"))?;
    if plain.len() as u64 > MAX_CUE_BYTES {
        return Err(ContainerError::OverBudget("the text allowed for it"));
    }
    Ok(plain)
}

/// Rebuilds an `.ass` file from its header and the events as Matroska keeps them (RFC 9559 §27.17,
/// `S_TEXT/ASS`): read order, layer, style, name, three margins, effect, text.
pub fn ass_document(header: &str, cues: &[TextCue]) -> String {
    let mut events: Vec<(u64, u64, &TextCue)> = cues
        .iter()
        .map(|cue| {
            let order = cue
                .text
                .split(',')
                .next()
                .and_then(|order| order.trim().parse().ok());
            (order.unwrap_or(u64::MAX), cue.start_ms, cue)
        })
        .collect();
    events.sort_by_key(|(order, start, _)| (*order, *start));
    let mut document = header.trim_end().to_owned();
    document.push('\n');
    if !header.contains("[Events]") {
        document.push_str(
            "\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n",
        );
    }
    for (_, _, cue) in events {
        let mut fields = cue.text.splitn(3, ',');
        let (Some(_), Some(layer), Some(rest)) = (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let rest = rest.replace('\n', "\\N");
        let (start, end) = (ass_time(cue.start_ms), ass_time(cue.end_ms));
        document.push_str(&format!("Dialogue: {layer},{start},{end},{rest}\n"));
    }
    document
}

fn ass_time(ms: u64) -> String {
    let centiseconds = ms / 10;
    let (seconds, rest) = (centiseconds / 100, centiseconds % 100);
    format!(
        "{}:{:02}:{:02}.{rest:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}
