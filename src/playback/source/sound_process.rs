//! A process of ffmpeg that decodes one sound and encodes it as AAC, segment after segment.
//!
//! It reads the sound through its standard input and writes frames to its standard output, so that it sees neither a file nor
//! a URL. Between two segments it waits for input and takes no processor time.

use std::collections::VecDeque;
use std::process::Stdio;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use containers::{ENCODED_SAMPLE_RATE, adts_frames_in};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::frame_span::FrameSpan;
use drives::{DriveError, ErrorKind};

/// The bit rate of stereo sound.
const BIT_RATE: &str = "192k";

/// A process that has all input for a segment and makes no frame for this long needs more input.
const QUIET_TIMEOUT: Duration = Duration::from_millis(500);

/// Segments behind the wanted one that are read for it at most: a film whose sound ends earlier makes no more frames.
const MAX_AHEAD: usize = 2;

/// The segments of a sound.
pub(super) trait Input {
    /// Returns the number of segments.
    fn count(&self) -> usize;

    /// Returns the bytes of segment `n`.
    async fn segment(&self, n: usize) -> Result<Bytes, DriveError>;
}

/// A running process. It is killed when this is dropped.
pub(super) struct SoundProcess {
    _child: Child,
    /// `None` after the end of the film.
    stdin: Option<ChildStdin>,
    stdout: ChildStdout,
    /// Output that is no whole frame yet.
    output: BytesMut,
    /// Frames that were not taken yet.
    frames: VecDeque<Bytes>,
    /// Frames to come that belong to no segment.
    dropped: u64,
    /// Input that waits to be written.
    pending: Bytes,
    /// The next segment of the input.
    next_input: usize,
    has_ended: bool,
}

impl SoundProcess {
    /// Starts a process for the segments from `n` on of a sound with this sample rate. `init` goes in front of fragmented
    /// MP4; without it, the input is a transport stream.
    ///
    /// # Errors
    /// `Unsupported` if ffmpeg cannot be started.
    pub fn start(
        init: Option<Bytes>,
        sample_rate: u32,
        n: usize,
        frames: &FrameSpan,
    ) -> Result<Self, DriveError> {
        let filter = filter(sample_rate, frames.first_sample());
        let format = if init.is_some() { "mp4" } else { "mpegts" };
        let mut child = Command::new("ffmpeg")
            .args(["-v", "error", "-copyts", "-analyzeduration", "1000000"])
            .args([
                "-f", format, "-i", "pipe:0", "-map", "0:a:0", "-af", &filter,
            ])
            .args(["-c:a", "aac", "-b:a", BIT_RATE, "-threads", "1"])
            .args(["-flush_packets", "1", "-f", "adts", "pipe:1"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(&error.to_string()))?;
        let stdout = child.stdout.take();
        Ok(SoundProcess {
            stdin: child.stdin.take(),
            stdout: stdout.ok_or_else(|| failed("ffmpeg has no output"))?,
            _child: child,
            output: BytesMut::new(),
            frames: VecDeque::new(),
            dropped: frames.dropped,
            pending: init.unwrap_or_default(),
            // The decoder begins earlier, too.
            next_input: n.saturating_sub(1),
            has_ended: false,
        })
    }

    /// Returns the frames of segment `n`; fewer if the sound ends earlier.
    ///
    /// # Errors
    /// Those of reading the input; `Unsupported` if ffmpeg fails.
    pub async fn frames(
        &mut self,
        input: &impl Input,
        n: usize,
        span: &FrameSpan,
    ) -> Result<Vec<Bytes>, DriveError> {
        let count = span.count as usize;
        while self.frames.len() < count && !self.has_ended {
            if self.pending.is_empty() {
                if self.needs_input(n).await? {
                    if self.next_input > n + MAX_AHEAD {
                        break;
                    }
                    if self.next_input < input.count() {
                        self.pending = input.segment(self.next_input).await?;
                        self.next_input += 1;
                    } else if self.stdin.take().is_none() {
                        break;
                    }
                    continue;
                }
            } else {
                self.exchange().await?;
            }
            self.take_frames()?;
        }
        if self.has_ended && self.frames.is_empty() {
            return Err(failed("ffmpeg ended early"));
        }
        let count = count.min(self.frames.len());
        Ok(self.frames.drain(..count).collect())
    }

    /// Returns true if segment `n` was not read yet, or if the process needs more than that. Reads output meanwhile.
    async fn needs_input(&mut self, n: usize) -> Result<bool, DriveError> {
        if self.next_input <= n {
            return Ok(true);
        }
        match timeout(QUIET_TIMEOUT, self.exchange()).await {
            Ok(exchanged) => exchanged.map(|()| false),
            Err(_) => Ok(true),
        }
    }

    /// Writes some input and reads some output, whatever is possible first.
    async fn exchange(&mut self) -> Result<(), DriveError> {
        let mut stdin = self.stdin.as_mut().filter(|_| !self.pending.is_empty());
        let write = async {
            match &mut stdin {
                Some(stdin) => stdin.write(&self.pending).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            read = self.stdout.read_buf(&mut self.output) => match read {
                Ok(0) => self.has_ended = true,
                Ok(_) => {}
                Err(error) => return Err(failed(&error.to_string())),
            },
            written = write => match written {
                Ok(written) => self.pending.advance(written),
                // It shows as the end of the output.
                Err(_) => {
                    self.pending = Bytes::new();
                    self.stdin = None;
                }
            },
        }
        Ok(())
    }

    fn take_frames(&mut self) -> Result<(), DriveError> {
        let found = adts_frames_in(&mut self.output);
        for frame in found.map_err(|error| failed(&error.to_string()))? {
            match self.dropped {
                0 => self.frames.push_back(frame),
                _ => self.dropped -= 1,
            }
        }
        Ok(())
    }
}

pub(super) fn failed(detail: &str) -> DriveError {
    let error = DriveError::new(ErrorKind::Unsupported, "decode sound", detail);
    error.with_sentence("This sound could not be decoded. VLC and other players play it as it is.")
}

/// Returns the filters that a sound passes: it begins at `first_sample` of the encoder's clock, and gaps in it become
/// silence. Both happen at the rate of the sound, since the resampler misplaces samples that it adds itself.
fn filter(sample_rate: u32, first_sample: u64) -> String {
    let rate = match sample_rate {
        0 => ENCODED_SAMPLE_RATE,
        rate => rate,
    };
    let encoded = u64::from(ENCODED_SAMPLE_RATE);
    let first = (first_sample * u64::from(rate) + encoded / 2) / encoded;
    format!(
        "aresample={rate}:async=1:first_pts={first},aresample={encoded},aformat=channel_layouts=stereo,apad"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_begins_at_the_same_time_whatever_its_rate() {
        let begins = |rate, first| {
            let filter = filter(rate, first);
            filter
                .split_once(",")
                .map(|(first, _)| first.to_owned())
                .unwrap()
        };
        assert_eq!(
            begins(48_000, 68_608),
            "aresample=48000:async=1:first_pts=68608"
        );
        assert_eq!(begins(0, 1_024), "aresample=48000:async=1:first_pts=1024");
        assert_eq!(
            begins(44_100, 68_608),
            "aresample=44100:async=1:first_pts=63034"
        );
    }
}
