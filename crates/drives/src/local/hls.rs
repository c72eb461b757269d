//! A film of the folder as HLS, for films that a browser cannot open: their video and audio are copied into
//! transport streams by ffmpeg, one segment at a time and only on request.
//!
//! The playlist is made from the keyframe times: from the container's own index, or as found by ffprobe. A
//! segment's URL is understood by this drive only: `http://folder.invalid/{n}?from=…&to=…&version=…&path=…`,
//! never opened over a network.

use std::fs::File;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::process::{ChildStdout, Command};
use tokio_util::io::ReaderStream;

use crate::local::probe::{Facts, Keyframe, extension};
use crate::local::programs::{Programs, Running};
use crate::{DriveError, Incoming};
use media::EntryPath;

/// Minimum duration of a segment; the next keyframe ends it.
const SEGMENT_S: f64 = 6.0;
/// ffmpeg seeks this much earlier than requested if frames are decoded out of order (`ffmpeg_demux.c`).
const HEURISTIC_S: f64 = 3.0 / 23.0;
/// Times are rounded. With an index, ffmpeg takes the keyframe at or before the time; without one, it begins to
/// read there and goes on to the next keyframe.
const MARGIN_S: f64 = 0.01;
/// The next segment's first frame must not be included because of rounding.
const END_MARGIN_S: f64 = 0.002;
const BASE: &str = "http://folder.invalid/";
/// Formats that a film may have, by the first names of ffmpeg's demuxers. Formats that refer to other files are
/// left out: a playlist that is named like a film would show any film of the machine.
const FORMATS: &str = "mov,matroska,mpegts,mpeg,avi,flv,live_flv,asf,ogg,rm,mxf,nut,ivf,dv,swf,y4m,\
    h264,hevc,mpegvideo,m4v,vc1,mp3,aac,flac,wav,w64,aiff,ape,wv,dsf";
/// Timeout for reading a film's index, and for one of its frames. A program that takes longer is stopped.
const INDEX_TIMEOUT: Duration = Duration::from_secs(300);
const FRAME_TIMEOUT: Duration = Duration::from_secs(60);
/// Upper limit for the bytes of a frame.
const MAX_FRAME_BYTES: u64 = 8 << 20;
/// Bytes of a chunk of a program's output.
const PIECE: usize = 64 << 10;

/// Makes segments.
#[derive(Clone)]
pub(crate) struct Segmenter {
    /// True if ffmpeg and ffprobe were found.
    available: bool,
    programs: Programs,
}

/// A segment's URL, parsed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    pub path: EntryPath,
    pub version: String,
    pub number: usize,
    pub from_s: f64,
    pub to_s: Option<f64>,
}

impl Segmenter {
    pub(crate) fn new() -> Self {
        let has = |name: &str| {
            std::env::var_os("PATH").is_some_and(|folders| {
                std::env::split_paths(&folders).any(|folder| folder.join(name).is_file())
            })
        };
        Segmenter {
            available: has("ffmpeg") && has("ffprobe"),
            programs: Programs::new(),
        }
    }

    pub(crate) fn is_available(&self) -> bool {
        self.available
    }

    /// Returns the keyframes of a file.
    pub(crate) async fn keyframes(&self, film: File) -> Result<Vec<Keyframe>, DriveError> {
        let mut command = Command::new("ffprobe");
        command
            .args(["-v", "error", "-select_streams", "v:0"])
            .args([
                "-show_entries",
                "packet=pts_time,dts_time,flags:format=start_time",
            ])
            .args(["-of", "csv=p=1"]);
        read_from(&mut command, film);
        let mut times = KeyframeTimes::default();
        let read = |line: &str| times.read(line);
        self.programs.probe(command, INDEX_TIMEOUT, read).await?;
        let times = times.in_order();
        if times.is_empty() {
            return Err(DriveError::unsupported(
                "playlist",
                "no picture that could be entered was found",
            ));
        }
        Ok(times)
    }

    /// Returns a frame of the film, from a tenth of its duration.
    pub(crate) async fn frame(&self, film: File, facts: &Facts) -> Result<Bytes, DriveError> {
        let at = facts.duration_s.unwrap_or(0.0) / 10.0;
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-nostdin", "-ss", &format!("{at:.3}")]);
        read_from(&mut command, film);
        command
            .args(["-frames:v", "1", "-vf", "scale='min(850,iw)':-2"])
            .args(["-f", "image2", "-c:v", "mjpeg", "-q:v", "4", "-"]);
        let frame = self
            .programs
            .probe_bytes(command, FRAME_TIMEOUT, MAX_FRAME_BYTES)
            .await?;
        if frame.is_empty() {
            return Err(DriveError::not_found(
                "thumbnail",
                "ffmpeg found no picture",
            ));
        }
        Ok(frame.into())
    }

    /// Starts to copy a segment. The program ends when its reader is dropped.
    pub(crate) async fn open(&self, film: File, piece: &Piece) -> Result<Incoming, DriveError> {
        let permit = self.programs.permit().await?;
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-nostdin", "-copyts", "-start_at_zero"]);
        let from = if piece.number == 0 {
            0.0
        } else if is_transport_stream(&piece.path) {
            (piece.from_s - MARGIN_S).max(0.0)
        } else {
            piece.from_s + HEURISTIC_S + MARGIN_S
        };
        command.args(["-ss", &format!("{from:.6}")]);
        read_from(&mut command, film);
        if let Some(to) = piece.to_s {
            command.args(["-to", &format!("{to:.6}")]);
        }
        command
            .args([
                "-map", "0:v:0?", "-map", "0:a:0?", "-c", "copy", "-sn", "-dn",
            ])
            .args([
                "-muxdelay",
                "0",
                "-muxpreload",
                "0",
                "-f",
                "mpegts",
                "pipe:1",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let mut child = command
            .spawn()
            .map_err(|error| broken(format!("ffmpeg cannot be started: {error}")))?;
        let output = child
            .stdout
            .take()
            .ok_or_else(|| broken("ffmpeg has no output"))?;
        let running = self.programs.started(child, permit);
        let output = ReaderStream::with_capacity(output, PIECE);
        let chunks = futures_util::stream::unfold(Some((output, running)), next_bytes);
        Ok(Incoming {
            offset: 0,
            length: None,
            etag: None,
            chunks: chunks.boxed(),
        })
    }
}

/// The most keyframes of a film: a day of pictures that all are one, at 25 per second.
const MAX_KEYFRAMES: usize = 25 * 86_400;

/// The keyframe times in the output of ffprobe.
#[derive(Default)]
struct KeyframeTimes {
    keys: Vec<Keyframe>,
    start_s: f64,
}

impl KeyframeTimes {
    /// Parses a line. Returns false if there are too many keyframes.
    fn read(&mut self, line: &str) -> bool {
        let fields: Vec<&str> = line.trim_end().split(',').collect();
        let seconds = |n: usize| fields.get(n).and_then(|time| time.parse::<f64>().ok());
        match (fields.first(), seconds(1)) {
            (Some(&"packet"), Some(shown_s))
                if fields.get(3).is_some_and(|flags| flags.starts_with('K')) =>
            {
                self.keys.push(Keyframe {
                    shown_s,
                    decoded_s: seconds(2).unwrap_or(shown_s),
                });
            }
            (Some(&"format"), Some(time)) => self.start_s = time,
            _ => {}
        }
        self.keys.len() <= MAX_KEYFRAMES
    }

    /// Returns the keyframes, counted from the start of the film, in order.
    fn in_order(self) -> Vec<Keyframe> {
        let mut keys = self.keys;
        keys.sort_by(|a, b| a.shown_s.total_cmp(&b.shown_s));
        for key in &mut keys {
            key.shown_s = (key.shown_s - self.start_s).max(0.0);
            key.decoded_s -= self.start_s;
        }
        keys.shrink_to_fit();
        keys
    }
}

/// Returns the next bytes of a running program; `None` at its end. Fails if it was stopped or ended with an
/// error: an end in the middle must not look like the end of the segment.
async fn next_bytes(
    state: Option<(ReaderStream<ChildStdout>, Arc<Running>)>,
) -> Option<(
    Result<Bytes, DriveError>,
    Option<(ReaderStream<ChildStdout>, Arc<Running>)>,
)> {
    let (mut output, running) = state?;
    let next = running.waited_for(output.next()).await;
    match next {
        Some(Ok(bytes)) => Some((Ok(bytes), Some((output, running)))),
        Some(Err(error)) => Some((Err(broken(error.to_string())), None)),
        None if running.ended_well().await => None,
        None => Some((
            Err(broken("ffmpeg was stopped, or ended with an error")),
            None,
        )),
    }
}

fn is_transport_stream(path: &EntryPath) -> bool {
    ["ts", "m2ts", "mts"].contains(&extension(path.name()).as_str())
}

/// Makes one of these programs read a film that is already open, whatever has its name by now, and nothing
/// else.
fn read_from(command: &mut Command, film: File) {
    command
        .args(["-protocol_whitelist", "file", "-format_whitelist", FORMATS])
        .args(["-i", "file:/dev/stdin"])
        .stdin(Stdio::from(film));
}

fn broken(detail: impl Into<String>) -> DriveError {
    DriveError::failed("segment", detail)
}

/// Returns the playlist of a film with `keyframes` (in order) and a length of `duration_s`.
pub(crate) fn playlist(
    path: &EntryPath,
    version: &str,
    keyframes: &[Keyframe],
    duration_s: f64,
) -> String {
    let mut starts = vec![Keyframe::default()];
    for &key in keyframes {
        let so_far = key.shown_s - starts[starts.len() - 1].shown_s;
        if so_far >= SEGMENT_S && duration_s - key.shown_s > 0.5 {
            starts.push(key);
        }
    }
    let lengths: Vec<f64> = starts
        .iter()
        .enumerate()
        .map(|(n, start)| starts.get(n + 1).map_or(duration_s, |next| next.shown_s) - start.shown_s)
        .collect();
    let longest = lengths.iter().copied().fold(1.0, f64::max).round();
    let path = utf8_percent_encode(path.as_str(), NON_ALPHANUMERIC);
    let mut text = format!(
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:{longest:.0}\n#EXT-X-PLAYLIST-TYPE:VOD\n"
    );
    for (n, (start, length)) in starts.iter().zip(&lengths).enumerate() {
        let to = starts.get(n + 1).map_or(String::new(), |to| {
            format!("&to={:.6}", to.decoded_s - END_MARGIN_S)
        });
        text.push_str(&format!(
            "#EXTINF:{length:.6},\n{BASE}{n}?from={:.6}{to}&version={version}&path={path}\n",
            start.shown_s
        ));
    }
    text.push_str("#EXT-X-ENDLIST\n");
    text
}

/// Parses a segment's URL; `None` if it is something else.
pub(crate) fn read(address: &str) -> Option<Piece> {
    if !address.starts_with(BASE) {
        return None;
    }
    let url = url::Url::parse(address).ok()?;
    let value = |key: &str| {
        url.query_pairs()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.into_owned())
    };
    Some(Piece {
        number: url.path().trim_start_matches('/').parse().ok()?,
        from_s: value("from")?.parse().ok()?,
        to_s: value("to").and_then(|to| to.parse().ok()),
        version: value("version")?,
        path: EntryPath::parse(&value("path")?).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_counted_from_the_start_of_the_film() {
        let csv = "packet,3.400000,3.320000,K__\npacket,1.500000,N/A,K__,side_data\n\
                   packet,1.540000,1.500000,___\nformat,1.400000\n";
        let mut times = KeyframeTimes::default();
        assert!(csv.lines().all(|line| times.read(line)));
        let keys = times.in_order();
        assert_eq!(keys.len(), 2);
        assert!((keys[0].shown_s - 0.1).abs() < 1e-9 && (keys[1].shown_s - 2.0).abs() < 1e-9);
        assert!((keys[1].decoded_s - 1.92).abs() < 1e-9);
    }

    #[test]
    fn a_list_ends_segments_where_the_picture_can_be_entered() {
        let path = EntryPath::parse("/a b/ä&?.mkv").unwrap();
        let keys = [0.0, 2.0, 4.0, 6.0, 9.5, 12.1, 18.0, 19.8].map(|shown_s| Keyframe {
            shown_s,
            decoded_s: shown_s - 0.1,
        });
        let text = playlist(&path, "v1", &keys, 20.0);
        let pieces: Vec<Piece> = text.lines().filter_map(read).collect();
        let starts: Vec<f64> = pieces.iter().map(|piece| piece.from_s).collect();
        assert_eq!(starts, [0.0, 6.0, 12.1]);
        assert_eq!(pieces[2].to_s, None);
        assert_eq!(pieces[1].to_s, Some(11.998));
        assert!(
            pieces
                .iter()
                .enumerate()
                .all(|(n, piece)| piece.number == n && piece.path == path && piece.version == "v1")
        );
        assert!(text.contains("#EXT-X-TARGETDURATION:8\n"), "{text}");
        assert_eq!(read("http://elsewhere/0?from=1"), None);
    }
}
