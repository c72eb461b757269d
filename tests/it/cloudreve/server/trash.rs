//! The trash: a flat list in which each entry has a UUID for its name, and its former URI in its metadata.

use serde_json::{Map, Value, json};

use super::tree::{Node, is_within};
use super::{Answer, Asked, Site, World, now, time};
use crate::harness::encoded;

/// Seconds for which an entry is kept.
pub const RETENTION_S: i64 = 604_800;

/// A deleted file, or a folder with everything in it.
pub struct Trashed {
    path: String,
    nodes: Vec<(String, Node)>,
    deleted_at: i64,
}

impl Site {
    /// Returns the former paths of what is in the trash.
    pub fn trashed(&self) -> Vec<String> {
        let world = self.world();
        world.trash.values().map(|it| it.path.clone()).collect()
    }

    /// Makes the site one of a version before 4.18, which has no call that empties the trash.
    pub fn has_old_trash(&self) {
        self.world().has_old_trash = true;
    }
}

/// Returns the UUID of a URI in the trash, empty for the trash itself; `None` if it leads elsewhere.
pub fn uuid_of(uri: &str) -> Option<&str> {
    let rest = uri.strip_prefix("cloudreve://trash")?;
    let rest = rest.split('?').next().unwrap_or_default();
    Some(rest.trim_matches('/'))
}

impl World {
    pub fn move_to_trash(&mut self, path: &str) {
        let within = |at: &String| is_within(at, path);
        let paths: Vec<String> = self.files.keys().filter(|at| within(at)).cloned().collect();
        let nodes = paths
            .into_iter()
            .map(|at| {
                let node = self.files.remove(&at).unwrap();
                (at, node)
            })
            .collect();
        let number = self.id();
        let trashed = Trashed {
            path: path.to_owned(),
            nodes,
            deleted_at: now(),
        };
        self.trash
            .insert(format!("7b6a4c1e-0000-4000-8000-{number:0>12}"), trashed);
    }

    pub fn list_trash(&self, asked: &Asked, is_owner: bool) -> Answer {
        if !is_owner {
            return Err(401);
        }
        let size = asked.parameter("page_size").and_then(|it| it.parse().ok());
        let size: usize = size.unwrap_or(100);
        let from = asked.parameter("next_page_token");
        let from: usize = from.and_then(|it| it.parse().ok()).unwrap_or(0);
        let files: Vec<Value> = self
            .trash
            .keys()
            .skip(from)
            .take(size)
            .map(|uuid| self.described_in_trash(uuid))
            .collect();
        let mut pagination = json!({"page": 0, "page_size": size, "is_cursor": true});
        if from + size < self.trash.len() {
            pagination["next_token"] = json!((from + size).to_string());
        }
        Ok(json!({
            "files": files,
            "parent": {"type": 0, "id": "", "name": "", "created_at": "0001-01-01T00:00:00Z",
                       "updated_at": "0001-01-01T00:00:00Z", "size": 0, "metadata": null},
            "pagination": pagination, "context_hint": null, "mixed_type": false,
            "props": {"capability": "AMIK", "max_page_size": 2000},
        }))
    }

    pub fn info_of_trashed(&self, uuid: &str, is_owner: bool) -> Answer {
        match (is_owner, self.trash.contains_key(uuid)) {
            (false, _) => Err(401),
            (true, false) => Err(40016),
            (true, true) => Ok(self.described_in_trash(uuid)),
        }
    }

    fn described_in_trash(&self, uuid: &str) -> Value {
        let trashed = &self.trash[uuid];
        let own = trashed.nodes.iter().find(|(at, _)| *at == trashed.path);
        let node = &own.unwrap().1;
        // The site knows its owner's files by the owner's id.
        let former = format!("cloudreve://lpua@my{}", encoded(&trashed.path));
        json!({
            "type": i32::from(node.entity.is_none()),
            "id": node.id,
            "name": trashed.path.rsplit('/').next().unwrap(),
            "created_at": time(node.changed_at), "updated_at": time(node.changed_at),
            "size": node.bytes,
            "metadata": {
                "sys:restore_uri": former,
                "sys:expected_collect_time": (trashed.deleted_at + RETENTION_S).to_string(),
            },
            "path": format!("cloudreve://trash/{uuid}"),
            "capability": "AMIK", "owned": true,
        })
    }

    pub fn restore(&mut self, asked: &Asked, is_owner: bool) -> Result<Value, (i64, Value)> {
        if !is_owner {
            return Err((401, Value::Null));
        }
        let mut failures = Map::new();
        for uri in asked.json()["uris"].as_array().into_iter().flatten() {
            let uri = uri.as_str().unwrap_or_default();
            if let Err(code) = self.restore_one(uuid_of(uri).unwrap_or_default()) {
                failures.insert(uri.to_owned(), json!({"code": code, "msg": ""}));
            }
        }
        match failures.is_empty() {
            true => Ok(Value::Null),
            false => Err((40081, Value::Object(failures))),
        }
    }

    fn restore_one(&mut self, uuid: &str) -> Result<(), i64> {
        let path = self.trash.get(uuid).ok_or(40016)?.path.clone();
        if self.files.contains_key(&path) {
            return Err(40004);
        }
        let (above, _) = path.rsplit_once('/').unwrap();
        self.folder(above);
        let trashed = self.trash.remove(uuid).ok_or(40016)?;
        self.files.extend(trashed.nodes);
        Ok(())
    }

    /// Deletes what a URI in the trash names for good.
    pub fn delete_trashed(&mut self, uuid: &str, for_good: bool) -> Result<(), i64> {
        if !for_good {
            return Err(403);
        }
        self.trash.remove(uuid).map(drop).ok_or(40016)
    }
}
