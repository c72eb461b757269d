//! Calls about files: lists, searches, URLs of bytes, and changes. Batches answer with their failures.

use data_encoding::BASE64;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::trash::uuid_of;
use super::tree::{Node, Place, is_child, is_within};
use super::{Answer, Asked, BELIEVED, World, now, time};

const LARGEST_PAGE: usize = 2000;
const ADDRESS_LIFE_S: i64 = 3600;

impl World {
    pub fn list(&self, asked: &Asked, is_owner: bool) -> Answer {
        if asked.parameter("uri").and_then(uuid_of).is_some() {
            return self.list_trash(asked, is_owner);
        }
        let place = self.locate(asked.parameter("uri").ok_or(40001)?, is_owner)?;
        let folder = self.files.get(&place.path);
        if place.path != place.root && folder.is_none() {
            return Err(40016);
        }
        if !place.is_single && folder.is_some_and(|folder| folder.entity.is_some()) {
            return Err(40016);
        }
        // A shortcut to another user's share is no folder of the owner.
        if folder.is_some_and(|folder| folder.metadata.contains_key("sys:shared_redirect")) {
            return Err(403);
        }
        let single = place.is_single.then(|| self.share_path(&place));
        let mut found: Vec<(&String, &Node)> = self
            .files
            .iter()
            .filter(|(path, node)| match (&single, &place.search) {
                (Some(single), _) => *path == single,
                (None, Some(search)) => is_within(path, &place.path) && matches(path, node, search),
                (None, None) => is_child(path, &place.path),
            })
            .collect();
        let by = asked.parameter("order_by").unwrap_or_default();
        found.sort_by(|a, b| {
            let name = |of: &(&String, &Node)| of.0.rsplit('/').next().unwrap().to_owned();
            match by {
                "size" => a.1.bytes.cmp(&b.1.bytes),
                "updated_at" => a.1.changed_at.cmp(&b.1.changed_at),
                _ => name(a).cmp(&name(b)),
            }
        });
        if asked.parameter("order_direction") == Some("desc") {
            found.reverse();
        }
        if place.search.is_none() {
            found.sort_by_key(|(_, node)| node.entity.is_some());
        }
        let size: usize = asked
            .parameter("page_size")
            .and_then(|size| size.parse().ok())
            .filter(|size| *size > 0)
            .unwrap_or(100)
            .min(LARGEST_PAGE);
        let from: usize = match asked.parameter("next_page_token") {
            Some(token) => {
                let token = BASE64.decode(token.as_bytes()).map_err(|_| 40001)?;
                let token = String::from_utf8(token).map_err(|_| 40001)?;
                token
                    .rsplit('>')
                    .next()
                    .and_then(|at| at.parse().ok())
                    .ok_or(40001)?
            }
            None => 0,
        };
        let number = asked.parameter("page").and_then(|page| page.parse().ok());
        let number: usize = number.unwrap_or(0);
        let (from, size) = match self.page_by_offset {
            Some(most) if place.search.is_none() => (number * size.min(most), size.min(most)),
            _ => (from, size),
        };
        let page = found.iter().skip(from).take(size);
        let files: Vec<Value> = page
            .map(|(path, node)| self.told(path, node, &place))
            .collect();
        let mut pagination = json!({"page": 0, "page_size": size, "is_cursor": true});
        if from + size < found.len() {
            // The token contains characters that must be encoded in a query.
            pagination["next_token"] =
                json!(BASE64.encode(format!("??>>{}", from + size).as_bytes()));
        }
        if self.page_by_offset.is_some() && place.search.is_none() {
            pagination = json!({"page": number, "page_size": size, "total_items": found.len()});
        }
        if single.is_some() {
            pagination = json!({"page": 0, "page_size": 0});
        }
        let mut listed = json!({
            "files": files,
            "parent": {"type": 1, "id": "", "name": "", "created_at": "0001-01-01T00:00:00Z",
                       "updated_at": "0001-01-01T00:00:00Z", "size": 0, "metadata": null},
            "pagination": pagination,
            "props": {"capability": "w8edAQ==", "max_page_size": LARGEST_PAGE},
            "context_hint": "b832b998-7ece-4ffd-ba6b-afb64530ca70",
            "mixed_type": place.search.is_some(),
        });
        if place.share.is_none() {
            listed["storage_policy"] = self.policy.json();
        }
        Ok(listed)
    }

    pub fn info(&self, asked: &Asked, is_owner: bool) -> Answer {
        if let Some(uuid) = asked.parameter("uri").and_then(uuid_of) {
            return self.info_of_trashed(uuid, is_owner);
        }
        let place = self.locate(asked.parameter("uri").ok_or(40001)?, is_owner)?;
        if place.path == place.root {
            return Err(403);
        }
        let mut told = self.told(&place.path, self.node(&place)?, &place);
        if asked.parameter("extended") == Some("true") {
            told["extended_info"] = json!({
                "storage_policy": {"id": "96u1", "name": "Default storage policy", "type": "local", "max_size": 0},
                "storage_used": 0, "entities": self.entities(&place.path),
            });
        }
        Ok(told)
    }

    pub fn urls(&mut self, asked: &Asked, is_owner: bool) -> Result<Value, (i64, Value)> {
        let body = asked.json();
        let mut urls = Vec::new();
        let mut failures = Map::new();
        for uri in body["uris"].as_array().into_iter().flatten() {
            let uri = uri.as_str().unwrap_or_default();
            match self.url(uri, body["entity"].as_str(), is_owner) {
                Ok(url) => urls.push(json!({"url": url})),
                Err(code) => {
                    failures.insert(uri.to_owned(), json!({"code": code, "msg": ""}));
                }
            }
        }
        match failures.is_empty() {
            true => Ok(json!({"urls": urls, "expires": time(now() + ADDRESS_LIFE_S)})),
            false => Err((40081, Value::Object(failures))),
        }
    }

    fn url(&mut self, uri: &str, version: Option<&str>, is_owner: bool) -> Result<String, i64> {
        let place = self.locate(uri, is_owner)?;
        let node = self.node(&place)?;
        let current = node.entity.clone().ok_or(40077)?;
        let entity = match version {
            Some(id) if id != current && !node.versions.iter().any(|it| it.entity == id) => {
                return Err(40077);
            }
            Some(id) => id.to_owned(),
            None => current,
        };
        if let Some(share) = place.share.as_ref().and_then(|id| self.shares.get_mut(id)) {
            share.count_download();
        }
        let name = place.path.rsplit('/').next().unwrap_or_default();
        Ok(match self.stores_elsewhere {
            true => format!(
                "http://{}/bucket/{entity}?X-Expires=3600&X-Signature={}%2F%252B",
                self.provider, self.key
            ),
            false => self.signed(&entity, name, ""),
        })
    }

    pub fn thumb(&mut self, asked: &Asked, is_owner: bool) -> Answer {
        let makes_none = self.makes_no_pictures;
        let place = self.locate(asked.parameter("uri").ok_or(40001)?, is_owner)?;
        let node = self.node(&place)?;
        let entity = node.entity.clone().ok_or(40077)?;
        if node.metadata.contains_key("thumb:disabled") {
            return Err(40077);
        }
        if makes_none {
            // The first call fails in another way than the later ones.
            let node = self.files.get_mut(&place.path).ok_or(40016)?;
            node.metadata
                .insert("thumb:disabled".to_owned(), String::new());
            return Err(-1);
        }
        let url = self.signed(&entity, "picture.jpg", "thumb=true&");
        Ok(json!({"url": url, "expires": time(now() + ADDRESS_LIFE_S)}))
    }

    pub fn signed(&self, entity: &str, name: &str, more: &str) -> String {
        let end = now() + ADDRESS_LIFE_S;
        let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
        format!(
            "{BELIEVED}/api/v4/file/content/{entity}/0/{name}?{more}sign=key-{}_%3D%3A{end}",
            self.key
        )
    }

    pub fn create(&mut self, asked: &Asked, is_owner: bool) -> Answer {
        let place = self.locate(&asked.text("uri"), is_owner)?;
        if place.share.is_some() {
            return Err(40082);
        }
        if self.files.contains_key(&place.path) {
            return Err(40004);
        }
        match asked.text("type").as_str() {
            "file" => self.put(&place.path, Default::default()),
            _ => self.folder(&place.path),
        }
        let node = self.files.get_mut(&place.path).ok_or(40016)?;
        for (key, value) in asked.json()["metadata"].as_object().into_iter().flatten() {
            let value = value.as_str().unwrap_or_default().to_owned();
            node.metadata.insert(key.clone(), value);
        }
        let mut told = self.told(&place.path, self.node(&place)?, &place);
        told["metadata"] = Value::Null;
        Ok(told)
    }

    pub fn rename(&mut self, asked: &Asked, is_owner: bool) -> Answer {
        let place = self.locate(&asked.text("uri"), is_owner)?;
        self.node(&place)?;
        let name = asked.text("new_name");
        if name.is_empty() || name.contains(['/', ':', '?', '*']) {
            return Err(40052);
        }
        let (above, _) = place.path.rsplit_once('/').ok_or(403)?;
        let to = format!("{above}/{name}");
        if self.files.contains_key(&to) {
            return Err(40004);
        }
        self.transfer(&place.path, &to, true);
        let place = Place { path: to, ..place };
        Ok(self.told(&place.path, self.node(&place)?, &place))
    }

    pub fn shift(&mut self, asked: &Asked, is_owner: bool) -> Result<Value, (i64, Value)> {
        let body = asked.json();
        let copies = body["copy"] == json!(true);
        let to = self.locate(&asked.text("dst"), is_owner);
        let to = to.map_err(|code| (code, Value::Null))?;
        if !to.path.is_empty() && !self.files.contains_key(&to.path) {
            return Err((40016, Value::Null));
        }
        // One taken name fails the whole batch, and nothing is done.
        for uri in body["uris"].as_array().into_iter().flatten() {
            let place = self.locate(uri.as_str().unwrap_or_default(), is_owner);
            let Ok(place) = place else { continue };
            let name = place.path.rsplit('/').next().unwrap_or_default();
            let is_there = self.files.contains_key(&place.path);
            if is_there && self.files.contains_key(&format!("{}/{name}", to.path)) {
                return Err((40004, Value::Null));
            }
        }
        self.each(&body, is_owner, |world, place| {
            let name = place.path.rsplit('/').next().unwrap_or_default();
            let target = format!("{}/{name}", to.path);
            if place.share.is_some() {
                return Err(403);
            }
            if world.files.contains_key(&target) {
                return Err(40004);
            }
            if is_within(&target, &place.path) {
                return Err(40001);
            }
            world.transfer(&place.path, &target, !copies);
            Ok(())
        })
    }

    pub fn delete(&mut self, asked: &Asked, is_owner: bool) -> Result<Value, (i64, Value)> {
        let mut body = asked.json();
        let for_good = body["skip_soft_delete"] == json!(true);
        let uris = body["uris"].as_array().cloned().unwrap_or_default();
        let (trashed, own): (Vec<Value>, Vec<Value>) = uris
            .into_iter()
            .partition(|uri| uri.as_str().and_then(uuid_of).is_some());
        let mut failures = Map::new();
        for uri in trashed.iter().filter_map(Value::as_str) {
            if let Err(code) = self.delete_trashed(uuid_of(uri).unwrap_or_default(), for_good) {
                failures.insert(uri.to_owned(), json!({"code": code, "msg": ""}));
            }
        }
        if !failures.is_empty() {
            return Err((40081, Value::Object(failures)));
        }
        body["uris"] = json!(own);
        self.each(&body, is_owner, |world, place| {
            if world.locks.contains_key(&place.path) {
                return Err(40073);
            }
            match for_good {
                true => world.files.retain(|path, _| !is_within(path, &place.path)),
                false => world.move_to_trash(&place.path),
            }
            Ok(())
        })
    }

    /// Applies an action to each entry of a batch. Failures come back under URIs in the spelling of Go.
    pub fn each(
        &mut self,
        body: &Value,
        is_owner: bool,
        mut act: impl FnMut(&mut World, &Place) -> Result<(), i64>,
    ) -> Result<Value, (i64, Value)> {
        let mut failures = Map::new();
        for uri in body["uris"].as_array().into_iter().flatten() {
            let uri = uri.as_str().unwrap_or_default();
            let done = self.locate(uri, is_owner).and_then(|place| {
                self.node(&place)?;
                act(self, &place)
            });
            if let Err(code) = done {
                let normal = uri
                    .replace("%26", "&")
                    .replace("%2B", "+")
                    .replace("(", "%28");
                failures.insert(normal, json!({"code": code, "msg": ""}));
            }
        }
        match failures.is_empty() {
            true => Ok(Value::Null),
            false => Err((40081, Value::Object(failures))),
        }
    }

    fn transfer(&mut self, from: &str, to: &str, moves: bool) {
        let below: Vec<(String, Node)> = self
            .files
            .iter()
            .filter(|(path, _)| is_within(path, from))
            .map(|(path, node)| (path.clone(), node.clone()))
            .collect();
        for (path, node) in below {
            let target = format!("{to}{}", &path[from.len()..]);
            if moves {
                self.files.remove(&path);
                self.files.insert(target, node);
            } else {
                let id = self.id();
                self.files.insert(target, Node { id, ..node });
            }
        }
    }
}

/// Returns true if a search finds a file: each word occurs in its name.
fn matches(path: &str, node: &Node, search: &[(String, String)]) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let folds = search.iter().any(|(key, _)| key == "case_folding");
    let fold = |text: &str| {
        if folds {
            text.to_lowercase()
        } else {
            text.to_owned()
        }
    };
    let kind = search.iter().find(|(key, _)| key == "type");
    let fits = kind.is_none_or(|(_, kind)| (kind == "file") == node.entity.is_some());
    let words = search.iter().filter(|(key, _)| key == "name");
    let tags = search
        .iter()
        .filter_map(|(key, value)| Some((key.strip_prefix("meta_")?, value)));
    let is_tagged = tags.into_iter().all(|(key, value)| {
        let told = node.metadata.get(key);
        told.is_some_and(|told| told.contains(value.as_str()))
    });
    fits && is_tagged
        && words
            .map(|(_, word)| fold(word))
            .all(|word| fold(name).contains(&word))
}
