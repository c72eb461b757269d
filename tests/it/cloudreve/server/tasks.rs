//! Tasks of the site: archives, and downloads from links. A task does nothing by itself here: a test moves it on.

use serde_json::{Value, json};

use super::{Answer, Asked, Site, World, now, time};

/// A task.
pub struct Task {
    id: String,
    kind: &'static str,
    status: &'static str,
    phase: &'static str,
    source: String,
    to: String,
    made_at: i64,
    /// Bytes that are done, and all; `None` if it is not known yet.
    progress: Option<(u64, u64)>,
}

impl Site {
    /// Takes the right to downloads, archives and the like from the owner's group.
    pub fn group_may_do_no_tasks(&self) {
        self.world().may_do_tasks = false;
    }

    /// Moves every task on: so much of so many bytes.
    pub fn move_tasks_on(&self, done: u64, total: u64) {
        for task in &mut self.world().tasks {
            task.status = "suspending";
            task.progress = Some((done, total));
        }
    }

    /// Has every task fail in a phase: a download in `monitor` found nothing, one in `transfer` could not be stored.
    pub fn fail_tasks_in(&self, phase: &'static str) {
        for task in &mut self.world().tasks {
            (task.status, task.phase) = ("error", phase);
        }
    }
}

impl Task {
    fn is_running(&self) -> bool {
        !matches!(self.status, "completed" | "error" | "canceled")
    }

    fn told(&self) -> Value {
        let found_nothing = self.status == "error" && self.phase == "monitor";
        let download = self.progress.map(|(done, total)| {
            let name = match found_nothing {
                // aria2 names its own folder.
                true => ".".to_owned(),
                false => self
                    .source
                    .rsplit('/')
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            };
            json!({"name": name, "state": "downloading", "total": total, "downloaded": done,
                   "download_speed": 1000, "uploaded": 0, "upload_speed": 0, "num_pieces": 0})
        });
        let mut told = json!({
            "id": self.id, "type": self.kind, "status": self.status,
            "created_at": time(self.made_at), "updated_at": time(self.made_at),
            "summary": {"phase": self.phase, "props": {
                "src_str": self.source, "src": "", "dst": self.to, "failed": 0, "download": download,
            }},
        });
        match self.kind {
            "create_archive" => {
                let sources: Vec<&str> = self.source.split(' ').collect();
                let props = json!({"src_multiple": sources, "dst": self.to, "failed": 0});
                told["summary"] = json!({"phase": "compress_files", "props": props});
            }
            "extract_archive" => {
                told["summary"] = json!({"props": {"src": self.source, "dst": self.to}});
            }
            _ => {}
        }
        if self.status == "error" {
            told["error"] = json!("panic error: runtime error: nil pointer dereference");
        }
        told
    }
}

impl World {
    pub fn begin_download(&mut self, asked: &Asked) -> Answer {
        if !self.may_do_tasks {
            return Err(40007);
        }
        let to = asked.text("dst");
        let place = self.locate(&to, true)?;
        let folder = self.files.get(&place.path);
        if !place.path.is_empty() && folder.is_none_or(|folder| folder.entity.is_some()) {
            return Err(40016);
        }
        let body = asked.json();
        let sources = body["src"].as_array().ok_or(40001)?.clone();
        let mut told = Vec::new();
        for source in sources {
            let source = source.as_str().ok_or(40001)?.to_owned();
            told.push(self.add_task("remote_download", source, to.clone()));
        }
        Ok(json!(told))
    }

    pub fn add_task(&mut self, kind: &'static str, source: String, to: String) -> Value {
        let task = Task {
            id: self.id(),
            kind,
            status: "queued",
            phase: match kind {
                "remote_download" => "monitor",
                _ => "",
            },
            source,
            to,
            made_at: now(),
            progress: None,
        };
        let told = task.told();
        self.tasks.insert(0, task);
        told
    }

    pub fn list_tasks(&self, asked: &Asked) -> Answer {
        let size = asked.parameter("page_size").and_then(|it| it.parse().ok());
        let size: usize = size.filter(|size| (10..=100).contains(size)).ok_or(40001)?;
        let category = asked.parameter("category").unwrap_or_default();
        let fits = |task: &&Task| match category {
            "downloading" => task.kind == "remote_download" && task.is_running(),
            "downloaded" => task.kind == "remote_download" && !task.is_running(),
            _ => task.kind != "remote_download",
        };
        let tasks: Vec<Value> = self.tasks.iter().filter(fits).map(Task::told).collect();
        let from = asked.parameter("next_page_token");
        let from: usize = from.and_then(|it| it.parse().ok()).unwrap_or(0);
        if category == "downloading" {
            // All at once, whatever was asked for.
            return Ok(json!({"tasks": tasks, "pagination": {"page": 0, "page_size": 32765}}));
        }
        let page: Vec<Value> = tasks.iter().skip(from).take(size).cloned().collect();
        let mut pagination = json!({"page": 0, "page_size": size, "is_cursor": true});
        if from + size < tasks.len() {
            pagination["next_token"] = json!((from + size).to_string());
        }
        Ok(json!({"tasks": page, "pagination": pagination}))
    }

    pub fn may_do_tasks(&self) -> bool {
        self.may_do_tasks
    }

    /// The progress of a task; empty while it waits.
    pub fn task_progress(&self, id: &str) -> Answer {
        let task = self.tasks.iter().find(|task| task.id == id).ok_or(404)?;
        Ok(match task.progress {
            Some((done, total)) => json!({
                "archive_count": {"total": 3, "current": 1, "identifier": ""},
                "archive_size": {"total": total, "current": done, "identifier": ""},
            }),
            None => json!({}),
        })
    }

    pub fn cancel_download(&mut self, id: &str) -> Answer {
        let mut tasks = self.tasks.iter_mut();
        let task = tasks.find(|task| task.id == id && task.is_running());
        task.ok_or(404)?.status = "canceled";
        Ok(Value::Null)
    }
}
