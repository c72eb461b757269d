//! Test files, made on the machine that runs the tests, and the packets that ffprobe finds in them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use bytes::Bytes;

use crate::matroska::{Matroska, Scan, ScanProgress};
use crate::{Budget, ContainerError, ReadRange, ReplyPiece, Sample, TrackKind, write};

/// A file on disk that counts its reads.
pub(super) struct FileReader {
    file: std::fs::File,
    size: u64,
    pub(super) reads: Mutex<Vec<(u64, usize)>>,
}

impl FileReader {
    pub(super) fn open(path: &Path) -> Self {
        let file = std::fs::File::open(path).unwrap();
        let size = file.metadata().unwrap().len();
        FileReader {
            file,
            size,
            reads: Mutex::new(Vec::new()),
        }
    }

    pub(super) fn bytes_read(&self) -> usize {
        self.reads
            .lock()
            .unwrap()
            .iter()
            .map(|(_, length)| length)
            .sum()
    }
}

impl ReadRange for FileReader {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, offset: u64, length: usize) -> Result<Bytes, ContainerError> {
        use std::os::unix::fs::FileExt;
        self.reads.lock().unwrap().push((offset, length));
        let mut bytes = vec![0; length];
        self.file
            .read_exact_at(&mut bytes, offset)
            .map_err(|_| ContainerError::Truncated)?;
        Ok(bytes.into())
    }
}

/// The same file, of which reads that may be short return pieces of odd lengths.
pub(super) struct ShortReads<'a>(pub(super) &'a FileReader);

impl ReadRange for ShortReads<'_> {
    fn size(&self) -> u64 {
        self.0.size
    }

    async fn read(&self, offset: u64, length: usize) -> Result<Bytes, ContainerError> {
        self.0.read(offset, length).await
    }

    async fn read_some(&self, offset: u64, most: usize) -> Result<Bytes, ContainerError> {
        let short = 1 + (offset.wrapping_mul(7919) % 50_000) as usize;
        self.0.read(offset, short.min(most)).await
    }
}

/// Runs a program and returns its output. The panic for a missing program names its package.
pub(super) fn run(program: &str, arguments: &[&str]) -> String {
    let package = match program {
        "mkvmerge" => "mkvtoolnix",
        _ => "ffmpeg",
    };
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program} (package {package}) is needed: {error}"));
    // mkvmerge returns 1 for warnings.
    let fine = output.status.success() || program == "mkvmerge" && output.status.code() == Some(1);
    assert!(
        fine,
        "{program} {arguments:?}: {}{}",
        String::from_utf8_lossy(&output.stderr),
        String::from_utf8_lossy(&output.stdout)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Makes a file with ffmpeg from test sources: `arguments` are split at blanks.
pub(super) fn ffmpeg(directory: &Path, name: &str, arguments: &str) -> PathBuf {
    let path = directory.join(name);
    let mut all = vec!["-v", "error", "-nostdin", "-y"];
    all.extend(arguments.split_whitespace());
    let target = path.display().to_string();
    all.push(&target);
    run("ffmpeg", &all);
    path
}

/// Makes a file with mkvmerge out of another one: `arguments` are split at blanks.
pub(super) fn mkvmerge(directory: &Path, name: &str, arguments: &str, from: &Path) -> PathBuf {
    let path = directory.join(name);
    let target = path.display().to_string();
    let source = from.display().to_string();
    let mut all = vec!["-q", "-o", &target];
    all.extend(arguments.split_whitespace());
    all.push(&source);
    run("mkvmerge", &all);
    path
}

/// A packet as ffprobe and this crate both see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packet {
    pub(super) pts: i64,
    pub(super) size: usize,
    pub(super) key: bool,
    pub(super) crc: u32,
}

/// Returns the packets of each stream that ffprobe finds, with times in ticks, and their decode times.
pub(super) fn probe(path: &Path, timescale: u32) -> Vec<Vec<(Packet, Option<i64>)>> {
    let target = path.display().to_string();
    let text = run(
        "ffprobe",
        &[
            "-v",
            "error",
            "-show_packets",
            "-show_data_hash",
            "CRC32",
            "-show_entries",
            "packet=stream_index,pts_time,dts_time,size,flags,data_hash",
            "-of",
            "compact=nk=0:p=0",
            &target,
        ],
    );
    let mut streams: Vec<Vec<(Packet, Option<i64>)>> = Vec::new();
    // Side data stands on lines of its own within a packet.
    let text = text.replace("\n|", "|");
    for line in text.lines().filter(|line| line.contains("stream_index")) {
        let field = |name: &str| {
            line.split('|')
                .find_map(|field| field.strip_prefix(name)?.strip_prefix('='))
                .unwrap_or("N/A")
        };
        let index: usize = field("stream_index").parse().unwrap();
        if streams.len() <= index {
            streams.resize(index + 1, Vec::new());
        }
        let ticks = |seconds: &str| {
            let seconds: f64 = seconds.parse().ok()?;
            Some((seconds * f64::from(timescale)).round() as i64)
        };
        let hash = field("data_hash").trim_start_matches("CRC32:");
        let packet = Packet {
            pts: ticks(field("pts_time")).unwrap_or(i64::MIN),
            size: field("size").parse().unwrap(),
            key: field("flags").starts_with('K'),
            crc: u32::from_str_radix(hash, 16).unwrap(),
        };
        streams[index].push((packet, ticks(field("dts_time"))));
    }
    streams
}

/// Opens a file; scans it if it has no Cues.
pub(super) async fn open(reader: &FileReader) -> Matroska {
    let mut film = Matroska::open(reader, &Budget::default()).await.unwrap();
    if film.needs_scan() {
        let mut scan = Scan::new(&film);
        while scan.step(reader, 3).await.unwrap() == ScanProgress::More {
            film.take_scan(&scan).unwrap();
        }
        film.take_scan(&scan).unwrap();
    }
    film
}

/// The samples of each track, over all segments.
pub(super) struct Samples {
    pub(super) by_track: Vec<Vec<(Packet, Sample)>>,
    /// The film as one fragmented MP4 of all tracks that can be carried.
    pub(super) fragmented: Vec<u8>,
    pub(super) carried: Vec<usize>,
}

/// Reads all segments, in pieces of `portion` bytes, and writes them as MP4.
pub(super) async fn samples(film: &Matroska, reader: &FileReader, portion: usize) -> Samples {
    let media: Vec<usize> = (0..film.tracks().len())
        .filter(|&n| film.tracks()[n].kind != TrackKind::Subtitle)
        .collect();
    let carried: Vec<usize> = media
        .iter()
        .copied()
        .filter(|&n| film.tracks()[n].sample_entry.is_some())
        .collect();
    let mut by_track = vec![Vec::new(); film.tracks().len()];
    let mut fragmented = write::init(film.tracks(), &carried, None).unwrap().to_vec();
    let mut sequence = 0;
    for n in 0..film.plan().len() {
        let mut segment = film.segment(n, &media).unwrap();
        let span = segment.span();
        let mut at = span.start;
        let mut runs = Vec::new();
        while at < span.end {
            let length = portion.min((span.end - at) as usize);
            let bytes = reader.read(at, length).await.unwrap();
            runs.push(segment.push(at, &bytes).unwrap());
            at += length as u64;
        }
        runs.push(segment.finish());
        for runs in runs {
            for run in &runs {
                for sample in &run.samples {
                    let mut data = run.prefix.to_vec();
                    data.extend(
                        reader
                            .read(sample.offset, sample.size as usize)
                            .await
                            .unwrap(),
                    );
                    let packet = Packet {
                        pts: sample.presentation_time() - film.shift,
                        size: data.len(),
                        key: sample.sync,
                        crc: crc(&data),
                    };
                    by_track[run.track].push((packet, *sample));
                }
            }
            let runs: Vec<_> = runs
                .into_iter()
                .filter(|run| carried.contains(&run.track))
                .collect();
            if runs.is_empty() {
                continue;
            }
            // The writer numbers tracks by their index in the selection.
            sequence += 1;
            for piece in write::fragment(sequence, &runs).unwrap() {
                match piece {
                    ReplyPiece::Bytes(bytes) => fragmented.extend_from_slice(&bytes),
                    ReplyPiece::Range { offset, length } => {
                        fragmented.extend(reader.read(offset, length as usize).await.unwrap());
                    }
                }
            }
        }
    }
    Samples {
        by_track,
        fragmented,
        carried,
    }
}

pub(super) fn crc(data: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(data);
    crc.sum()
}

/// Checks that the output of a file matches ffprobe's view: times, sizes, key frames and bytes of every packet
/// of picture and sound, from our blocks and from the fragmented MP4 made of them.
pub(super) async fn check(path: &Path) -> Matroska {
    check_with(path, true).await
}

/// Checks like [`check`]; with `keys` false, key frames are not compared.
pub(super) async fn check_with(path: &Path, keys: bool) -> Matroska {
    let reader = FileReader::open(path);
    let film = open(&reader).await;
    assert!(!film.plan().is_empty(), "{path:?} has a plan");
    let timescale = film.clock.timescale();
    let mut expected = probe(path, timescale);
    let mut found = samples(&film, &reader, 10_000).await;
    if !keys {
        expected
            .iter_mut()
            .flatten()
            .for_each(|(packet, _)| packet.key = false);
        found
            .by_track
            .iter_mut()
            .flatten()
            .for_each(|(packet, _)| packet.key = false);
    }
    let media: Vec<usize> = (0..film.tracks().len())
        .filter(|&n| film.tracks()[n].kind != TrackKind::Subtitle)
        .collect();
    for &n in &media {
        let wanted: Vec<&Packet> = expected[n].iter().map(|(packet, _)| packet).collect();
        let got: Vec<&Packet> = found.by_track[n].iter().map(|(packet, _)| packet).collect();
        same(path, n, &wanted, &got);
        let samples: Vec<&Sample> = found.by_track[n].iter().map(|(_, sample)| sample).collect();
        // Frames of TrueHD are shorter than the file's unit.
        let gap = u64::from(film.tracks()[n].codec != crate::Codec::TrueHd);
        for pair in samples.windows(2) {
            assert!(
                pair[0].decode_time + gap <= pair[1].decode_time,
                "{path:?} track {n}: {pair:?}"
            );
        }
        assert!(
            samples.iter().all(|sample| sample.composition_offset >= 0),
            "{path:?} track {n}"
        );
    }
    let fragmented = path.with_extension("fragmented.mp4");
    std::fs::write(&fragmented, &found.fragmented).unwrap();
    let mp4 = probe(&fragmented, timescale);
    assert_eq!(mp4.len(), found.carried.len(), "{path:?}");
    for (stream, &n) in mp4.iter().zip(&found.carried) {
        let shifted: Vec<Packet> = stream
            .iter()
            .map(|(packet, _)| Packet {
                pts: packet.pts - film.shift,
                // FFmpeg takes every sound frame of an MP4 for a key frame.
                key: keys && packet.key && film.tracks()[n].kind == TrackKind::Video,
                ..packet.clone()
            })
            .collect();
        let wanted: Vec<Packet> = found.by_track[n]
            .iter()
            .map(|(packet, _)| Packet {
                key: packet.key && film.tracks()[n].kind == TrackKind::Video,
                ..packet.clone()
            })
            .collect();
        same(
            path,
            n,
            &wanted.iter().collect::<Vec<_>>(),
            &shifted.iter().collect::<Vec<_>>(),
        );
    }
    film
}

fn same(path: &Path, track: usize, wanted: &[&Packet], got: &[&Packet]) {
    for (n, (wanted, got)) in wanted.iter().zip(got).enumerate() {
        assert_eq!(wanted, got, "{path:?} track {track} packet {n}");
    }
    assert_eq!(wanted.len(), got.len(), "{path:?} track {track}");
}
