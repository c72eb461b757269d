//! `/api/v1/library`: films and series, their pictures, what was watched, and what to watch next.

pub(in crate::web) mod intros;
mod item_json;
pub(in crate::web) mod items;
pub(in crate::web) mod pictures;
pub(in crate::web) mod walks;

use crate::library::LibraryIndex;
use crate::web::AppState;
use crate::web::error::Problem;

pub(in crate::web) use item_json::picture_url;

fn index(site: &AppState) -> Result<&LibraryIndex, Problem> {
    site.library.index().ok_or(Problem::NOT_FOUND)
}
