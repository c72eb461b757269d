//! Files, and the targets of the site's URIs: in the account's own files, or in a share.

use std::collections::BTreeMap;

use axum::body::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use url::Url;

use super::versions::Version;
use super::{Site, World, decoded, now, time};

/// A file or a folder.
#[derive(Clone)]
pub struct Node {
    pub id: String,
    /// `None` for folders.
    pub entity: Option<String>,
    pub bytes: usize,
    pub changed_at: i64,
    pub metadata: BTreeMap<String, String>,
    /// Earlier versions, the newest last.
    pub versions: Vec<Version>,
}

/// The target of a URI.
pub struct Place {
    /// The path in the account's tree; empty for its root.
    pub path: String,
    /// The prefix of the path in URIs of replies.
    pub prefix: String,
    /// The path that the prefix stands for.
    pub root: String,
    /// The share, if the URI leads into one.
    pub share: Option<String>,
    /// True if the share is of one file; then its folder shows nothing else.
    pub is_single: bool,
    /// The search in it.
    pub search: Option<Vec<(String, String)>>,
}

impl Site {
    /// Stores a file, with the folders above it.
    pub fn put(&self, path: &str, bytes: impl Into<Bytes>) {
        self.world().put(path, bytes.into());
    }

    /// Sets metadata of a file besides its name and size.
    pub fn tell(&self, path: &str, metadata: &[(&str, &str)]) {
        let mut world = self.world();
        let node = world.files.get_mut(path).unwrap();
        for (key, value) in metadata {
            node.metadata.insert((*key).to_owned(), (*value).to_owned());
        }
    }

    pub fn folder(&self, path: &str) {
        self.world().folder(path);
    }

    pub fn changed_at(&self, path: &str, unix_s: i64) {
        self.world().files.get_mut(path).unwrap().changed_at = unix_s;
    }

    /// Returns the direct link of a file.
    pub fn direct_link(&self, path: &str) -> String {
        let entity = self.world().files[path].entity.clone().unwrap();
        let name = crate::harness::encoded_name(path.rsplit('/').next().unwrap());
        format!("{}/f/{entity}/{name}", self.url())
    }

    pub fn bytes(&self, path: &str) -> Option<Bytes> {
        let world = self.world();
        let entity = world.files.get(path)?.entity.clone()?;
        world.blobs.get(&entity).cloned()
    }
}

impl World {
    pub fn put(&mut self, path: &str, bytes: Bytes) {
        let (above, _) = path.rsplit_once('/').unwrap();
        self.folder(above);
        let (id, entity) = (self.id(), self.id());
        let known = self.files.get(path);
        let id = known.map_or(id, |known| known.id.clone());
        let mut versions = known.map_or(Vec::new(), |known| known.versions.clone());
        if let Some((known, before)) = known.and_then(|known| Some((known, known.entity.clone()?)))
        {
            versions.push(Version {
                entity: before,
                bytes: known.bytes,
                made_at: known.changed_at,
            });
        }
        let node = Node {
            id,
            entity: Some(entity.clone()),
            bytes: bytes.len(),
            changed_at: now(),
            metadata: BTreeMap::new(),
            versions,
        };
        self.files.insert(path.to_owned(), node);
        self.blobs.insert(entity, bytes);
    }

    pub fn folder(&mut self, path: &str) {
        if path.is_empty() || self.files.contains_key(path) {
            return;
        }
        self.folder(path.rsplit_once('/').unwrap().0);
        let node = Node {
            id: self.id(),
            entity: None,
            bytes: 0,
            changed_at: now(),
            metadata: BTreeMap::new(),
            versions: Vec::new(),
        };
        self.files.insert(path.to_owned(), node);
    }

    /// Resolves a URI, or returns the error number.
    pub fn locate(&self, uri: &str, is_owner: bool) -> Result<Place, i64> {
        let url = Url::parse(uri).map_err(|_| 40001)?;
        if url.scheme() != "cloudreve" {
            return Err(40001);
        }
        let names: String = url
            .path()
            .split('/')
            .filter(|name| !name.is_empty())
            .map(|name| format!("/{}", decoded(name)))
            .collect();
        let search = url.query().map(|query| {
            url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect()
        });
        match url.host_str().unwrap_or_default() {
            "my" if !is_owner => Err(401),
            "my" => Ok(Place {
                path: names,
                prefix: "cloudreve://my".to_owned(),
                root: String::new(),
                share: None,
                is_single: false,
                search,
            }),
            "share" => {
                let id = url.username();
                let share = self.live_share(id).ok_or(404)?;
                let given = url.password().map(decoded);
                if share.password.is_some() && share.password != given {
                    return Err(40069);
                }
                let is_single = self.files[&share.path].entity.is_some();
                let root = match is_single {
                    true => share.path.rsplit_once('/').unwrap().0.to_owned(),
                    false => share.path.clone(),
                };
                let path = format!("{root}{names}");
                if is_single && !names.is_empty() && path != share.path {
                    return Err(40016);
                }
                let password = share
                    .password
                    .as_ref()
                    .map(|password| format!(":{password}"));
                Ok(Place {
                    path,
                    prefix: format!("cloudreve://{id}{}@share", password.unwrap_or_default()),
                    root,
                    share: Some(id.to_owned()),
                    is_single,
                    search,
                })
            }
            _ => Err(-1),
        }
    }

    /// Returns the node at a place that is not its root.
    pub fn node(&self, place: &Place) -> Result<&Node, i64> {
        self.files.get(&place.path).ok_or(40016)
    }

    /// Returns the API's JSON of a node.
    pub fn told(&self, path: &str, node: &Node, place: &Place) -> Value {
        let below = path.strip_prefix(&place.root).unwrap_or_default();
        let encoded: String = below
            .split('/')
            .filter(|name| !name.is_empty())
            .map(|name| format!("/{}", utf8_percent_encode(name, NON_ALPHANUMERIC)))
            .collect();
        let is_folder = node.entity.is_none();
        json!({
            "type": i32::from(is_folder),
            "id": node.id,
            "name": path.rsplit('/').next().unwrap_or_default(),
            "created_at": time(node.changed_at),
            "updated_at": time(node.changed_at),
            "size": node.bytes,
            "metadata": if node.metadata.is_empty() { Value::Null } else { json!(node.metadata) },
            "path": format!("{}{encoded}", place.prefix),
            "capability": "w8edAQ==",
            "owned": place.share.is_none(),
            // Folders and empty files have one, too.
            "primary_entity": node.entity.as_deref().unwrap_or("zOie"),
        })
    }
}

/// Returns true if `path` is a child of `folder`.
pub fn is_child(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .and_then(|rest| rest.strip_prefix('/'))
        .is_some_and(|name| !name.is_empty() && !name.contains('/'))
}

/// Returns true if `path` is `folder` or below it.
pub fn is_within(path: &str, folder: &str) -> bool {
    path == folder
        || path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
}
