//! MPEG transport streams (ISO/IEC 13818-1), also as Blu-ray and AVCHD store them, with four bytes in front of each packet.
//!
//! They have no index: tracks are read from the beginning of the file, its length from both ends. A stream that is made
//! of one consists of the file's own packets, so it stays a transport stream and every sample keeps its bytes and its
//! times; only the bytes around packets and the tables are new. [`cuts`] finds where segments begin, [`segment`] makes
//! them.

mod cuts;
mod elementary;
mod packet;
mod pes;
mod pictures;
mod plan;
mod segment;
mod tables;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::{Codec, ContainerError, ReadRange, SegmentPlan, Track, TrackKind};
use cuts::Cuts;
use packet::PacketReader;
use pes::{PesHeader, TICKS_PER_S};
use pictures::{PictureFinder, PictureStart};
use tables::{ProgramMap, SectionBuffer};

pub(crate) use packet::Framing;
pub(crate) use segment::PacketFilter;

use plan::{cuts_at_key_frames, plan, planned_times, shortest_distance};

/// Bytes at the beginning of a file that are read for its tracks.
const HEAD_BYTES: u64 = 1 << 20;

/// A file of at most this many bytes is read whole, so that all its key frames are known.
const MAX_WHOLE_BYTES: u64 = 2 << 20;

/// Bytes at the end that are read for its length, and the most that are, where the last pictures are large.
const TAIL_BYTES: u64 = 256 << 10;
const MAX_TAIL_BYTES: u64 = 4 << 20;

/// Bytes of a PES packet that are kept for the facts of its stream.
const FACTS_BYTES: usize = 4 << 10;

/// The longest film.
const MAX_DURATION: i64 = 26 * 3600 * TICKS_PER_S;

/// Key frames are regular if their distances differ by less than this.
const REGULAR_TICKS: i64 = TICKS_PER_S / 50;

/// A cut is planned this much before the time of its key frame, for times that are rounded.
const EARLY_TICKS: i64 = TICKS_PER_S / 100;

/// An opened transport stream.
#[derive(Debug)]
pub(crate) struct TransportStream {
    pub tracks: Vec<Track>,
    /// Index of the track whose key frames are the cuts.
    pub reference: usize,
    map: ProgramMap,
    map_pid: u16,
    cuts: Cuts,
}

/// Facts that are collected from the beginning of a file.
struct Head {
    map: ProgramMap,
    map_pid: u16,
    /// For each stream of the map, the beginning of a PES packet, without its header.
    first_bytes: Vec<Vec<u8>>,
}

impl TransportStream {
    /// Reads both ends of a file.
    ///
    /// # Errors
    /// `Unsupported` for files whose streams or whose clock are not understood, and those of the reader.
    pub async fn open<R: ReadRange>(reader: &R) -> Result<Self, ContainerError> {
        let size = reader.size();
        let is_whole = size <= MAX_WHOLE_BYTES;
        let length = if is_whole { size } else { HEAD_BYTES };
        let head_bytes = reader.read(0, length as usize).await?;
        let framing =
            Framing::of(&head_bytes).ok_or(ContainerError::Unsupported("this container"))?;
        let aligned = head_bytes.slice(framing.start as usize..);
        let packets = || PacketReader::of_bytes(framing, framing.start, aligned.clone());
        let head = read_head(packets).ok_or(ContainerError::Unsupported(
            "a transport stream without tables",
        ))?;
        let is_blu_ray = tables::descriptors(&head.map.descriptors)
            .any(|(tag, content)| tag == 5 && content.starts_with(b"HDMV"));
        let tracks: Vec<Track> = head
            .map
            .streams
            .iter()
            .zip(&head.first_bytes)
            .filter_map(|(stream, first)| {
                let (kind, codec) = elementary::codec_of(stream, is_blu_ray)?;
                Some(elementary::track(stream, kind, codec, first))
            })
            .collect();
        let reference = reference(&tracks).ok_or(ContainerError::Unsupported(
            "a transport stream without pictures and sounds",
        ))?;
        let (pid, codec) = (tracks[reference].id as u16, tracks[reference].codec);
        let pictures = pictures(packets(), pid, codec, None);
        let first = pictures.first().ok_or(ContainerError::Unsupported(
            "a transport stream whose first picture is far from its beginning",
        ))?;
        // Pictures that are shown before the first one follow it.
        let first_time = pictures
            .iter()
            .map(|it| it.time)
            .min()
            .unwrap_or(first.time);
        let base = first.time;
        let last_time = match is_whole {
            true => pictures.iter().map(|it| it.time).max(),
            false => last_time(reader, framing, (pid, codec), base).await?,
        };
        let picture_ticks = shortest_distance(&pictures);
        let end = last_time.map(|time| time + picture_ticks);
        let end = end
            .filter(|end| *end > first_time && *end - first_time < MAX_DURATION)
            .ok_or(ContainerError::Unsupported(
                "a transport stream whose clock jumps",
            ))?;
        let times = match is_whole {
            true => cuts_at_key_frames(&pictures),
            false => planned_times(&pictures, first_time, end, size),
        };
        let plan = plan(first_time, end, &times, framing.start..size);
        let found = times
            .iter()
            .enumerate()
            .filter_map(|(n, (_, position))| Some((n + 1, (*position)?)));
        let mut film = TransportStream {
            cuts: Cuts::new(framing, size, (pid, codec), base, plan, found),
            tracks,
            reference,
            map: head.map,
            map_pid: head.map_pid,
        };
        if let Some(video) = &mut film.tracks[reference].video {
            let rate = TICKS_PER_S as f64 / picture_ticks.max(1) as f64;
            video.frame_rate = (5.0..=240.0).contains(&rate).then_some(rate);
        }
        Ok(film)
    }

    /// Returns the segments.
    pub fn plan(&self) -> &SegmentPlan {
        &self.cuts.plan
    }

    /// Returns the seconds by which the stream's clock, which is that of the file, is ahead of the film.
    pub fn shift_s(&self) -> f64 {
        let start = self.plan().get(0).map_or(0, |first| first.start);
        start as f64 / TICKS_PER_S as f64
    }

    /// Returns true if segments of this track can be made.
    pub fn can_carry(&self, track: usize) -> bool {
        self.tracks.get(track).is_some_and(is_carried)
    }

    /// Returns the bytes of memory that the film takes.
    pub fn memory_bytes(&self) -> usize {
        let descriptors = self.map.streams.iter().map(|it| 64 + it.descriptors.len());
        let tracks = self.tracks.len() * (size_of::<Track>() + 64);
        size_of::<Self>() + self.cuts.memory_bytes() + tracks + descriptors.sum::<usize>()
    }

    /// Starts segment `n` of some tracks.
    ///
    /// # Errors
    /// `Unsupported` for a track that cannot be carried, or a segment that is not there; those of the reader.
    pub async fn segment<R: ReadRange>(
        self: &Arc<Self>,
        reader: &R,
        selection: &[usize],
        n: usize,
    ) -> Result<PacketFilter, ContainerError> {
        if n >= self.plan().len() {
            return Err(ContainerError::Unsupported("a segment that is not there"));
        }
        if !selection.iter().all(|track| self.can_carry(*track)) {
            return Err(ContainerError::Unsupported("this codec"));
        }
        let pids: Vec<u16> = selection
            .iter()
            .map(|track| self.tracks[*track].id as u16)
            .collect();
        PacketFilter::new(self, reader, &pids, n).await
    }
}

fn is_carried(track: &Track) -> bool {
    track.kind != TrackKind::Subtitle && track.codec != Codec::Unknown
}

/// Returns the track whose key frames are the cuts: the first picture, else the first sound.
fn reference(tracks: &[Track]) -> Option<usize> {
    let first = |kind| {
        tracks
            .iter()
            .position(|track| track.kind == kind && is_carried(track))
    };
    first(TrackKind::Video).or_else(|| first(TrackKind::Audio))
}

/// Reads tables and the first bytes of each stream; `None` if there are no tables.
fn read_head(packets: impl Fn() -> PacketReader) -> Option<Head> {
    let (map, map_pid) = read_map(packets())?;
    let is_video = |pid: u16| {
        let stream = map.streams.iter().find(|stream| stream.pid == pid);
        matches!(
            stream.and_then(|stream| elementary::codec_of(stream, false)),
            Some((TrackKind::Video, _))
        )
    };
    let mut first_bytes = vec![Vec::new(); map.streams.len()];
    // For each stream: its bytes are complete, and its PES packet is being read.
    let mut states = vec![(false, false); map.streams.len()];
    let mut packets = packets();
    while let Some(start) = packets.take() {
        let packet = packets.packet(start);
        let Some(index) = map.streams.iter().position(|it| it.pid == packet.pid()) else {
            continue;
        };
        let (bytes, (is_complete, is_read)) = (&mut first_bytes[index], &mut states[index]);
        let Some(payload) = packet.payload().filter(|_| !*is_complete) else {
            continue;
        };
        if packet.starts_unit() {
            let codec = elementary::codec_of(&map.streams[index], false).map(|(_, codec)| codec);
            let is_key = elementary::is_key_frame(codec.unwrap_or(Codec::Unknown), bytes);
            if *is_read && (is_key == Some(true) || !is_video(packet.pid())) {
                *is_complete = true;
                continue;
            }
            bytes.clear();
            let header = PesHeader::parse(payload);
            *is_read = header.is_some();
            let skipped = header.map_or(0, |header| header.bytes);
            bytes.extend_from_slice(payload.get(skipped..).unwrap_or(&[]));
        } else if *is_read && bytes.len() < FACTS_BYTES {
            bytes.extend_from_slice(payload);
        }
    }
    Some(Head {
        map,
        map_pid,
        first_bytes,
    })
}

/// Returns the map of the first program that has one, and its PID.
fn read_map(mut packets: PacketReader) -> Option<(ProgramMap, u16)> {
    let mut association = SectionBuffer::default();
    let mut maps: Vec<(u16, SectionBuffer)> = Vec::new();
    while let Some(start) = packets.take() {
        let packet = packets.packet(start);
        if packet.pid() == 0 && maps.is_empty() {
            let programs = association
                .push(packet)
                .and_then(|section| tables::programs(&section));
            let new = programs.unwrap_or_default().into_iter();
            maps.extend(new.map(|(_, pid)| (pid, SectionBuffer::default())));
        }
        let buffer = maps.iter_mut().find(|(pid, _)| *pid == packet.pid());
        if let Some((pid, buffer)) = buffer
            && let Some(map) = buffer.push(packet).and_then(|it| ProgramMap::parse(&it))
            && !map.streams.is_empty()
        {
            return Some((map, *pid));
        }
    }
    None
}

/// Returns the pictures in some packets, in the order of the file.
fn pictures(
    mut packets: PacketReader,
    pid: u16,
    codec: Codec,
    first: Option<i64>,
) -> Vec<PictureStart> {
    let mut finder = PictureFinder::new(codec, first);
    let mut found = Vec::new();
    while let Some(start) = packets.take() {
        let packet = packets.packet(start);
        if packet.pid() == pid {
            finder.push(packet, packets.offset(start));
            found.extend(std::iter::from_fn(|| finder.next()));
        }
    }
    found.extend(finder.finish());
    found
}

/// Returns the time of the last picture that is shown; `None` if there is none near the end.
async fn last_time<R: ReadRange>(
    reader: &R,
    framing: Framing,
    (pid, codec): (u16, Codec),
    first: i64,
) -> Result<Option<i64>, ContainerError> {
    let size = reader.size();
    let mut length = TAIL_BYTES;
    loop {
        let from = framing.align(size.saturating_sub(length));
        let bytes = reader.read(from, (size - from) as usize).await?;
        let found = pictures(
            PacketReader::of_bytes(framing, from, bytes),
            pid,
            codec,
            Some(first),
        );
        let last = found.iter().map(|picture| picture.time).max();
        if last.is_some() || length >= MAX_TAIL_BYTES || from == framing.start {
            return Ok(last);
        }
        length *= 4;
    }
}
