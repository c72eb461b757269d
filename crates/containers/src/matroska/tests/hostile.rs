//! Files with false sizes and counts: an error at once, within the budget.

use std::io::{Seek, Write};

use super::fixtures::{FileReader, ffmpeg, open};
use crate::matroska::block_table::MAX_TABLE_BYTES;
use crate::matroska::{Matroska, Scan, ScanProgress, ids};
use crate::{Budget, ContainerError};

/// Makes an element with a size of eight bytes.
fn element(id: u32, content: &[u8]) -> Vec<u8> {
    claiming(id, content.len() as u64, content)
}

/// Makes an element that claims another size than it has.
fn claiming(id: u32, size: u64, content: &[u8]) -> Vec<u8> {
    let mut made: Vec<u8> = id
        .to_be_bytes()
        .into_iter()
        .skip_while(|&byte| byte == 0)
        .collect();
    made.extend_from_slice(&(size | 1 << 56).to_be_bytes());
    made.extend_from_slice(content);
    made
}

fn head() -> Vec<u8> {
    element(ids::EBML, &element(ids::DOC_TYPE, b"matroska"))
}

fn tracks() -> Vec<u8> {
    let video = [
        element(ids::PIXEL_WIDTH, &[160]),
        element(ids::PIXEL_HEIGHT, &[90]),
    ]
    .concat();
    let entry = [
        element(ids::TRACK_NUMBER, &[1]),
        element(ids::TRACK_TYPE, &[1]),
        element(ids::CODEC_ID, b"V_VP8"),
        element(ids::VIDEO, &video),
    ];
    element(ids::TRACKS, &element(ids::TRACK_ENTRY, &entry.concat()))
}

fn cluster(time: u8) -> Vec<u8> {
    let block = [0x81, 0, 0, 0x80, 1, 2, 3, 4];
    let content = [
        element(ids::TIMESTAMP, &[time]),
        element(ids::SIMPLE_BLOCK, &block),
    ];
    element(ids::CLUSTER, &content.concat())
}

/// Writes a file whose Segment claims `size` bytes and begins with these; the remaining bytes are zeros that
/// take no room on disk.
fn sparse(size: u64, content: &[u8]) -> (tempfile::NamedTempFile, FileReader) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&head()).unwrap();
    file.write_all(&claiming(ids::SEGMENT, size, content))
        .unwrap();
    let end = file.stream_position().unwrap() - content.len() as u64 + size;
    file.as_file().set_len(end).unwrap();
    let reader = FileReader::open(file.path());
    (file, reader)
}

async fn outcome(size: u64, content: &[u8]) -> (Result<Matroska, ContainerError>, usize) {
    let (_file, reader) = sparse(size, content);
    let opened = Matroska::open(&reader, &Budget::default()).await;
    let read = reader.bytes_read();
    (opened, read)
}

#[tokio::test]
async fn forty_gigabytes_of_zeros_are_not_read() {
    let (opened, read) = outcome(40 << 30, &[]).await;
    assert!(
        matches!(opened, Err(ContainerError::Malformed(_))),
        "{opened:?}"
    );
    assert!(read < 1 << 20);
    // The same size in a Void, and nothing behind it.
    let (opened, read) = outcome(40 << 30, &claiming(0xEC, (40 << 30) - 9, &[])).await;
    assert!(opened.is_err());
    assert!(read < 1 << 20);
    // Behind a valid head, where the scan finds them.
    let content = [tracks(), cluster(0)].concat();
    let (_file, reader) = sparse(40 << 30, &content);
    let film = Matroska::open(&reader, &Budget::default()).await.unwrap();
    let mut scan = Scan::new(&film);
    assert_eq!(scan.step(&reader, 10).await, Ok(ScanProgress::Done));
    assert!(reader.bytes_read() < 1 << 20);
}

#[tokio::test]
async fn a_title_of_thirty_gigabytes_is_not_allocated() {
    let title = claiming(ids::TITLE, 30 << 30, &[]);
    let info = claiming(ids::INFO, (30 << 30) + title.len() as u64, &title);
    let (opened, read) = outcome(40 << 30, &[info, tracks()].concat()).await;
    assert!(
        matches!(opened, Err(ContainerError::OverBudget(_))),
        "{opened:?}"
    );
    assert!(read < 1 << 20);
    let lying = element(ids::INFO, &claiming(ids::TITLE, 30 << 30, b"short"));
    let (opened, _) = outcome(1 << 20, &[lying, tracks(), cluster(0)].concat()).await;
    assert!(
        matches!(opened, Err(ContainerError::Malformed(_))),
        "{opened:?}"
    );
}

#[tokio::test]
async fn seek_heads_in_a_circle_end() {
    let seek = |id: u32, position: u64| {
        let content = [
            element(ids::SEEK_ID, &id.to_be_bytes()),
            element(ids::SEEK_POSITION, &position.to_be_bytes()),
        ];
        element(ids::SEEK, &content.concat())
    };
    let circle = [
        seek(ids::SEEK_HEAD, 0),
        seek(ids::CUES, 0),
        seek(ids::CUES, u64::MAX),
        seek(ids::TAGS, 1 << 40),
        seek(ids::SEEK_HEAD, 0),
    ];
    let content = [
        element(ids::SEEK_HEAD, &circle.concat()),
        tracks(),
        cluster(0),
    ]
    .concat();
    let (opened, read) = outcome(content.len() as u64, &content).await;
    assert!(opened.unwrap().needs_scan());
    assert!(read < 1 << 20);
    let many: Vec<u8> = (0..100_000u64)
        .flat_map(|n| seek(ids::SEEK_HEAD, n % 7))
        .collect();
    let content = [element(ids::SEEK_HEAD, &many), tracks(), cluster(0)].concat();
    assert!(outcome(content.len() as u64, &content).await.1 < 64 << 20);
}

#[tokio::test]
async fn sizes_that_lie_are_errors() {
    let cases: [Vec<u8>; 6] = [
        claiming(ids::TRACKS, (1 << 56) - 2, &[]),
        claiming(ids::TRACKS, 3 << 20, &tracks()),
        element(ids::TRACKS, &claiming(ids::TRACK_ENTRY, 1 << 50, &[])),
        element(ids::TRACKS, &[]),
        [claiming(ids::CUES, 1 << 40, &[]), tracks()].concat(),
        [claiming(ids::ATTACHMENTS, (1 << 56) - 2, &[]), tracks()].concat(),
    ];
    for content in cases {
        let (opened, read) = outcome(4 << 20, &[content.clone(), cluster(0)].concat()).await;
        assert!(opened.is_err(), "{:x?}", &content[..12]);
        assert!(read < 8 << 20);
    }
}

#[tokio::test]
async fn cues_that_lead_nowhere_are_none_or_an_error_when_played() {
    let cue = |cluster: u64| {
        let positions = [
            element(ids::CUE_TRACK, &[1]),
            element(ids::CUE_CLUSTER_POSITION, &cluster.to_be_bytes()),
        ];
        let point = [
            element(ids::CUE_TIME, &[0]),
            element(ids::CUE_TRACK_POSITIONS, &positions.concat()),
        ];
        element(ids::CUES, &element(ids::CUE_POINT, &point.concat()))
    };
    for position in [0, u64::MAX, 1 << 60, 130] {
        let content = [cue(position), tracks(), cluster(0)].concat();
        let film = outcome(content.len() as u64, &content).await.0.unwrap();
        assert!(film.needs_scan(), "{position}");
    }
}

#[tokio::test]
async fn a_head_cut_at_every_byte_is_an_error() {
    let room = tempfile::tempdir().unwrap();
    let arguments = "-f lavfi -i testsrc2=s=64x64:r=25:d=1 -f lavfi -i sine=440:d=1 -c:v libx264 -preset ultrafast -c:a ac3";
    let path = ffmpeg(room.path(), "film.mkv", arguments);
    let whole = std::fs::read(&path).unwrap();
    let reader = FileReader::open(&path);
    let film = open(&reader).await;
    let cut = room.path().join("cut.mkv");
    for length in 0..film.media.0 as usize {
        std::fs::write(&cut, &whole[..length]).unwrap();
        let opened = Matroska::open(&FileReader::open(&cut), &Budget::default()).await;
        assert!(opened.is_err(), "{length}");
    }
    // A file that is cut among the clusters plays up to the cut.
    for length in (film.media.0 as usize + 1000..whole.len()).step_by(997) {
        std::fs::write(&cut, &whole[..length]).unwrap();
        let reader = FileReader::open(&cut);
        let mut film = Matroska::open(&reader, &Budget::default()).await.unwrap();
        let mut scan = Scan::new(&film);
        while scan.step(&reader, 8).await.unwrap() == ScanProgress::More {}
        film.take_scan(&scan).unwrap();
        assert!(film.plan().len() <= 1);
    }
}

#[tokio::test]
async fn dolby_vision_and_colours_are_passed_on() {
    let float = |id: u32, value: f32| element(id, &value.to_be_bytes());
    let mut mastering: Vec<u8> = (0..8)
        .flat_map(|n| float(ids::PRIMARY_R_CHROMATICITY_X + n, 0.25))
        .collect();
    mastering.extend(float(ids::LUMINANCE_MAX, 1000.0));
    mastering.extend(float(ids::LUMINANCE_MIN, 0.0001));
    let colour = [
        element(ids::PRIMARIES, &[9]),
        element(ids::TRANSFER_CHARACTERISTICS, &[16]),
        element(ids::MATRIX_COEFFICIENTS, &[9]),
        element(ids::MAX_CLL, &[3, 232]),
        element(ids::MASTERING_METADATA, &mastering),
    ];
    let video = [
        element(ids::PIXEL_WIDTH, &[3, 0]),
        element(ids::PIXEL_HEIGHT, &[2, 64]),
        element(ids::DISPLAY_WIDTH, &[4, 0]),
        element(ids::DISPLAY_HEIGHT, &[2, 64]),
        element(ids::COLOUR, &colour.concat()),
    ];
    let dolby = [
        1, 0, 0x10, 0x35, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    let addition = [
        element(ids::BLOCK_ADD_ID_TYPE, b"dvvC"),
        element(ids::BLOCK_ADD_ID_EXTRA_DATA, &dolby),
    ];
    let hvcc = [
        1, 2, 0x20, 0, 0, 0, 0xb0, 0, 0, 0, 0, 0, 93, 0xf0, 0, 0xfc, 0xfd, 0xfa, 0xfa, 0, 0, 0x0f,
        0,
    ];
    let entry = [
        element(ids::TRACK_NUMBER, &[1]),
        element(ids::TRACK_TYPE, &[1]),
        element(ids::CODEC_ID, b"V_MPEGH/ISO/HEVC"),
        element(ids::CODEC_PRIVATE, &hvcc),
        element(ids::VIDEO, &video.concat()),
        element(ids::BLOCK_ADDITION_MAPPING, &addition.concat()),
    ];
    let tracks = element(ids::TRACKS, &element(ids::TRACK_ENTRY, &entry.concat()));
    let content = [tracks, cluster(0)].concat();
    let film = outcome(content.len() as u64, &content).await.0.unwrap();
    let track = &film.tracks()[0];
    assert_eq!(track.codec_string.as_deref(), Some("hvc1.2.4.L93.B0"));
    let video = track.video.as_ref().unwrap();
    assert_eq!(
        (video.width, video.height, video.hdr),
        (1024, 576, Some(crate::Hdr::DolbyVision))
    );
    let entry = track.sample_entry.as_ref().unwrap();
    for (kind, content) in [
        (b"dvvC", &dolby[..]),
        (b"colr", b"nclx\0\x09\0\x10\0\x09\0"),
        (b"clli", &[3, 232, 0, 0]),
        (b"pasp", &[0, 0, 0, 4, 0, 0, 0, 3]),
    ] {
        let boxed = [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat();
        assert!(
            entry.windows(boxed.len()).any(|window| window == boxed),
            "{kind:?} in {entry:x?}"
        );
    }
    // 0.25 is 12500 units of 0.00002; 1000 cd/m² are ten million of 0.0001.
    let mastering = [
        b"mdcv".to_vec(),
        [0x30, 0xd4].repeat(8),
        vec![0, 0x98, 0x96, 0x80, 0, 0, 0, 1],
    ]
    .concat();
    assert!(
        entry
            .windows(mastering.len())
            .any(|window| window == mastering)
    );
}

/// Makes a Cues element of one position each `step` milliseconds, all in the first cluster's place or after.
fn cues(count: u64, step: u64, segment_start: u64) -> Vec<u8> {
    let mut points = Vec::new();
    for n in 0..count {
        let positions = [
            element(ids::CUE_TRACK, &[1]),
            element(
                ids::CUE_CLUSTER_POSITION,
                &(segment_start + n * 4_000_000).to_be_bytes(),
            ),
        ];
        let point = [
            element(ids::CUE_TIME, &(n * step).to_be_bytes()),
            element(ids::CUE_TRACK_POSITIONS, &positions.concat()),
        ];
        points.extend(element(ids::CUE_POINT, &point.concat()));
    }
    element(ids::CUES, &points)
}

#[tokio::test]
async fn a_film_of_two_hours_takes_little_memory() {
    // Cues stand in front of the clusters, so the first position follows from their own length.
    let in_front = (tracks().len() + cues(3_600, 2_000, 0).len()) as u64;
    let content = [tracks(), cues(3_600, 2_000, in_front), cluster(0)].concat();
    let (_file, reader) = sparse(15 << 30, &content);
    let film = Matroska::open(&reader, &Budget::default()).await.unwrap();
    assert_eq!(film.plan().len(), 1_200);
    let index = film.memory_bytes() - MAX_TABLE_BYTES;
    assert!(index < 64 << 10, "{index}");
    let spans: Vec<_> = film.plan().iter().map(|segment| segment.span).collect();
    assert!(spans.windows(2).all(|pair| pair[0].end == pair[1].start));
}

#[tokio::test]
async fn half_a_million_cues_are_over_the_budget() {
    let in_front = (tracks().len() + cues(1, 1, 0).len()) as u64;
    let content = [tracks(), cues(150_000, 1, in_front), cluster(0)].concat();
    let opened = outcome(900 << 30, &content).await.0;
    assert!(
        matches!(opened, Err(ContainerError::OverBudget(_))),
        "{opened:?}"
    );
}
