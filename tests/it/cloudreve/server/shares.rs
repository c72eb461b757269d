//! Shares: created, listed, changed and revoked by the owner, and visible to anyone. Each URL of bytes that is
//! given out counts as a download; after the last one, the share no longer exists.

use serde_json::{Value, json};

use super::tree::Place;
use super::{Answer, Asked, BELIEVED, Site, World, now, time};

/// A share of a file or a folder.
pub struct Share {
    pub path: String,
    pub password: Option<String>,
    pub ends_at: Option<i64>,
    pub left: Option<i64>,
    pub downloaded: i64,
    pub made_at: i64,
    /// Shares are listed in the order in which they were made.
    pub number: u64,
}

impl Site {
    /// Returns the link of a new share, as a person would pass it on.
    pub fn share(&self, path: &str, password: Option<&str>, downloads: Option<i64>) -> String {
        let mut world = self.world();
        let id = world.add_share(path, password.map(str::to_owned), None, downloads);
        match password {
            Some(password) => format!("{}/s/{id}/{password}", self.url()),
            None => format!("{}/s/{id}", self.url()),
        }
    }

    /// Expires the share behind a link.
    pub fn end_share(&self, link: &str) {
        let id = link.split("/s/").nth(1).unwrap().split('/').next().unwrap();
        self.world().shares.get_mut(id).unwrap().ends_at = Some(now() - 1);
    }

    pub fn downloads_left(&self, link: &str) -> Option<i64> {
        let id = link.split("/s/").nth(1).unwrap().split('/').next().unwrap();
        self.world().shares[id].left
    }

    pub fn downloads(&self, link: &str) -> i64 {
        let id = link.split("/s/").nth(1).unwrap().split('/').next().unwrap();
        self.world().shares[id].downloaded
    }
}

impl Share {
    pub fn count_download(&mut self) {
        self.downloaded += 1;
        if let Some(left) = &mut self.left {
            *left -= 1;
        }
    }

    fn is_alive(&self) -> bool {
        self.ends_at.is_none_or(|end| now() < end) && self.left.is_none_or(|left| left > 0)
    }
}

impl World {
    fn add_share(
        &mut self,
        path: &str,
        password: Option<String>,
        ends_at: Option<i64>,
        left: Option<i64>,
    ) -> String {
        let id = self.id();
        let share = Share {
            path: path.to_owned(),
            password,
            ends_at,
            left,
            downloaded: 0,
            made_at: now(),
            number: self.counted,
        };
        self.shares.insert(id.clone(), share);
        id
    }

    pub fn live_share(&self, id: &str) -> Option<&Share> {
        let share = self.shares.get(id)?;
        (share.is_alive() && self.files.contains_key(&share.path)).then_some(share)
    }

    pub fn share_path(&self, place: &Place) -> String {
        let id = place.share.as_deref().unwrap_or_default();
        self.shares[id].path.clone()
    }

    pub fn share_info(&self, asked: &Asked, is_owner: bool, id: &str) -> Answer {
        let share = self.live_share(id).ok_or(404)?;
        let given = asked.parameter("password");
        let opens = share.password.is_none() || share.password.as_deref() == given;
        let extended = asked.parameter("owner_extended") == Some("true");
        if is_owner && extended && !opens {
            // The path is resolved as any other of the share: with its password alone.
            return Err(40069);
        }
        let mut told = self.described(id, share, is_owner || opens);
        if is_owner && extended {
            // Of a single file's share, it is the folder that the file is in.
            let is_file = self.files[&share.path].entity.is_some();
            let source = match is_file {
                true => share.path.rsplit_once('/').unwrap().0,
                false => &share.path,
            };
            told["source_uri"] = json!(source_uri(source));
        }
        Ok(told)
    }

    /// Returns the JSON for callers with access; others get hardly anything.
    fn described(&self, id: &str, share: &Share, is_unlocked: bool) -> Value {
        let name = share.path.rsplit('/').next().unwrap_or_default();
        let mut told = json!({
            "id": id, "name": name, "visited": 3, "unlocked": is_unlocked,
            "password_protected": share.password.is_some(),
            "source_type": i32::from(self.files.get(&share.path).is_none_or(|node| node.entity.is_none())),
            "owner": {"id": "lpua", "nickname": "Somebody", "created_at": time(1_700_000_000)},
            "created_at": time(share.made_at),
            "expired": !share.is_alive() || !self.files.contains_key(&share.path),
            "url": format!("{BELIEVED}/s/{id}"), "size": 0,
        });
        if is_unlocked {
            told["downloaded"] = json!(share.downloaded);
            if let Some(left) = share.left {
                told["remain_downloads"] = json!(left);
            }
            if let Some(end) = share.ends_at {
                told["expires"] = json!(time(end));
            }
            if let Some(password) = &share.password {
                told["password"] = json!(password);
                told["url"] = json!(format!("{BELIEVED}/s/{id}/{password}"));
            }
        }
        told
    }

    pub fn make_share(&mut self, asked: &Asked) -> Answer {
        let body = asked.json();
        let place = self.locate(&asked.text("uri"), true)?;
        self.node(&place)?;
        let given = asked.text("password");
        let password = match (body["is_private"] == json!(true), given.is_empty()) {
            (false, _) => None,
            (true, false) => Some(given),
            (true, true) => Some("gcqzfaze".to_owned()),
        };
        let ends_at = body["expire"].as_i64().filter(|life| *life > 0);
        let ends_at = ends_at.map(|life| now() + life);
        let id = self.add_share(&place.path, password.clone(), ends_at, None);
        let password = password.map(|password| format!("/{password}"));
        Ok(json!(format!(
            "{BELIEVED}/s/{id}{}",
            password.unwrap_or_default()
        )))
    }

    /// Edits a share. Changes of the password are ignored.
    pub fn edit_share(&mut self, asked: &Asked, id: &str) -> Answer {
        let body = asked.json();
        let place = self.locate(&asked.text("uri"), true)?;
        if place.path.is_empty() {
            return Err(403);
        }
        let share = self.shares.get_mut(id).ok_or(404)?;
        if share.path != place.path {
            return Err(404);
        }
        let ends_at = body["expire"].as_i64().filter(|life| *life > 0);
        share.ends_at = ends_at.map(|life| now() + life);
        share.left = body["downloads"].as_i64().filter(|left| *left > 0);
        let password = share
            .password
            .as_ref()
            .map(|password| format!("/{password}"));
        Ok(json!(format!(
            "{BELIEVED}/s/{id}{}",
            password.unwrap_or_default()
        )))
    }

    pub fn end_share(&mut self, id: &str) -> Answer {
        match self.shares.remove(id) {
            Some(_) => Ok(Value::Null),
            None => Err(404),
        }
    }

    pub fn own_shares(&self, asked: &Asked) -> Value {
        let size = asked
            .parameter("page_size")
            .and_then(|size| size.parse().ok());
        let size: usize = size.unwrap_or(10).clamp(10, 100);
        let from = asked
            .parameter("next_page_token")
            .and_then(|at| at.parse().ok());
        let from: usize = from.unwrap_or(0);
        let mut all: Vec<_> = self.shares.iter().collect();
        all.sort_by_key(|(_, share)| share.number);
        if asked.parameter("order_direction") == Some("desc") {
            all.reverse();
        }
        let page: Vec<Value> = all
            .iter()
            .skip(from)
            .take(size)
            .map(|(id, share)| self.described(id, share, true))
            .collect();
        let mut pagination = json!({"page": 0, "page_size": size, "is_cursor": true});
        if from + size < all.len() {
            pagination["next_token"] = json!((from + size).to_string());
        }
        match page.is_empty() {
            // An empty list is `null`.
            true => json!({"shares": null, "pagination": pagination}),
            false => json!({"shares": page, "pagination": pagination}),
        }
    }
}

fn source_uri(path: &str) -> String {
    format!("cloudreve://lpua@my{}", crate::harness::encoded(path))
}
