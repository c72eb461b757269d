//! PROPPATCH (RFC 4918 §9.2): properties that a client keeps with an entry. Those that the server computes itself are
//! refused, and then none is changed.

use std::fmt::Write;

use quick_xml::escape::escape;

use super::propfind::{DAV, MalformedBody};
use super::xml::XmlElement;
use crate::store::DavProperty;
use media::EntryPath;

/// Limit of a body in bytes.
pub(super) const MAX_BODY_BYTES: usize = 64 << 10;
/// Maximum number of properties of one request.
const MAX_PROPERTIES: usize = 200;
/// Properties of WebDAV that the server computes (RFC 4918 §15, RFC 4331).
const COMPUTED: [&str; 11] = [
    "creationdate",
    "displayname",
    "getcontentlength",
    "getcontenttype",
    "getetag",
    "getlastmodified",
    "lockdiscovery",
    "resourcetype",
    "supportedlock",
    "quota-available-bytes",
    "quota-used-bytes",
];

/// One property to be set or removed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PropertyChange {
    element: XmlElement,
    is_set: bool,
}

impl PropertyChange {
    /// Returns the property as it is stored, and true if it is set.
    pub fn stored(&self, path: &EntryPath) -> (DavProperty, bool) {
        let property = DavProperty {
            path: path.clone(),
            namespace: self.element.namespace.clone(),
            name: self.element.name.clone(),
            element: self.element.to_xml(),
        };
        (property, self.is_set)
    }

    fn is_allowed(&self) -> bool {
        self.element.namespace != DAV || !COMPUTED.contains(&self.element.name.as_str())
    }
}

/// Parses the body of a PROPPATCH. The changes are in the order in which they are made.
pub(super) fn parse(body: &[u8]) -> Result<Vec<PropertyChange>, MalformedBody> {
    let root = XmlElement::parse(body)?;
    if !root.is(DAV, "propertyupdate") {
        return Err(MalformedBody);
    }
    let mut changes = Vec::new();
    for step in root.children() {
        let is_set = step.is(DAV, "set");
        if !is_set && !step.is(DAV, "remove") {
            continue;
        }
        for list in step.children().filter(|list| list.is(DAV, "prop")) {
            let around = [list, step, &root];
            for property in list.children() {
                let mut element = property.clone();
                let language = around.iter().find_map(|element| element.language());
                if let (None, Some(language)) = (element.language(), language) {
                    element.set_language(language);
                }
                changes.push(PropertyChange { element, is_set });
            }
        }
    }
    match changes.is_empty() || changes.len() > MAX_PROPERTIES {
        true => Err(MalformedBody),
        false => Ok(changes),
    }
}

/// Returns true if none of the properties is computed by the server.
pub(super) fn are_allowed(changes: &[PropertyChange]) -> bool {
    changes.iter().all(PropertyChange::is_allowed)
}

/// Returns the body of the reply. If not all are allowed, those that are depend on those that are not (424).
pub(super) fn reply(href: &str, changes: &[PropertyChange], is_done: bool) -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:multistatus xmlns:D=\"DAV:\">\n<D:response><D:href>{}</D:href>",
        escape(href)
    );
    for (is_allowed, status, error) in [
        (
            true,
            if is_done {
                "200 OK"
            } else {
                "424 Failed Dependency"
            },
            "",
        ),
        (
            false,
            "403 Forbidden",
            "<D:error><D:cannot-modify-protected-property/></D:error>",
        ),
    ] {
        let group = changes.iter().filter(|it| it.is_allowed() == is_allowed);
        let names: String = group
            .map(|it| {
                let (name, namespace) = (&it.element.name, &it.element.namespace);
                format!("<{name} xmlns=\"{}\"/>", escape(namespace.as_str()))
            })
            .collect();
        if !names.is_empty() {
            // Writing to a String cannot fail.
            let _ = write!(
                text,
                "<D:propstat><D:prop>{names}</D:prop><D:status>HTTP/1.1 {status}</D:status>{error}</D:propstat>"
            );
        }
    }
    text.push_str("</D:response>\n</D:multistatus>\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_in_their_order() {
        let body = "<D:propertyupdate xmlns:D='DAV:' xmlns:x='urn:x'><D:remove><D:prop><x:a/></D:prop></D:remove>\
                    <D:set xml:lang='de'><D:prop><x:b>1</x:b><D:getetag/></D:prop></D:set></D:propertyupdate>";
        let changes = parse(body.as_bytes()).unwrap();
        let path = EntryPath::parse("/a").unwrap();
        let stored: Vec<_> = changes.iter().map(|it| it.stored(&path)).collect();
        let texts: Vec<_> = stored
            .iter()
            .map(|(it, is_set)| (&*it.element, *is_set))
            .collect();
        assert_eq!(
            texts,
            [
                ("<a xmlns=\"urn:x\"/>", false),
                ("<b xmlns=\"urn:x\" xml:lang=\"de\">1</b>", true),
                ("<getetag xmlns=\"DAV:\" xml:lang=\"de\"/>", true),
            ]
        );
        assert!(are_allowed(&changes[..2]) && !are_allowed(&changes));
        let text = reply("/dav/a&b", &changes, false);
        assert!(text.contains("/dav/a&amp;b"), "{text}");
        let dependent = "<a xmlns=\"urn:x\"/><b xmlns=\"urn:x\"/></D:prop><D:status>HTTP/1.1 424 Failed Dependency";
        assert!(text.contains(dependent), "{text}");
        assert!(
            text.contains("<getetag xmlns=\"DAV:\"/></D:prop><D:status>HTTP/1.1 403"),
            "{text}"
        );
        for bad in ["", "<a/>", "<propertyupdate xmlns='DAV:'/>"] {
            assert_eq!(parse(bad.as_bytes()), Err(MalformedBody), "{bad}");
        }
    }
}
