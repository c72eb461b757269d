//! The item of a file by its name: a film, or an episode with its season and series. One that is missing is made.

use sqlx::AnyConnection;

use super::ItemKind;
use crate::store::now_ms;
use media::{Entry, EntryPath, EpisodeNumber, Place, ReleaseName, natural_key, title_key};

/// The columns of an item that is found or made.
struct NewItem {
    kind: ItemKind,
    key: String,
    parent: Option<i64>,
    series: Option<i64>,
    title: String,
    year: Option<u16>,
    season: Option<u16>,
    episode: EpisodeNumber,
    folder: Option<(Place, EntryPath)>,
    added_at: i64,
}

/// Returns the item of a file by its name, and makes it if there is none.
pub(super) async fn find_or_make(
    connection: &mut AnyConnection,
    entry: &Entry,
    name: &ReleaseName,
) -> anyhow::Result<i64> {
    let added_at = entry
        .modified
        .map_or_else(now_ms, |time| time.timestamp_millis())
        .min(now_ms());
    let blank = NewItem {
        kind: ItemKind::Film,
        key: String::new(),
        parent: None,
        series: None,
        title: name.title.clone(),
        year: name.year,
        season: None,
        episode: EpisodeNumber::default(),
        folder: None,
        added_at,
    };
    let key = title_key(&name.title);
    let Some(episode) = name.episode.clone() else {
        let folder = entry.path.parent().unwrap_or_else(EntryPath::root);
        // Without a year, equal names in different folders may be different films.
        let key = match name.year {
            Some(year) => format!("film:{key}:{year}"),
            None => format!("film:{key}:{}{folder}", entry.place),
        };
        return put_item(connection, NewItem { key, ..blank }).await;
    };
    let series = find_series(connection, &key, name.year).await?;
    let series = match series {
        Some(series) => {
            sqlx::query(
                "UPDATE library_item SET added_at = CASE WHEN added_at < $2 THEN $2 ELSE added_at END, year = COALESCE(year, $3) WHERE id = $1",
            )
            .bind(series)
            .bind(added_at)
            .bind(name.year.map(i64::from))
            .execute(&mut *connection)
            .await?;
            series
        }
        None => {
            let mut folder = entry.path.parent();
            for _ in 1..name.series_levels {
                folder = folder.and_then(|folder| folder.parent());
            }
            let folder = folder.filter(|folder| name.series_levels > 0 && !folder.is_root());
            let year = name.year.map_or(String::new(), |year| year.to_string());
            let series = NewItem {
                kind: ItemKind::Series,
                key: format!("series:{key}:{year}"),
                folder: folder.map(|folder| (entry.place.clone(), folder)),
                ..blank
            };
            put_item(connection, series).await?
        }
    };
    use chrono::Datelike;
    let season_number = episode
        .season
        .or_else(|| {
            episode
                .aired
                .and_then(|aired| u16::try_from(aired.year()).ok())
        })
        .unwrap_or(1);
    let season = NewItem {
        kind: ItemKind::Season,
        key: format!("season:{series}:{season_number}"),
        parent: Some(series),
        series: Some(series),
        title: match season_number {
            0 => "Specials".to_owned(),
            number => format!("Season {number}"),
        },
        year: None,
        season: Some(season_number),
        episode: EpisodeNumber::default(),
        folder: None,
        added_at,
    };
    let season = put_item(connection, season).await?;
    let (key, title) = match (episode.number, episode.aired) {
        (None, Some(aired)) => (aired.to_string(), aired.to_string()),
        (number, _) => {
            let number = number.unwrap_or_default();
            (number.to_string(), format!("Episode {number}"))
        }
    };
    let episode = NewItem {
        kind: ItemKind::Episode,
        key: format!("episode:{season}:{key}"),
        parent: Some(season),
        series: Some(series),
        title: episode.title.clone().unwrap_or(title),
        year: None,
        season: Some(season_number),
        episode,
        folder: None,
        added_at,
    };
    put_item(connection, episode).await
}

/// Returns the series of this title: of the same year, or if one of both has no year. `None` if there is none.
async fn find_series(
    connection: &mut AnyConnection,
    key: &str,
    year: Option<u16>,
) -> anyhow::Result<Option<i64>> {
    let found: Option<i64> = sqlx::query_scalar(
        "SELECT id FROM library_item WHERE kind = 'series' AND title_key = $1 \
         AND ($2 IS NULL OR year IS NULL OR year = $2) ORDER BY year IS NOT DISTINCT FROM $2 DESC, is_present DESC, id LIMIT 1",
    )
    .bind(key)
    .bind(year.map(i64::from))
    .fetch_optional(connection)
    .await?;
    Ok(found)
}

async fn put_item(connection: &mut AnyConnection, new: NewItem) -> anyhow::Result<i64> {
    let sort_key = match new.kind {
        ItemKind::Film | ItemKind::Series => natural_key(without_article(&new.title)),
        _ => {
            let aired = new
                .episode
                .aired
                .map_or(String::new(), |aired| aired.to_string());
            let (season, number) = (new.season.unwrap_or_default(), new.episode.number);
            format!("{season:05}{:05}{aired}", number.unwrap_or_default()).into_bytes()
        }
    };
    let place = new
        .folder
        .as_ref()
        .map(|(place, _)| place.as_str().to_owned());
    let folder = new
        .folder
        .as_ref()
        .map(|(_, folder)| folder.as_str().to_owned());
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO library_item (kind, key, parent, series, title, title_key, sort_key, year, season, number, \
         last_number, aired, place, folder, added_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         ON CONFLICT (key) DO UPDATE SET added_at = CASE WHEN excluded.added_at < library_item.added_at \
         THEN excluded.added_at ELSE library_item.added_at END, \
         last_number = COALESCE(excluded.last_number, library_item.last_number) RETURNING id",
    )
    .bind(new.kind.as_str())
    .bind(&new.key)
    .bind(new.parent)
    .bind(new.series)
    .bind(&new.title)
    .bind(title_key(&new.title))
    .bind(sort_key)
    .bind(new.year.map(i64::from))
    .bind(new.season.map(i64::from))
    .bind(new.episode.number.map(i64::from))
    .bind(new.episode.last.map(i64::from))
    .bind(new.episode.aired.map(|aired| aired.to_string()))
    .bind(place)
    .bind(folder)
    .bind(new.added_at)
    .fetch_one(&mut *connection)
    .await?;
    if matches!(new.kind, ItemKind::Film | ItemKind::Series) {
        put_title(connection, id, &new.title).await?;
    }
    Ok(id)
}

/// Stores the title by which an item is searched.
async fn put_title(connection: &mut AnyConnection, id: i64, title: &str) -> anyhow::Result<()> {
    sqlx::query("DELETE FROM library_search WHERE rowid = $1")
        .bind(id)
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO library_search (rowid, title) VALUES ($1, $2)")
        .bind(id)
        .bind(title)
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns a title without its article, by which it is sorted.
pub(super) fn without_article(title: &str) -> &str {
    let articles = [
        "The ", "A ", "An ", "Der ", "Die ", "Das ", "Le ", "La ", "Les ",
    ];
    let rest = articles
        .iter()
        .find_map(|article| title.strip_prefix(article));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(title)
}
