//! The streaming call: the media playlist of one quality, with an absolute signed URL for each segment, and the subtitles
//! of a film.

use super::call::ApiCall;
use super::nodes::{Node, Quality, RenditionError, SampleSource};
use super::options::SubtitleReply;
use super::replies::{ApiError, ApiReply};
use super::urls;

/// The announced media type of playlists; clients must not rely on it (field notes, section 3).
const CONTENT_TYPE: &str = "application/octet-stream";
/// The announced target duration, in seconds, whatever the lengths of the segments are.
const TARGET_DURATION_S: u64 = 15;

/// The playlist of a file of the account, by its path.
pub async fn playlist(call: ApiCall) -> Result<ApiReply, ApiError> {
    let path = call.params.need("path")?;
    let kind = call.params.need("type")?;
    if kind == "M3U8_SUBTITLE_SRT" {
        let node = call.state.library.stat(path).ok_or_else(unsupported)?;
        return subtitles(&call, &node).await;
    }
    let rung = Quality::from_type(kind).ok_or_else(|| ApiError::parameters("type"))?;
    let node = call.state.library.stat(path).ok_or_else(unsupported)?;
    media_playlist(&call, &node, rung).await
}

fn unsupported() -> ApiError {
    ApiError(31066, "file does not exist".to_owned())
}

/// Returns the media playlist of one quality of a file, of the account or of a share.
///
/// # Errors
/// 31341 while the rendition is being made, 31066 if there is none.
pub async fn media_playlist(
    call: &ApiCall,
    node: &Node,
    rung: Quality,
) -> Result<ApiReply, ApiError> {
    let rendition =
        call.state
            .library
            .rendition(node, rung)
            .await
            .map_err(|unready| match unready {
                RenditionError::Transcoding => {
                    ApiError(31341, "be transcoding, please wait and retry".to_owned())
                }
                RenditionError::Unsupported => unsupported(),
            })?;
    let visible = call
        .effect
        .growing
        .or(call.effect.preview)
        .unwrap_or(usize::MAX);
    let mut lines = Vec::new();
    let mut longest_s = TARGET_DURATION_S;
    for (number, segment) in rendition.segments.iter().enumerate().take(visible) {
        let seconds = (segment.duration_s.round() as u64).max(1);
        longest_s = longest_s.max(seconds);
        let url = urls::segment(&call.state, node, rung, &rendition, number).unwrap_or_default();
        lines.push(format!("#EXTINF:{seconds},\n{url}\n"));
    }
    let end = if call.effect.growing.is_some() {
        ""
    } else {
        "#EXT-X-ENDLIST\n"
    };
    let text = format!(
        "#EXTM3U\n#EXT-X-TARGETDURATION:{longest_s}\n#EXT-X-DISCONTINUITY\n{}{end}",
        lines.concat()
    );
    Ok(ApiReply::Text(CONTENT_TYPE, text))
}

/// Returns the subtitles of a film, in the configured form (field notes, section 3). They are the SRT files beside it.
async fn subtitles(call: &ApiCall, film: &Node) -> Result<ApiReply, ApiError> {
    let files = subtitle_files(call, film);
    match call.state.options.subtitles {
        SubtitleReply::List => {
            let first = files.first().map(|(node, _)| node.path.clone());
            let lines = files.iter().map(|(node, language)| {
                let is_first = if first.as_ref() == Some(&node.path) { "YES" } else { "NO" };
                format!(
                    "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subs\",NAME=\"{}\",DEFAULT={is_first},AUTOSELECT={is_first},\
                     LANGUAGE=\"{language}\"\n{}\n",
                    node.name().replace('"', "'"),
                    urls::subtitle(&call.state, node)
                )
            });
            let list: String = lines.collect();
            match list.is_empty() {
                true => Err(unsupported()),
                false => Ok(ApiReply::Text(
                    CONTENT_TYPE,
                    format!("#EXTM3U\n#EXT-X-MEDIA:SUBTITLES\n{list}"),
                )),
            }
        }
        SubtitleReply::Srt => {
            let source = files
                .first()
                .and_then(|(node, _)| call.state.library.original(node));
            let bytes = match source.ok_or_else(unsupported)? {
                SampleSource::Memory(bytes) => bytes.to_vec(),
                SampleSource::File(path) => {
                    tokio::fs::read(path).await.map_err(|_| unsupported())?
                }
            };
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Ok(ApiReply::Text(CONTENT_TYPE, text))
        }
    }
}

/// Returns the SRT files beside a film, each with its language: `Film.srt`, `Film.en.srt`.
fn subtitle_files(call: &ApiCall, film: &Node) -> Vec<(Node, String)> {
    let (folder, name) = film.path.rsplit_once('/').unwrap_or(("", &film.path));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let folder = if folder.is_empty() { "/" } else { folder };
    let siblings = call.state.library.children(folder).unwrap_or_default();
    let mut files: Vec<(Node, String)> = siblings
        .into_iter()
        .filter_map(|node| {
            let rest = node.name().strip_prefix(stem)?.strip_suffix(".srt")?;
            let language = match rest.strip_prefix('.') {
                Some(language) => language.to_owned(),
                None if rest.is_empty() => "und".to_owned(),
                None => return None,
            };
            Some((node, language))
        })
        .collect();
    files.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
    files
}
