//! What ffmpeg makes of a person's own films: lengths, posters, renditions.
//!
//! A rendition is made once, in the background, when it is first asked for: the video is copied into one
//! MPEG-TS object cut at its own keyframes, so a film has the one rung that its picture has, and only H.264
//! can be streamed. Few processes run at once; they and their files go when the sandbox does.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use anyhow::Context;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::faults::lock;
use super::nodes::{Node, Rendition, Rung, Source, Unready, md5_hex};
use super::probe::{Probe, plan, read_probe, read_table};

/// How many processes run at the same time.
const PROCESSES: usize = 2;

/// What a film or a picture may be, by the first names of ffmpeg's demuxers: none of those that lead to other
/// files, as playlists do.
const FORMATS: &str = "mov,matroska,mpegts,mpeg,avi,flv,asf,ogg,rm,mxf,dv,h264,hevc,mpegvideo,mp3,aac,\
    flac,wav,aiff,ape,wv,image2,jpeg_pipe,png_pipe,webp_pipe,gif_pipe,gif,bmp_pipe,tiff_pipe";

/// The place where all this happens.
#[derive(Debug)]
pub struct Workshop {
    shelf: Arc<Shelf>,
    tasks: Mutex<JoinSet<()>>,
}

#[derive(Debug)]
struct Shelf {
    folder: TempDir,
    permits: Semaphore,
    probes: Mutex<HashMap<String, Option<Probe>>>,
    renditions: Mutex<HashMap<(String, Rung), Progress>>,
}

#[derive(Debug, Clone)]
enum Progress {
    Making,
    Ready(Arc<Rendition>),
    Failed,
}

/// Has a program read a file: never an option, never another protocol.
fn input<'c>(command: &'c mut Command, file: &Path) -> &'c mut Command {
    let mut name = std::ffi::OsString::from("file:");
    name.push(file);
    command
        .args(["-protocol_whitelist", "file", "-format_whitelist", FORMATS])
        .arg("-i")
        .arg(name)
}

impl Workshop {
    pub fn new() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("drivein-sandbox-")
            .tempdir()
            .context("no temporary folder")?;
        let shelf = Shelf {
            folder,
            permits: Semaphore::new(PROCESSES),
            probes: Mutex::default(),
            renditions: Mutex::default(),
        };
        Ok(Self {
            shelf: Arc::new(shelf),
            tasks: Mutex::default(),
        })
    }

    /// What is known of a file; `content` changes when the file does.
    pub async fn probe(&self, file: &Path, content: &str) -> Option<Probe> {
        self.shelf.probe(file, content).await
    }

    /// A JPEG of this width, made when first asked for.
    pub async fn poster(&self, file: &Path, node: &Node, width: u32) -> Option<PathBuf> {
        self.shelf.poster(file, node, width.clamp(16, 1920)).await
    }

    /// The rendition, or the beginning of its making.
    pub fn rendition(
        &self,
        file: &Path,
        node: &Node,
        rung: Rung,
    ) -> Result<Arc<Rendition>, Unready> {
        let key = (node.md5.clone(), rung);
        match lock(&self.shelf.renditions).entry(key.clone()) {
            std::collections::hash_map::Entry::Occupied(known) => {
                return match known.get() {
                    Progress::Making => Err(Unready::Transcoding),
                    Progress::Ready(rendition) => Ok(rendition.clone()),
                    Progress::Failed => Err(Unready::Unsupported),
                };
            }
            std::collections::hash_map::Entry::Vacant(vacant) => vacant.insert(Progress::Making),
        };
        let (shelf, file, path) = (self.shelf.clone(), file.to_owned(), node.path.clone());
        let mut tasks = lock(&self.tasks);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
            let progress = match shelf.make(&file, &key.0, rung).await {
                Ok(rendition) => Progress::Ready(Arc::new(rendition)),
                Err(reason) => {
                    tracing::warn!(
                        path,
                        rendition = rung.name(),
                        reason = format!("{reason:#}"),
                        "the sandbox cannot stream this"
                    );
                    Progress::Failed
                }
            };
            lock(&shelf.renditions).insert(key, progress);
        });
        Err(Unready::Transcoding)
    }
}

impl Shelf {
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
        if let Some(known) = lock(&self.probes).get(content) {
            return known.clone();
        }
        let mut command = Command::new("ffprobe");
        command.args(["-v", "error", "-of", "json", "-show_entries"]);
        command.arg("format=duration:stream=codec_type,codec_name,width,height,avg_frame_rate:stream_disposition=attached_pic");
        let probe = match self.run(input(&mut command, file)).await {
            Ok(json) => read_probe(&json),
            Err(reason) => {
                tracing::warn!(file = %file.display(), reason = format!("{reason:#}"), "nothing is known of a film");
                None
            }
        };
        lock(&self.probes).insert(content.to_owned(), probe.clone());
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
        // Beside its place first: two visitors may ask at once.
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

    async fn make(&self, file: &Path, content: &str, rung: Rung) -> anyhow::Result<Rendition> {
        let probe = self
            .probe(file, content)
            .await
            .context("ffprobe cannot read it")?;
        let codecs = plan(&probe, rung)?;
        let object = self
            .folder
            .path()
            .join(format!("{content}-{}.ts", rung.template()));
        let playlist = object.with_extension("m3u8");
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-y"]);
        input(&mut command, file).args(codecs);
        command.args([
            "-f",
            "hls",
            "-hls_time",
            "10",
            "-hls_list_size",
            "0",
            "-hls_flags",
            "single_file",
        ]);
        command
            .arg("-hls_segment_filename")
            .arg(&object)
            .arg(&playlist);
        self.run(&mut command).await?;
        let segments = read_table(&tokio::fs::read_to_string(&playlist).await?);
        anyhow::ensure!(!segments.is_empty(), "ffmpeg made no segments");
        Ok(Rendition {
            object_bytes: tokio::fs::metadata(&object).await?.len(),
            object: Source::File(object),
            etag: md5_hex(&format!("{content}\n{}", rung.template())),
            segments,
        })
    }
}
