//! The URLs of media, spelled as in the documents: segments, download links, thumbnails, subtitles.

use serde_json::{Value, json};

use super::SandboxState;
use super::call::USER_ID;
use super::nodes::{Node, Quality, SampleRendition};
use super::signing::{Spelling, encode, lifetime, now_s};

/// The application's id in each URL.
const APP_ID: u64 = 250_528;

/// Returns `userid-appid-fsid`.
fn file_id(node: &Node) -> String {
    format!("{USER_ID}-{APP_ID}-{}", node.fs_id)
}

/// Returns the `fs_id` in a [`file_id`], `None` for another text.
pub fn file_in(fid: &str) -> Option<u64> {
    fid.rsplit('-').next()?.parse().ok()
}

/// Returns the URL of a segment, a byte range of the rendition's object. About 1 KB. `None` without such a segment.
pub fn segment(
    state: &SandboxState,
    node: &Node,
    rung: Quality,
    rendition: &SampleRendition,
    number: usize,
) -> Option<String> {
    let segment = rendition.segments.get(number)?;
    let id = state.signer.next_id();
    let (etag, time) = (&rendition.etag, now_s());
    let (first, last) = (
        segment.offset_bytes,
        segment.offset_bytes + segment.length_bytes - 1,
    );
    let (md5, template, name) = (&node.md5, rung.template(), encode(node.name()));
    let kind = if rung == Quality::Audio {
        "audio"
    } else {
        "video"
    };
    let before = format!(
        "/video/netdisk-videotran-tky/{md5}_{template}_1_ts/{etag}?ts_size={ts_size}&app_id={APP_ID}&ccn=JP&csl=0\
         &dp-logid={id}&fn={name}&from_type=1&fsid={fs_id}&iv=2&logid={id}&ouk={USER_ID}&r=385669310&size={size}\
         &sta_cs=5&sta_dt={kind}&sta_dx={dx}&time={time}&to=ze1&tot=ctkov&uo=any&uva=392161200&vuk={USER_ID}\
         &dtime={dtime}&etag={etag}&fid=b417b21712b20546ee097f49cad6a0c0-{USER_ID}&len={len}&path={path}\
         &range={first}-{last}&region=tky&resv4=",
        ts_size = rendition.object_bytes,
        fs_id = node.fs_id,
        size = node.size_bytes,
        dx = node.size_bytes >> 20,
        dtime = segment.duration_s.round(),
        len = segment.length_bytes,
        path = encode(&node.path),
    );
    let after = format!(
        "&xcode=32d399fd6bd1c2041fc745ae7b8cbf2fb74c6df737c2fd29d4946cf5815fb144269e0dbd5db9ca20efaf82c4967073620b2977702d3e6764\
         &xv=6&need_suf=&pmk=1400{etag}e198ee3200000008d5e0&by=my-streaming"
    );
    let host = &state.hosts.segments[usize::from(node.fs_id % 2 == 1)];
    Some(format!(
        "http://{host}{}",
        state.signer.seal(&before, &after, Spelling::Twice, "")
    ))
}

/// Returns a download link. The client adds `&access_tokens=` or sends the session's cookie.
pub fn download(state: &SandboxState, node: &Node, life: std::time::Duration) -> String {
    download_from(state, node, life, None)
}

/// Returns a download link of an `origin`. A link of `dlna` needs neither token nor cookie (field notes, section 11).
pub fn download_from(
    state: &SandboxState,
    node: &Node,
    life: std::time::Duration,
    origin: Option<&str>,
) -> String {
    let origin = origin.map_or_else(String::new, |origin| format!("&origin={origin}"));
    let id = state.signer.next_id();
    let before = format!("/file/{}?fid={}&rt=pr", node.md5, file_id(node));
    let after = format!(
        "&expires={}&chkv=1&chkbd=1&chkpc=&dp-logid={id}&dp-callid=0&dstime={}&r=665553091&vip=2{origin}",
        lifetime(life),
        now_s()
    );
    format!(
        "http://{}{}",
        state.hosts.gate,
        state.signer.seal(&before, &after, Spelling::Once, "")
    )
}

/// Returns the URL of the bytes, which the first hop of a download redirects to. It is valid for this User-Agent. With
/// `protocol_relative`, every second one has no scheme.
pub fn original(state: &SandboxState, node: &Node, user_agent: &str) -> String {
    let id = state.signer.next_id();
    let before = format!(
        "/file/{}?fid={}&dstime={}&rt=sh",
        node.md5,
        file_id(node),
        now_s()
    );
    let after = format!(
        "&expires={}&chkv=1&chkbd=1&dp-logid={id}&dp-callid=0&fin={}&sl=80&csl=80&ft={}",
        lifetime(state.options.url_life),
        encode(node.name()),
        if node.category == 1 { "video" } else { "other" },
    );
    let sealed = state
        .signer
        .seal(&before, &after, Spelling::Once, user_agent);
    let is_relative = state.options.protocol_relative && !id.is_multiple_of(2);
    let scheme = if is_relative { "" } else { "http:" };
    format!("{scheme}//{}{sealed}", state.hosts.data)
}

/// Returns the URL of a subtitle file.
pub fn subtitle(state: &SandboxState, node: &Node) -> String {
    let id = state.signer.next_id();
    let before = format!("/netdisk-subtitle/{}_srt?fsid={}", node.md5, node.fs_id);
    let after = format!(
        "&expires={}&dp-logid={id}",
        lifetime(state.options.url_life)
    );
    format!(
        "http://{}{}",
        state.hosts.data,
        state.signer.seal(&before, &after, Spelling::Once, "")
    )
}

/// Returns `thumbs`: `icon`, `url1`, `url2`, `url3`, from small to large. `None` for an entry without a picture.
pub fn thumbnails(state: &SandboxState, node: &Node) -> Option<Value> {
    if node.category != 1 && node.category != 3 {
        return None;
    }
    let id = state.signer.next_id();
    let before = format!("/thumbnail/{}?fid={}&rt=pr", node.md5, file_id(node));
    let after = format!(
        "&expires={}&chkbd=0&chkv=0&dp-logid={id}&dp-callid=0&time={}&size=SIZE&quality=100&vuk={USER_ID}&ft={}",
        lifetime(state.options.url_life),
        now_s(),
        if node.category == 1 { "video" } else { "image" },
    );
    // One signature for all sizes.
    let sealed = state.signer.seal(&before, &after, Spelling::Lower, "");
    let sized = |size: &str| {
        format!(
            "http://{}{}",
            state.hosts.data,
            sealed.replace("&size=SIZE&", &format!("&size={size}&"))
        )
    };
    Some(json!({
        "icon": sized("c60_u60"),
        "url3": sized("c850_u580"),
        "url2": sized("c360_u270"),
        "url1": sized("c140_u90"),
    }))
}

/// Parses the width in pixels of a thumbnail's `size`. `None` for another form.
pub fn width_in(size: &str) -> Option<u32> {
    size.strip_prefix('c')?.split_once("_u")?.0.parse().ok()
}
