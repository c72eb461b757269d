//! A segment of some streams, made while it is read: the packets of the file from one cut to the next, behind tables
//! that name the streams.
//!
//! A cut goes through the packets of other streams than the picture. A PES packet that begins before it belongs to the
//! segment before, whole: that one reads on until its streams have come to an end, and the one after leaves those
//! packets out. So no sound is cut in half, is missing or comes twice.

use std::ops::Range;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::TransportStream;
use super::packet::{self, PacketReader};
use super::pes::{PesHeader, unwrapped};
use crate::{ContainerError, ReadRange, ReplyPiece};

/// Bytes behind a cut in which PES packets that began before it come to an end.
const MAX_TAIL_BYTES: u64 = 4 << 20;

/// Makes one segment.
#[derive(Debug)]
pub(crate) struct PacketFilter {
    film: Arc<TransportStream>,
    n: usize,
    streams: Vec<StreamFilter>,
    packets: PacketReader,
    /// Position of the cut behind the segment; `None` until it is found.
    end: Option<u64>,
    /// True for the first picture alone.
    is_key_frame: bool,
    has_tables: bool,
    is_done: bool,
}

/// One stream of a segment.
#[derive(Debug)]
struct StreamFilter {
    pid: u16,
    /// True once a PES packet of it has begun in the segment.
    is_begun: bool,
    /// Bytes of the PES packet that have not come yet; `None` if its length is not announced.
    left: Option<usize>,
}

impl StreamFilter {
    /// Returns true if the PES packet that began last has not ended, as far as is known.
    fn is_open(&self) -> bool {
        self.is_begun && self.left != Some(0)
    }

    /// Takes a packet; true if it belongs to the segment. `is_first` is true where everything belongs to it.
    fn takes(&mut self, packet: packet::Packet<'_>, is_first: bool) -> bool {
        let Some(payload) = packet.payload() else {
            return self.is_begun || is_first || packet.clock_reference().is_some();
        };
        if packet.starts_unit() {
            self.is_begun = true;
            let length = PesHeader::parse(payload).and_then(|header| header.length);
            self.left = length.map(|length| length.saturating_sub(payload.len()));
        } else {
            self.left = self.left.map(|left| left.saturating_sub(payload.len()));
        }
        self.is_begun || is_first
    }
}

impl PacketFilter {
    /// Starts segment `n` of some streams, by their PIDs.
    ///
    /// # Errors
    /// Those of the search for its beginning.
    pub async fn new<R: ReadRange>(
        film: &Arc<TransportStream>,
        reader: &R,
        pids: &[u16],
        n: usize,
    ) -> Result<Self, ContainerError> {
        let start = film.cuts.find(reader, n).await?;
        let stream = |&pid| StreamFilter {
            pid,
            is_begun: false,
            left: None,
        };
        Ok(PacketFilter {
            n,
            streams: pids.iter().map(stream).collect(),
            packets: PacketReader::new(film.cuts.framing, start),
            end: film.cuts.known(n + 1),
            is_key_frame: false,
            has_tables: false,
            is_done: false,
            film: film.clone(),
        })
    }

    /// Ends the segment with its first picture.
    pub fn key_frame(mut self) -> Self {
        self.is_key_frame = true;
        self.end = None;
        self
    }

    /// Returns the part of the file that the segment takes, as far as is known.
    pub fn span(&self) -> Range<u64> {
        let start = self.packets.position();
        let planned = self.film.cuts.plan.get(self.n);
        let length = planned.map_or(0, |planned| planned.span.end - planned.span.start);
        let end = self.end.unwrap_or(start + length);
        start..end.clamp(start, self.film.cuts.size.max(start))
    }

    /// Returns the next pieces; `None` after the last.
    ///
    /// # Errors
    /// Those of the reader, and of the search for the end.
    pub async fn next<R: ReadRange>(
        &mut self,
        reader: &R,
    ) -> Result<Option<Vec<ReplyPiece>>, ContainerError> {
        if !self.has_tables {
            self.has_tables = true;
            return Ok(Some(vec![ReplyPiece::Bytes(self.tables())]));
        }
        while !self.is_done {
            if !self.packets.fill(reader).await? {
                self.is_done = true;
                break;
            }
            let mut output = Output::default();
            while !self.is_done
                && let Some(start) = self.packets.take()
            {
                if self.ends_here(reader, start).await? {
                    self.is_done = true;
                } else {
                    self.filter(start, &mut output);
                }
            }
            let pieces = output.finish(&self.packets);
            if !pieces.is_empty() {
                return Ok(Some(pieces));
            }
        }
        Ok(None)
    }

    /// Returns the tables in front of the packets. Their counters go on from segment to segment.
    fn tables(&self) -> Bytes {
        let film = &self.film;
        let pids: Vec<u16> = self.streams.iter().map(|stream| stream.pid).collect();
        let association = film.map.association(film.map_pid);
        let map = film.map.section(&pids);
        let map_packets = packet::section_packets(film.map_pid, &map, 0).len();
        let map_counter = self.n * (map_packets / packet::PACKET_BYTES);
        let mut tables = packet::section_packets(0, &association, self.n);
        tables.extend(packet::section_packets(film.map_pid, &map, map_counter));
        tables.into()
    }

    /// Returns true if a packet and all behind it belong to other segments. Finds the end of the segment on the way.
    async fn ends_here<R: ReadRange>(
        &mut self,
        reader: &R,
        start: usize,
    ) -> Result<bool, ContainerError> {
        let offset = self.packets.offset(start);
        let packet = self.packets.packet(start);
        let cuts = &self.film.cuts;
        if self.end.is_none() && packet.pid() == cuts.pid && packet.starts_unit() {
            let header = packet.payload().and_then(PesHeader::parse);
            let time = header.and_then(|header| header.time);
            if self.is_key_frame {
                return Ok(self.streams.iter().any(|stream| stream.is_begun));
            }
            if time.is_some_and(|time| unwrapped(time, cuts.first) >= cuts.time(self.n + 1)) {
                self.end = Some(cuts.find_from(reader, offset, self.n + 1).await?);
            }
        }
        let Some(end) = self.end.filter(|end| offset >= *end) else {
            return Ok(false);
        };
        let is_open = |stream: &StreamFilter| stream.is_open() && stream.pid != self.film.cuts.pid;
        Ok(offset > end + MAX_TAIL_BYTES || !self.streams.iter().any(is_open))
    }

    /// Adds a packet to the output if it belongs to the segment.
    fn filter(&mut self, start: usize, output: &mut Output) {
        let packet = self.packets.packet(start);
        let pid = packet.pid();
        let is_behind = self
            .end
            .is_some_and(|end| self.packets.offset(start) >= end);
        let stream = self.streams.iter_mut().find(|stream| stream.pid == pid);
        match stream {
            Some(stream) if is_behind => {
                let is_end = packet.starts_unit() || pid == self.film.cuts.pid;
                if is_end || !stream.is_open() {
                    stream.is_begun &= !is_end;
                } else if stream.takes(packet, false) {
                    output.keep(&self.packets, start);
                }
            }
            Some(stream) => {
                let is_taken = stream.takes(packet, self.n == 0);
                if is_taken {
                    output.keep(&self.packets, start);
                }
            }
            None if pid == self.film.map.clock_pid && !is_behind => {
                if let Some(clock) = packet.clock_reference() {
                    output.add(&self.packets, &packet::clock_packet(pid, clock));
                }
            }
            None => {}
        }
    }
}

/// The output of one chunk: parts of it, and packets that were made. Packets in a row that stand in a row in the file are
/// one part.
#[derive(Default)]
struct Output {
    pieces: Vec<ReplyPiece>,
    /// Packets that do not stand in a row.
    copied: BytesMut,
    row: Option<(usize, usize)>,
}

/// A row of packets shorter than this is copied together with its neighbours.
const MIN_ROW_BYTES: usize = 16 << 10;

impl Output {
    fn keep(&mut self, packets: &PacketReader, start: usize) {
        let end = start + packet::PACKET_BYTES;
        match &mut self.row {
            Some((_, last)) if *last == start => *last = end,
            _ => {
                self.end_row(packets);
                self.row = Some((start, end));
            }
        }
    }

    fn add(&mut self, packets: &PacketReader, bytes: &[u8]) {
        self.end_row(packets);
        self.copied.extend_from_slice(bytes);
    }

    fn end_row(&mut self, packets: &PacketReader) {
        let Some((start, end)) = self.row.take() else {
            return;
        };
        if end - start < MIN_ROW_BYTES {
            self.copied.extend_from_slice(&packets.slice(start..end));
        } else {
            self.end_copied();
            self.pieces
                .push(ReplyPiece::Bytes(packets.slice(start..end)));
        }
    }

    fn end_copied(&mut self) {
        if !self.copied.is_empty() {
            let copied = std::mem::take(&mut self.copied);
            self.pieces.push(ReplyPiece::Bytes(copied.freeze()));
        }
    }

    fn finish(mut self, packets: &PacketReader) -> Vec<ReplyPiece> {
        self.end_row(packets);
        self.end_copied();
        self.pieces
    }
}
