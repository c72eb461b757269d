//! Parses the answer to PROPFIND (RFC 4918 §14.16), element by element as it arrives.
//!
//! Names are taken by their local part: servers use `D:`, `d:`, `lp1:` or no prefix for the same namespace. An
//! answer that is cut off is an error and never a shorter folder. A document type is refused: it
//! is the way to entities that expand without end.

use chrono::{DateTime, Utc};
use quick_xml::events::Event;
use quick_xml::{Reader, escape};
use tokio::io::AsyncBufRead;

use crate::DriveError;
use crate::json::count_odd;

/// One `response`: a resource and the properties that the server reported of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Resource {
    /// The `href` as it came: an absolute URL or an absolute path, percent-encoded.
    pub(super) href: String,
    pub(super) is_folder: bool,
    /// Bytes; `None` if they are not reported, as of folders.
    pub(super) size: Option<u64>,
    pub(super) modified: Option<DateTime<Utc>>,
    /// The ETag with its quotes; `None` if it is missing or empty.
    pub(super) etag: Option<String>,
    pub(super) quota_available: Option<u64>,
    pub(super) quota_used: Option<u64>,
}

/// Depth of elements that is followed. The answer itself needs seven levels.
const MAX_DEPTH: usize = 32;
/// Resources of one answer.
const MAX_RESOURCES: usize = 200_000;
/// Bytes of one text.
const MAX_TEXT_BYTES: usize = 64 << 10;

/// The elements that are read; all others are skipped with everything in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Multistatus,
    Response,
    Href,
    Propstat,
    Status,
    Prop,
    ResourceType,
    Collection,
    ContentLength,
    LastModified,
    ETag,
    QuotaAvailable,
    QuotaUsed,
    Other,
}

impl Element {
    fn named(local: &str) -> Self {
        match local {
            "multistatus" => Element::Multistatus,
            "response" => Element::Response,
            "href" => Element::Href,
            "propstat" => Element::Propstat,
            "status" => Element::Status,
            "prop" => Element::Prop,
            "resourcetype" => Element::ResourceType,
            "collection" => Element::Collection,
            "getcontentlength" => Element::ContentLength,
            "getlastmodified" => Element::LastModified,
            "getetag" => Element::ETag,
            "quota-available-bytes" => Element::QuotaAvailable,
            "quota-used-bytes" => Element::QuotaUsed,
            _ => Element::Other,
        }
    }
}

/// Reads all resources of an answer.
///
/// # Errors
/// `upstream_failed` if the answer is no multistatus, is cut off, has a document type or exceeds a limit.
pub(super) async fn read(
    operation: &'static str,
    body: impl AsyncBufRead + Unpin,
) -> Result<Vec<Resource>, DriveError> {
    let failed = |detail: &str| DriveError::failed(operation, format!("PROPFIND: {detail}"));
    let mut reader = Reader::from_reader(body);
    // A name with an unescaped ampersand is read as it is meant.
    reader.config_mut().allow_dangling_amp = true;
    let mut parser = Parser::default();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event =
            reader
                .read_event_into_async(&mut buffer)
                .await
                .map_err(|error| match error {
                    // The text of an I/O error is ours; that of a syntax error may quote the document.
                    quick_xml::Error::Io(error) => failed(&error.to_string()),
                    _ => failed("malformed XML"),
                })?;
        match event {
            Event::Start(start) => parser.open(start.local_name().as_ref()),
            Event::Empty(start) => {
                parser.open(start.local_name().as_ref());
                parser.close();
            }
            Event::End(_) => parser.close(),
            Event::Text(text) => parser.text(&text),
            Event::CData(text) => parser.text(&text),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().ok().flatten();
                match (character, escape::resolve_predefined_entity(&reference)) {
                    (Some(character), _) => parser.text(character.encode_utf8(&mut [0; 4])),
                    (None, Some(text)) => parser.text(text),
                    (None, None) if parser.is_in_response() => parser.odd_reference(),
                    (None, None) => return Err(failed("an unknown entity")),
                }
            }
            Event::DocType(_) => return Err(failed("a document type")),
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
        if let Some(limit) = parser.exceeded {
            return Err(failed(limit));
        }
    }
    match parser.is_whole {
        true => Ok(parser.resources),
        false => Err(failed("the answer is cut off, or is no multistatus")),
    }
}

/// The state between two events.
#[derive(Default)]
struct Parser {
    stack: Vec<Element>,
    resources: Vec<Resource>,
    /// The resource under way.
    resource: Resource,
    /// Properties of the propstat under way; they count if its status is 200.
    properties: Resource,
    /// Status of the propstat under way.
    status: String,
    text: String,
    /// True if the name of the resource under way has a character that is none, such as half of a surrogate pair.
    is_odd: bool,
    /// True after the end of the root element.
    is_whole: bool,
    /// The limit that the answer exceeds; `None` while it exceeds none.
    exceeded: Option<&'static str>,
}

impl Parser {
    fn open(&mut self, local: &str) {
        let element = Element::named(local);
        match (self.stack.last(), element) {
            (Some(Element::Multistatus), Element::Response) => {
                self.resource = Resource::default();
                self.is_odd = false;
            }
            (Some(Element::Response), Element::Propstat) => {
                self.properties = Resource::default();
                self.status.clear();
            }
            (Some(Element::ResourceType), Element::Collection) => self.properties.is_folder = true,
            _ => {}
        }
        self.text.clear();
        self.stack.push(element);
        if self.stack.len() > MAX_DEPTH {
            self.exceeded = Some("elements are nested too deeply");
        }
    }

    fn is_in_response(&self) -> bool {
        self.stack.get(1) == Some(&Element::Response)
    }

    /// Handles a reference to a character that there is not.
    fn odd_reference(&mut self) {
        let is_address = self.stack.len() == 3 && self.stack.last() == Some(&Element::Href);
        self.is_odd |= is_address;
        self.text("\u{fffd}");
    }

    fn text(&mut self, text: &str) {
        self.text.push_str(text);
        if self.text.len() > MAX_TEXT_BYTES {
            self.exceeded = Some("a text is too long");
        }
    }

    fn close(&mut self) {
        let Some(element) = self.stack.pop() else {
            return;
        };
        let text = std::mem::take(&mut self.text);
        let text = text.trim();
        let number = || text.parse::<u64>().ok();
        match (self.stack.last(), element) {
            (None, Element::Multistatus) => self.is_whole = true,
            (Some(Element::Multistatus), Element::Response) => {
                let resource = std::mem::take(&mut self.resource);
                match resource.href.is_empty() || self.is_odd {
                    true => count_odd("a resource without a readable address"),
                    false => self.resources.push(resource),
                }
                if self.resources.len() > MAX_RESOURCES {
                    self.exceeded = Some("the folder has too many entries");
                }
            }
            (Some(Element::Response), Element::Href) if self.resource.href.is_empty() => {
                text.clone_into(&mut self.resource.href);
            }
            (Some(Element::Response), Element::Propstat) => self.take_properties(),
            (Some(Element::Propstat), Element::Status) => text.clone_into(&mut self.status),
            (Some(Element::Prop), Element::ContentLength) => self.properties.size = number(),
            (Some(Element::Prop), Element::QuotaAvailable) => {
                self.properties.quota_available = number();
            }
            (Some(Element::Prop), Element::QuotaUsed) => self.properties.quota_used = number(),
            (Some(Element::Prop), Element::LastModified) => {
                self.properties.modified = httpdate::parse_http_date(text).ok().map(Into::into);
            }
            (Some(Element::Prop), Element::ETag) => {
                let is_told = !matches!(text, "" | "\"\"" | "W/\"\"");
                self.properties.etag = is_told.then(|| text.to_owned());
            }
            _ => {}
        }
    }

    /// Adds the properties of a propstat to the resource. A missing status counts as 200; any other status is that of
    /// properties which the resource lacks.
    fn take_properties(&mut self) {
        let found = std::mem::take(&mut self.properties);
        let is_found = self.status.is_empty() || self.status.split(' ').nth(1) == Some("200");
        if !is_found {
            return;
        }
        let to = &mut self.resource;
        to.is_folder |= found.is_folder;
        to.size = found.size.or(to.size);
        to.modified = found.modified.or(to.modified);
        to.etag = found.etag.or(to.etag.take());
        to.quota_available = found.quota_available.or(to.quota_available);
        to.quota_used = found.quota_used.or(to.quota_used);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn parsed(text: &str) -> Result<Vec<Resource>, DriveError> {
        read("list", text.as_bytes()).await
    }

    #[tokio::test]
    async fn answers_of_real_servers_are_read() {
        // Apache: two prefixes for one namespace, an ETag of a folder, small hex.
        let apache = r#"<?xml version="1.0" encoding="utf-8"?>
<D:multistatus xmlns:D="DAV:" xmlns:ns0="DAV:">
<D:response xmlns:lp1="DAV:" xmlns:lp2="http://apache.org/dav/props/"><D:href>/dav/</D:href><D:propstat><D:prop>
<lp1:resourcetype><D:collection/></lp1:resourcetype><lp1:getetag>"1000-64"</lp1:getetag></D:prop>
<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>
<D:response xmlns:lp1="DAV:"><D:href>/dav/caf%c3%a8%20&amp;%20co.mp4</D:href><D:propstat><D:prop><lp1:resourcetype/>
<lp1:getcontentlength>42</lp1:getcontentlength><lp1:getlastmodified>Tue, 14 Nov 2023 22:13:20 GMT</lp1:getlastmodified>
<lp1:getetag>W/"2a-1"</lp1:getetag></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>
<D:propstat><D:prop><D:quota-used-bytes>7</D:quota-used-bytes></D:prop><D:status>HTTP/1.1 404 Not Found</D:status>
</D:propstat></D:response></D:multistatus>"#;
        let found = parsed(apache).await.unwrap();
        assert_eq!(found.len(), 2);
        assert!(found[0].is_folder && found[0].size.is_none());
        assert_eq!(found[1].href, "/dav/caf%c3%a8%20&%20co.mp4");
        assert_eq!((found[1].size, found[1].is_folder), (Some(42), false));
        assert_eq!(found[1].etag.as_deref(), Some("W/\"2a-1\""));
        assert_eq!(found[1].modified.unwrap().timestamp(), 1_700_000_000);
        assert_eq!(found[1].quota_used, None, "a property with status 404");

        // No prefix, an owner's href within a property, character references, CDATA, no status.
        let other = "<multistatus xmlns='DAV:'><response><href>/a&#x20;b</href><propstat><prop><owner><href>/u/1</href>\
            </owner><getcontentlength><![CDATA[7]]></getcontentlength><getetag>\"\"</getetag></prop></propstat></response>\
            </multistatus>";
        let found = parsed(other).await.unwrap();
        assert_eq!((found[0].href.as_str(), found[0].size), ("/a b", Some(7)));
        assert_eq!(found[0].etag, None, "an empty ETag is none");
    }

    #[tokio::test]
    async fn one_bad_element_costs_no_other() {
        let response = |href: &str, more: &str| {
            format!(
                "<response><href>{href}</href><propstat><prop>{more}</prop></propstat></response>"
            )
        };
        let text = [
            "<multistatus>".to_owned(),
            response("/a", "<getcontentlength>many</getcontentlength>"),
            response("/cut&#xD83C;", ""),
            response("/caf&eacute;", ""),
            response("", ""),
            "<response/>".to_owned(),
            response("/R&B.mp4", "<owner>&nbsp;</owner>"),
            response("/z", "<getlastmodified>soon</getlastmodified>"),
            "</multistatus>".to_owned(),
        ]
        .concat();
        let before = crate::odd_elements();
        let found = parsed(&text).await.unwrap();
        let hrefs: Vec<&str> = found.iter().map(|it| it.href.as_str()).collect();
        assert_eq!(hrefs, ["/a", "/R&B.mp4", "/z"]);
        assert!(crate::odd_elements() - before >= 4);
    }

    #[tokio::test]
    async fn what_is_cut_hostile_or_no_multistatus_is_an_error() {
        let whole = "<d:multistatus xmlns:d='DAV:'><d:response><d:href>/a</d:href></d:response></d:multistatus>";
        assert_eq!(parsed(whole).await.unwrap().len(), 1);
        for cut in 0..whole.len() {
            assert!(parsed(&whole[..cut]).await.is_err(), "cut at {cut}");
        }
        let deep = format!("<multistatus>{}", "<a>".repeat(100_000));
        let long = format!("<multistatus><response><href>{}", "a".repeat(1 << 20));
        for hostile in [
            "",
            "<html><body>hello</body></html>",
            "<!DOCTYPE a [<!ENTITY b 'c'>]><multistatus>&b;</multistatus>",
            "<multistatus>&lol;</multistatus>",
            &deep,
            &long,
        ] {
            assert!(parsed(hostile).await.is_err(), "{:.60}", hostile);
        }
    }
}
