//! The languages of the pages: which one a visitor reads, and the texts in it.
//!
//! The texts stand in `locales/{language}/*.ftl` as Fluent messages (<https://projectfluent.org>), English being the
//! source; they are embedded in the binary and parsed when a language is first read. A page takes a text by its id:
//! `{{ layout.text("nav-home") }}` in a template, `context.text("nav-home")` in code. A message that a language
//! lacks is English. Sentences of problems stay English in the API; a page translates them by
//! [`Language::sentence`], and the facts that drives report by [`Language::fact`]. `docs/translating.md` says how messages are written.

#[cfg(test)]
mod check;
mod facts;
mod format;
mod language_names;
mod messages;
mod negotiation;
mod script_texts;

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use askama::filters::Escaper as _;
use fluent_bundle::{FluentArgs, FluentValue};

use messages::Messages;

pub(super) use messages::hash_all;
pub(super) use negotiation::LANGUAGE_COOKIE;

/// A language of the pages.
pub struct Language {
    /// Its tag (BCP 47), which is also the name of its folder in `locales/`.
    pub tag: &'static str,
    /// Its name in itself.
    pub name: &'static str,
    is_rtl: bool,
    messages: OnceLock<Messages>,
}

const fn language(tag: &'static str, name: &'static str) -> Language {
    language_of(tag, name, false)
}

const fn language_of(tag: &'static str, name: &'static str, is_rtl: bool) -> Language {
    Language {
        tag,
        name,
        is_rtl,
        messages: OnceLock::new(),
    }
}

/// All languages, English first.
static LANGUAGES: [Language; 14] = [
    language("en", "English"),
    language("de", "Deutsch"),
    language("es", "Español"),
    language("fr", "Français"),
    language("id", "Bahasa Indonesia"),
    language("pt-BR", "Português (Brasil)"),
    language("tr", "Türkçe"),
    language("ru", "Русский"),
    language_of("ar", "العربية", true),
    language("hi", "हिन्दी"),
    language("ja", "日本語"),
    language("ko", "한국어"),
    language("zh-Hans", "简体中文"),
    language("zh-Hant", "繁體中文"),
];

impl Language {
    /// Returns all languages.
    pub fn all() -> &'static [Language] {
        &LANGUAGES
    }

    /// Returns English, in which every text exists.
    pub fn english() -> &'static Language {
        &LANGUAGES[0]
    }

    /// Returns the language with this tag, in any case; `None` if there is none.
    pub fn tagged(tag: &str) -> Option<&'static Language> {
        LANGUAGES
            .iter()
            .find(|language| language.tag.eq_ignore_ascii_case(tag))
    }

    /// Returns the direction of its script, for the attribute `dir`.
    pub fn direction(&self) -> &'static str {
        if self.is_rtl { "rtl" } else { "ltr" }
    }

    /// Returns a text, to which values can be added.
    pub fn text<'a>(&'static self, id: &'a str) -> PageText<'a> {
        PageText {
            language: self,
            id,
            arguments: FluentArgs::new(),
            markup: Vec::new(),
        }
    }

    /// Returns a sentence of a problem in this language. `english` is the sentence as the code and the API have it;
    /// it is returned as it is if no message has it.
    pub fn sentence<'a>(&'static self, english: &'a str) -> Cow<'a, str> {
        match messages::sentence_id(english) {
            Some(id) if !std::ptr::eq(self, Language::english()) => {
                self.text(id).to_string().into()
            }
            _ => english.into(),
        }
    }

    fn messages(&self) -> &Messages {
        self.messages
            .get_or_init(|| Messages::read(self.tag, self.is_rtl))
    }

    /// Formats a message, the English one if this language has none.
    fn format(&'static self, id: &str, arguments: &FluentArgs<'_>) -> String {
        let found = self.messages().format(id, arguments);
        let found = found.or_else(|| Language::english().messages().format(id, arguments));
        debug_assert!(found.is_some(), "there is no message {id}");
        found.unwrap_or_else(|| id.to_owned())
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag)
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Language) -> bool {
        self.tag == other.tag
    }
}

impl Default for &'static Language {
    fn default() -> Self {
        Language::english()
    }
}

/// A text with the values that stand in it.
pub struct PageText<'a> {
    language: &'static Language,
    id: &'a str,
    arguments: FluentArgs<'a>,
    /// The markup that stands in it; a character from [`FIRST_MARKUP`] on holds the place of each.
    markup: Vec<String>,
}

/// The first of the characters that hold the place of markup: of the Private Use Area, so no text has them.
const FIRST_MARKUP: u32 = 0xe000;

fn markup_place(index: usize) -> String {
    char::from_u32(FIRST_MARKUP + index as u32)
        .unwrap_or_default()
        .to_string()
}

impl PageText<'_> {
    /// Sets a value of the message.
    pub fn with(mut self, name: &'static str, value: impl TextValue) -> Self {
        self.arguments.set(name, value.value());
        self
    }

    /// Sets a value that stands in an element: `.element("command", "code", "drivein check")`. `tag` may have
    /// attributes. For [`PageText::html`].
    pub fn element(self, name: &'static str, tag: &str, content: impl fmt::Display) -> Self {
        let closing = tag.split(' ').next().unwrap_or_default();
        let content = escaped(&content.to_string());
        self.markup(name, format!("<{tag}>{content}</{closing}>"))
    }

    /// Sets a value that is a link, whose label is a name in any script. For [`PageText::html`].
    pub fn link(self, name: &'static str, href: &str, label: impl fmt::Display) -> Self {
        let label = escaped(&label.to_string());
        let markup = format!("<a href=\"{}\" dir=\"auto\">{label}</a>", escaped(href));
        self.markup(name, markup)
    }

    fn markup(mut self, name: &'static str, markup: String) -> Self {
        self.arguments.set(name, markup_place(self.markup.len()));
        self.markup.push(markup);
        self
    }

    /// Returns the text as HTML, with its elements and links; everything else is escaped.
    pub fn html(self) -> Html {
        let mut html = escaped(&self.to_string());
        for (index, markup) in self.markup.iter().enumerate() {
            html = html.replace(&markup_place(index), markup);
        }
        Html(html)
    }
}

/// Escapes a text for HTML, as templates do.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    // A `String` takes everything.
    let _ = askama::filters::Html.write_escaped_str(&mut html, text);
    html
}

/// A text with markup, which a template prints as it is.
pub struct Html(String);

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

impl fmt::Display for PageText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.language.format(self.id, &self.arguments))
    }
}

impl From<PageText<'_>> for String {
    fn from(text: PageText<'_>) -> String {
        text.to_string()
    }
}

/// A value that stands in a text: a word, or a number that decides the plural form.
pub trait TextValue {
    /// Returns the value for Fluent.
    fn value(&self) -> FluentValue<'static>;
}

impl TextValue for str {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::String(self.to_owned().into())
    }
}

impl TextValue for String {
    fn value(&self) -> FluentValue<'static> {
        self.as_str().value()
    }
}

impl TextValue for PageText<'_> {
    fn value(&self) -> FluentValue<'static> {
        self.to_string().value()
    }
}

impl TextValue for Cow<'_, str> {
    fn value(&self) -> FluentValue<'static> {
        self.as_ref().value()
    }
}

impl<T: TextValue + ?Sized> TextValue for &T {
    fn value(&self) -> FluentValue<'static> {
        (**self).value()
    }
}

macro_rules! number_values {
    ($($number:ty)*) => {$(
        impl TextValue for $number {
            fn value(&self) -> FluentValue<'static> {
                FluentValue::from(*self)
            }
        }
    )*};
}

number_values!(u8 u16 u32 u64 usize i64);
