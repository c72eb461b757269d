//! Media sources of an item: each file as it is, the same repackaged as MP4, and the URL of the playlist with all
//! qualities. Made of what is known already: no file is read for it.

use std::sync::Arc;

use containers::Track;
use serde_json::{Value, json};

use super::device_profile::{FileFormat, Negotiation};
use super::ids::ItemId;
use super::item_json::{container, ticks, without_nulls};
use super::media_streams::{assumed_streams, text_json, track_json};
use super::request::AppCall;
use super::session::AppSession;
use crate::playback::source::RepackagedFilm;
use crate::store::LibraryItem;
use media::{Entry, EntryKind, EntryPath, Place, SubtitleOrigin, Subtitles, plain_title, stem};

/// Text formats in which every text can be sent.
const TEXT_FORMATS: [&str; 6] = ["vtt", "webvtt", "srt", "subrip", "ass", "ssa"];

/// A file, and what is known of it.
pub(super) struct SourceFile<'a> {
    call: &'a AppCall,
    entry: &'a Arc<Entry>,
    film: Option<Arc<RepackagedFilm>>,
    subtitles: Vec<Subtitles>,
}

impl<'a> SourceFile<'a> {
    /// Collects what is known of a file, without a call of the upstream.
    pub async fn of(call: &'a AppCall, entry: &'a Arc<Entry>) -> Self {
        let playback = &call.site.playback;
        SourceFile {
            call,
            entry,
            film: playback.known_source(entry).await,
            subtitles: playback.known_subtitles(entry).await,
        }
    }

    fn id(&self) -> ItemId {
        self.call
            .site
            .jellyfin
            .ids
            .of_path(&self.entry.place, &self.entry.path)
    }

    fn duration_s(&self) -> Option<f64> {
        let film = self.film.as_ref().map(|film| film.source().duration_s());
        self.entry
            .duration_s
            .or(film)
            .filter(|seconds| *seconds > 0.0)
    }

    fn bit_rate(&self) -> Option<u64> {
        let seconds = self.duration_s()?;
        Some((self.entry.size as f64 * 8.0 / seconds) as u64)
    }

    fn tracks(&self) -> &[Track] {
        self.film
            .as_ref()
            .map_or(&[], |film| film.source().tracks())
    }

    /// Returns the facts that a profile asks for; with `container`, of the file in another container.
    fn format(&self, container: String) -> FileFormat {
        let film = self.film.as_ref().map(|film| film.source());
        let codec = |track: Option<usize>| {
            let track = self.tracks().get(track?)?;
            Some(track.codec.name().to_owned())
        };
        FileFormat {
            is_video: self.entry.kind == EntryKind::Video,
            container,
            video: codec(film.and_then(|film| film.picture())),
            audio: codec(film.and_then(|film| film.default_sound())),
            bit_rate: self.bit_rate(),
        }
    }

    /// Returns the media source of the file as it is.
    pub fn original(&self, negotiation: &Negotiation, label: Option<&str>) -> Value {
        let name = label.map_or_else(|| plain_title(stem(&self.entry.name)), plain_title);
        let obstacles = negotiation.obstacles(&self.format(container(&self.entry.name)));
        let is_direct = negotiation.allows_direct && obstacles.is_empty();
        let mut source = self.common(self.id(), &name, &container(&self.entry.name), is_direct);
        source["Size"] = self.entry.size.into();
        source["MediaStreams"] = self.streams(negotiation, is_direct).into();
        let may_stream = self.call.site.playback.may_stream(self.entry);
        let is_streamed = negotiation.allows_transcoding && may_stream;
        source["SupportsTranscoding"] = is_streamed.into();
        if is_streamed && !is_direct {
            let reasons = match obstacles.is_empty() {
                true => "DirectPlayError".to_owned(),
                false => obstacles.join(","),
            };
            source["TranscodingReasons"] = reasons.into();
        }
        source
    }

    /// Returns the media source of the repackaged file; `None` if there is none, or the file is MP4 already.
    pub fn repackaged(&self, negotiation: &Negotiation) -> Option<Value> {
        let is_mp4 = ["mp4", "m4v", "m4a", "m4b"].contains(&container(&self.entry.name).as_str());
        let playback = &self.call.site.playback;
        if is_mp4 || self.entry.kind != EntryKind::Video || !playback.has_source(self.entry) {
            return None;
        }
        let name = format!("{} (MP4)", plain_title(stem(&self.entry.name)));
        let obstacles = negotiation.obstacles(&self.format("mp4".to_owned()));
        let is_direct = negotiation.allows_direct && obstacles.is_empty();
        let mut source = self.common(self.id().repackaged(), &name, "mp4", is_direct);
        source["SupportsTranscoding"] = false.into();
        source["MediaStreams"] = self.streams(negotiation, is_direct).into();
        Some(source)
    }

    fn common(&self, id: ItemId, name: &str, container: &str, is_direct: bool) -> Value {
        let sound = self
            .film
            .as_ref()
            .and_then(|film| film.source().default_sound());
        let sound = sound.map(|track| track as i64);
        let is_video = self.entry.kind == EntryKind::Video;
        without_nulls(json!({
            "Protocol": "File",
            "Id": id.to_string(),
            "Path": plain_title(&self.entry.name),
            "Type": "Default",
            "Container": container,
            "Name": name,
            "IsRemote": false,
            "ETag": id.to_string(),
            "RunTimeTicks": self.duration_s().map(ticks),
            "ReadAtNativeFramerate": false,
            "IgnoreDts": false,
            "IgnoreIndex": false,
            "GenPtsInput": false,
            "SupportsDirectPlay": is_direct,
            "SupportsDirectStream": is_direct,
            "IsInfiniteStream": false,
            "UseMostCompatibleTranscodingProfile": false,
            "RequiresOpening": false,
            "RequiresClosing": false,
            "RequiresLooping": false,
            "SupportsProbing": true,
            "VideoType": is_video.then_some("VideoFile"),
            "MediaAttachments": [],
            "Formats": [],
            "Bitrate": self.bit_rate(),
            "RequiredHttpHeaders": {},
            "TranscodingSubProtocol": "http",
            "DefaultAudioStreamIndex": sound.or(Some(i64::from(is_video))),
            "HasSegments": false,
        }))
    }

    /// Returns the streams: the tracks of the file in its order, then the texts beside it.
    fn streams(&self, negotiation: &Negotiation, is_direct: bool) -> Vec<Value> {
        let mut streams: Vec<Value> = match self.film {
            Some(_) => self.tracks().iter().map(track_json).collect(),
            None => assumed_streams(self.entry),
        };
        for (index, stream) in streams.iter_mut().enumerate() {
            stream["Index"] = index.into();
            let text = self
                .subtitles
                .iter()
                .find(|text| text.origin == SubtitleOrigin::Track(index));
            if stream["Type"] == "Subtitle" {
                self.deliver(stream, text, negotiation, is_direct);
            }
        }
        let beside = self
            .subtitles
            .iter()
            .filter(|it| matches!(it.origin, SubtitleOrigin::File(_)));
        for text in beside {
            let mut stream = text_json(text);
            stream["Index"] = streams.len().into();
            self.deliver(&mut stream, Some(text), negotiation, false);
            streams.push(stream);
        }
        streams
    }

    /// Adds the way by which a text reaches the app.
    fn deliver(
        &self,
        stream: &mut Value,
        text: Option<&Subtitles>,
        negotiation: &Negotiation,
        is_embedded: bool,
    ) {
        let Some(text) = text else {
            stream["DeliveryMethod"] = "Embed".into();
            return;
        };
        stream["SupportsExternalStream"] = true.into();
        stream["IsTextSubtitleStream"] = true.into();
        let own = stream["Codec"].as_str().unwrap_or_default().to_owned();
        let embeds = is_embedded
            && (negotiation.subtitles.is_empty()
                || negotiation.subtitles.iter().any(|(format, method)| {
                    *method == "embed" && (*format == own || own == "subrip" && format == "srt")
                }));
        if embeds {
            stream["DeliveryMethod"] = "Embed".into();
            return;
        }
        let external = negotiation.subtitles.iter().find(|(format, method)| {
            *method == "external" && TEXT_FORMATS.contains(&format.as_str())
        });
        let format = match external.map(|(format, _)| format.as_str()) {
            Some("srt" | "subrip") => "srt",
            Some("ass" | "ssa") => "ass",
            _ => "vtt",
        };
        stream["DeliveryMethod"] = "External".into();
        stream["IsExternalUrl"] = false.into();
        stream["DeliveryUrl"] = json!({ "id": text.id, "format": format });
    }
}

/// Replaces the ids of texts in a source by URLs, and adds that of the playlist with all qualities.
pub(super) fn write_addresses(
    call: &AppCall,
    session: &AppSession,
    source: &mut Value,
    (item, entry): (ItemId, &Entry),
    negotiation: &Negotiation,
) {
    let ticket = session.media_ticket(&call.site, &entry.place, &entry.path);
    let id = source["Id"].as_str().unwrap_or_default().to_owned();
    for stream in source["MediaStreams"].as_array_mut().into_iter().flatten() {
        if stream["DeliveryUrl"].is_object() {
            let (text, format) = (
                &stream["DeliveryUrl"]["id"],
                &stream["DeliveryUrl"]["format"],
            );
            let address = format!(
                "/Videos/{item}/{id}/Subtitles/{}/0/Stream.{}?SubtitleId={}&ApiKey={ticket}",
                stream["Index"],
                format.as_str().unwrap_or_default(),
                text.as_str().unwrap_or_default(),
            );
            stream["DeliveryUrl"] = address.into();
        }
    }
    let reasons = source
        .as_object_mut()
        .and_then(|it| it.remove("TranscodingReasons"));
    let Some(reasons) = reasons.as_ref().and_then(Value::as_str) else {
        return;
    };
    let limit = negotiation
        .max_bit_rate
        .map(|limit| format!("&MaxStreamingBitrate={limit}"));
    let kind = match entry.kind {
        EntryKind::Audio => "Audio",
        _ => "Videos",
    };
    let address = format!(
        "/{kind}/{item}/master.m3u8?MediaSourceId={id}{}&ApiKey={ticket}&TranscodeReasons={reasons}",
        limit.unwrap_or_default(),
    );
    source["TranscodingUrl"] = address.into();
    source["TranscodingSubProtocol"] = "hls".into();
    source["TranscodingContainer"] = "ts".into();
}

/// Removes what stands for URLs: lists contain none.
fn without_addresses(mut source: Value) -> Value {
    for stream in source["MediaStreams"].as_array_mut().into_iter().flatten() {
        if let Some(stream) = stream.as_object_mut() {
            stream.remove("DeliveryUrl");
        }
    }
    if let Some(source) = source.as_object_mut() {
        source.remove("TranscodingReasons");
    }
    source
}

/// Returns the sources of an entry in a list.
pub(super) async fn of_entry(call: &AppCall, entry: &Entry) -> Value {
    let library = &call.site.library;
    let known = library.cached_entry(&entry.place, &entry.path).await;
    let entry = known.unwrap_or_else(|| Arc::new(entry.clone()));
    Value::Array(listed(call, &entry, None).await)
}

/// Returns the sources of a title in a list.
pub(super) async fn of_versions(call: &AppCall, title: &LibraryItem) -> Value {
    let mut sources = Vec::new();
    for version in &title.versions {
        let known = call
            .site
            .library
            .cached_entry(&version.place, &version.path)
            .await;
        let entry = known.unwrap_or_else(|| {
            Arc::new(Entry {
                size: version.size,
                duration_s: version.duration_s,
                has_thumbnail: version.has_thumbnail,
                ..bare(&version.place, &version.path)
            })
        });
        sources.extend(listed(call, &entry, version.label.as_deref()).await);
    }
    Value::Array(sources)
}

fn bare(place: &Place, path: &EntryPath) -> Entry {
    Entry::bare(place, path, EntryKind::Video)
}

/// Returns the sources of a file, without URLs.
pub(super) async fn listed(call: &AppCall, entry: &Arc<Entry>, label: Option<&str>) -> Vec<Value> {
    let negotiation = Negotiation::default();
    let file = SourceFile::of(call, entry).await;
    let repackaged = file.repackaged(&negotiation);
    let sources = std::iter::once(file.original(&negotiation, label)).chain(repackaged);
    sources.map(without_addresses).collect()
}
