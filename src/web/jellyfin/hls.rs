//! The playlist with all qualities, within the bit rate that an app asks for. Its parts are at
//! `/Videos/{id}/play/{ticket}/…`, which stand for those of the play URL and reveal no path.

use std::time::SystemTime;

use axum::body::to_bytes;
use axum::response::Response;

use super::ids::ItemId;
use super::request::AppCall;
use super::streams::MediaFile;
use crate::web::error::Problem;
use crate::web::play;
use crate::web::urls::encode_name;

/// Limit of a playlist, in bytes: a day in segments of a second.
const MAX_PLAYLIST_BYTES: usize = 32 << 20;

/// `GET /Videos/{id}/master.m3u8`, `GET /Audio/{id}/master.m3u8`
pub(super) async fn master(call: &AppCall, item: ItemId) -> Result<Response, Problem> {
    let file = MediaFile::of(call, item).await?;
    let text = text(file.answer(call, "/master.m3u8").await?).await?;
    let text = within_bit_rate(&text, max_bit_rate(call));
    Ok(play::hls(prefixed(&text, &prefix(call, &file))))
}

/// `GET /Videos/{id}/main.m3u8`: the playlist of the one quality that fits best.
pub(super) async fn main(call: &AppCall, item: ItemId) -> Result<Response, Problem> {
    let file = MediaFile::of(call, item).await?;
    let master = text(file.answer(call, "/master.m3u8").await?).await?;
    let chosen = best_variant(&within_bit_rate(&master, max_bit_rate(call)));
    let chosen = chosen.ok_or(Problem::NOT_FOUND)?;
    let list = text(file.answer(call, &format!("/{chosen}")).await?).await?;
    Ok(play::hls(prefixed(&list, &prefix(call, &file))))
}

/// `GET /Videos/{id}/hls/{ticket}/…`
pub(super) async fn part(call: &AppCall, item: ItemId) -> Result<Response, Problem> {
    let text = call.raw_names.get(3).ok_or(Problem::NOT_FOUND)?;
    let ticket = call.site.verify_ticket(text, SystemTime::now());
    let ticket = ticket.map_err(|_| Problem::BAD_TICKET)?;
    let file = MediaFile::find(call, &ticket, text.clone(), (item, None)).await?;
    let names = call.raw_names.iter().skip(4);
    let resource: String = names
        .map(|name| format!("/{}", encode_name(name)))
        .collect();
    file.answer(call, &resource).await
}

fn max_bit_rate(call: &AppCall) -> Option<u64> {
    let names = ["maxstreamingbitrate", "videobitrate"].into_iter();
    let mut limits = names.filter_map(|name| call.number(name));
    limits.find_map(|limit| u64::try_from(limit).ok().filter(|limit| *limit > 0))
}

/// Returns the folder of a file's parts, relative to a playlist of the API.
fn prefix(call: &AppCall, file: &MediaFile) -> String {
    let entry = &file.entry;
    let id = call.site.jellyfin.ids.of_path(&entry.place, &entry.path);
    format!("../{id}/play/{}/", file.ticket)
}

async fn text(response: Response) -> Result<String, Problem> {
    if !response.status().is_success() {
        return Err(Problem {
            status: response.status(),
            ..Problem::NOT_FOUND
        });
    }
    let bytes = to_bytes(response.into_body(), MAX_PLAYLIST_BYTES).await;
    let bytes = bytes.map_err(|_| Problem::INTERNAL)?;
    String::from_utf8(bytes.to_vec()).map_err(|_| Problem::INTERNAL)
}

/// Returns an attribute of a tag (RFC 8216 §4.2).
fn attribute<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let at = line
        .find(&format!("{name}="))
        .filter(|at| line[..*at].ends_with([':', ',']))?;
    let value = &line[at + name.len() + 1..];
    match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => value.split(',').next(),
    }
}

fn bandwidth(line: &str) -> Option<u64> {
    let rate = attribute(line, "BANDWIDTH")?;
    rate.parse().ok()
}

const VARIANT: &str = "#EXT-X-STREAM-INF:";
const KEY_FRAMES: &str = "#EXT-X-I-FRAME-STREAM-INF:";

/// Returns a master playlist without the variants above a bit rate; the lowest one stays in any case, and one with a
/// picture is lower than any without.
fn within_bit_rate(master: &str, limit: Option<u64>) -> String {
    let Some(limit) = limit else {
        return master.to_owned();
    };
    let variants = master.lines().filter(|line| line.starts_with(VARIANT));
    let rates: Vec<(bool, u64)> = variants
        .filter_map(|line| Some((!has_picture(line), bandwidth(line)?)))
        .collect();
    let lowest = rates.iter().min().map_or(0, |(_, rate)| *rate);
    let has_some = rates
        .iter()
        .any(|(is_sound, rate)| !is_sound && *rate <= limit);
    let limit = if has_some { limit } else { limit.max(lowest) };
    let mut text = String::new();
    let mut leaves_out = false;
    for line in master.lines() {
        if std::mem::take(&mut leaves_out) {
            continue;
        }
        let is_above = bandwidth(line).is_some_and(|rate| rate > limit);
        if is_above && line.starts_with(VARIANT) {
            leaves_out = true;
            continue;
        }
        if !(is_above && line.starts_with(KEY_FRAMES)) {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// Returns true unless a variant is known to have sound alone.
fn has_picture(line: &str) -> bool {
    let is_sound = |codec: &str| {
        ["mp4a", "ac-3", "ec-3", "opus", "flac"]
            .iter()
            .any(|it| codec.starts_with(it))
    };
    attribute(line, "CODECS")
        .is_none_or(|codecs| codecs.split(',').any(|codec| !is_sound(codec.trim())))
}

/// Returns the URL of the variant with the highest bit rate; `None` if there is none.
fn best_variant(master: &str) -> Option<String> {
    let mut best = None;
    let mut lines = master.lines();
    while let Some(line) = lines.next() {
        if line.starts_with(VARIANT) {
            let address = lines.next()?;
            let rate = (has_picture(line), bandwidth(line).unwrap_or_default());
            if best.as_ref().is_none_or(|(highest, _)| rate > *highest) {
                best = Some((rate, address.to_owned()));
            }
        }
    }
    best.map(|(_, address)| address)
}

/// Puts a folder before all relative URLs of a playlist.
fn prefixed(playlist: &str, folder: &str) -> String {
    let mut text = String::with_capacity(playlist.len() * 2);
    for line in playlist.lines() {
        match line {
            "" => {}
            tag if tag.starts_with('#') => {
                text.push_str(&tag.replace("URI=\"", &format!("URI=\"{folder}")));
            }
            address => {
                text.push_str(folder);
                text.push_str(address);
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const MASTER: &str = "#EXTM3U\n\
        #EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subs\",NAME=\"English\",URI=\"subtitles/en.m3u8\"\n\
        #EXT-X-STREAM-INF:BANDWIDTH=2800000,AVERAGE-BANDWIDTH=2000000\n720p.m3u8\n\
        #EXT-X-STREAM-INF:BANDWIDTH=9000000,CODECS=\"hvc1.1,mp4a.40.2\"\nsource.m3u8\n\
        #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=3000000,URI=\"iframes.m3u8\"\n\
        #EXT-X-STREAM-INF:BANDWIDTH=800000\n360p.m3u8\n\
        #EXT-X-STREAM-INF:BANDWIDTH=128000,CODECS=\"mp4a.40.2\"\naudio.m3u8\n";

    fn addresses(text: &str) -> Vec<&str> {
        text.lines().filter(|line| !line.starts_with('#')).collect()
    }

    #[test]
    fn qualities_above_the_limit_are_left_out() {
        assert_eq!(within_bit_rate(MASTER, None), MASTER);
        let three = within_bit_rate(MASTER, Some(2_900_000));
        assert_eq!(addresses(&three), ["720p.m3u8", "360p.m3u8", "audio.m3u8"]);
        assert!(!three.contains("iframes") && three.contains("subtitles/en.m3u8"));
        // The lowest with a picture stays.
        assert_eq!(
            addresses(&within_bit_rate(MASTER, Some(1))),
            ["360p.m3u8", "audio.m3u8"]
        );
        assert_eq!(best_variant(MASTER).as_deref(), Some("source.m3u8"));
        assert_eq!(best_variant(&three).as_deref(), Some("720p.m3u8"));
    }

    #[test]
    fn every_relative_address_gets_the_folder() {
        let text = prefixed(MASTER, "../x/play/t/");
        assert!(text.contains("URI=\"../x/play/t/subtitles/en.m3u8\""));
        assert!(
            addresses(&text)
                .iter()
                .all(|line| line.starts_with("../x/play/t/"))
        );
        assert_eq!(text.lines().count(), MASTER.lines().count());
    }
}
