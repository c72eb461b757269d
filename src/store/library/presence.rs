//! Items that have a file at the moment, and what contains them.

use std::collections::BTreeSet;

use sqlx::AnyConnection;

use super::json;

/// Computes for items, and for what contains them, whether there is a file.
pub(super) async fn refresh_presence(
    connection: &mut AnyConnection,
    items: &BTreeSet<i64>,
) -> anyhow::Result<()> {
    let ids = json(items.iter().copied());
    sqlx::query(
        "UPDATE library_item SET is_present = CASE WHEN EXISTS (SELECT 1 FROM library_file \
         WHERE item = library_item.id AND gone_at IS NULL) THEN 1 ELSE 0 END WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
    )
    .bind(&ids)
    .execute(&mut *connection)
    .await?;
    let parents = parents(connection, &ids).await?;
    refresh_containers(connection, parents).await
}

async fn parents(connection: &mut AnyConnection, ids: &str) -> anyhow::Result<Vec<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT parent FROM library_item \
         WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) AND parent IS NOT NULL",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?)
}

/// Computes the presence of seasons, and of their series.
pub(super) async fn refresh_containers(
    connection: &mut AnyConnection,
    mut items: Vec<i64>,
) -> anyhow::Result<()> {
    for _ in 0..2 {
        let ids = json(items);
        sqlx::query(
            "UPDATE library_item SET is_present = CASE WHEN EXISTS (SELECT 1 FROM library_item c \
             WHERE c.parent = library_item.id AND c.is_present = 1) THEN 1 ELSE 0 END WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
        )
        .bind(&ids)
        .execute(&mut *connection)
        .await?;
        items = parents(connection, &ids).await?;
    }
    Ok(())
}
