//! Tags of files, and their direct links.

use serde_json::{Map, Value, json};

use super::{Answer, Asked, BELIEVED, World};

impl World {
    /// Changes metadata. Tags have colours, or nothing, as their values.
    pub fn patch_metadata(&mut self, asked: &Asked, is_owner: bool) -> Result<Value, (i64, Value)> {
        let body = asked.json();
        let patches = body["patches"].as_array().cloned().unwrap_or_default();
        for patch in &patches {
            let key = patch["key"].as_str().unwrap_or_default();
            let value = patch["value"].as_str().unwrap_or_default();
            let is_colour = value.is_empty() || value.starts_with('#');
            if !key.starts_with("tag:") || !is_colour {
                return Err((40001, Value::Null));
            }
        }
        self.each(&body, is_owner, |world, place| {
            if place.share.is_some() {
                return Err(40082);
            }
            let node = world.files.get_mut(&place.path).ok_or(40016)?;
            for patch in &patches {
                let key = patch["key"].as_str().unwrap_or_default().to_owned();
                match patch["remove"] == json!(true) {
                    true => drop(node.metadata.remove(&key)),
                    false => {
                        let value = patch["value"].as_str().unwrap_or_default();
                        node.metadata.insert(key, value.to_owned());
                    }
                }
            }
            Ok(())
        })
    }

    /// Makes direct links. A folder has no bytes; the links of the files stand beside its failure.
    pub fn direct_links(&mut self, asked: &Asked) -> Result<Value, (i64, Value)> {
        let body = asked.json();
        let (mut links, mut failures) = (Vec::new(), Map::new());
        for uri in body["uris"].as_array().into_iter().flatten() {
            let uri = uri.as_str().unwrap_or_default();
            let entity = self.locate(uri, true).and_then(|place| {
                let node = self.node(&place)?;
                let name = place.path.rsplit('/').next().unwrap_or_default().to_owned();
                node.entity
                    .clone()
                    .map(|entity| (entity, name))
                    .ok_or(40077)
            });
            match entity {
                Ok((entity, name)) => {
                    let name = crate::harness::encoded_name(&name);
                    let link = format!("{BELIEVED}/f/{entity}/{name}");
                    links.push(json!({"link": link, "file_url": uri}));
                }
                Err(code) => {
                    failures.insert(uri.to_owned(), json!({"code": code, "msg": ""}));
                }
            }
        }
        match failures.is_empty() {
            true => Ok(json!(links)),
            false => Err((40081, json!([links, failures]))),
        }
    }

    /// Starts to pack or to unpack.
    pub fn begin_archive(&mut self, kind: &'static str, asked: &Asked) -> Answer {
        if !self.may_do_tasks() {
            return Err(40007);
        }
        let body = asked.json();
        let sources: Vec<String> = body["src"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|uri| Some(uri.as_str()?.to_owned()))
            .collect();
        for uri in &sources {
            let place = self.locate(uri, true)?;
            self.node(&place)?;
        }
        let to = asked.text("dst");
        let place = self.locate(&to, true)?;
        let is_there = place.path.is_empty() || self.files.contains_key(&place.path);
        if kind == "extract_archive" && !is_there {
            return Err(40016);
        }
        Ok(self.add_task(kind, sources.join(" "), to))
    }
}
