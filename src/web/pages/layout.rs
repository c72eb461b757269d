//! The layout around every page: head, header, navigation, footer.
//!
//! Every URL in here and in the other views is an absolute path that already contains the base path;
//! templates only print them.

use crate::store::Viewer;
use crate::web::locale::{Language, PageText};

/// The layout of a page.
#[derive(Debug, Clone, Default)]
pub struct PageLayout {
    /// The language of the page.
    pub language: &'static Language,
    /// Action URL of the form that chooses another language: `lang`.
    pub languages: String,
    /// True if the page may show data of TMDB, whose terms ask for a notice.
    pub has_metadata: bool,
    /// The page's own title, without the name of the program.
    pub title: String,
    /// The URL of this build's assets: `/drive-in/assets/3f9c…`, without a trailing slash.
    pub assets: String,
    /// The URL of the home page; for a guest, the root of the ticket's scope.
    pub home: String,
    /// The navigation; empty for guests.
    pub nav: Vec<NavLink>,
    /// The search box in the header, if the visitor may search.
    pub search: Option<SearchBox>,
    /// The viewer, with the page that chooses another; `None` if there is one viewer only.
    pub viewer: Option<ViewerBadge>,
    /// The sign of running tasks; `None` for visitors who may not see them.
    pub tasks: Option<TasksSign>,
    /// Action URL of the sign-out form; `None` if no session is needed.
    pub sign_out: Option<String>,
    /// The metadata for link previews.
    pub unfurl: Option<LinkPreview>,
    /// Seconds after which a browser without scripts reloads this page (a film that is being transcoded).
    pub refresh_s: Option<u32>,
    /// The version in the footer.
    pub version: String,
}

impl PageLayout {
    /// Returns a text in the language of the page, to which values can be added.
    pub fn text<'a>(&self, id: &'a str) -> PageText<'a> {
        self.language.text(id)
    }
}

/// One navigation link.
#[derive(Debug, Clone)]
pub struct NavLink {
    /// Its text.
    pub label: String,
    /// Its URL.
    pub href: String,
    /// True on the page that it leads to.
    pub current: bool,
}

/// The small sign of running tasks in the header.
#[derive(Debug, Clone)]
pub struct TasksSign {
    /// The number of tasks that run or wait. The sign is hidden if there are none.
    pub count: usize,
    /// The page of the tasks.
    pub href: String,
    /// The URL of the events that change the sign.
    pub events: String,
}

/// A viewer, as pages show it.
#[derive(Debug, Clone, Default)]
pub struct ViewerBadge {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The first letter of the name.
    pub initial: String,
    /// The colour behind the letter.
    pub colour: String,
    /// True if a PIN is asked for.
    pub has_pin: bool,
    /// The page or the action that belongs to it.
    pub href: String,
}

impl ViewerBadge {
    /// Returns the badge of a viewer, without a URL.
    pub fn of(viewer: &Viewer) -> Self {
        ViewerBadge {
            id: viewer.id.to_string(),
            name: viewer.name.clone(),
            initial: viewer
                .name
                .chars()
                .take(1)
                .flat_map(char::to_uppercase)
                .collect(),
            colour: viewer.colour.clone(),
            has_pin: viewer.pin_hash.is_some(),
            href: String::new(),
        }
    }
}

/// The search box.
#[derive(Debug, Clone)]
pub struct SearchBox {
    /// Action URL of the form; the search words are the field `q`.
    pub action: String,
    /// The search words of this page.
    pub query: String,
}

/// The metadata that link previews read from the head of a page. All URLs are absolute.
#[derive(Debug, Clone)]
pub struct LinkPreview {
    /// The Open Graph type: `video.other` or `website`.
    pub kind: &'static str,
    /// The name of the film or the folder, shortened.
    pub title: String,
    /// One sentence: length, size.
    pub description: String,
    /// The URL of the page.
    pub url: String,
    /// The picture, a JPEG of [`WIDTH`](crate::playback::cards::WIDTH) × [`HEIGHT`](crate::playback::cards::HEIGHT)
    /// pixels; `None` on the neutral preview.
    pub image: Option<String>,
    /// The URL of the same metadata as oEmbed.
    pub oembed: Option<String>,
    /// schema.org's `VideoObject`, escaped for a `script` element; `None` for entries that are no video.
    pub data: Option<String>,
}
