//! A film of the folder as HLS, for films whose container cannot be sent in ranges (AVI, FLV, MPEG streams): their
//! picture and one sound are copied into transport streams by ffmpeg, one segment at a time and only on request.
//!
//! The playlist is made from the keyframe times, as found by ffprobe. A segment contains the pictures that are decoded
//! from its keyframe up to the next one, and the sounds of the same time, each exactly once: ffmpeg begins to read
//! early, ends late, and drops the packets of other segments by their times. All segments have one constant shift.
//!
//! A segment's URL is understood by this drive only: `http://folder.invalid/{n}?from=…&to=…&version=…&path=…`,
//! never opened over a network.

mod keyframes;

use std::fs::File;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::io::AsyncReadExt;
use tokio::process::{ChildStdout, Command};
use tokio::sync::Semaphore;
use tokio_util::io::ReaderStream;

use crate::local::ffprobe::{self, FfprobeFacts};
use crate::local::programs::{Programs, Running};
use crate::{DriveError, Incoming, is_installed};
use media::EntryPath;

use keyframes::PacketTimes;

/// A frame that depends on no other, in seconds from the start of the film.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Keyframe {
    /// Presentation time.
    pub shown_s: f64,
    /// Decoding time: earlier, if frames refer to later ones.
    pub decoded_s: f64,
}

/// The keyframes of a film, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct KeyframeIndex {
    pub keys: Vec<Keyframe>,
    /// The end of the last picture, in seconds from the start of the film.
    pub end_s: f64,
}

/// Minimum duration of a segment; the next keyframe ends it.
const SEGMENT_S: f64 = 6.0;
/// ffmpeg begins to read this much earlier than a segment, and ends this much later: sounds lie that far from the
/// pictures of the same time in a multiplexed file.
const INTERLEAVING_S: f64 = 3.0;
/// Added to all times: no decode time is negative, so that the muxer shifts no segment on its own.
const SHIFT_S: f64 = 1.4;
/// Times are rounded: a frame this much before a boundary belongs to the segment behind it.
const END_MARGIN_S: f64 = 0.002;
const BASE: &str = "http://folder.invalid/";
/// Formats that a film may have, by the first names of ffmpeg's demuxers. Formats that refer to other files are
/// left out: a playlist that is named like a film would show any film of the machine.
const FORMATS: &str = "mov,matroska,mpegts,mpeg,avi,flv,live_flv,asf,ogg,rm,mxf,nut,ivf,dv,swf,y4m,\
    h264,hevc,mpegvideo,m4v,vc1,mp3,aac,flac,wav,w64,aiff,ape,wv,dsf";
/// Timeouts for the headers of a film, for its index, and for one of its frames. A program that takes longer is
/// stopped.
const HEADER_TIMEOUT: Duration = Duration::from_secs(5);
const INDEX_TIMEOUT: Duration = Duration::from_secs(300);
const FRAME_TIMEOUT: Duration = Duration::from_secs(60);
/// Bytes of a chunk of a program's output.
const PIECE: usize = 64 << 10;
/// Bytes of a description, and of a frame.
const MAX_DESCRIPTION_BYTES: u64 = 1 << 20;
const MAX_FRAME_BYTES: u64 = 8 << 20;
/// Maximum number of keyframes: a day of pictures that all are one, at 25 per second.
const MAX_KEYFRAMES: usize = 25 * 86_400;
/// Programs that read headers concurrently.
const MAX_HEADER_PROGRAMS: usize = 2;

/// Makes segments.
#[derive(Clone)]
pub(crate) struct Segmenter {
    /// True if ffmpeg and ffprobe were found.
    available: bool,
    programs: Programs,
    /// Permits of programs that read headers, so that viewers never wait for them.
    headers: Arc<Semaphore>,
}

/// A segment's URL, parsed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LocalSegment {
    pub path: EntryPath,
    pub version: String,
    pub number: usize,
    pub from: Keyframe,
    /// The next segment's keyframe; `None` for the last segment.
    pub to: Option<Keyframe>,
    /// Index of the sound among the sounds of the file; `None` without sound.
    pub sound: Option<usize>,
}

impl Segmenter {
    pub(crate) fn new() -> Self {
        Segmenter {
            available: is_installed("ffmpeg") && is_installed("ffprobe"),
            programs: Programs::new(),
            headers: Arc::new(Semaphore::new(MAX_HEADER_PROGRAMS)),
        }
    }

    pub(crate) fn is_available(&self) -> bool {
        self.available
    }

    /// Returns the description of a file by its headers; `None` if ffprobe cannot read it.
    pub(crate) async fn describe(&self, film: File) -> Option<FfprobeFacts> {
        let work = async {
            let _permit = self.headers.acquire().await.ok()?;
            let mut command = Command::new("ffprobe");
            command
                .args(["-v", "error", "-of", "json", "-show_entries"])
                .arg(ffprobe::ENTRIES);
            read_from(&mut command, film);
            let output = within(HEADER_TIMEOUT, command, MAX_DESCRIPTION_BYTES).await;
            ffprobe::parse(&output.ok()?)
        };
        work.await
    }

    /// Returns the keyframes of a file. Its packets are listed line by line, and only keyframes are kept.
    pub(crate) async fn keyframes(&self, film: File) -> Result<KeyframeIndex, DriveError> {
        let mut command = Command::new("ffprobe");
        command
            .args(["-v", "error", "-fflags", "+genpts"])
            .args(["-select_streams", "v:0"])
            .args([
                "-show_entries",
                "packet=pts_time,dts_time,flags:format=start_time",
            ])
            .args(["-of", "csv=p=1"]);
        read_from(&mut command, film);
        let mut times = PacketTimes::default();
        let read = |line: &str| {
            times.read_line(line.trim_end());
            times.keys.len() <= MAX_KEYFRAMES
        };
        self.programs.probe(command, INDEX_TIMEOUT, read).await?;
        let index = times.index();
        if index.keys.is_empty() {
            let detail = "no picture that could be entered was found";
            return Err(DriveError::unsupported("playlist", detail));
        }
        Ok(index)
    }

    /// Returns a frame of the film, from a tenth of its duration.
    pub(crate) async fn frame(
        &self,
        film: File,
        duration_s: Option<f64>,
    ) -> Result<Bytes, DriveError> {
        let at = duration_s.unwrap_or(0.0) / 10.0;
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

    /// Starts a program and returns its output.
    fn start(
        &self,
        command: &mut Command,
        permit: tokio::sync::OwnedSemaphorePermit,
    ) -> Result<(ChildStdout, Arc<Running>), DriveError> {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| broken(format!("a program cannot be started: {error}")))?;
        let output = child.stdout.take();
        let output = output.ok_or_else(|| broken("a program has no output"))?;
        Ok((output, self.programs.started(child, permit)))
    }

    /// Starts to copy a segment. The program ends when its reader is dropped.
    pub(crate) async fn open(
        &self,
        film: File,
        piece: &LocalSegment,
    ) -> Result<Incoming, DriveError> {
        let permit = self.programs.permit().await?;
        let mut command = Command::new("ffmpeg");
        command
            .args(["-v", "error", "-nostdin", "-copyts", "-start_at_zero"])
            .args(["-fflags", "+genpts"]);
        if piece.number > 0 {
            let seek = (piece.from.decoded_s - INTERLEAVING_S).max(0.0);
            command.args(["-ss", &format!("{seek:.6}")]);
        }
        read_from(&mut command, film);
        if let Some(to) = piece.to {
            command.args(["-to", &format!("{:.6}", to.shown_s + INTERLEAVING_S)]);
        }
        command
            // The filter sees times in the unit of the muxer: `tb` must be that one, too.
            .args(["-time_base", "1:90000"])
            .args(["-map", "0:v:0?", "-c", "copy", "-sn", "-dn"])
            .args(["-bsf:v", &only_between(piece, |key| key.decoded_s)]);
        if let Some(sound) = piece.sound {
            command
                .args(["-map", &format!("0:a:{sound}?")])
                .args(["-bsf:a", &only_between(piece, |key| key.shown_s)]);
        }
        command
            .args(["-output_ts_offset", &SHIFT_S.to_string()])
            .args(["-muxdelay", "0", "-muxpreload", "0"])
            .args(["-f", "mpegts", "pipe:1"]);
        let (output, running) = self.start(&mut command, permit)?;
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

/// Returns the bitstream filter that drops packets which belong to other segments, by their decode time. The first
/// segment has no beginning, the last one no end.
fn only_between(piece: &LocalSegment, time_s: impl Fn(&Keyframe) -> f64) -> String {
    let mut drop = Vec::new();
    if piece.number > 0 {
        let from = time_s(&piece.from) - END_MARGIN_S;
        drop.push(format!("lt(dts*tb\\,{from:.6})"));
    }
    if let Some(to) = &piece.to {
        drop.push(format!("gte(dts*tb\\,{:.6})", time_s(to) - END_MARGIN_S));
    }
    match drop.is_empty() {
        true => "null".to_owned(),
        false => format!("noise=drop={}", drop.join("+")),
    }
}

/// Returns the next bytes of a running program; `None` at its end.
///
/// # Errors
///
/// Fails if it was stopped or ended with an error: an end in the middle must not look like the end of the segment.
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

/// Makes one of these programs read a film that is already open, whatever has its name by now, and nothing
/// else.
fn read_from(command: &mut Command, film: File) {
    command
        .args(["-protocol_whitelist", "file", "-format_whitelist", FORMATS])
        .args(["-i", "file:/dev/stdin"])
        .stdin(Stdio::from(film));
}

/// Returns the output of a program, which must end within `time` and write at most `max_bytes`.
async fn within(
    time: Duration,
    mut command: Command,
    max_bytes: u64,
) -> Result<Vec<u8>, DriveError> {
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let mut child = command
        .spawn()
        .map_err(|error| broken(format!("a program cannot be started: {error}")))?;
    let output = child.stdout.take();
    let output = output.ok_or_else(|| broken("a program has no output"))?;
    let read = async {
        let mut bytes = Vec::new();
        let mut output = output.take(max_bytes);
        let read = output.read_to_end(&mut bytes).await;
        read.map(|_| bytes)
    };
    match tokio::time::timeout(time, read).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => Err(broken(error.to_string())),
        Err(_) => Err(broken("a program took too long")),
    }
}

fn broken(detail: impl Into<String>) -> DriveError {
    DriveError::failed("segment", detail)
}

/// Returns the playlist of a film with these keyframes and a length of `duration_s`. Its segments contain the sound with
/// this index.
pub(crate) fn playlist(
    path: &EntryPath,
    version: &str,
    keyframes: &[Keyframe],
    duration_s: f64,
    sound: Option<usize>,
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
    let sound = sound.map_or(String::new(), |sound| format!("&sound={sound}"));
    let time = |key: &Keyframe| format!("{:.6},{:.6}", key.shown_s, key.decoded_s);
    let mut text = format!(
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:{longest:.0}\n#EXT-X-PLAYLIST-TYPE:VOD\n"
    );
    for (n, (start, length)) in starts.iter().zip(&lengths).enumerate() {
        let to = starts.get(n + 1);
        let to = to.map_or(String::new(), |to| format!("&to={}", time(to)));
        text.push_str(&format!(
            "#EXTINF:{length:.6},\n{BASE}{n}?from={}{to}{sound}&version={version}&path={path}\n",
            time(start)
        ));
    }
    text.push_str("#EXT-X-ENDLIST\n");
    text
}

/// Parses a segment's URL; `None` if it is something else.
pub(crate) fn read(address: &str) -> Option<LocalSegment> {
    if !address.starts_with(BASE) {
        return None;
    }
    let url = url::Url::parse(address).ok()?;
    let value = |key: &str| {
        url.query_pairs()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.into_owned())
    };
    let time = |key: &str| {
        let text = value(key)?;
        let (shown_s, decoded_s) = text.split_once(',')?;
        Some(Keyframe {
            shown_s: shown_s.parse().ok()?,
            decoded_s: decoded_s.parse().ok()?,
        })
    };
    Some(LocalSegment {
        number: url.path().trim_start_matches('/').parse().ok()?,
        from: time("from")?,
        to: time("to"),
        sound: value("sound").and_then(|sound| sound.parse().ok()),
        version: value("version")?,
        path: EntryPath::parse(&value("path")?).ok()?,
    })
}

#[cfg(test)]
mod tests;
