//! The URLs on a page, for the owner and for guests.

use super::PageContext;
use crate::playback::ticket::Scope;
use crate::web::pages::TextLink;
use crate::web::play::search_list;
use media::{Entry, EntryPath, Place};

impl PageContext {
    /// Returns the URL below which the preview picture and the oEmbed document of an entry are: a short one
    /// for the root of a guest's scope, since it occurs several times at the top of the page.
    pub fn card_base(&self, entry: &Entry) -> String {
        if let Some(Scope::Within(place, path)) = &self.guest
            && *place == entry.place
            && *path == entry.path
        {
            return self.site.urls.local(&format!("/guest/{}", self.ticket));
        }
        self.guest_page(&entry.place, &entry.path)
    }

    /// Returns the play URL of an entry, from the root of the host.
    pub fn play(&self, entry: &Entry) -> String {
        self.site.urls.play(&self.ticket, &entry.place, &entry.path)
    }

    /// Returns the URL of a list of search results, from the root of the host.
    pub fn search_list(&self, words: &str, name: &str) -> String {
        let rest = search_list(words, name);
        self.site
            .urls
            .local(&format!("/play/{}/{rest}", self.ticket))
    }

    /// Prepends scheme and host, for other players.
    pub fn absolute(&self, local: &str) -> String {
        format!("{}{local}", self.site.urls.origin(&self.headers))
    }

    /// Returns the page of a folder.
    pub fn browse(&self, place: &Place, path: &EntryPath) -> String {
        if self.is_guests() {
            return self.guest_page(place, path);
        }
        self.site.urls.of_entry("browse", place, path)
    }

    /// Returns the page of a film.
    pub fn watch(&self, entry: &Entry) -> String {
        if self.is_guests() {
            return self.guest_page(&entry.place, &entry.path);
        }
        self.site.urls.of_entry("watch", &entry.place, &entry.path)
    }

    /// Returns the guest page of an entry under this context's ticket; its previews are below it.
    pub fn guest_page(&self, place: &Place, path: &EntryPath) -> String {
        self.site.urls.guest(&self.ticket, place, path)
    }

    /// Returns the page on which a guest link is created; `None` for guests and viewers that are limited to places.
    pub fn guest_link(&self, place: &Place, path: &EntryPath) -> Option<String> {
        let address = self.site.urls.of_entry("guest-link", place, path);
        self.may_manage().then_some(address)
    }

    /// Returns links to the folders above an entry, from the place down, without the entry itself.
    pub fn crumbs(&self, place: &Place, path: &EntryPath) -> Vec<TextLink> {
        let mut crumbs = Vec::new();
        let mut above = path.parent();
        while let Some(folder) = above.filter(|folder| self.covers(place, folder)) {
            let label = if folder.is_root() {
                place.as_str()
            } else {
                folder.name()
            };
            crumbs.push(TextLink {
                label: label.to_owned(),
                href: self.browse(place, &folder),
            });
            above = folder.parent();
        }
        crumbs.reverse();
        crumbs
    }
}
