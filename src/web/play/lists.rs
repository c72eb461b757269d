//! Lists of titles for players: M3U, XSPF, and the one-line `.strm` of Kodi.
//!
//! A list is downloaded and opened from a disk, so its URLs are absolute. Loaded again after half a minute,
//! it contains new films of the folder.

use std::fmt::Write;
use std::sync::Arc;

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::list_names::{ListFile, ListFormat, Reach, SearchList};
use super::source::is_agent;
use super::titles::{self, FilmList, Title};
use super::{NO_CACHE, PlayRequest};
use crate::playback::ticket::Ticket;
use crate::web::error::Problem;
use media::{Entry, EntryKind, plain_title};

/// Returns a folder's films, those of the whole tree below it, or one film, as a list. The list of a share
/// always contains all of its films, since its owner has chosen what belongs together.
pub(super) async fn list(
    call: &PlayRequest<'_>,
    ticket: &str,
    entry: &Arc<Entry>,
    list: ListFile,
) -> Result<Response, Problem> {
    let films = match (entry.kind, list.reach) {
        (EntryKind::Folder, Reach::Here) if !is_share(entry) => {
            titles::of_folder(call.site, &entry.place, &entry.path).await?
        }
        (EntryKind::Folder, _) => titles::of_tree(call.site, &entry.place, &entry.path).await?,
        _ => {
            call.site.playback.look_for_renditions(entry).await;
            FilmList {
                entries: vec![Entry::clone(entry)],
                missing: None,
            }
        }
    };
    print(call, ticket, &entry.name, films, list.format).await
}

/// Returns true if an entry is the root of a share.
fn is_share(entry: &Entry) -> bool {
    entry.place.is_share() && entry.path.is_root()
}

/// Returns the results of a search as a list.
pub(super) async fn search(
    call: &PlayRequest<'_>,
    ticket_text: &str,
    ticket: &Ticket,
    search: &SearchList,
) -> Result<Response, Problem> {
    let films = titles::of_search(call.site, ticket, &search.words).await?;
    print(call, ticket_text, &search.words, films, search.format).await
}

async fn print(
    call: &PlayRequest<'_>,
    ticket: &str,
    name: &str,
    mut films: FilmList,
    format: ListFormat,
) -> Result<Response, Problem> {
    call.site.library.add_details(&mut films.entries).await;
    let mut titles: Vec<Title> = films
        .entries
        .iter()
        .map(|film| Title::of(call, ticket, film))
        .collect();
    let starts = call.resume_positions(&films.entries).await;
    for (title, start_s) in titles.iter_mut().zip(starts) {
        title.start_s = start_s;
    }
    let missing = films.missing.as_deref();
    let (content_type, text) = match format {
        ListFormat::M3u if !is_kodi(call.headers) => {
            ("audio/x-mpegurl", m3u(&titles, missing, false))
        }
        ListFormat::Kodi => ("audio/x-mpegurl", m3u(&titles, missing, true)),
        // Kodi goes by the content type, not by the name.
        ListFormat::Xspf | ListFormat::M3u => (
            "application/xspf+xml",
            xspf(name, missing, &titles).map_err(|_| Problem::INTERNAL)?,
        ),
    };
    Ok((
        [(header::CONTENT_TYPE, content_type)],
        [(header::CACHE_CONTROL, NO_CACHE)],
        [(header::VARY, "User-Agent")],
        text,
    )
        .into_response())
}

/// Returns true for Kodi's user agent. Debian's Kodi sends `KodifromDebian/20.1`.
pub(super) fn is_kodi(headers: &HeaderMap) -> bool {
    is_agent(headers, &["Kodi"])
}

/// Returns true if Kodi (at least up to version 20) accepts a character's UTF-8
/// (`CUtf8Utils::SizeOfUtf8Char`). Its M3U reader takes a title with another character for Windows-1252, and garbles
/// it; its XSPF reader accepts all. The rule: in a sequence of four bytes it requires the third to be at least 90,
/// where only the second has to be, and the second to be at most 9F.
fn kodi_reads(character: char) -> bool {
    let code = u32::from(character);
    !(0x10000..0x40000).contains(&code) || (code < 0x20000 && (code >> 6) & 0x3F >= 0x10)
}

/// Returns one film's URL as a file that Kodi's library accepts as the film.
pub(super) async fn strm(call: &PlayRequest<'_>, ticket: &str, entry: &Arc<Entry>) -> Response {
    call.site.playback.look_for_renditions(entry).await;
    let mut title = Title::of(call, ticket, entry);
    let starts = call.resume_positions(std::slice::from_ref(&**entry)).await;
    title.start_s = starts.into_iter().next().flatten();
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (
        headers,
        [(header::CACHE_CONTROL, NO_CACHE)],
        format!("{}{}\n", start_option(&title), title.url),
    )
        .into_response()
}

/// The properties that make Kodi play an entry with inputstream.adaptive. Without that add-on Kodi would
/// play none of the entries, so the plain list omits them. `manifest_type` is for Kodi up to 20; later
/// versions use the media type.
const ADAPTIVE: &str = "#KODIPROP:inputstream=inputstream.adaptive\n\
    #KODIPROP:inputstream.adaptive.manifest_type=hls\n\
    #KODIPROP:mimetype=application/vnd.apple.mpegurl\n";

/// Returns the line that makes VLC begin where the viewer stopped; empty at the beginning. Other players skip it.
fn start_option(title: &Title) -> String {
    title.start_s.map_or(String::new(), |start_s| {
        format!("#EXTVLCOPT:start-time={start_s:.0}\n")
    })
}

fn m3u(titles: &[Title], missing: Option<&str>, adaptive: bool) -> String {
    let mut text = "#EXTM3U\n".to_owned();
    for title in titles {
        let seconds = title
            .duration_s
            .map_or(-1, |seconds| seconds.round() as i64);
        let logo = title
            .poster
            .as_ref()
            .map_or(String::new(), |poster| format!(" tvg-logo=\"{poster}\""));
        // Players take the text after the first comma for the title, even inside quotes.
        let group = title.group.replace([',', '"'], " ");
        let properties = if adaptive && title.is_hls {
            ADAPTIVE
        } else {
            ""
        };
        let start = start_option(title);
        let name: String = match adaptive {
            true => title.title.chars().filter(|c| kodi_reads(*c)).collect(),
            false => title.title.clone(),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "#EXTINF:{seconds}{logo} group-title=\"{group}\",{}\n{properties}{start}{}",
            name.trim(),
            title.url
        );
    }
    if let Some(missing) = missing {
        let _ = writeln!(text, "# {missing}");
    }
    text
}

fn xspf(name: &str, missing: Option<&str>, titles: &[Title]) -> std::io::Result<String> {
    let mut writer = Writer::new(Vec::new());
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let root = writer
        .create_element("playlist")
        .with_attributes([("version", "1"), ("xmlns", "http://xspf.org/ns/0/")]);
    root.write_inner_content(|writer| {
        writer
            .create_element("title")
            .write_text_content(BytesText::new(&plain_title(name)))?;
        if let Some(missing) = missing {
            writer
                .create_element("annotation")
                .write_text_content(BytesText::new(missing))?;
        }
        writer
            .create_element("trackList")
            .write_inner_content(|writer| {
                titles.iter().try_for_each(|title| {
                    writer
                        .create_element("track")
                        .write_inner_content(|writer| {
                            writer
                                .create_element("location")
                                .write_text_content(BytesText::new(&title.url))?;
                            writer
                                .create_element("title")
                                .write_text_content(BytesText::new(&title.title))?;
                            if let Some(poster) = &title.poster {
                                writer
                                    .create_element("image")
                                    .write_text_content(BytesText::new(poster))?;
                            }
                            writer
                                .create_element("album")
                                .write_text_content(BytesText::new(&title.group))?;
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
            url: "http://h/play/t/films/a/master.m3u8".to_owned(),
            group: "Season 1, \"new\"".to_owned(),
            is_hls: true,
            poster: None,
            duration_s,
            start_s: None,
        };
        vec![film("A, B & <C>", Some(61.6)), film("映画", None)]
    }

    #[test]
    fn an_m3u_has_a_length_a_title_and_an_address_each() {
        let text = m3u(&titles(), Some("Without an answer: nas."), false);
        let expected = "#EXTM3U\n\
             #EXTINF:62 group-title=\"Season 1   new \",A, B & <C>\nhttp://h/play/t/films/a/master.m3u8\n\
             #EXTINF:-1 group-title=\"Season 1   new \",映画\nhttp://h/play/t/films/a/master.m3u8\n\
             # Without an answer: nas.\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_film_that_was_begun_starts_where_it_was_left() {
        let mut titles = titles();
        titles[1].start_s = Some(1234.56);
        let text = m3u(&titles, None, false);
        assert_eq!(text.matches("#EXTVLCOPT").count(), 1);
        assert!(
            text.contains(",映画\n#EXTVLCOPT:start-time=1235\nhttp://h/play"),
            "{text}"
        );
    }

    #[test]
    fn kodis_properties_stand_before_the_addresses_of_streams_alone() {
        let mut titles = titles();
        titles[1].is_hls = false;
        let text = m3u(&titles, None, true);
        assert_eq!(text.matches("#KODIPROP").count(), 3, "{text}");
        assert!(text.contains("mpegurl\nhttp://h/play"), "{text}");
        // A list of titles contains nothing that makes players take it for HLS.
        assert!(!text.contains("#EXT-X-"));
    }

    #[test]
    fn kodis_own_list_goes_without_what_kodi_misreads() {
        for (character, reads) in [
            ('a', true),
            ('é', true),
            ('映', true),
            ('😀', true),
            ('🌙', false),
            ('🎬', false),
            ('𠀀', false),
            ('\u{40000}', true),
        ] {
            assert_eq!(kodi_reads(character), reads, "{character}");
        }
        let mut titles = titles();
        titles[1].title = "静かな山 🌙".to_owned();
        assert!(m3u(&titles, None, true).contains(",静かな山\n"));
        assert!(m3u(&titles, None, false).contains(",静かな山 🌙\n"));
    }

    #[test]
    fn an_xspf_is_escaped() {
        let text = xspf("x & \u{202e}y\u{ffff}", None, &titles()).unwrap();
        assert!(text.contains("<title>x &amp; y</title>"));
        assert!(
            text.contains("<title>A, B &amp; &lt;C&gt;</title><album>Season 1, &quot;new&quot;</album><duration>61600</duration>"),
            "{text}"
        );
    }
}
