//! Parses the description files of Kodi and Jellyfin (`movie.nfo`, `tvshow.nfo`, `{film}.nfo`).
//!
//! They are XML of unknown origin: a document type is refused, entities other than XML's own are, and so is deep nesting.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::store::ItemDetails;
use media::plain_title;

/// Elements within each other that are parsed.
const MAX_DEPTH: usize = 16;

/// Characters of a title and of an overview that are kept.
const MAX_TITLE_CHARS: usize = 300;
const MAX_OVERVIEW_CHARS: usize = 4_000;

/// Parses a description. `None` if it is not one, or is not well-formed, or contains what is refused.
pub fn parse_description(bytes: &[u8]) -> Option<ItemDetails> {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut open: Vec<String> = Vec::new();
    let mut found = ItemDetails::default();
    let mut value = String::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => {
                let name = element.name().as_ref().to_owned();
                let is_root = matches!(name.as_str(), "movie" | "tvshow" | "episodedetails");
                if open.len() >= MAX_DEPTH || (open.is_empty() && !is_root) {
                    return None;
                }
                open.push(name);
                value.clear();
            }
            Event::Text(text) if is_read(&open) => value.push_str(&text),
            Event::CData(text) if is_read(&open) => value.push_str(&text),
            Event::GeneralRef(reference) => {
                let character = match reference.resolve_char_ref().ok()? {
                    Some(character) => character,
                    None => predefined(&reference)?,
                };
                if is_read(&open) {
                    value.push(character);
                }
            }
            Event::End(_) => {
                let is_value = is_read(&open);
                let name = open.pop()?;
                if is_value {
                    take(&mut found, &name, value.trim());
                }
                value.clear();
                if open.is_empty() {
                    return Some(found);
                }
            }
            Event::DocType(_) | Event::Eof => return None,
            _ => {}
        }
    }
}

/// Returns true for an element whose text is a value: one right below the root, or a rating of Kodi 17 and later
/// (`ratings/rating/value`).
fn is_read(open: &[String]) -> bool {
    open.len() == 2 || (open.len() == 4 && open[1] == "ratings" && open[3] == "value")
}

/// Returns the character of one of XML's own entities (XML 1.0 §4.6). `None` for other entities.
fn predefined(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

fn take(found: &mut ItemDetails, name: &str, value: &str) {
    if value.is_empty() {
        return;
    }
    let short = |most: usize| plain_title(value).chars().take(most).collect::<String>();
    match name {
        "title" => found.title = Some(short(MAX_TITLE_CHARS)),
        "plot" => found.overview = Some(short(MAX_OVERVIEW_CHARS)),
        "outline" => {
            found
                .overview
                .get_or_insert_with(|| short(MAX_OVERVIEW_CHARS));
        }
        "year" => {
            found.year = value
                .parse()
                .ok()
                .filter(|year| (1800..2200).contains(year))
        }
        "premiered" => {
            let year = value.get(..4).and_then(|year| year.parse().ok());
            found.year = found.year.or(year);
        }
        "aired" => found.aired = value.parse().ok(),
        // The first one is the site's that the file was made from.
        "rating" | "value" => {
            let rating = value.parse().ok().filter(|it| (0.1..=10.0).contains(it));
            found.rating = found.rating.or(rating);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_of_films_series_and_episodes_are_parsed() {
        let film = b"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- by hand -->\n<movie>\n  \
            <title>Night &amp; Day</title><year>2019</year><plot>A &#8220;long&#8221; night.\nAnd a day.</plot>\
            <actor><name>One</name><role>Two</role></actor></movie>\nhttps://films.example.org/1";
        let found = parse_description(film).unwrap();
        assert_eq!(found.title.as_deref(), Some("Night & Day"));
        assert_eq!(found.year, Some(2019));
        assert_eq!(
            found.overview.as_deref(),
            Some("A “long” night. And a day.")
        );
        let rated = b"<movie><ratings><rating name=\"a\" max=\"10\"><value>7.4</value><votes>9</votes></rating>\
            <rating name=\"b\"><value>3</value></rating></ratings></movie>";
        assert_eq!(parse_description(rated).unwrap().rating, Some(7.4));
        let plain = parse_description(b"<movie><rating>8.1</rating></movie>").unwrap();
        assert_eq!(plain.rating, Some(8.1));
        let odd = parse_description(b"<movie><rating>81</rating></movie>").unwrap();
        assert_eq!(odd.rating, None);
        let episode = b"<episodedetails><title><![CDATA[<Rise>]]></title><aired>2024-05-01</aired></episodedetails>";
        let found = parse_description(episode).unwrap();
        assert_eq!(found.title.as_deref(), Some("<Rise>"));
        assert_eq!(found.aired, "2024-05-01".parse().ok());
        assert_eq!(
            parse_description(b"<tvshow></tvshow>"),
            Some(ItemDetails::default())
        );
    }

    #[test]
    fn hostile_descriptions_are_refused() {
        let deep = format!("<movie>{}{}</movie>", "<a>".repeat(40), "</a>".repeat(40));
        for text in [
            "<!DOCTYPE movie [<!ENTITY a \"b\">]><movie><title>x</title></movie>",
            "<!DOCTYPE movie SYSTEM \"file:///etc/passwd\"><movie></movie>",
            "<movie><title>&secret;</title></movie>",
            "<html><title>x</title></html>",
            "<movie><title>x</movie>",
            "<movie><title>x</title>",
            "https://films.example.org/1",
            "",
            &deep,
        ] {
            assert_eq!(parse_description(text.as_bytes()), None, "{text}");
        }
    }
}
