//! The values that all other modules use: places, paths, entries, renditions, subtitles and byte ranges.
//!
//! Values only: no I/O, no drives, and no HTTP beyond the syntax of a `Range` header. Constructors refuse
//! malformed input, so that the rest of the program never handles a path with `..` in it or a place with a
//! slash.

mod byte_range;
mod entry;
mod file_kind;
mod listing;
mod natural;
mod path;
mod place;
mod release_name;
mod rendition;
mod side_file;
mod subtitle;
mod subtitle_folders;
mod tag;
mod ticket_limits;
mod timestamp;
mod title;
mod track_facts;
mod viewer;

pub use byte_range::{ByteRange, RangeRequest};
pub use entry::{Entry, EntryKind, content_type};
pub use file_kind::{FileKind, picture_type};
pub use listing::{Listing, Order, PageRequest, SortBy};
pub use natural::{natural_cmp, natural_key};
pub use path::{EntryPath, PathError};
pub use place::{Place, PlaceError};
pub use release_name::{EpisodeNumber, ReleaseName, title_key};
pub use rendition::Rendition;
pub use side_file::{SideFile, SideFileRole};
pub use subtitle::{SubtitleFormat, SubtitleOrigin, Subtitles, TextTrack, language_name};
pub use subtitle_folders::SubtitleFolders;
pub use tag::Tag;
pub use ticket_limits::TicketLimits;
pub use timestamp::{http_date, plausible_time, unix_time};
pub use title::{comparable_name, plain_title, short_title, stem, without_accents};
pub use track_facts::{TrackFacts, TrackFactsKind};
pub use viewer::ViewerId;
