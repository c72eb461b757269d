//! What stands around every page: head, header, navigation, footer.
//!
//! Every address in here and in the other views is an absolute path that already contains the base
//! path; templates only print them.

/// The frame of a page.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// The page's own title, without the name of the program.
    pub title: String,
    /// Where the assets of this build live: `/drive-in/assets/3f9c…`, without a slash at the end.
    pub assets: String,
    /// The address of the home page; a guest's is the root of what the ticket covers.
    pub home: String,
    /// The entries of the navigation. Guests have none.
    pub nav: Vec<NavLink>,
    /// The search box in the header, where the visitor may search.
    pub search: Option<SearchBox>,
    /// Where the sign-out form posts to, where there is somebody to sign out.
    pub sign_out: Option<String>,
    /// What a chat shows of this page when its address is pasted there.
    pub unfurl: Option<LinkPreview>,
    /// Without JavaScript, load this page again after so many seconds (a film that is being prepared).
    pub refresh_s: Option<u32>,
    /// The version in the footer.
    pub version: String,
}

/// One entry of the navigation.
#[derive(Debug, Clone)]
pub struct NavLink {
    /// Its text.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Whether the visitor is there.
    pub current: bool,
}

/// The search box.
#[derive(Debug, Clone)]
pub struct SearchBox {
    /// The form's address; the words go into `q`.
    pub action: String,
    /// What was searched for, to be shown again.
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
    /// schema.org's `VideoObject`, escaped for a `script` element; `None` for what is no video.
    pub data: Option<String>,
}
