//! Lists of titles for players: M3U, XSPF, and the one-line `.strm` of Kodi.
//!
//! A list is downloaded and opened from a disk, so its addresses are absolute. Titles come from
//! whoever named the files: line breaks in them would be new lines of the list.

use std::fmt::Write;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::resource::ListFormat;
use super::{Call, NO_CACHE, Site};
use crate::drives::Capability;
use crate::library::Freshness;
use crate::media::{Entry, EntryKind, EntryPath, PageRequest, Place, natural_cmp, plain_title};
use crate::web::error::Problem;

/// The most entries of a folder that a list or a listing holds.
const LONGEST: usize = 20_000;

/// Entries asked of a drive at a time.
const PAGE: usize = 1_000;

/// Every entry of a folder, folders first, in the order of counting.
pub(super) async fn all_children(
    site: &Site,
    place: &Place,
    path: &EntryPath,
) -> Result<Vec<Entry>, Problem> {
    let mut page = PageRequest {
        limit: PAGE,
        ..PageRequest::default()
    };
    let mut entries = Vec::new();
    loop {
        let listing = site
            .library
            .listing(place, path, &page, Freshness::Kept)
            .await?;
        entries.extend_from_slice(&listing.entries);
        match &listing.next {
            Some(next) if entries.len() < LONGEST => page.cursor = Some(next.clone()),
            _ => break,
        }
    }
    let folders_first = |entry: &Entry| entry.kind != EntryKind::Folder;
    entries.sort_by(|a, b| {
        folders_first(a)
            .cmp(&folders_first(b))
            .then_with(|| natural_cmp(&a.name, &b.name))
    });
    Ok(entries)
}

/// A folder's films, or one film, as a list.
pub(super) async fn list(
    call: &Call<'_>,
    ticket: &str,
    entry: &Entry,
    format: ListFormat,
) -> Result<Response, Problem> {
    let films = if entry.kind == EntryKind::Folder {
        let mut children = all_children(call.site, &entry.place, &entry.path).await?;
        children.retain(|child| child.kind.is_playable());
        children
    } else {
        vec![entry.clone()]
    };
    let titles: Vec<Title> = films
        .iter()
        .map(|film| Title::of(call, ticket, film))
        .collect();
    let (content_type, text) = match format {
        ListFormat::M3u => ("audio/x-mpegurl", m3u(&titles)),
        ListFormat::Xspf => (
            "application/xspf+xml",
            xspf(&entry.name, &titles).map_err(|_| Problem::INTERNAL)?,
        ),
    };
    Ok((
        [(header::CONTENT_TYPE, content_type)],
        [(header::CACHE_CONTROL, NO_CACHE)],
        text,
    )
        .into_response())
}

/// One film's address as a file that Kodi's library takes for the film.
pub(super) fn strm(call: &Call<'_>, ticket: &str, entry: &Entry) -> Response {
    let title = Title::of(call, ticket, entry);
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (
        headers,
        [(header::CACHE_CONTROL, NO_CACHE)],
        format!("{}\n", title.address),
    )
        .into_response()
}

struct Title {
    title: String,
    address: String,
    poster: Option<String>,
    duration_s: Option<f64>,
}

impl Title {
    fn of(call: &Call<'_>, ticket: &str, entry: &Entry) -> Self {
        let origin = call.site.addresses.origin(call.headers);
        let base = format!(
            "{origin}{}",
            call.site.addresses.play(ticket, &entry.place, &entry.path)
        );
        let streams = call
            .site
            .library
            .drive(&entry.place)
            .is_ok_and(|drive| drive.capabilities().contains(&Capability::Stream));
        let stem = entry
            .name
            .rsplit_once('.')
            .map_or(entry.name.as_str(), |(stem, _)| stem);
        Title {
            title: plain_title(stem),
            poster: entry.has_thumbnail.then(|| format!("{base}/poster.jpg")),
            address: if streams {
                format!("{base}/master.m3u8")
            } else {
                base
            },
            duration_s: entry.duration_s,
        }
    }
}

fn m3u(titles: &[Title]) -> String {
    let mut text = "#EXTM3U\n".to_owned();
    for title in titles {
        let seconds = title
            .duration_s
            .map_or(-1, |seconds| seconds.round() as i64);
        let logo = title
            .poster
            .as_ref()
            .map_or(String::new(), |poster| format!(" tvg-logo=\"{poster}\""));
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "#EXTINF:{seconds}{logo},{}\n{}",
            title.title, title.address
        );
    }
    text
}

fn xspf(name: &str, titles: &[Title]) -> std::io::Result<String> {
    let mut writer = Writer::new(Vec::new());
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let root = writer
        .create_element("playlist")
        .with_attributes([("version", "1"), ("xmlns", "http://xspf.org/ns/0/")]);
    root.write_inner_content(|writer| {
        writer
            .create_element("title")
            .write_text_content(BytesText::new(name))?;
        writer
            .create_element("trackList")
            .write_inner_content(|writer| {
                titles.iter().try_for_each(|title| {
                    writer
                        .create_element("track")
                        .write_inner_content(|writer| {
                            writer
                                .create_element("location")
                                .write_text_content(BytesText::new(&title.address))?;
                            writer
                                .create_element("title")
                                .write_text_content(BytesText::new(&title.title))?;
                            if let Some(poster) = &title.poster {
                                writer
                                    .create_element("image")
                                    .write_text_content(BytesText::new(poster))?;
                            }
                            if let Some(seconds) = title.duration_s {
                                let milliseconds = format!("{:.0}", seconds * 1000.0);
                                writer
                                    .create_element("duration")
                                    .write_text_content(BytesText::new(&milliseconds))?;
                            }
                            Ok(())
                        })?;
                    Ok(())
                })
            })?;
        Ok(())
    })?;
    String::from_utf8(writer.into_inner()).map_err(std::io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles() -> Vec<Title> {
        let film = |title: &str, duration_s| Title {
            title: title.to_owned(),
            address: "http://h/play/t/films/a/master.m3u8".to_owned(),
            poster: None,
            duration_s,
        };
        vec![film("A, B & <C>", Some(61.6)), film("映画", None)]
    }

    #[test]
    fn an_m3u_has_a_length_a_title_and_an_address_each() {
        let expected = "#EXTM3U\n#EXTINF:62,A, B & <C>\nhttp://h/play/t/films/a/master.m3u8\n\
             #EXTINF:-1,映画\nhttp://h/play/t/films/a/master.m3u8\n";
        assert_eq!(m3u(&titles()), expected);
    }

    #[test]
    fn an_xspf_is_escaped() {
        let text = xspf("x & y", &titles()).unwrap();
        assert!(text.contains("<title>x &amp; y</title>"));
        assert!(
            text.contains("<title>A, B &amp; &lt;C&gt;</title><duration>61600</duration>"),
            "{text}"
        );
    }
}
