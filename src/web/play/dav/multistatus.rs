//! Writes the reply to a PROPFIND: one `response` per entry, each property that was asked for by name in a
//! `propstat` with 200 or with 404 (RFC 4918 §9.1, §13).
//!
//! The reply is written while it is sent: of a folder with a hundred thousand files, only the entries are in
//! memory.

use std::fmt::Write;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use drives::Quota;
use futures_util::{Stream, stream};
use quick_xml::escape::escape;

use super::locking::SUPPORTED;
use super::propfind::{DAV, PropertyName, PropertyRequest};
use crate::store::DavProperty;

/// Namespace of the properties that Windows asks for.
const MICROSOFT: &str = "urn:schemas-microsoft-com:";

/// Size from which a piece of the reply is sent, in bytes.
const CHUNK_BYTES: usize = 64 << 10;

/// One entry of the tree.
#[derive(Debug, Clone)]
pub(super) struct DavNode {
    /// Its percent-encoded URL from the root of the host, with a trailing slash for a folder.
    pub href: String,
    /// `None` for clients that misread it.
    pub name: Option<String>,
    pub is_folder: bool,
    pub size: u64,
    pub modified: Option<DateTime<Utc>>,
    /// In quotes, as in the header of the bytes.
    pub etag: Option<String>,
    pub content_type: &'static str,
    /// The space of the drive; `None` if it is not known.
    pub quota: Option<Quota>,
    /// The locks of the entry as XML; `None` if it cannot be locked.
    pub locks: Option<String>,
    /// The properties that clients keep with the entry.
    pub kept: Vec<DavProperty>,
}

/// The value of a property.
enum PropertyValue {
    /// Plain text.
    Text(String),
    /// The element that marks a collection.
    Collection,
    /// The content of an element, as XML.
    Content(String),
    /// A whole element that a client keeps here, as XML.
    Kept(String),
    Empty,
}

/// Properties of the server's own, and whether `allprop` contains them. The space of a drive may need an
/// upstream call, so it is answered by name only (RFC 4331 §4).
const PROPERTIES: [(&str, &str, bool); 12] = [
    (DAV, "resourcetype", true),
    (DAV, "displayname", true),
    (DAV, "getcontentlength", true),
    (DAV, "getcontenttype", true),
    (DAV, "getetag", true),
    (DAV, "getlastmodified", true),
    (DAV, "supportedlock", true),
    (DAV, "lockdiscovery", true),
    (DAV, "quota-available-bytes", false),
    (DAV, "quota-used-bytes", false),
    (MICROSOFT, "Win32LastModifiedTime", false),
    (MICROSOFT, "Win32FileAttributes", false),
];

/// Returns true if the request names a property about the space of a drive.
pub(super) fn asks_for_quota(request: &PropertyRequest) -> bool {
    let names = match request {
        PropertyRequest::Named(names) | PropertyRequest::All { included: names } => names,
        PropertyRequest::Names => return false,
    };
    names
        .iter()
        .any(|property| property.namespace == DAV && property.name.starts_with("quota-"))
}

/// Returns the body of a reply with these entries, in pieces.
pub(super) fn body(
    request: PropertyRequest,
    nodes: Vec<DavNode>,
) -> impl Stream<Item = Result<Bytes, std::convert::Infallible>> {
    let head = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:multistatus xmlns:D=\"DAV:\">\n";
    let state = (Some(head), nodes.into_iter(), request, false);
    stream::unfold(
        state,
        |(mut head, mut nodes, request, is_ended)| async move {
            if is_ended {
                return None;
            }
            let mut text = head.take().unwrap_or_default().to_owned();
            while text.len() < CHUNK_BYTES {
                match nodes.next() {
                    Some(node) => write_response(&mut text, &node, &request),
                    None => {
                        text.push_str("</D:multistatus>\n");
                        return Some((Ok(text.into()), (None, nodes, request, true)));
                    }
                }
            }
            Some((Ok(text.into()), (None, nodes, request, false)))
        },
    )
}

fn write_response(text: &mut String, node: &DavNode, request: &PropertyRequest) {
    let own = |is_listed: bool| {
        PROPERTIES
            .iter()
            .filter(move |(_, _, is_in_allprop)| !is_listed || *is_in_allprop)
            .map(|&(namespace, name, _)| PropertyName {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
            })
    };
    let (mut found, mut missing) = (String::new(), String::new());
    // Properties that the client did not name are left out where an entry has none.
    match request {
        PropertyRequest::Names => {
            let kept = node.kept.iter().map(PropertyName::of);
            for property in own(false).chain(kept) {
                if node.value(&property).is_some() {
                    write_property(&mut found, &property, &PropertyValue::Empty);
                }
            }
        }
        PropertyRequest::All { included } => {
            let kept = node.kept.iter().map(PropertyName::of);
            let is_own = |property: &PropertyName| own(true).any(|known| known == *property);
            for property in own(true).chain(kept.filter(|property| !is_own(property))) {
                if let Some(value) = node.value(&property) {
                    write_property(&mut found, &property, &value);
                }
            }
            let is_new = |property: &&PropertyName| {
                let mut kept = node.kept.iter();
                !is_own(property) && kept.all(|kept| PropertyName::of(kept) != **property)
            };
            for property in included.iter().filter(is_new) {
                write_named(&mut found, &mut missing, node, property);
            }
        }
        PropertyRequest::Named(names) => {
            for property in names {
                write_named(&mut found, &mut missing, node, property);
            }
        }
    }
    let _ = write!(text, "<D:response><D:href>{}</D:href>", escape(&*node.href));
    for (properties, status) in [(found, "200 OK"), (missing, "404 Not Found")] {
        // A response needs at least one propstat (RFC 4918 §14.24).
        if !properties.is_empty() || (status == "200 OK" && is_empty(request)) {
            let _ = write!(
                text,
                "<D:propstat><D:prop>{properties}</D:prop><D:status>HTTP/1.1 {status}</D:status></D:propstat>"
            );
        }
    }
    text.push_str("</D:response>\n");
}

fn is_empty(request: &PropertyRequest) -> bool {
    matches!(request, PropertyRequest::Named(names) if names.is_empty())
}

fn write_named(found: &mut String, missing: &mut String, node: &DavNode, property: &PropertyName) {
    match node.value(property) {
        Some(value) => write_property(found, property, &value),
        None => write_property(missing, property, &PropertyValue::Empty),
    }
}

fn write_property(text: &mut String, property: &PropertyName, value: &PropertyValue) {
    let PropertyName { namespace, name } = property;
    let (tag, declaration) = match &**namespace {
        DAV => (format!("D:{name}"), String::new()),
        "" => (name.clone(), String::new()),
        other => (
            format!("p:{name}"),
            format!(" xmlns:p=\"{}\"", escape(other)),
        ),
    };
    // Writing to a String cannot fail.
    let _ = match value {
        PropertyValue::Empty => write!(text, "<{tag}{declaration}/>"),
        PropertyValue::Text(value) => {
            write!(text, "<{tag}{declaration}>{}</{tag}>", escape(&**value))
        }
        PropertyValue::Collection => {
            write!(text, "<{tag}{declaration}><D:collection/></{tag}>")
        }
        PropertyValue::Content(xml) => write!(text, "<{tag}{declaration}>{xml}</{tag}>"),
        PropertyValue::Kept(xml) => write!(text, "{xml}"),
    };
}

impl DavNode {
    /// Returns the value of a property, `None` if the entry has none or it is not known.
    fn value(&self, property: &PropertyName) -> Option<PropertyValue> {
        let date = || self.modified.map(media::http_date);
        let mut kept = self.kept.iter();
        if let Some(kept) = kept.find(|kept| PropertyName::of(kept) == *property) {
            return Some(PropertyValue::Kept(kept.element.clone()));
        }
        let text = match (&*property.namespace, &*property.name) {
            (DAV, "resourcetype") if self.is_folder => return Some(PropertyValue::Collection),
            (DAV, "resourcetype") => return Some(PropertyValue::Empty),
            // Both lists are empty where nothing can be locked (RFC 4918 §15.8, §15.10).
            (DAV, "supportedlock" | "lockdiscovery") => {
                return Some(match (&self.locks, &*property.name) {
                    (Some(_), "supportedlock") => PropertyValue::Content(SUPPORTED.to_owned()),
                    (Some(locks), _) if !locks.is_empty() => PropertyValue::Content(locks.clone()),
                    _ => PropertyValue::Empty,
                });
            }
            (DAV, "displayname") => self.name.as_deref().map(xml_text),
            (DAV, "getcontentlength") => (!self.is_folder).then(|| self.size.to_string()),
            (DAV, "getcontenttype") => Some(self.content_type.to_owned()),
            (DAV, "getetag") => self.etag.clone(),
            (DAV, "getlastmodified") => date(),
            // RFC 4331: for folders only.
            (DAV, "quota-available-bytes") if self.is_folder => self
                .quota
                .map(|quota| quota.total.saturating_sub(quota.used).to_string()),
            (DAV, "quota-used-bytes") if self.is_folder => {
                self.quota.map(|quota| quota.used.to_string())
            }
            (MICROSOFT, "Win32LastModifiedTime") => date(),
            // FILE_ATTRIBUTE_DIRECTORY, or FILE_ATTRIBUTE_NORMAL.
            (MICROSOFT, "Win32FileAttributes") => Some(
                if self.is_folder {
                    "00000010"
                } else {
                    "00000080"
                }
                .to_owned(),
            ),
            _ => None,
        };
        text.map(PropertyValue::Text)
    }
}

/// Returns a name without the characters that XML 1.0 does not contain in any form.
fn xml_text(name: &str) -> String {
    let is_text = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    name.chars().filter(is_text).collect()
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt;

    use super::*;

    fn film() -> DavNode {
        DavNode {
            href: "/dav/films/a%20%26%20b.mp4".to_owned(),
            name: Some("a & b\u{1}.mp4".to_owned()),
            is_folder: false,
            size: 7,
            modified: media::unix_time(-170_000_000),
            etag: Some("\"x\"".to_owned()),
            content_type: "video/mp4",
            quota: None,
            locks: None,
            kept: Vec::new(),
        }
    }

    async fn reply(body_of_request: &str, nodes: Vec<DavNode>) -> String {
        let request = PropertyRequest::parse(body_of_request.as_bytes()).unwrap();
        let chunks: Vec<Bytes> = body(request, nodes).try_collect().await.unwrap();
        String::from_utf8(chunks.concat()).unwrap()
    }

    #[tokio::test]
    async fn every_property_that_is_asked_for_is_answered() {
        let asked = "<propfind xmlns='DAV:' xmlns:x='urn:a&amp;b'><prop><displayname/><creationdate/><x:y/>\
                     <getlastmodified/><z xmlns=''/><quota-used-bytes/></prop></propfind>";
        let text = reply(asked, vec![film()]).await;
        let expected = "<D:response><D:href>/dav/films/a%20%26%20b.mp4</D:href><D:propstat><D:prop>\
             <D:displayname>a &amp; b.mp4</D:displayname>\
             <D:getlastmodified>Wed, 12 Aug 1964 09:46:40 GMT</D:getlastmodified></D:prop>\
             <D:status>HTTP/1.1 200 OK</D:status></D:propstat>\
             <D:propstat><D:prop><D:creationdate/><p:y xmlns:p=\"urn:a&amp;b\"/><z/><D:quota-used-bytes/></D:prop>\
             <D:status>HTTP/1.1 404 Not Found</D:status></D:propstat></D:response>";
        assert!(text.contains(expected), "{text}");
    }

    #[tokio::test]
    async fn what_nobody_named_is_left_out_where_it_is_not_known() {
        let folder = DavNode {
            is_folder: true,
            modified: None,
            etag: None,
            quota: Some(Quota { total: 10, used: 4 }),
            ..film()
        };
        let text = reply("", vec![folder.clone(), film()]).await;
        assert!(!text.contains("404") && !text.contains("quota"), "{text}");
        assert_eq!(text.matches("<D:getlastmodified>").count(), 1, "{text}");
        assert_eq!(
            text.matches("<D:resourcetype><D:collection/></D:resourcetype>")
                .count(),
            1
        );
        let names = reply(
            "<propfind xmlns='DAV:'><propname/></propfind>",
            vec![folder.clone()],
        )
        .await;
        assert!(
            names.contains("<D:quota-used-bytes/>") && !names.contains("getetag"),
            "{names}"
        );
        let asked = "<propfind xmlns='DAV:'><allprop/><include><quota-available-bytes/></include></propfind>";
        let text = reply(asked, vec![folder]).await;
        assert!(
            text.contains("<D:quota-available-bytes>6</D:quota-available-bytes>"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn a_large_folder_is_sent_in_pieces() {
        let request = PropertyRequest::All {
            included: Vec::new(),
        };
        let pieces: Vec<Bytes> = body(request, vec![film(); 2_000])
            .try_collect()
            .await
            .unwrap();
        assert!(pieces.len() > 5, "{}", pieces.len());
        assert!(pieces.iter().all(|piece| piece.len() < 2 * CHUNK_BYTES));
        let text = String::from_utf8(pieces.concat()).unwrap();
        assert_eq!(text.matches("<D:response>").count(), 2_000);
        assert!(text.ends_with("</D:multistatus>\n"));
    }
}
