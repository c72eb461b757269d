//! Initialization sections: `ftyp` and a `moov` without samples (ISO/IEC 14496-12 §8.8, CMAF §7.3.1).
//!
//! The sample description of each track is the one box that came with it; nothing in it is changed here, so that
//! colour, HDR and Dolby Vision boxes stay what they are in the file.

use bytes::Bytes;

use super::boxes::BoxWriter;
use crate::{ContainerError, Track, TrackKind, language};

/// The unit of `mvhd` and `mehd` times.
const MOVIE_TIMESCALE: u32 = 1000;

/// The identity matrix, and the three turns by right angles (`tkhd`, 16.16 and 2.30 fixed point).
const ONE: u32 = 0x0001_0000;
const MINUS_ONE: u32 = 0xFFFF_0000;
const UNIT_W: u32 = 0x4000_0000;

/// Returns the number of a track in the output.
pub(crate) fn track_id(index: usize) -> u32 {
    index as u32 + 1
}

/// Writes the initialization section for the tracks with the given indices.
///
/// With `duration_s` the whole length is written too. Players need it to display the length of a file; a live
/// segment list has no use for it.
pub(crate) fn init(
    tracks: &[Track],
    selection: &[usize],
    duration_s: Option<f64>,
) -> Result<Bytes, ContainerError> {
    let mut chosen = Vec::with_capacity(selection.len());
    for &index in selection {
        let track = tracks
            .get(index)
            .ok_or(ContainerError::Unsupported("a track that is not there"))?;
        let entry = track
            .sample_entry
            .as_deref()
            .ok_or(ContainerError::Unsupported("this codec in fragmented MP4"))?;
        chosen.push((index, track, entry));
    }
    let mut writer = BoxWriter::new();
    writer.boxed(b"ftyp", |w| {
        w.raw(b"iso6").u32(0).raw(b"iso6cmfcmp41");
    });
    writer.boxed(b"moov", |w| {
        w.full(b"mvhd", 0, 0, |w| {
            w.zeros(8).u32(MOVIE_TIMESCALE).u32(0);
            w.u32(ONE).u16(0x0100).zeros(10);
            matrix(w, 0);
            w.zeros(24).u32(next_track_id(selection));
        });
        let mut seen_audio = false;
        for &(index, track, entry) in &chosen {
            let second_audio = track.kind == TrackKind::Audio && seen_audio;
            seen_audio |= track.kind == TrackKind::Audio;
            write_track(w, index, track, entry, !second_audio);
        }
        w.boxed(b"mvex", |w| {
            if let Some(seconds) = duration_s {
                let length = (seconds * f64::from(MOVIE_TIMESCALE)).round() as u64;
                w.full(b"mehd", 1, 0, |w| {
                    w.u64(length);
                });
            }
            for &(index, ..) in &chosen {
                w.full(b"trex", 0, 0, |w| {
                    w.u32(track_id(index)).u32(1).u32(0).u32(0).u32(0);
                });
            }
        });
    });
    Ok(writer.into_bytes().into())
}

fn next_track_id(selection: &[usize]) -> u32 {
    selection
        .iter()
        .map(|&index| track_id(index) + 1)
        .max()
        .unwrap_or(1)
}

fn write_track(w: &mut BoxWriter, index: usize, track: &Track, entry: &[u8], enabled: bool) {
    let is_sound = track.kind == TrackKind::Audio;
    w.boxed(b"trak", |w| {
        // Flags: in the movie, and enabled if it is the default track (§8.3.2).
        w.full(b"tkhd", 0, if enabled { 3 } else { 2 }, |w| {
            w.zeros(8).u32(track_id(index)).zeros(4).u32(0).zeros(8);
            w.u16(0).u16(u16::from(is_sound));
            w.u16(if is_sound { 0x0100 } else { 0 }).u16(0);
            let video = track.video.as_ref();
            matrix(w, video.map_or(0, |video| video.rotation));
            let (width, height) = video.map_or((0, 0), |video| (video.width, video.height));
            w.u32(width.min(0xFFFF) << 16).u32(height.min(0xFFFF) << 16);
        });
        w.boxed(b"mdia", |w| {
            let tag = track.language.as_deref();
            w.full(b"mdhd", 0, 0, |w| {
                w.zeros(8).u32(track.timescale).u32(0);
                w.u16(language::pack(tag)).u16(0);
            });
            w.full(b"hdlr", 0, 0, |w| {
                w.u32(0)
                    .raw(if is_sound { b"soun" } else { b"vide" })
                    .zeros(12);
                w.raw(track.title.as_deref().unwrap_or("").as_bytes()).u8(0);
            });
            if let Some(tag) = tag {
                w.full(b"elng", 0, 0, |w| {
                    w.raw(tag.as_bytes()).u8(0);
                });
            }
            w.boxed(b"minf", |w| {
                if is_sound {
                    w.full(b"smhd", 0, 0, |w| {
                        w.zeros(4);
                    });
                } else {
                    w.full(b"vmhd", 0, 1, |w| {
                        w.zeros(8);
                    });
                }
                w.boxed(b"dinf", |w| {
                    w.full(b"dref", 0, 0, |w| {
                        w.u32(1);
                        w.full(b"url ", 0, 1, |_| {});
                    });
                });
                write_empty_tables(w, entry);
            });
        });
    });
}

fn write_empty_tables(w: &mut BoxWriter, entry: &[u8]) {
    w.boxed(b"stbl", |w| {
        w.full(b"stsd", 0, 0, |w| {
            w.u32(1).raw(entry);
        });
        for name in [b"stts", b"stsc"] {
            w.full(name, 0, 0, |w| {
                w.u32(0);
            });
        }
        w.full(b"stsz", 0, 0, |w| {
            w.u32(0).u32(0);
        });
        w.full(b"stco", 0, 0, |w| {
            w.u32(0);
        });
    });
}

fn matrix(w: &mut BoxWriter, rotation: u16) {
    let [a, b, c, d] = match rotation {
        90 => [0, ONE, MINUS_ONE, 0],
        180 => [MINUS_ONE, 0, 0, MINUS_ONE],
        270 => [0, MINUS_ONE, ONE, 0],
        _ => [ONE, 0, 0, ONE],
    };
    w.u32(a).u32(b).u32(0).u32(c).u32(d).u32(0);
    w.u32(0).u32(0).u32(UNIT_W);
}
