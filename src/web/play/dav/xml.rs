//! Small XML documents of WebDAV clients as trees: the bodies of PROPPATCH and LOCK, and the values in them, which are
//! stored and sent back as they came (RFC 4918 §4.3).

use std::fmt::Write;

use quick_xml::escape::{escape, resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{NamespaceResolver, ResolveResult};
use quick_xml::{NsReader, XmlVersion};

use super::propfind::MalformedBody;

/// Namespace of `xml:lang`.
const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// Maximum depth of elements in a body.
const MAX_DEPTH: usize = 32;

/// An element with resolved names. An empty namespace is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct XmlElement {
    pub namespace: String,
    pub name: String,
    /// Namespace, name and value.
    attributes: Vec<(String, String, String)>,
    content: Vec<XmlContent>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum XmlContent {
    Element(XmlElement),
    Text(String),
}

impl XmlElement {
    /// Parses a document and returns its root.
    ///
    /// # Errors
    ///
    /// Fails if it is not well-formed, has a document type, or is too deep.
    pub fn parse(body: &[u8]) -> Result<Self, MalformedBody> {
        let text = std::str::from_utf8(body).map_err(|_| MalformedBody)?;
        let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}'));
        let mut open: Vec<XmlElement> = Vec::new();
        let mut root = None;
        loop {
            let event = reader.read_event().map_err(|_| MalformedBody)?;
            match event {
                Event::Start(start) => open.push(element(reader.resolver(), &start)?),
                Event::Empty(start) => {
                    let element = element(reader.resolver(), &start)?;
                    close(element, &mut open, &mut root)?;
                }
                Event::End(_) => {
                    let element = open.pop().ok_or(MalformedBody)?;
                    close(element, &mut open, &mut root)?;
                }
                Event::Text(text) => add_text(&mut open, &text.xml10_content()),
                Event::CData(text) => add_text(&mut open, &text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let char = reference.resolve_char_ref().map_err(|_| MalformedBody)?;
                    let text = match char {
                        Some(char) => char.to_string(),
                        None => resolve_predefined_entity(&reference.xml10_content())
                            .ok_or(MalformedBody)?
                            .to_owned(),
                    };
                    add_text(&mut open, &text);
                }
                Event::DocType(_) => return Err(MalformedBody),
                Event::Eof if open.is_empty() => return root.ok_or(MalformedBody),
                Event::Eof => return Err(MalformedBody),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
            if open.len() > MAX_DEPTH {
                return Err(MalformedBody);
            }
        }
    }

    /// Returns true for the element of this name.
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }

    /// Returns the elements in this one.
    pub fn children(&self) -> impl Iterator<Item = &XmlElement> {
        self.content.iter().filter_map(|content| match content {
            XmlContent::Element(element) => Some(element),
            XmlContent::Text(_) => None,
        })
    }

    /// Returns the first element of this name in this one.
    pub fn child(&self, namespace: &str, name: &str) -> Option<&XmlElement> {
        self.children().find(|child| child.is(namespace, name))
    }

    /// Returns the value of `xml:lang`.
    pub fn language(&self) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|(namespace, name, _)| namespace == XML && name == "lang");
        found.map(|(_, _, value)| value.as_str())
    }

    /// Sets `xml:lang`, which an element inherits from those around it.
    pub fn set_language(&mut self, language: &str) {
        let attribute = (XML.to_owned(), "lang".to_owned(), language.to_owned());
        self.attributes.push(attribute);
    }

    /// Returns the element as XML that needs no declaration around it.
    pub fn to_xml(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "<{} xmlns=\"{}\"",
            self.name,
            escape(&*self.namespace)
        );
        for (number, (namespace, name, value)) in self.attributes.iter().enumerate() {
            let value = escape(value.as_str());
            let _ = match namespace.as_str() {
                "" => write!(text, " {name}=\"{value}\""),
                XML => write!(text, " xml:{name}=\"{value}\""),
                other => write!(
                    text,
                    " xmlns:n{number}=\"{}\" n{number}:{name}=\"{value}\"",
                    escape(other)
                ),
            };
        }
        if self.content.is_empty() {
            text.push_str("/>");
            return;
        }
        text.push('>');
        for content in &self.content {
            match content {
                XmlContent::Element(element) => element.write(text),
                XmlContent::Text(plain) => text.push_str(&escape(plain.as_str())),
            }
        }
        let _ = write!(text, "</{}>", self.name);
    }
}

/// Puts a finished element into the one around it.
fn close(
    element: XmlElement,
    open: &mut [XmlElement],
    root: &mut Option<XmlElement>,
) -> Result<(), MalformedBody> {
    match open.last_mut() {
        Some(parent) => parent.content.push(XmlContent::Element(element)),
        None if root.is_none() => *root = Some(element),
        None => return Err(MalformedBody),
    }
    Ok(())
}

fn add_text(open: &mut [XmlElement], text: &str) {
    let Some(parent) = open.last_mut() else {
        return;
    };
    match parent.content.last_mut() {
        Some(XmlContent::Text(before)) => before.push_str(text),
        _ => parent.content.push(XmlContent::Text(text.to_owned())),
    }
}

fn element(
    resolver: &NamespaceResolver,
    start: &BytesStart<'_>,
) -> Result<XmlElement, MalformedBody> {
    let (namespace, name) = resolver.resolve_element(start.name());
    let mut element = XmlElement {
        namespace: uri(namespace)?,
        name: name.into_inner().to_owned(),
        ..XmlElement::default()
    };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| MalformedBody)?;
        let key = attribute.key.0;
        if key == "xmlns" {
            continue;
        }
        if key.starts_with("xmlns:") {
            // A prefix cannot be bound to no namespace (Namespaces in XML 1.0 §5).
            match attribute.value.is_empty() {
                true => return Err(MalformedBody),
                false => continue,
            }
        }
        let (namespace, name) = resolver.resolve_attribute(attribute.key);
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|_| MalformedBody)?;
        element.attributes.push((
            uri(namespace)?,
            name.into_inner().to_owned(),
            value.into_owned(),
        ));
    }
    Ok(element)
}

fn uri(namespace: ResolveResult<'_>) -> Result<String, MalformedBody> {
    match namespace {
        ResolveResult::Bound(namespace) => {
            let name = unescape(namespace.0).map_err(|_| MalformedBody)?;
            Ok(name.into_owned())
        }
        ResolveResult::Unbound => Ok(String::new()),
        ResolveResult::Unknown(_) => Err(MalformedBody),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_comes_back_as_it_came_without_its_surroundings() {
        let body = "<?xml version='1.0'?><D:x xmlns:D='DAV:' xmlns='urn:o' xmlns:e='urn:e&amp;1'>\
                    <e:a e:k='1 &lt; 2' l=\"&quot;\" xml:lang='de'>t &amp; <b xmlns=''/><![CDATA[<c>]]>&#x1F3AC;\
                    <d/></e:a></D:x>";
        let root = XmlElement::parse(body.as_bytes()).unwrap();
        assert!(root.is("DAV:", "x"));
        let value = root.child("urn:e&1", "a").unwrap();
        assert_eq!(value.language(), Some("de"));
        let text = value.to_xml();
        assert_eq!(
            text,
            "<a xmlns=\"urn:e&amp;1\" xmlns:n0=\"urn:e&amp;1\" n0:k=\"1 &lt; 2\" l=\"&quot;\" xml:lang=\"de\">\
             t &amp; <b xmlns=\"\"/>&lt;c&gt;\u{1F3AC}<d xmlns=\"urn:o\"/></a>"
        );
        assert_eq!(XmlElement::parse(text.as_bytes()).unwrap().to_xml(), text);
    }

    #[test]
    fn malformed_documents_are_refused() {
        let deep = format!("{}{}", "<a>".repeat(40), "</a>".repeat(40));
        for bad in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<x:a/>",
            "<a x:b=''/>",
            "<a xmlns:b=''/>",
            "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
            "<a>&b;</a>",
            &deep,
        ] {
            assert_eq!(
                XmlElement::parse(bad.as_bytes()),
                Err(MalformedBody),
                "{bad}"
            );
        }
    }
}
