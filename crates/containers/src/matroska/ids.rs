//! Element IDs of Matroska (RFC 9559 §5, IANA "Matroska Element IDs"), with their names there.

pub(crate) const EBML: u32 = 0x1A45DFA3;
pub(crate) const EBML_READ_VERSION: u32 = 0x42F7;
pub(crate) const EBML_MAX_ID_LENGTH: u32 = 0x42F2;
pub(crate) const EBML_MAX_SIZE_LENGTH: u32 = 0x42F3;
pub(crate) const DOC_TYPE: u32 = 0x4282;
pub(crate) const DOC_TYPE_READ_VERSION: u32 = 0x4285;

pub(crate) const SEGMENT: u32 = 0x18538067;
pub(crate) const SEEK_HEAD: u32 = 0x114D9B74;
pub(crate) const SEEK: u32 = 0x4DBB;
pub(crate) const SEEK_ID: u32 = 0x53AB;
pub(crate) const SEEK_POSITION: u32 = 0x53AC;

pub(crate) const INFO: u32 = 0x1549A966;
pub(crate) const TIMESTAMP_SCALE: u32 = 0x2AD7B1;
pub(crate) const DURATION: u32 = 0x4489;
pub(crate) const TITLE: u32 = 0x7BA9;

pub(crate) const CLUSTER: u32 = 0x1F43B675;
pub(crate) const TIMESTAMP: u32 = 0xE7;
pub(crate) const SIMPLE_BLOCK: u32 = 0xA3;
pub(crate) const BLOCK_GROUP: u32 = 0xA0;
pub(crate) const BLOCK: u32 = 0xA1;
pub(crate) const BLOCK_DURATION: u32 = 0x9B;
pub(crate) const REFERENCE_BLOCK: u32 = 0xFB;

pub(crate) const TRACKS: u32 = 0x1654AE6B;
pub(crate) const TRACK_ENTRY: u32 = 0xAE;
pub(crate) const TRACK_NUMBER: u32 = 0xD7;
pub(crate) const TRACK_UID: u32 = 0x73C5;
pub(crate) const TRACK_TYPE: u32 = 0x83;
pub(crate) const FLAG_ENABLED: u32 = 0xB9;
pub(crate) const FLAG_DEFAULT: u32 = 0x88;
pub(crate) const FLAG_FORCED: u32 = 0x55AA;
pub(crate) const FLAG_HEARING_IMPAIRED: u32 = 0x55AB;
pub(crate) const FLAG_COMMENTARY: u32 = 0x55AF;
pub(crate) const DEFAULT_DURATION: u32 = 0x23E383;
pub(crate) const NAME: u32 = 0x536E;
pub(crate) const LANGUAGE: u32 = 0x22B59C;
pub(crate) const LANGUAGE_BCP47: u32 = 0x22B59D;
pub(crate) const CODEC_ID: u32 = 0x86;
pub(crate) const CODEC_PRIVATE: u32 = 0x63A2;
pub(crate) const CODEC_DELAY: u32 = 0x56AA;
pub(crate) const BLOCK_ADDITION_MAPPING: u32 = 0x41E4;
pub(crate) const BLOCK_ADD_ID_TYPE: u32 = 0x41E7;
pub(crate) const BLOCK_ADD_ID_EXTRA_DATA: u32 = 0x41ED;

pub(crate) const VIDEO: u32 = 0xE0;
pub(crate) const PIXEL_WIDTH: u32 = 0xB0;
pub(crate) const PIXEL_HEIGHT: u32 = 0xBA;
pub(crate) const DISPLAY_WIDTH: u32 = 0x54B0;
pub(crate) const DISPLAY_HEIGHT: u32 = 0x54BA;
pub(crate) const DISPLAY_UNIT: u32 = 0x54B2;
pub(crate) const PROJECTION: u32 = 0x7670;
pub(crate) const PROJECTION_POSE_ROLL: u32 = 0x7675;
pub(crate) const COLOUR: u32 = 0x55B0;
pub(crate) const MATRIX_COEFFICIENTS: u32 = 0x55B1;
pub(crate) const RANGE: u32 = 0x55B9;
pub(crate) const TRANSFER_CHARACTERISTICS: u32 = 0x55BA;
pub(crate) const PRIMARIES: u32 = 0x55BB;
pub(crate) const MAX_CLL: u32 = 0x55BC;
pub(crate) const MAX_FALL: u32 = 0x55BD;
pub(crate) const MASTERING_METADATA: u32 = 0x55D0;
/// PrimaryRChromaticityX; the seven that follow it (RY, GX, GY, BX, BY, white X, white Y) have the next IDs.
pub(crate) const PRIMARY_R_CHROMATICITY_X: u32 = 0x55D1;
pub(crate) const LUMINANCE_MAX: u32 = 0x55D9;
pub(crate) const LUMINANCE_MIN: u32 = 0x55DA;

pub(crate) const AUDIO: u32 = 0xE1;
pub(crate) const SAMPLING_FREQUENCY: u32 = 0xB5;
pub(crate) const CHANNELS: u32 = 0x9F;
pub(crate) const BIT_DEPTH: u32 = 0x6264;

pub(crate) const CONTENT_ENCODINGS: u32 = 0x6D80;
pub(crate) const CONTENT_ENCODING: u32 = 0x6240;
pub(crate) const CONTENT_ENCODING_SCOPE: u32 = 0x5032;
pub(crate) const CONTENT_ENCODING_TYPE: u32 = 0x5033;
pub(crate) const CONTENT_COMPRESSION: u32 = 0x5034;
pub(crate) const CONTENT_COMP_ALGO: u32 = 0x4254;
pub(crate) const CONTENT_COMP_SETTINGS: u32 = 0x4255;

pub(crate) const CUES: u32 = 0x1C53BB6B;
pub(crate) const CUE_POINT: u32 = 0xBB;
pub(crate) const CUE_TIME: u32 = 0xB3;
pub(crate) const CUE_TRACK_POSITIONS: u32 = 0xB7;
pub(crate) const CUE_TRACK: u32 = 0xF7;
pub(crate) const CUE_CLUSTER_POSITION: u32 = 0xF1;
pub(crate) const CUE_RELATIVE_POSITION: u32 = 0xF0;

pub(crate) const ATTACHMENTS: u32 = 0x1941A469;
pub(crate) const ATTACHED_FILE: u32 = 0x61A7;
pub(crate) const FILE_NAME: u32 = 0x466E;
pub(crate) const FILE_MEDIA_TYPE: u32 = 0x4660;
pub(crate) const FILE_DATA: u32 = 0x465C;

pub(crate) const CHAPTERS: u32 = 0x1043A770;
pub(crate) const EDITION_ENTRY: u32 = 0x45B9;
pub(crate) const EDITION_FLAG_HIDDEN: u32 = 0x45BD;
pub(crate) const EDITION_FLAG_DEFAULT: u32 = 0x45DB;
pub(crate) const CHAPTER_ATOM: u32 = 0xB6;
pub(crate) const CHAPTER_TIME_START: u32 = 0x91;
pub(crate) const CHAPTER_FLAG_HIDDEN: u32 = 0x98;
pub(crate) const CHAPTER_FLAG_ENABLED: u32 = 0x4598;
pub(crate) const CHAPTER_DISPLAY: u32 = 0x80;
pub(crate) const CHAP_STRING: u32 = 0x85;

pub(crate) const TAGS: u32 = 0x1254C367;
pub(crate) const TAG: u32 = 0x7373;
pub(crate) const TARGETS: u32 = 0x63C0;
pub(crate) const TAG_TRACK_UID: u32 = 0x63C5;
pub(crate) const SIMPLE_TAG: u32 = 0x67C8;
pub(crate) const TAG_NAME: u32 = 0x45A3;
pub(crate) const TAG_STRING: u32 = 0x4487;

/// Returns true for elements that stand directly in a Segment, and so end a Cluster of unknown size.
pub(crate) fn ends_cluster(id: u32) -> bool {
    matches!(
        id,
        EBML | SEGMENT | SEEK_HEAD | INFO | CLUSTER | TRACKS | CUES | ATTACHMENTS | CHAPTERS | TAGS
    )
}
