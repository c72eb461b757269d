//! The header `If` of WebDAV (RFC 4918 §10.4): conditions on lock tokens and entity tags.

/// A parsed header.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct IfHeader {
    lists: Vec<ConditionList>,
}

/// Conditions that must all be true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ConditionList {
    /// The URL of the resource that they are about; `None` for that of the request.
    pub resource: Option<String>,
    conditions: Vec<Condition>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Condition {
    is_negated: bool,
    state: ConditionState,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum ConditionState {
    Token(String),
    /// In quotes, as in the header `ETag`.
    Tag(String),
}

/// The locks and the version of a resource.
#[derive(Debug, Clone, Default)]
pub(super) struct ResourceState {
    /// The tokens of all locks that protect it.
    pub tokens: Vec<String>,
    /// Its entity tag in quotes; `None` for a folder, or if there is no such resource.
    pub etag: Option<String>,
}

/// The header is malformed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MalformedIf;

impl IfHeader {
    /// Parses the value of the header.
    pub fn parse(text: &str) -> Result<Self, MalformedIf> {
        let mut lists = Vec::new();
        let mut resource = None;
        let mut rest = text.trim();
        while !rest.is_empty() {
            if let Some(tagged) = rest.strip_prefix('<') {
                let (url, after) = tagged.split_once('>').ok_or(MalformedIf)?;
                resource = Some(url.trim().to_owned());
                rest = after.trim_start();
            }
            let inner = rest.strip_prefix('(').ok_or(MalformedIf)?;
            let (conditions, after) = conditions(inner)?;
            lists.push(ConditionList {
                resource: resource.clone(),
                conditions,
            });
            rest = after.trim_start();
        }
        match lists.is_empty() {
            true => Err(MalformedIf),
            false => Ok(IfHeader { lists }),
        }
    }

    /// Returns every lock token in the header: the client has submitted them (RFC 4918 §6.5).
    pub fn tokens(&self) -> impl Iterator<Item = &str> {
        let conditions = self.lists.iter().flat_map(|list| &list.conditions);
        conditions.filter_map(|condition| match &condition.state {
            ConditionState::Token(token) => Some(token.as_str()),
            ConditionState::Tag(_) => None,
        })
    }

    /// Returns the URLs of the resources that the header names; `None` for that of the request.
    pub fn resources(&self) -> impl Iterator<Item = Option<&str>> {
        self.lists.iter().map(|list| list.resource.as_deref())
    }

    /// Returns true if one of the lists is true.
    pub fn is_met(&self, state: impl Fn(Option<&str>) -> ResourceState) -> bool {
        self.lists.iter().any(|list| {
            let state = state(list.resource.as_deref());
            list.conditions.iter().all(|condition| {
                let is_true = match &condition.state {
                    ConditionState::Token(token) => state.tokens.contains(token),
                    ConditionState::Tag(tag) => state.etag.as_ref() == Some(tag),
                };
                is_true != condition.is_negated
            })
        })
    }
}

/// Parses conditions up to the closing parenthesis. Returns what follows it.
fn conditions(text: &str) -> Result<(Vec<Condition>, &str), MalformedIf> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    loop {
        if let Some(after) = rest.strip_prefix(')') {
            return match found.is_empty() {
                true => Err(MalformedIf),
                false => Ok((found, after)),
            };
        }
        let is_negated = rest
            .get(..3)
            .is_some_and(|it| it.eq_ignore_ascii_case("not"));
        if is_negated {
            rest = rest[3..].trim_start();
        }
        let (state, after) = if let Some(inner) = rest.strip_prefix('<') {
            let (token, after) = inner.split_once('>').ok_or(MalformedIf)?;
            (ConditionState::Token(token.trim().to_owned()), after)
        } else if let Some(inner) = rest.strip_prefix('[') {
            // A tag may contain a bracket, but no quote.
            let end = second_quote(inner).ok_or(MalformedIf)?;
            let (tag, after) = inner.split_at(end + 1);
            let after = after.trim_start().strip_prefix(']').ok_or(MalformedIf)?;
            (ConditionState::Tag(tag.trim().to_owned()), after)
        } else {
            return Err(MalformedIf);
        };
        found.push(Condition { is_negated, state });
        rest = after.trim_start();
    }
}

/// Returns the position of the quote that ends an entity tag.
fn second_quote(text: &str) -> Option<usize> {
    let first = text.find('"')?;
    Some(first + 1 + text[first + 1..].find('"')?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Evaluates a header for a resource `/a` with lock `urn:1` and tag `"x"`; `/b` has neither.
    fn is_met(text: &str) -> bool {
        IfHeader::parse(text)
            .unwrap()
            .is_met(|resource| match resource {
                None | Some("/a") => ResourceState {
                    tokens: vec!["urn:1".to_owned()],
                    etag: Some("\"x\"".to_owned()),
                },
                Some(_) => ResourceState::default(),
            })
    }

    #[test]
    fn one_list_whose_conditions_are_all_true_is_enough() {
        for (text, expected) in [
            ("(<urn:1>)", true),
            ("(<urn:2>)", false),
            ("([\"x\"])", true),
            ("([W/\"x\"])", false),
            ("([\"y\"])", false),
            ("(<urn:1> [\"x\"])", true),
            ("(<urn:1> [\"y\"])", false),
            ("(<urn:1> [\"y\"]) (Not <DAV:no-lock>)", true),
            ("(not <urn:1>)(NOT [\"x\"])", false),
            ("</a> (<urn:1>)", true),
            ("</b> (<urn:1>)", false),
            ("</b> (Not <urn:1>)", true),
            ("</b> (<urn:1>) ([\"x\"]) </a> ( [\"x\"] )", true),
        ] {
            assert_eq!(is_met(text), expected, "{text}");
        }
        let header = IfHeader::parse("</b> (<urn:1> [\"x\"]) (Not <urn:2>)").unwrap();
        assert_eq!(header.tokens().collect::<Vec<_>>(), ["urn:1", "urn:2"]);
        assert_eq!(
            header.resources().collect::<Vec<_>>(),
            [Some("/b"), Some("/b")]
        );
    }

    #[test]
    fn malformed_headers_are_refused() {
        for bad in [
            "", "()", "(", "<urn:1>", "(urn:1)", "(<urn:1)", "([x])", "([\"x\")", "(Not)",
            "(<a>) x",
        ] {
            assert_eq!(IfHeader::parse(bad), Err(MalformedIf), "{bad}");
        }
    }
}
