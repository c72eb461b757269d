//! The pictures of items: those beside their files, those of their series, and thumbnails.

use std::collections::{HashMap, HashSet};

use sqlx::{AssertSqlSafe, Row};

use super::{ItemKind, ItemVersion, LibraryItem, PictureFile, TitlePicture};
use crate::store::{Store, Viewer};
use media::{EntryPath, Place, title_key};

impl Store {
    /// Returns what is beside items, of which these are the first versions, and beside their series.
    pub(super) async fn beside<'a>(
        &self,
        versions: impl Iterator<Item = &'a ItemVersion>,
        series: HashMap<i64, (Place, EntryPath)>,
    ) -> anyhow::Result<BesideItems> {
        let own = versions.map(|version| (version.place.clone(), folder_of(version)));
        let folders: HashSet<_> = own.chain(series.values().cloned()).collect();
        let folders = self.contents_of_folders(&folders).await?;
        Ok(BesideItems { series, folders })
    }

    /// Finds the pictures of an item: those beside its file, those of the metadata service, which are there already, those
    /// of its series, or a thumbnail.
    pub(super) async fn add_pictures(
        &self,
        item: &mut LibraryItem,
        beside: &BesideItems,
        viewer: &Viewer,
    ) -> anyhow::Result<()> {
        let own = item.versions.first().cloned();
        if let Some(version) = &own {
            let folder = folder_of(version);
            let stem = title_key(media::stem(version.path.name()));
            let is_root = folder.is_root();
            let contents = beside.folders.get(&(version.place.clone(), folder));
            let found = contents.map_or(&[][..], |contents| &contents.pictures);
            let is_alone = item.kind == ItemKind::Film
                && !is_root
                && contents.is_some_and(|contents| contents.items == 1);
            let of = |roles: &[&str]| {
                let own = |picture: &&SidePicture| match &picture.stem {
                    Some(other) => *other == stem,
                    None => is_alone,
                };
                roles.iter().find_map(|role| {
                    let picture = found
                        .iter()
                        .filter(own)
                        .find(|picture| picture.role == *role)?;
                    Some(picture.file(&version.place))
                })
            };
            let beside = match item.kind {
                ItemKind::Episode => of(&["thumb", "poster"]),
                _ => of(&["poster", "thumb"]),
            };
            item.poster = beside.or(item.poster.take());
            item.backdrop = of(&["backdrop"]).or(item.backdrop.take());
            if item.poster.is_none() && version.has_thumbnail {
                item.poster = Some(TitlePicture::File(PictureFile {
                    place: version.place.clone(),
                    path: version.path.clone(),
                    is_thumbnail: true,
                }));
            }
        }
        let Some(series) = series_of(item) else {
            return Ok(());
        };
        if item.poster.is_some() && item.kind == ItemKind::Episode && item.backdrop.is_some() {
            return Ok(());
        }
        if let Some((place, folder)) = beside.series.get(&series) {
            let contents = beside.folders.get(&(place.clone(), folder.clone()));
            let found = match contents {
                Some(contents) if viewer.may_see(place) => &contents.pictures[..],
                _ => &[],
            };
            let of = |role: &str| {
                let common = found.iter().filter(|picture| picture.stem.is_none());
                common
                    .filter(|picture| picture.role == role)
                    .map(|it| it.file(place))
                    .next()
            };
            // Of an episode, its own comes first; of a series, the one beside it.
            let beside = of("poster").or_else(|| of("thumb"));
            item.poster = match item.kind {
                ItemKind::Episode => item.poster.take().or(beside),
                _ => beside.or(item.poster.take()),
            };
            item.backdrop = of("backdrop").or(item.backdrop.take());
        }
        if item.poster.is_none() {
            let thumbnail = self.thumbnail_of_episode(item.id, viewer).await?;
            item.poster = thumbnail.map(TitlePicture::File);
        }
        Ok(())
    }

    /// Returns the thumbnail of the first episode of a season or series; `None` without one.
    async fn thumbnail_of_episode(
        &self,
        container: i64,
        viewer: &Viewer,
    ) -> anyhow::Result<Option<PictureFile>> {
        let sql = format!(
            "SELECT f.place, f.path FROM library_item e JOIN library_file f ON f.item = e.id \
             WHERE (e.series = $1 OR e.parent = $1) AND e.kind = 'episode' AND f.gone_at IS NULL \
             AND f.has_thumbnail = 1 AND {} ORDER BY e.season = 0, e.sort_key LIMIT 1",
            viewer.sql_of_place("f.place")
        );
        let row: Option<(String, String)> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(container)
            .fetch_optional(&self.pool)
            .await?;
        row.map(|(place, path)| {
            Ok(PictureFile {
                place: Place::parse(&place)?,
                path: EntryPath::parse(&path)?,
                is_thumbnail: true,
            })
        })
        .transpose()
    }

    /// Returns the folders of series, by the ids of these.
    pub(super) async fn folders_of_items(
        &self,
        ids: &str,
    ) -> anyhow::Result<HashMap<i64, (Place, EntryPath)>> {
        let rows: Vec<(i64, String, String)> = sqlx::query_as(
            "SELECT id, place, folder FROM library_item WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) \
             AND place IS NOT NULL AND folder IS NOT NULL",
        )
        .bind(ids)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(id, place, folder)| {
                Ok((id, (Place::parse(&place)?, EntryPath::parse(&folder)?)))
            })
            .collect()
    }

    /// Returns the pictures in folders, and how many items have files there, two at most.
    async fn contents_of_folders(
        &self,
        folders: &HashSet<(Place, EntryPath)>,
    ) -> anyhow::Result<HashMap<(Place, EntryPath), FolderContents>> {
        let (places, paths) = pairs(folders)?;
        let pictures = sqlx::query(PICTURES_OF_FOLDERS)
            .bind(&places)
            .bind(&paths)
            .fetch_all(&self.pool);
        let counts = sqlx::query_as(ITEMS_OF_FOLDERS)
            .bind(&places)
            .bind(&paths)
            .fetch_all(&self.pool);
        let (pictures, counts): (_, Vec<(String, String, i64)>) =
            tokio::try_join!(pictures, counts)?;
        let mut contents: HashMap<(Place, EntryPath), FolderContents> = HashMap::new();
        for row in &pictures {
            let folder = (
                Place::parse(row.get("place"))?,
                EntryPath::parse(row.get("folder"))?,
            );
            contents
                .entry(folder)
                .or_default()
                .pictures
                .push(SidePicture {
                    path: EntryPath::parse(row.get("path"))?,
                    role: row.get("role"),
                    stem: row.get("stem"),
                });
        }
        for (place, folder, items) in counts {
            let folder = (Place::parse(&place)?, EntryPath::parse(&folder)?);
            contents.entry(folder).or_default().items = items;
        }
        Ok(contents)
    }
}

/// The pictures of folders, 500 of each at most. The parameters are those of [`pairs`]. `CROSS JOIN` keeps the order of the tables
/// in SQLite, so that each folder is looked up by its index (<https://sqlite.org/lang_select.html>, special handling of
/// CROSS JOIN); a planner without statistics reads all files of the place for each folder.
const PICTURES_OF_FOLDERS: &str = "SELECT place, folder, path, role, stem FROM (SELECT s.place, s.folder, s.path, s.role, s.stem, \
    ROW_NUMBER() OVER (PARTITION BY s.place, s.folder ORDER BY s.path) AS number \
    FROM json_each($1) p CROSS JOIN json_each($2) f CROSS JOIN library_side_file s \
    WHERE f.key = p.key AND s.place = p.value AND s.folder = f.value AND s.role <> 'nfo') AS found \
    WHERE number <= 500 ORDER BY path";

/// The number of items that have files in folders: one, or 2 for several.
const ITEMS_OF_FOLDERS: &str = "SELECT p.value, f.value, \
    (SELECT COUNT(*) FROM (SELECT DISTINCT l.item FROM library_file l \
    WHERE l.place = p.value AND l.folder = f.value AND l.gone_at IS NULL LIMIT 2) AS several) \
    FROM json_each($1) p CROSS JOIN json_each($2) f WHERE f.key = p.key";

/// The folders in which items and their series have their files.
pub(super) struct BesideItems {
    series: HashMap<i64, (Place, EntryPath)>,
    folders: HashMap<(Place, EntryPath), FolderContents>,
}

#[derive(Default)]
struct FolderContents {
    /// In the order of their paths.
    pictures: Vec<SidePicture>,
    /// The number of items that have a file there, two at most.
    items: i64,
}

/// Returns the series that an item is or belongs to; `None` for a film.
pub(super) fn series_of(item: &LibraryItem) -> Option<i64> {
    match item.kind {
        ItemKind::Series => Some(item.id),
        _ => item.series,
    }
}

fn folder_of(version: &ItemVersion) -> EntryPath {
    version.path.parent().unwrap_or_else(EntryPath::root)
}

/// Returns places and paths as two JSON arrays, for `json_each`.
pub(super) fn pairs(files: &HashSet<(Place, EntryPath)>) -> anyhow::Result<(String, String)> {
    let places: Vec<&str> = files.iter().map(|(place, _)| place.as_str()).collect();
    let paths: Vec<&str> = files.iter().map(|(_, path)| path.as_str()).collect();
    Ok((
        serde_json::to_string(&places)?,
        serde_json::to_string(&paths)?,
    ))
}

struct SidePicture {
    path: EntryPath,
    role: String,
    stem: Option<String>,
}

impl SidePicture {
    fn file(&self, place: &Place) -> TitlePicture {
        TitlePicture::File(PictureFile {
            place: place.clone(),
            path: self.path.clone(),
            is_thumbnail: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::library::pages::SHOWN_FILES;

    #[tokio::test]
    async fn folders_and_files_are_looked_up_by_an_index_each() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        for (sql, columns) in [
            (PICTURES_OF_FOLDERS, "(place=? AND folder=?)"),
            (ITEMS_OF_FOLDERS, "(place=? AND folder=?)"),
            (SHOWN_FILES, "(place=? AND path=?)"),
        ] {
            let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            let steps = sqlx::query(explain).bind("[]").bind("[]");
            let steps = steps.fetch_all(&store.pool).await.unwrap();
            let steps: Vec<String> = steps.iter().map(|step| step.get("detail")).collect();
            assert!(steps.iter().any(|it| it.ends_with(columns)), "{steps:?}");
        }
    }
}
