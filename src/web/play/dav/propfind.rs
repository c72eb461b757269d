//! Parses the body of a PROPFIND (RFC 4918 §9.1, §14.20).

use crate::store::DavProperty;
use quick_xml::NsReader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

/// Namespace of WebDAV's own elements and properties.
pub(super) const DAV: &str = "DAV:";

/// Maximum number of properties that one request may name. The reply repeats each of them for every child.
const MAX_PROPERTIES: usize = 100;

/// Maximum depth of elements in the body.
const MAX_DEPTH: usize = 20;

/// The name of a property, qualified by its namespace; the namespace is empty if there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PropertyName {
    pub namespace: String,
    pub name: String,
}

impl PropertyName {
    /// Returns the name of a stored property.
    pub fn of(property: &DavProperty) -> Self {
        PropertyName {
            namespace: property.namespace.clone(),
            name: property.name.clone(),
        }
    }
}

/// The properties that a PROPFIND asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PropertyRequest {
    /// These, by name.
    Named(Vec<PropertyName>),
    /// The names of all.
    Names,
    /// All that the server defines, and these.
    All { included: Vec<PropertyName> },
}

/// The reason for which a body is no PROPFIND.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MalformedBody;

impl PropertyRequest {
    /// Parses a body. An empty one asks for all properties.
    ///
    /// # Errors
    ///
    /// Fails if the body is not well-formed XML with namespaces, has another root than `DAV:propfind`, asks in
    /// two ways or in none, names too many properties, or has a document type.
    pub fn parse(body: &[u8]) -> Result<Self, MalformedBody> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(PropertyRequest::All {
                included: Vec::new(),
            });
        }
        let text = std::str::from_utf8(body).map_err(|_| MalformedBody)?;
        let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}'));
        let mut body = BodyReader::default();
        loop {
            let (namespace, event) = reader.read_resolved_event().map_err(|_| MalformedBody)?;
            match event {
                Event::Start(element) => body.start(namespace, &element)?,
                Event::Empty(element) => {
                    body.start(namespace, &element)?;
                    body.end();
                }
                Event::End(_) => body.end(),
                Event::DocType(_) => return Err(MalformedBody),
                Event::Eof => return body.finish(),
                _ => {}
            }
        }
    }
}

/// The part of a body that was read so far.
#[derive(Default)]
struct BodyReader {
    /// Number of elements that are open.
    depth: usize,
    /// True once the root was read.
    has_root: bool,
    /// The way of asking in which the reader is, such as `prop`; `None` outside of one.
    inside: Option<String>,
    ways: Vec<String>,
    properties: Vec<PropertyName>,
}

impl BodyReader {
    fn start(
        &mut self,
        namespace: ResolveResult<'_>,
        element: &BytesStart<'_>,
    ) -> Result<(), MalformedBody> {
        let namespace = match namespace {
            ResolveResult::Bound(namespace) => {
                let name = unescape(namespace.0).map_err(|_| MalformedBody)?;
                name.into_owned()
            }
            ResolveResult::Unbound => String::new(),
            ResolveResult::Unknown(_) => return Err(MalformedBody),
        };
        for attribute in element.attributes() {
            let attribute = attribute.map_err(|_| MalformedBody)?;
            // A prefix cannot be bound to no namespace (Namespaces in XML 1.0 §5).
            if attribute.key.0.starts_with("xmlns:") && attribute.value.is_empty() {
                return Err(MalformedBody);
            }
        }
        let name = element.local_name().into_inner().to_owned();
        self.depth += 1;
        match self.depth {
            1 if self.has_root || namespace != DAV || name != "propfind" => {
                return Err(MalformedBody);
            }
            1 => self.has_root = true,
            // Unknown elements are ignored (RFC 4918 §17).
            2 if namespace == DAV
                && matches!(&*name, "prop" | "propname" | "allprop" | "include") =>
            {
                self.ways.push(name.clone());
                self.inside = Some(name);
            }
            3 if matches!(self.inside.as_deref(), Some("prop" | "include")) => {
                if self.properties.len() >= MAX_PROPERTIES {
                    return Err(MalformedBody);
                }
                let property = PropertyName { namespace, name };
                if !self.properties.contains(&property) {
                    self.properties.push(property);
                }
            }
            depth if depth > MAX_DEPTH => return Err(MalformedBody),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth == 1 {
            self.inside = None;
        }
    }

    fn finish(mut self) -> Result<PropertyRequest, MalformedBody> {
        if self.depth > 0 {
            return Err(MalformedBody);
        }
        self.ways.sort();
        let ways: Vec<&str> = self.ways.iter().map(String::as_str).collect();
        match ways[..] {
            ["prop"] => Ok(PropertyRequest::Named(self.properties)),
            ["propname"] => Ok(PropertyRequest::Names),
            ["allprop"] | ["allprop", "include"] => Ok(PropertyRequest::All {
                included: self.properties,
            }),
            _ => Err(MalformedBody),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[(&str, &str)]) -> Vec<PropertyName> {
        let property = |&(namespace, name): &(&str, &str)| PropertyName {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        };
        names.iter().map(property).collect()
    }

    #[test]
    fn a_body_asks_in_one_of_three_ways() {
        let parse = |text: &str| PropertyRequest::parse(text.as_bytes());
        let all = |included| Ok(PropertyRequest::All { included });
        assert_eq!(parse(""), all(Vec::new()));
        assert_eq!(parse("\r\n"), all(Vec::new()));
        assert_eq!(
            parse("<?xml version=\"1.0\"?><propfind xmlns='DAV:'><allprop/></propfind>"),
            all(Vec::new())
        );
        assert_eq!(
            parse(
                "<D:propfind xmlns:D='DAV:'><D:allprop/><D:include><D:quota-used-bytes/></D:include></D:propfind>"
            ),
            all(named(&[(DAV, "quota-used-bytes")]))
        );
        assert_eq!(
            parse("<D:propfind xmlns:D='DAV:'><D:propname/></D:propfind>"),
            Ok(PropertyRequest::Names)
        );
        assert_eq!(
            parse(
                "<propfind xmlns='DAV:' xmlns:x='urn:y'><odd xmlns='z'><prop/></odd>\
                 <prop><displayname/><x:a><x:b/></x:a><c xmlns=''/><displayname/></prop></propfind>"
            ),
            Ok(PropertyRequest::Named(named(&[
                (DAV, "displayname"),
                ("urn:y", "a"),
                ("", "c")
            ])))
        );
    }

    #[test]
    fn what_is_no_propfind_is_refused() {
        let many = "<a/><b/>".repeat(60);
        let numbered: String = (0..101).map(|n| format!("<a{n}/>")).collect();
        for (text, is_accepted) in [
            ("<foo>".to_owned(), false),
            ("<propfind/>".to_owned(), false),
            ("<propfind xmlns='DAV:'/>".to_owned(), false),
            ("<propfind xmlns='DAV:'><prop>".to_owned(), false),
            (
                "<propfind xmlns='DAV:'><prop/><allprop/></propfind>".to_owned(),
                false,
            ),
            (
                "<propfind xmlns='DAV:'><include/></propfind>".to_owned(),
                false,
            ),
            (
                "<propfind xmlns='DAV:'><prop><bar:foo xmlns:bar=''/></prop></propfind>".to_owned(),
                false,
            ),
            (
                "<propfind xmlns='DAV:'><prop><bar:foo/></prop></propfind>".to_owned(),
                false,
            ),
            (
                "<!DOCTYPE propfind [<!ENTITY a 'b'>]><propfind xmlns='DAV:'><allprop/></propfind>"
                    .to_owned(),
                false,
            ),
            (
                "<propfind xmlns='DAV:'><allprop/></propfind><propfind xmlns='DAV:'/>".to_owned(),
                false,
            ),
            (
                format!("<propfind xmlns='DAV:'><prop>{many}</prop></propfind>"),
                true,
            ),
            (
                format!("<propfind xmlns='DAV:'><prop>{numbered}</prop></propfind>"),
                false,
            ),
        ] {
            let parsed = PropertyRequest::parse(text.as_bytes());
            assert_eq!(parsed.is_ok(), is_accepted, "{text}");
        }
        assert!(PropertyRequest::parse(b"\xff\xfe<\0").is_err());
    }
}
