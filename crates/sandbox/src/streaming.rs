//! The streaming call: a media playlist of one quality, every segment an absolute signed address.

use super::addresses;
use super::api::Call;
use super::nodes::{Node, Rung, Unready};
use super::replies::{Failure, Reply};

/// The media type that playlists are announced with; clients have learned not to trust it.
const CONTENT_TYPE: &str = "application/octet-stream";
/// What the service announces, whatever the segments' lengths.
const TARGET_DURATION_S: u64 = 15;

pub async fn playlist(call: Call) -> Result<Reply, Failure> {
    let path = call.params.need("path")?;
    let rung =
        Rung::from_type(call.params.need("type")?).ok_or_else(|| Failure::parameters("type"))?;
    let node = call.state.library.stat(path).ok_or_else(unsupported)?;
    written(&call, &node, rung).await
}

fn unsupported() -> Failure {
    Failure(31066, "file does not exist".to_owned())
}

/// The playlist of one quality of a file, the account's own or a shared one.
pub async fn written(call: &Call, node: &Node, rung: Rung) -> Result<Reply, Failure> {
    let rendition =
        call.state
            .library
            .rendition(node, rung)
            .await
            .map_err(|unready| match unready {
                Unready::Transcoding => {
                    Failure(31341, "be transcoding, please wait and retry".to_owned())
                }
                Unready::Unsupported => unsupported(),
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
        let address =
            addresses::segment(&call.state, node, rung, &rendition, number).unwrap_or_default();
        lines.push(format!("#EXTINF:{seconds},\n{address}\n"));
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
    Ok(Reply::Text(CONTENT_TYPE, text))
}
