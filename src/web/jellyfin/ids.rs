//! Ids of items: sixteen bytes, written as thirty-two hexadecimal digits. They are stable, and reveal no path.
//!
//! An entry's id is a keyed hash of its place and path, whose lowest bit is 0; with that bit set it is the id of the
//! repackaged file. The state stores the way back. The id of a title of the library contains its number under a keyed mask,
//! so nothing is stored for it.

use std::sync::Arc;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::store::Store;
use cache::Cache;
use media::{Entry, EntryPath, Place, ViewerId};

/// The id of an item, a user, a server or a media source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ItemId(pub [u8; 16]);

impl ItemId {
    /// Parses thirty-two hexadecimal digits in any case, with or without dashes; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 40 {
            return None;
        }
        let digits: String = text.chars().filter(|digit| *digit != '-').collect();
        let bytes = HEXLOWER
            .decode(digits.to_ascii_lowercase().as_bytes())
            .ok()?;
        Some(ItemId(bytes.try_into().ok()?))
    }

    /// Returns the id of the repackaged file of an entry.
    pub fn repackaged(mut self) -> Self {
        self.0[15] |= 1;
        self
    }

    /// Returns the id of the entry, and true if this one is that of the repackaged file.
    pub fn of_entry(mut self) -> (Self, bool) {
        let is_repackaged = self.0[15] & 1 == 1;
        self.0[15] &= !1;
        (self, is_repackaged)
    }
}

impl std::fmt::Display for ItemId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

/// An item by its identity.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum ItemIdentity {
    /// The folder of all views.
    Home,
    /// The view of all films.
    Films,
    /// The view of all series.
    Series,
    /// A film, a series, a season or an episode of the library.
    Title(i64),
    /// A folder or a file of a drive; its root is the view of the drive.
    Entry(Place, EntryPath),
}

/// Computes ids, and finds the items of ids.
pub(super) struct ItemIds {
    key: Hmac<Sha256>,
    store: Store,
    /// Entries whose ids are stored, by their ids.
    known: Cache<[u8; 16], Arc<(Place, EntryPath)>>,
}

/// Memory of known ids, in bytes.
const KNOWN_BYTES: u64 = 16 << 20;

impl ItemIds {
    pub fn new(key: [u8; 32], store: Store) -> Self {
        let mut block = [0u8; 64];
        block[..32].copy_from_slice(&key);
        ItemIds {
            key: Hmac::new(&block.into()),
            store,
            known: Cache::builder()
                .weigher(|_, entry: &Arc<(Place, EntryPath)>| entry.1.as_str().len() as u32 + 160)
                .max_capacity(KNOWN_BYTES)
                .build(),
        }
    }

    /// Returns the id of the server.
    pub fn of_server(&self) -> String {
        ItemId(self.hash("server", &[])).to_string()
    }

    /// Returns the id of a viewer as a user.
    pub fn of_viewer(&self, viewer: ViewerId) -> ItemId {
        ItemId(self.hash("viewer", &[&viewer.bytes()]))
    }

    /// Returns the id of an item. That of an entry is to be stored, see [`ItemIds::remember`].
    pub fn of(&self, node: &ItemIdentity) -> ItemId {
        match node {
            ItemIdentity::Home => ItemId(self.hash("home", &[])),
            ItemIdentity::Films => ItemId(self.hash("films", &[])),
            ItemIdentity::Series => ItemId(self.hash("series", &[])),
            ItemIdentity::Title(id) => self.of_title(*id),
            ItemIdentity::Entry(place, path) => self.of_path(place, path),
        }
    }

    /// Returns the id of an entry.
    pub fn of_path(&self, place: &Place, path: &EntryPath) -> ItemId {
        let parts = [place.as_str().as_bytes(), path.as_str().as_bytes()];
        ItemId(self.hash("entry", &parts)).of_entry().0
    }

    /// Returns the id of the intro of an item.
    pub fn of_intro(&self, item: ItemId) -> ItemId {
        ItemId(self.hash("intro", &[&item.0]))
    }

    /// Stores the ids of entries, so that their items are found.
    pub async fn remember(&self, entries: &[Entry]) -> anyhow::Result<()> {
        let mut fresh = Vec::new();
        for entry in entries {
            let id = self.of_path(&entry.place, &entry.path).0;
            if !self.known.contains_key(&id) {
                fresh.push((id, entry.place.clone(), entry.path.clone()));
            }
        }
        if fresh.is_empty() {
            return Ok(());
        }
        self.store.put_app_items(&fresh).await?;
        for (id, place, path) in fresh {
            self.known.insert(id, Arc::new((place, path))).await;
        }
        Ok(())
    }

    /// Stores the id of one path, and returns it.
    pub async fn remember_path(&self, place: &Place, path: &EntryPath) -> anyhow::Result<ItemId> {
        let id = self.of_path(place, path);
        if !self.known.contains_key(&id.0) {
            let item = (id.0, place.clone(), path.clone());
            self.store
                .put_app_items(std::slice::from_ref(&item))
                .await?;
            self.known.insert(id.0, Arc::new((item.1, item.2))).await;
        }
        Ok(id)
    }

    /// Returns the item of an id; `None` if there never was one. `places` are the drives.
    pub async fn find(&self, id: ItemId, places: &[Place]) -> anyhow::Result<Option<ItemIdentity>> {
        let fixed = [
            ItemIdentity::Home,
            ItemIdentity::Films,
            ItemIdentity::Series,
        ];
        if let Some(node) = fixed.into_iter().find(|node| self.of(node) == id) {
            return Ok(Some(node));
        }
        if let Some(title) = self.title(id) {
            return Ok(Some(ItemIdentity::Title(title)));
        }
        let (id, _) = id.of_entry();
        let root = EntryPath::root();
        if let Some(place) = places.iter().find(|place| self.of_path(place, &root) == id) {
            return Ok(Some(ItemIdentity::Entry(place.clone(), root)));
        }
        if let Some(known) = self.known.get(&id.0).await {
            return Ok(Some(ItemIdentity::Entry(known.0.clone(), known.1.clone())));
        }
        let Some((place, path)) = self.store.app_item(id.0).await? else {
            return Ok(None);
        };
        let entry = Arc::new((place.clone(), path.clone()));
        self.known.insert(id.0, entry).await;
        Ok(Some(ItemIdentity::Entry(place, path)))
    }

    /// Returns a short keyed hash of a version and its picture, by which a picture needs no other credential.
    pub fn picture_tag(&self, id: ItemId, role: &str, version: &str) -> String {
        let version = self.hash("version", &[version.as_bytes()]);
        let mut tag = [0u8; 16];
        tag[..6].copy_from_slice(&version[..6]);
        let seal = self.hash("picture", &[&id.0, role.as_bytes(), &version[..6]]);
        tag[6..].copy_from_slice(&seal[..10]);
        HEXLOWER.encode(&tag)
    }

    /// Returns true if a tag was made for this picture, in any version.
    pub fn is_picture_tag(&self, id: ItemId, role: &str, tag: &str) -> bool {
        let Some(tag) = HEXLOWER
            .decode(tag.as_bytes())
            .ok()
            .filter(|tag| tag.len() == 16)
        else {
            return false;
        };
        let seal = self.hash("picture", &[&id.0, role.as_bytes(), &tag[..6]]);
        subtle::ConstantTimeEq::ct_eq(&tag[6..], &seal[..10]).into()
    }

    fn of_title(&self, id: i64) -> ItemId {
        let number = id.to_be_bytes();
        let seal = self.hash("title", &[&number]);
        let mask = self.hash("mask", &[&seal[..8]]);
        let mut bytes = [0u8; 16];
        bytes[..8].copy_from_slice(&seal[..8]);
        for (at, byte) in number.iter().enumerate() {
            bytes[8 + at] = byte ^ mask[at];
        }
        ItemId(bytes)
    }

    /// Returns the number of a title; `None` if the id is not that of a title.
    fn title(&self, id: ItemId) -> Option<i64> {
        let mask = self.hash("mask", &[&id.0[..8]]);
        let mut number = [0u8; 8];
        for (at, byte) in number.iter_mut().enumerate() {
            *byte = id.0[8 + at] ^ mask[at];
        }
        let title = i64::from_be_bytes(number);
        (self.of_title(title) == id).then_some(title)
    }

    fn hash(&self, kind: &str, parts: &[&[u8]]) -> [u8; 16] {
        let mut hash = self.key.clone().chain_update(kind);
        for part in parts {
            hash.update(&(part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let mut id = [0u8; 16];
        id.copy_from_slice(&hash.finalize().into_bytes()[..16]);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ids(dir: &std::path::Path) -> ItemIds {
        let store = Store::open(dir).await.unwrap();
        ItemIds::new(store.server_key("apps").await.unwrap(), store)
    }

    #[tokio::test]
    async fn an_id_leads_back_to_its_item_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::parse("films").unwrap();
        let path = EntryPath::parse("/A film.mkv").unwrap();
        let first = ids(dir.path()).await;
        let id = first.remember_path(&place, &path).await.unwrap();
        let title = first.of(&ItemIdentity::Title(7));
        drop(first);
        let again = ids(dir.path()).await;
        let find = async |id| again.find(id, std::slice::from_ref(&place)).await.unwrap();
        let entry = Some(ItemIdentity::Entry(place.clone(), path.clone()));
        assert_eq!(find(id).await, entry);
        assert_eq!(find(id.repackaged()).await, entry);
        assert_eq!(find(title).await, Some(ItemIdentity::Title(7)));
        let root = again.of_path(&place, &EntryPath::root());
        assert_eq!(
            find(root).await,
            Some(ItemIdentity::Entry(place.clone(), EntryPath::root()))
        );
        assert_eq!(
            find(again.of(&ItemIdentity::Films)).await,
            Some(ItemIdentity::Films)
        );
        // An entry that was never listed, and an invented id.
        assert_eq!(
            find(again.of_path(&place, &EntryPath::parse("/x").unwrap())).await,
            None
        );
        assert_eq!(find(ItemId([7; 16])).await, None);
    }

    #[tokio::test]
    async fn a_tag_is_good_for_its_picture_alone() {
        let dir = tempfile::tempdir().unwrap();
        let ids = ids(dir.path()).await;
        let id = ids.of(&ItemIdentity::Title(1));
        let tag = ids.picture_tag(id, "primary", "v1");
        assert_ne!(tag, ids.picture_tag(id, "primary", "v2"));
        assert!(ids.is_picture_tag(id, "primary", &tag));
        assert!(!ids.is_picture_tag(id, "backdrop", &tag));
        assert!(!ids.is_picture_tag(ids.of(&ItemIdentity::Title(2)), "primary", &tag));
        assert!(!ids.is_picture_tag(id, "primary", "0123"));
    }

    #[test]
    fn ids_are_read_in_every_form() {
        let id = ItemId::parse("0123456789abcdef0123456789abcdef").unwrap();
        assert_eq!(
            ItemId::parse("01234567-89AB-CDEF-0123-456789ABCDEF"),
            Some(id)
        );
        assert_eq!(id.to_string(), "0123456789abcdef0123456789abcdef");
        for bad in [
            "",
            "0123",
            "0123456789abcdef0123456789abcdeg",
            &"0".repeat(41),
        ] {
            assert_eq!(ItemId::parse(bad), None, "{bad}");
        }
    }
}
