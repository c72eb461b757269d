//! Codec configurations: the data that a decoder needs before the first sample, as Matroska keeps it in
//! `CodecPrivate` and MP4 in the boxes of a sample entry, and the RFC 6381 names that follow from it.
//!
//! Nothing here decodes media. Only the headers of a bitstream are read, and only where a container leaves out
//! data that the other one requires (AC-3, E-AC-3, DTS, TrueHD, VP8, VP9).

mod bits;
mod boxes;
mod descriptor;
mod entry;
mod hevc_colour;
mod names;
mod parameter_sets;
mod sound_headers;
pub(crate) mod stream_headers;
mod vpx;

pub(crate) use entry::{
    Colour, Description, Mastering, PictureEntry, Sound, describe_picture, describe_sound,
    needs_frame,
};
pub(crate) use hevc_colour::hevc_transfer;
pub use names::{codec_from_sample_entry, codec_string_from_sample_entry};

/// Returns the decoder's configuration in the content of an `esds` box; `None` if the box is malformed.
pub(crate) fn decoder_specific_info(esds: &[u8]) -> Option<&[u8]> {
    descriptor::parse(esds).map(|config| config.specific_info)
}
