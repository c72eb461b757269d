//! Readers of media containers by byte range (MP4, Matroska, MPEG transport streams), and a writer of fragmented MP4 (CMAF, ISO/IEC 23000-19).
//!
//! Nothing here decodes media, opens files or makes requests: bytes come from a [`ReadRange`], and every reader
//! works within a [`Budget`].
//!
//! ```text
//!   file ── Source::open ──► tracks, chapters, plan        the index alone, a few reads
//!              │
//!              ├─ init(selection) ───────► ftyp moov        no read
//!              ├─ segment(selection, n) ─► styp moof mdat   the tables of one segment (MP4), or its span (Matroska)
//!              ├─ key_frame(n) ──────────► styp moof mdat   for an I-frame playlist
//!              ├─ progressive(selection) ► ftyp moov sidx (moof mdat)…   one file with length and ranges
//!              └─ cues(track, span) ─────► text
//! ```
//!
//! **From a file to a playlist.** [`FilmSource::open`] recognises the container by its first bytes, reads its index and
//! makes the [`SegmentPlan`]: segments of about six seconds that start with key frames of the picture. A media playlist has
//! one `EXTINF` for each [`PlannedSegment`], and the same list serves every selection of tracks: picture alone,
//! one sound alone, or both. Tracks are named by their index in [`FilmSource::tracks`].
//!
//! **From a segment to bytes.** [`Segment::next`] returns [`ReplyPiece`]s: headers that this crate makes, and spans of
//! the file that the caller reads and passes on unchanged. For MP4, all pieces, and so the length, are known at
//! once. For Matroska, only the span itself contains the sizes of frames, so pieces come while it is read. A transport
//! stream stays one: pieces are its packets, and cuts are found while it is read.
//!
//! **Times.** All tracks get one constant shift, so that no decode time is negative and the offset between sound and
//! picture stays that of the file, to the tick. [`FilmSource::shift_s`] returns it; cues include it, chapters do not.
//!
//! Samples of a track that cannot be carried in fragmented MP4 are never read: its
//! [`sample_entry`](Track::sample_entry) is `None`, and its facts are there all the same.

pub mod codecs;
mod cue;
mod encoded_sound;
mod error;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod language;
pub mod matroska;
mod metered;
mod mp4;
mod packed;
mod plan;
mod progressive;
mod read;
mod sample;
mod source;
mod track;
mod transport_stream;
mod write;

pub use cue::TextCue;
pub use encoded_sound::{
    AAC_FRAME_SAMPLES, ENCODED_SAMPLE_RATE, adts_frames_in, encoded_sound_init,
    encoded_sound_segment,
};
pub use error::ContainerError;
pub use plan::{PlannedSegment, SegmentPlan, TARGET_SEGMENT_S};
pub use progressive::{Progressive, ProgressiveReader};
pub use read::{Budget, ReadRange};
pub use sample::{ReplyPiece, Sample, TrackRun};
pub use source::{Container, FilmSource, MAGIC_BYTES, Segment};
pub use track::{AudioInfo, Chapter, Codec, Hdr, Track, TrackKind, VideoInfo};
