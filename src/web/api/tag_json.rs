//! The JSON of a tag.

use serde::{Deserialize, Serialize};

use media::Tag;

/// A tag.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Tag)]
pub(in crate::web) struct TagJson {
    pub name: String,
    /// `#rrggbb`; absent for the colour of the drive’s theme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
}

impl TagJson {
    /// Returns the JSON of all tags of an entry.
    pub fn of(tags: &[Tag]) -> Vec<TagJson> {
        let json = tags.iter().map(|tag| TagJson {
            name: tag.name.clone(),
            colour: tag.colour.clone(),
        });
        json.collect()
    }
}
