//! Versions of files: what they were before they were overwritten, each under its own entity.

use serde_json::{Value, json};

use super::{Answer, Asked, World, time};

/// A version that is not the current one.
#[derive(Clone)]
pub struct Version {
    pub entity: String,
    pub bytes: usize,
    pub made_at: i64,
}

impl World {
    /// Returns the entities of a file, the newest first, as an extended request tells them.
    pub fn entities(&self, path: &str) -> Value {
        let node = &self.files[path];
        let Some(current) = &node.entity else {
            return Value::Null;
        };
        let told = |entity: &str, bytes: usize, made_at: i64| {
            json!({"id": entity, "size": bytes, "type": 0, "created_at": time(made_at),
                   "created_by": {"id": "lpua", "nickname": "Owner of the site", "created_at": time(1_700_000_000)},
                   "storage_policy": {"id": "96u1", "name": "Default storage policy", "type": "local", "max_size": 0}})
        };
        let mut all = vec![told(current, node.bytes, node.changed_at)];
        let older = node.versions.iter().rev();
        all.extend(older.map(|it| told(&it.entity, it.bytes, it.made_at)));
        // A thumbnail is an entity, too.
        all.push(json!({"id": "tHuMb", "size": 9, "type": 1, "created_at": time(node.changed_at)}));
        json!(all)
    }

    pub fn make_current(&mut self, asked: &Asked) -> Answer {
        let (path, wanted) = self.version_of(asked)?;
        let node = self.files.get_mut(&path).ok_or(40016)?;
        if node.entity.as_deref() == Some(&wanted) {
            return Ok(Value::Null);
        }
        let at = node.versions.iter().position(|it| it.entity == wanted);
        let chosen = node.versions.remove(at.ok_or(40077)?);
        let before = node.entity.replace(chosen.entity).unwrap();
        node.versions.push(Version {
            entity: before,
            bytes: node.bytes,
            made_at: node.changed_at,
        });
        node.bytes = chosen.bytes;
        Ok(Value::Null)
    }

    pub fn delete_version(&mut self, asked: &Asked) -> Answer {
        let (path, wanted) = self.version_of(asked)?;
        let node = self.files.get_mut(&path).ok_or(40016)?;
        if node.entity.as_deref() == Some(&wanted) {
            return Err(403);
        }
        let at = node.versions.iter().position(|it| it.entity == wanted);
        node.versions.remove(at.ok_or(40077)?);
        Ok(Value::Null)
    }

    fn version_of(&self, asked: &Asked) -> Result<(String, String), i64> {
        let place = self.locate(&asked.text("uri"), true)?;
        self.node(&place)?;
        Ok((place.path, asked.text("version")))
    }
}
