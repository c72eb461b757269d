//! Link previews for chats, social networks and search engines: Open Graph, Twitter card, oEmbed and
//! schema.org, all from known data, without upstream calls.
//!
//! Crawlers read the first 32 KB of a page and give up after a few seconds, so the metadata is at the top
//! and titles are short. There is no `og:video`: crawlers would load the film through the upstream.

use serde::Serialize;
use serde_json::{Value, json};

use super::data_block::data_block;
use super::format;
use super::layout::LinkPreview;
use super::page_context::PageContext;
use crate::playback::cards;
use crate::web::locale::Language;
use media::{Entry, EntryKind, short_title};

/// Limit of the URLs in a preview, in bytes: crawlers read 32 KB of a page, and the rest of a preview is
/// small.
const MAX_CARD_URL_BYTES: usize = 28 << 10;

/// Maximum length of a title, in characters: as much as chats show.
const MAX_TITLE_CHARS: usize = 60;

/// The oEmbed document (oembed.com, §2.3.4): a link with a picture.
#[derive(Debug, Serialize)]
pub(super) struct OEmbed {
    version: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    provider_name: &'static str,
    provider_url: String,
    thumbnail_url: String,
    thumbnail_width: u32,
    thumbnail_height: u32,
}

impl LinkPreview {
    /// Returns the preview of an entry whose page is at `url`, and whose picture is below `base`.
    fn of(language: &'static Language, entry: &Entry, url: String, base: &str) -> Self {
        let title = short_title(&entry.name, MAX_TITLE_CHARS);
        let description = description(language, entry);
        let image = format!("{base}/card.jpg");
        // With a name of thousands of characters the URLs leave room for the Open Graph metadata only.
        let has_room = 2 * url.len() + 4 * base.len() < MAX_CARD_URL_BYTES;
        let data = (entry.kind == EntryKind::Video && has_room)
            .then(|| data_block(&video_object(entry, &title, &description, &url, &image)));
        LinkPreview {
            kind: match entry.kind {
                EntryKind::Video => "video.other",
                _ => "website",
            },
            oembed: has_room.then(|| format!("{base}/oembed.json")),
            image: Some(image),
            title,
            description,
            url,
            data,
        }
    }
}

impl PageContext {
    /// Returns the preview of an entry's page.
    pub fn unfurl(&self, entry: &Entry) -> LinkPreview {
        let local = if self.is_guests() {
            self.guest_page(&entry.place, &entry.path)
        } else if entry.kind == EntryKind::Folder {
            self.browse(&entry.place, &entry.path)
        } else {
            self.watch(entry)
        };
        LinkPreview::of(
            self.language,
            entry,
            self.absolute(&local),
            &self.absolute(&self.card_base(entry)),
        )
    }

    /// Returns the oEmbed document of an entry.
    pub(super) fn oembed(&self, entry: &Entry) -> OEmbed {
        OEmbed {
            version: "1.0",
            kind: "link",
            title: short_title(&entry.name, MAX_TITLE_CHARS),
            provider_name: "Drive-In",
            provider_url: self.absolute(&self.site.urls.local("/")),
            thumbnail_url: format!("{}/card.jpg", self.absolute(&self.card_base(entry))),
            thumbnail_width: cards::WIDTH,
            thumbnail_height: cards::HEIGHT,
        }
    }
}

/// Returns the preview of a link that is revoked or invalid.
pub(super) fn neutral(language: &'static Language, url: String) -> LinkPreview {
    LinkPreview {
        kind: "website",
        title: "Drive-In".to_owned(),
        description: language.text("unfurl-films-under-the-open-sky").into(),
        url,
        image: None,
        oembed: None,
        data: None,
    }
}

/// Returns `1:32:05 · 1.4 GB`, or the known part of it.
fn description(language: &'static Language, entry: &Entry) -> String {
    let kind = language.text(match entry.kind {
        EntryKind::Folder => "unfurl-folder",
        EntryKind::Audio => "unfurl-sound",
        _ => "unfurl-film",
    });
    let length = entry.duration_s.map(format::duration).unwrap_or_default();
    let size = if entry.size > 0 {
        language.size(entry.size)
    } else {
        String::new()
    };
    [kind.into(), length, size]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}

/// Returns the film as <https://schema.org/VideoObject>.
fn video_object(entry: &Entry, title: &str, description: &str, url: &str, image: &str) -> Value {
    let mut object = json!({
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "name": title,
        "description": description,
        "thumbnailUrl": image,
        "url": url,
    });
    if let Some(time) = entry.modified {
        object["uploadDate"] = json!(time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
    }
    if let Some(length) = entry.duration_s.and_then(iso_duration) {
        object["duration"] = json!(length);
    }
    object
}

/// Formats a duration by ISO 8601, as schema.org requires: `PT1H32M5S`; `None` if it is negative or not finite.
fn iso_duration(seconds: f64) -> Option<String> {
    if !seconds.is_finite() || seconds < 0.0 {
        return None;
    }
    let whole = seconds.round() as u64;
    let mut text = "PT".to_owned();
    for (value, unit) in [(whole / 3600, 'H'), (whole / 60 % 60, 'M')] {
        if value > 0 {
            text.push_str(&format!("{value}{unit}"));
        }
    }
    if !whole.is_multiple_of(60) || whole == 0 {
        text.push_str(&format!("{}S", whole % 60));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use askama::Template;

    use super::*;
    use crate::web::UrlBuilder;
    use crate::web::pages::guest::NeutralPage;
    use crate::web::pages::layout::PageLayout;
    use media::{EntryPath, Place};

    fn hostile() -> Vec<String> {
        vec![
            "<script>alert(1)<\u{2215}script>.mp4".to_owned(),
            "--><!-- \"quotes\" 'n' `ticks` &amp; %3Cscript%3E.mp4".to_owned(),
            "\"><meta http-equiv=refresh content=0>.mp4".to_owned(),
            "\u{202e}4pm.exe\u{202c}\u{2066}.mp4".to_owned(),
            "{{ 7*7 }}\u{2028}]]>.mp4".to_owned(),
            "\"<&'".repeat(500),
            "映".repeat(1_300),
        ]
    }

    #[test]
    fn a_hostile_title_stays_a_title_and_the_card_stands_at_the_top() {
        for name in hostile() {
            let path = EntryPath::root().join(&name).unwrap();
            let place = Place::parse("films").unwrap();
            let entry = Entry {
                place: place.clone(),
                path: path.clone(),
                name: name.clone(),
                kind: EntryKind::Video,
                size: 1_440_000_000,
                modified: chrono::DateTime::from_timestamp(1_700_000_000, 0),
                id: None,
                content: None,
                duration_s: Some(5525.0),
                width: None,
                height: None,
                has_thumbnail: true,
                tracks: Vec::new(),
                tags: Vec::new(),
            };
            let public = url::Url::parse("https://films.example/drive-in").unwrap();
            let urls = UrlBuilder::new(
                Some(&public),
                std::net::SocketAddr::from(([127, 0, 0, 1], 7373)),
            );
            // As long as a ticket for that path is.
            let ticket = "A".repeat((26 + 6 + path.as_str().len()).div_ceil(3) * 4);
            let absolute = |local: String| format!("https://films.example{local}");
            let url = absolute(urls.guest(&ticket, &place, &path));
            let base = absolute(urls.local(&format!("/guest/{ticket}")));
            let unfurl = LinkPreview::of(Language::english(), &entry, url.clone(), &base);
            assert!(unfurl.title.chars().count() <= MAX_TITLE_CHARS);
            assert!(!unfurl.title.contains(['\u{202e}', '\u{2066}', '\u{2028}']));
            // Any page works: the head is the same.
            let page = NeutralPage {
                layout: PageLayout {
                    title: media::plain_title(&name),
                    unfurl: Some(unfurl.clone()),
                    ..PageLayout::default()
                },
                sentence: String::new(),
            };
            let html = page.render().unwrap();
            let head = &html[..html.find("</head>").unwrap()];
            for raw in [
                "<script>alert",
                "<meta http-equiv=refresh",
                "--><!--",
                "]]>.mp4",
            ] {
                assert!(!html.contains(raw), "{raw} of {name}");
            }
            let card = head.find("<title>").unwrap();
            assert!(
                card < 32_768,
                "the card ends at {card} for {} bytes",
                name.len()
            );
            let Some(data) = head.split("ld+json\">").nth(1) else {
                assert!(name.len() > 2_000, "{name} has no data block");
                continue;
            };
            let data: Value =
                serde_json::from_str(data.split("</script>").next().unwrap()).unwrap();
            assert_eq!(data["@type"], "VideoObject");
            assert_eq!(data["name"], unfurl.title.as_str());
            assert_eq!(data["duration"], "PT1H32M5S");
            assert_eq!(data["url"], url.as_str());
        }
    }

    #[test]
    fn the_neutral_card_names_nothing() {
        let card = neutral(Language::english(), "https://films.example/".to_owned());
        assert_eq!((card.image, card.oembed, card.data), (None, None, None));
    }

    #[test]
    fn lengths_as_schema_org_writes_them() {
        let cases = [
            (0.0, Some("PT0S")),
            (66.4, Some("PT1M6S")),
            (3600.0, Some("PT1H")),
            (5525.0, Some("PT1H32M5S")),
            (f64::NAN, None),
            (-1.0, None),
        ];
        for (seconds, text) in cases {
            assert_eq!(iso_duration(seconds).as_deref(), text, "{seconds}");
        }
    }
}
