mod deleted;

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use chrono::{TimeDelta, Utc};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};

use super::tree::FolderTree;
use super::{Local, LocalConfig, changes, trash};
use crate::api::limiter::Acquire;
use crate::{
    DriveError, ErrorKind, Manage, OnConflict, OwnFolder, Permit, Permits, RequestKind, Trash,
    Upload, UploadBody, UploadProgress, UploadRequest, Volume,
};
use media::{EntryPath, PageRequest, Place};

/// A folder of this machine needs no permit.
struct NoPermits;

impl Acquire for NoPermits {
    fn acquire(&self, _: RequestKind) -> BoxFuture<'_, Result<Box<dyn Permit>, DriveError>> {
        async { Err(DriveError::failed("test", "a permit was taken")) }.boxed()
    }
}

struct Writable {
    dir: tempfile::TempDir,
    drive: Local,
}

impl Writable {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("films");
        std::fs::create_dir(&path).unwrap();
        let config = LocalConfig {
            write: true,
            ..LocalConfig::read_only(path)
        };
        let place = Place::parse("home").unwrap();
        Writable {
            drive: Local::new(None, place, config),
            dir,
        }
    }

    fn real(&self, name: &str) -> PathBuf {
        self.dir.path().join("films").join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::create_dir_all(self.real(name).parent().unwrap()).unwrap();
        std::fs::write(self.real(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.real(name)).unwrap()
    }

    async fn put(&self, at: &str, text: &'static str, on: OnConflict) -> Result<String, ErrorKind> {
        let body = stream::iter([Ok(Bytes::from_static(text.as_bytes()))]).boxed();
        self.put_body(at, Some(text.len() as u64), body, on).await
    }

    async fn put_body(
        &self,
        at: &str,
        size: Option<u64>,
        body: UploadBody,
        on_conflict: OnConflict,
    ) -> Result<String, ErrorKind> {
        let request = UploadRequest {
            path: path(at),
            size,
            on_conflict,
            progress: Some(Arc::new(UploadProgress::default())),
            resume: None,
        };
        let permits = NoPermits;
        let done = self
            .drive
            .upload(&request, body, Permits::new(&permits))
            .await;
        done.map(|entry| entry.path.to_string())
            .map_err(|error| error.kind)
    }

    async fn names(&self, folder: &str) -> Vec<String> {
        let page = PageRequest::default();
        let listing = Volume::list(&self.drive, &path(folder), &page)
            .await
            .unwrap();
        listing
            .entries
            .into_iter()
            .map(|entry| entry.name)
            .collect()
    }
}

fn path(text: &str) -> EntryPath {
    EntryPath::parse(text).unwrap()
}

/// Returns every path below a folder, hidden ones included.
fn all_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for item in std::fs::read_dir(next).unwrap() {
            let item = item.unwrap().path();
            found.push(item.strip_prefix(folder).unwrap().display().to_string());
            if item.is_dir() && !item.is_symlink() {
                folders.push(item);
            }
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn an_upload_gets_its_name_when_it_is_whole() {
    use OnConflict::{Fail, Overwrite, Rename};
    let folder = Writable::new();
    assert_eq!(folder.names("/").await, Vec::<String>::new());
    let at = folder.put("/New/In it/a b.mp4", "first", Fail).await;
    assert_eq!(at.as_deref(), Ok("/New/In it/a b.mp4"));
    assert_eq!(folder.names("/New/In it").await, ["a b.mp4"]);
    assert_eq!(folder.names("/").await, ["New"]);

    let again = |text, on| folder.put("/New/In it/a b.mp4", text, on);
    assert_eq!(again("second", Fail).await, Err(ErrorKind::Conflict));
    let beside = again("second", Rename).await;
    assert_eq!(beside.as_deref(), Ok("/New/In it/a b (1).mp4"));
    assert_eq!(
        again("third", Overwrite).await.as_deref(),
        Ok("/New/In it/a b.mp4")
    );
    assert_eq!(folder.read("New/In it/a b.mp4"), "third");
    // A folder is not replaced by a file, nor a file by a folder above a new one.
    let over = folder.put("/New/In it", "x", Overwrite).await;
    assert_eq!(over, Err(ErrorKind::Conflict));
    let below = folder.put("/New/In it/a b.mp4/c.mp4", "x", Fail).await;
    assert_eq!(below, Err(ErrorKind::Conflict));

    let before = all_below(&folder.real(""));
    let cut = || {
        let chunk = Bytes::from(vec![7; 600 << 10]);
        let broken = Err(std::io::Error::other("the line is gone"));
        stream::iter([Ok(chunk), broken]).boxed()
    };
    let short = || stream::iter([Ok(Bytes::from_static(b"123"))]).boxed();
    for (at, size, body, kind) in [
        ("/cut.mp4", None, cut(), ErrorKind::BadRequest),
        ("/New/In it/a b.mp4", None, cut(), ErrorKind::BadRequest),
        ("/short.mp4", Some(4), short(), ErrorKind::BadRequest),
        ("/long.mp4", Some(2), short(), ErrorKind::BadRequest),
        ("/huge.mp4", Some(u64::MAX / 2), short(), ErrorKind::NoSpace),
    ] {
        let refused = folder.put_body(at, size, body, Overwrite).await;
        assert_eq!(refused, Err(kind), "{at}");
    }
    assert_eq!(
        all_below(&folder.real("")),
        before,
        "nothing is left of them"
    );
    assert_eq!(folder.read("New/In it/a b.mp4"), "third");

    // A sender that leaves in mid-upload leaves nothing either.
    let sent = stream::iter([Ok(Bytes::from(vec![7; 600 << 10]))]);
    let body = sent.chain(stream::pending()).boxed();
    let upload = folder.put_body("/left.mp4", None, body, Fail);
    let mut upload = Box::pin(upload);
    let unfinished = || all_below(&folder.real("")).len() > before.len();
    while !unfinished() {
        assert!(futures_util::poll!(&mut upload).is_pending());
        tokio::task::yield_now().await;
    }
    drop(upload);
    // A write that was under way at that moment ends first, and removes the file then.
    let removed = async {
        while all_below(&folder.real("")) != before {
            tokio::task::yield_now().await;
        }
    };
    let patience = std::time::Duration::from_secs(10);
    let removed = tokio::time::timeout(patience, removed).await;
    removed.expect("the unfinished file is removed");
}

#[tokio::test]
async fn an_upload_does_not_wait_for_a_look_into_the_file() {
    let folder = Writable::new();
    let at = folder.put("/a.avi", "RIFF\0\0\0\0AVI ", OnConflict::Fail);
    assert_eq!(at.await.unwrap(), "/a.avi");
    let page = PageRequest::default();
    let listing = Volume::list(&folder.drive, &path("/"), &page).await;
    assert_eq!(
        folder.drive.known_streams(&listing.unwrap().entries[0]),
        None
    );
}

#[tokio::test]
async fn no_change_leads_out_of_the_folder_or_to_what_is_hidden() {
    let folder = Writable::new();
    let outside = folder.dir.path().join("outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("a.mp4"), "not ours").unwrap();
    symlink(&outside, folder.real("out")).unwrap();
    symlink(outside.join("a.mp4"), folder.real("a.mp4")).unwrap();
    folder.write("b.mp4", "ours");
    folder.write(".hidden/c.mp4", "hidden");
    let permits = NoPermits;
    let permits = Permits::new(&permits);
    let root = EntryPath::root();
    let (drive, outcomes) = (&folder.drive, |changed: Vec<crate::Outcome>| {
        changed[0].result.as_ref().err().map(|error| error.kind)
    });

    for (at, kind) in [
        ("/out/new.mp4", ErrorKind::NotFound),
        ("/.new.mp4", ErrorKind::RefusedName),
        ("/.hidden/new.mp4", ErrorKind::RefusedName),
        ("/b/.new/c.mp4", ErrorKind::RefusedName),
    ] {
        let put = folder.put(at, "x", OnConflict::Fail).await;
        assert!(put.is_err(), "{at}");
        let made = drive.make_folder(&path(at), permits).await.unwrap_err();
        assert_eq!(made.kind, kind, "{at}");
        let moved = drive.move_as(&path("/b.mp4"), &path(at), permits).await;
        assert_eq!(moved.unwrap_err().kind, kind, "{at}");
        let copied = drive.copy_as(&path("/b.mp4"), &path(at), permits).await;
        assert_eq!(copied.unwrap_err().kind, kind, "{at}");
    }
    for at in ["/out/a.mp4", "/.hidden", "/.hidden/c.mp4", "/none"] {
        for changed in [
            drive.delete(&[path(at)], permits).await.unwrap(),
            drive.copy(&[path(at)], &path("/"), permits).await.unwrap(),
            drive
                .move_to(&[path(at)], &path("/"), permits)
                .await
                .unwrap(),
        ] {
            assert_eq!(outcomes(changed), Some(ErrorKind::NotFound), "{at}");
        }
    }
    let copied = drive.copy(&[path("/a.mp4")], &root, permits).await.unwrap();
    // Its name is taken where it should be copied to, by itself.
    assert!(
        matches!(
            outcomes(copied),
            Some(ErrorKind::NotFound | ErrorKind::Conflict)
        ),
        "a link that leads out"
    );
    let to = drive.copy(&[path("/b.mp4")], &path("/out"), permits).await;
    assert_eq!(to.unwrap_err().kind, ErrorKind::NotFound);
    assert_eq!(drive.delete(&[root], permits).await.unwrap().len(), 1);
    assert_eq!(folder.read("b.mp4"), "ours");

    // A link is deleted, and not what it leads to.
    let gone = drive
        .delete(&[path("/out"), path("/a.mp4")], permits)
        .await
        .unwrap();
    assert_eq!(outcomes(gone), None);
    assert!(!folder.real("out").is_symlink() && !folder.real("a.mp4").is_symlink());
    assert_eq!(
        std::fs::read_to_string(outside.join("a.mp4")).unwrap(),
        "not ours"
    );
    Trash::empty(drive, permits).await.unwrap();
    assert_eq!(
        std::fs::read_to_string(outside.join("a.mp4")).unwrap(),
        "not ours"
    );
    assert_eq!(folder.read(".hidden/c.mp4"), "hidden");
}

#[test]
fn the_servers_own_state_is_not_changed() {
    let dir = tempfile::tempdir().unwrap();
    let root = std::fs::canonicalize(dir.path()).unwrap();
    let state = root.join("in/state");
    std::fs::create_dir_all(state.join("cache")).unwrap();
    std::fs::write(state.join("drivein.sqlite"), "state").unwrap();
    symlink("in", root.join("link")).unwrap();
    let tree = |root: &Path| {
        let own = OwnFolder::at(&state, &["drivein.sqlite", "cache"]);
        FolderTree::new(Place::parse("home").unwrap(), root.to_owned(), own)
    };
    let above = tree(&root);
    for at in ["/in", "/in/state", "/link"] {
        let put = trash::put(&above, &path(at), Utc::now());
        let moved = changes::relocate(&above, "move", &path(at), &path("/elsewhere"));
        assert!(put.is_err() && moved.is_err(), "{at}");
    }
    let inside = tree(&state);
    for at in ["/drivein.sqlite", "/drivein.sqlite-wal", "/cache"] {
        assert!(trash::put(&inside, &path(at), Utc::now()).is_err(), "{at}");
        assert!(changes::make_folder(&inside, &path(at)).is_err(), "{at}");
    }
    assert_eq!(
        std::fs::read_to_string(state.join("drivein.sqlite")).unwrap(),
        "state"
    );
    assert!(state.join("cache").is_dir());
}

#[tokio::test]
async fn copies_and_moves_are_whole_and_meet_no_other_entry() {
    let folder = Writable::new();
    folder.write("a/b/one.mp4", "one");
    folder.write("a/two.mp4", "two");
    folder.write("a/.hidden", "hidden");
    folder.write("taken/two.mp4", "another");
    symlink("..", folder.real("a/b/up")).unwrap();
    let permits = NoPermits;
    let permits = Permits::new(&permits);
    let drive = &folder.drive;
    assert_eq!(folder.names("/").await, ["a", "taken"]);

    // A link in it leads in a circle: the copy ends, and nothing of it is left.
    let before = all_below(&folder.real(""));
    let endless = drive.copy_as(&path("/a"), &path("/c"), permits).await;
    assert_eq!(endless.unwrap_err().kind, ErrorKind::BadRequest);
    assert_eq!(all_below(&folder.real("")), before);
    std::fs::remove_file(folder.real("a/b/up")).unwrap();

    let copied = drive
        .copy_as(&path("/a"), &path("/c d"), permits)
        .await
        .unwrap();
    assert_eq!(copied.path, path("/c d"));
    let below = all_below(&folder.real("c d"));
    assert_eq!(below, ["b", "b/one.mp4", "two.mp4"], "what is shown");
    let beside = drive
        .copy_as(&path("/a/two.mp4"), &path("/a/three.mp4"), permits)
        .await;
    assert_eq!(beside.unwrap().size, 3);
    for target in ["/a/x", "/a/b/x", "/a"] {
        let nested = drive.copy_as(&path("/a"), &path(target), permits).await;
        assert!(nested.is_err(), "{target}");
        let nested = drive.move_as(&path("/a"), &path(target), permits).await;
        assert!(nested.is_err(), "{target}");
    }
    let onto = drive
        .move_to(&[path("/a/two.mp4")], &path("/taken"), permits)
        .await;
    let onto = onto.unwrap().remove(0).result.unwrap_err();
    assert_eq!(onto.kind, ErrorKind::Conflict);
    assert_eq!(folder.read("taken/two.mp4"), "another");

    let moved = drive.move_as(&path("/a"), &path("/taken/e"), permits).await;
    assert_eq!(moved.unwrap().path, path("/taken/e"));
    assert_eq!(folder.names("/").await, ["c d", "taken"]);
    assert_eq!(
        folder.names("/taken/e").await,
        ["b", "three.mp4", "two.mp4"]
    );
    let gone = Volume::list(drive, &path("/a"), &PageRequest::default()).await;
    assert_eq!(gone.unwrap_err().kind, ErrorKind::NotFound);
    for name in ["x/y", "..", "", ".hidden"] {
        let renamed = drive.rename(&path("/taken/e"), name, permits).await;
        assert!(renamed.is_err(), "{name:?}");
    }
    let renamed = drive.rename(&path("/taken/e"), "f", permits).await.unwrap();
    assert_eq!(renamed.path, path("/taken/f"));
    let new = std::fs::metadata(folder.real("c d/two.mp4")).unwrap();
    assert_eq!(
        new.permissions().mode() & 0o700,
        0o600,
        "the umask applies to the rest"
    );
}
