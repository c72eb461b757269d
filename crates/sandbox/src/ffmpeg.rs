//! Probes, posters and renditions of files on this machine, made by ffmpeg and ffprobe.
//!
//! A rendition is made once, in the background, after its first request: the video is copied into one MPEG-TS object,
//! cut at its own keyframes. So a film has one rung, that of its picture, and only H.264 can be streamed. At most
//! [`MAX_PROCESSES`] processes run at the same time. They and their files end with the sandbox.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use parking_lot::Mutex;

use anyhow::Context;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::nodes::{
    Node, Quality, RenditionError, SampleRendition, SampleSource, SegmentRange, md5_hex,
};
use super::probe::{Probe, ffmpeg_arguments, parse_playlist, parse_probe};

/// Greatest number of concurrent processes.
const MAX_PROCESSES: usize = 2;

/// Allowed demuxers of ffmpeg, by their first names. Formats that refer to other files, such as playlists, are not
/// allowed.
const FORMATS: &str = "mov,matroska,mpegts,mpeg,avi,flv,asf,ogg,rm,mxf,dv,h264,hevc,mpegvideo,mp3,aac,\
    flac,wav,aiff,ape,wv,image2,jpeg_pipe,png_pipe,webp_pipe,gif_pipe,gif,bmp_pipe,tiff_pipe";

/// Starts the processes and keeps their results.
#[derive(Debug)]
pub struct Transcoder {
    cache: Arc<RenditionCache>,
    tasks: Mutex<JoinSet<()>>,
}

#[derive(Debug)]
struct RenditionCache {
    folder: TempDir,
    /// Pieces of sound alone are MP3 frames.
    packed_sound: bool,
    permits: Semaphore,
    probes: Mutex<HashMap<String, Option<Probe>>>,
    renditions: Mutex<HashMap<(String, Quality), RenditionState>>,
}

#[derive(Debug, Clone)]
enum RenditionState {
    Making,
    Ready(Arc<SampleRendition>),
    Failed,
}

/// Adds a file as the input: the name cannot act as an option or as another protocol.
fn input<'c>(command: &'c mut Command, file: &Path) -> &'c mut Command {
    let mut name = std::ffi::OsString::from("file:");
    name.push(file);
    command
        .args(["-protocol_whitelist", "file", "-format_whitelist", FORMATS])
        .arg("-i")
        .arg(name)
}

impl Transcoder {
    /// Creates one. With `packed_sound`, pieces of sound alone are MP3 frames without a container.
    pub fn new(packed_sound: bool) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("drivein-sandbox-")
            .tempdir()
            .context("no temporary folder")?;
        let cache = RenditionCache {
            folder,
            packed_sound,
            permits: Semaphore::new(MAX_PROCESSES),
            probes: Mutex::default(),
            renditions: Mutex::default(),
        };
        Ok(Self {
            cache: Arc::new(cache),
            tasks: Mutex::default(),
        })
    }

    /// Returns the properties of a file, `None` if ffprobe cannot read it. `content` identifies its version.
    pub async fn probe(&self, file: &Path, content: &str) -> Option<Probe> {
        self.cache.probe(file, content).await
    }

    /// Returns a JPEG of this width in pixels, made on the first request. `None` if ffmpeg cannot make it.
    pub async fn poster(&self, file: &Path, node: &Node, width: u32) -> Option<PathBuf> {
        self.cache.poster(file, node, width.clamp(16, 1920)).await
    }

    /// Returns a rendition; the first request starts its making.
    ///
    /// # Errors
    /// If it is still being made, or if ffmpeg failed.
    pub fn rendition(
        &self,
        file: &Path,
        node: &Node,
        rung: Quality,
    ) -> Result<Arc<SampleRendition>, RenditionError> {
        let key = (node.md5.clone(), rung);
        match self.cache.renditions.lock().entry(key.clone()) {
            std::collections::hash_map::Entry::Occupied(known) => {
                return match known.get() {
                    RenditionState::Making => Err(RenditionError::Transcoding),
                    RenditionState::Ready(rendition) => Ok(rendition.clone()),
                    RenditionState::Failed => Err(RenditionError::Unsupported),
                };
            }
            std::collections::hash_map::Entry::Vacant(vacant) => {
                vacant.insert(RenditionState::Making)
            }
        };
        let (cache, file, path) = (self.cache.clone(), file.to_owned(), node.path.clone());
        let mut tasks = self.tasks.lock();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
            let progress = match cache.make(&file, &key.0, rung).await {
                Ok(rendition) => RenditionState::Ready(Arc::new(rendition)),
                Err(reason) => {
                    tracing::warn!(
                        path,
                        rendition = rung.name(),
                        reason = format!("{reason:#}"),
                        "the sandbox cannot stream this"
                    );
                    RenditionState::Failed
                }
            };
            cache.renditions.lock().insert(key, progress);
        });
        Err(RenditionError::Transcoding)
    }
}

impl RenditionCache {
    async fn run(&self, command: &mut Command) -> anyhow::Result<Vec<u8>> {
        let _permit = self.permits.acquire().await?;
        let name = command
            .as_std()
            .get_program()
            .to_string_lossy()
            .into_owned();
        let output = command
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await;
        let output = output.with_context(|| format!("{name} does not run; is it installed?"))?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(
            output.status.success(),
            "{name}: {}",
            complaint.lines().last().unwrap_or("failed")
        );
        Ok(output.stdout)
    }

    async fn probe(&self, file: &Path, content: &str) -> Option<Probe> {
        if let Some(known) = self.probes.lock().get(content) {
            return known.clone();
        }
        let mut command = Command::new("ffprobe");
        command.args(["-v", "error", "-of", "json", "-show_entries"]);
        command.arg("format=duration,format_name:stream=codec_type,codec_name,width,height,avg_frame_rate,channels,sample_rate,bit_rate,pix_fmt:stream_disposition=attached_pic:stream_side_data=rotation");
        let probe = match self.run(input(&mut command, file)).await {
            Ok(json) => parse_probe(&json),
            Err(reason) => {
                tracing::warn!(file = %file.display(), reason = format!("{reason:#}"), "ffprobe cannot read a film");
                None
            }
        };
        self.probes.lock().insert(content.to_owned(), probe.clone());
        probe
    }

    async fn poster(&self, file: &Path, node: &Node, width: u32) -> Option<PathBuf> {
        let made = self.folder.path().join(format!("{}-{width}.jpg", node.md5));
        if made.exists() {
            return Some(made);
        }
        let at_s = match node.category {
            1 => self.probe(file, &node.md5).await?.details.duration_s * 0.15,
            _ => 0.0,
        };
        // A temporary file first, because two requests may run at once.
        let beside = tempfile::Builder::new()
            .suffix(".jpg")
            .tempfile_in(self.folder.path())
            .ok()?;
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-y", "-ss", &format!("{at_s:.2}")]);
        input(&mut command, file)
            .args([
                "-frames:v",
                "1",
                "-vf",
                &format!("scale={width}:-2"),
                "-q:v",
                "4",
            ])
            .arg(beside.path());
        if let Err(reason) = self.run(&mut command).await {
            tracing::warn!(
                path = node.path,
                reason = format!("{reason:#}"),
                "the sandbox has no poster of this"
            );
            return None;
        }
        beside.persist(&made).ok()?;
        Some(made)
    }

    async fn make(
        &self,
        file: &Path,
        content: &str,
        rung: Quality,
    ) -> anyhow::Result<SampleRendition> {
        let probe = self
            .probe(file, content)
            .await
            .context("ffprobe cannot read it")?;
        let codecs = ffmpeg_arguments(&probe, rung)?;
        let object = self
            .folder
            .path()
            .join(format!("{content}-{}.ts", rung.template()));
        let segments = match rung == Quality::Audio && self.packed_sound {
            true => self.make_packed(file, &codecs, &object).await?,
            false => self.make_stream(file, &codecs, &object).await?,
        };
        anyhow::ensure!(!segments.is_empty(), "ffmpeg made no segments");
        Ok(SampleRendition {
            object_bytes: tokio::fs::metadata(&object).await?.len(),
            object: SampleSource::File(object),
            etag: md5_hex(&format!("{content}\n{}", rung.template())),
            segments,
        })
    }

    /// Makes one MPEG-TS object, and returns its segments.
    async fn make_stream(
        &self,
        file: &Path,
        codecs: &[&str],
        object: &Path,
    ) -> anyhow::Result<Vec<SegmentRange>> {
        let playlist = object.with_extension("m3u8");
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-y"]);
        input(&mut command, file).args(codecs);
        command.args(["-f", "hls", "-hls_time", "10", "-hls_list_size", "0"]);
        command.args(["-hls_flags", "single_file", "-hls_segment_filename"]);
        command.arg(object).arg(&playlist);
        self.run(&mut command).await?;
        Ok(parse_playlist(&tokio::fs::read_to_string(&playlist).await?))
    }

    /// Makes pieces of MP3 frames, joins them to one object, and returns them as its segments.
    async fn make_packed(
        &self,
        file: &Path,
        codecs: &[&str],
        object: &Path,
    ) -> anyhow::Result<Vec<SegmentRange>> {
        let list = object.with_extension("csv");
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-y"]);
        input(&mut command, file).args(codecs);
        command.args([
            "-f",
            "segment",
            "-segment_format",
            "mp3",
            "-segment_time",
            "10",
        ]);
        command.args([
            "-write_xing",
            "0",
            "-id3v2_version",
            "0",
            "-map_metadata",
            "-1",
        ]);
        command.args(["-segment_list_type", "csv", "-segment_list"]);
        command.arg(&list).arg(object.with_extension("%03d.mp3"));
        self.run(&mut command).await?;
        let (mut joined, mut segments) = (Vec::new(), Vec::new());
        // Each line is a name, the beginning and the end in seconds.
        for line in tokio::fs::read_to_string(&list).await?.lines() {
            let mut fields = line.split(',');
            let name = fields.next().context("a piece without a name")?;
            let mut seconds = || fields.next().and_then(|text| text.parse::<f64>().ok());
            let (begin, end) = (seconds().unwrap_or(0.0), seconds().unwrap_or(0.0));
            let piece = tokio::fs::read(self.folder.path().join(name)).await?;
            segments.push(SegmentRange {
                offset_bytes: joined.len() as u64,
                length_bytes: piece.len() as u64,
                duration_s: end - begin,
            });
            joined.extend_from_slice(&piece);
        }
        tokio::fs::write(object, joined).await?;
        Ok(segments)
    }
}
