//! The parameters of a list of items, and their effect on items that are written already.

use std::cmp::Ordering;

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::ids::ItemId;
use super::request::{AppCall, MAX_VALUES};
use crate::web::error::Problem;
use media::natural_cmp;

/// The items of a page if an app asks for no number, and at most.
const MAX_PAGE: usize = 5_000;

/// The parameters of a list.
#[derive(Debug, Default, Clone)]
pub(super) struct ListQuery {
    pub parent: Option<ItemId>,
    pub ids: Vec<ItemId>,
    pub is_recursive: bool,
    /// Types in lower case; empty for all.
    pub types: Vec<String>,
    pub excluded_types: Vec<String>,
    pub media_types: Vec<String>,
    pub words: Option<String>,
    pub sort: Vec<String>,
    pub is_descending: bool,
    pub start: usize,
    pub limit: usize,
    pub fields: Vec<String>,
    filters: Vec<String>,
    is_favourite: Option<bool>,
    is_played: Option<bool>,
    is_folder: Option<bool>,
    years: Vec<String>,
    prefix: Option<String>,
    not_before: Option<String>,
    before: Option<String>,
}

impl ListQuery {
    /// Reads the parameters of a call.
    ///
    /// # Errors
    ///
    /// `ParentId` is not an id.
    pub fn of(call: &AppCall) -> Result<Self, Problem> {
        let lower = |name: &str| call.text(name).map(str::to_lowercase);
        let list = |name: &str| call.parameters.list(name);
        let size = |name: &str| call.number(name).and_then(|it| usize::try_from(it).ok());
        let mut filters: Vec<String> = list("filters")
            .iter()
            .map(|filter| filter.to_lowercase())
            .collect();
        let mut switch = |name: &str, filter: &str| {
            let is_set = filters.iter().any(|it| it == filter);
            filters.retain(|it| it != filter);
            call.flag(name).or(is_set.then_some(true))
        };
        let is_favourite = switch("isfavorite", "isfavorite");
        let is_played = switch("isplayed", "isplayed");
        let is_folder = switch("isfolder", "isfolder");
        Ok(ListQuery {
            parent: call.id("parentid")?,
            ids: list("ids")
                .iter()
                .filter_map(|id| ItemId::parse(id))
                .take(MAX_VALUES)
                .collect(),
            is_recursive: call.flag("recursive").unwrap_or_default(),
            types: list("includeitemtypes"),
            excluded_types: list("excludeitemtypes"),
            media_types: list("mediatypes"),
            words: call.text("searchterm").map(str::to_owned),
            sort: list("sortby"),
            is_descending: list("sortorder")
                .first()
                .is_some_and(|it| it.starts_with("desc")),
            start: size("startindex").unwrap_or_default(),
            limit: size("limit").unwrap_or(MAX_PAGE).min(MAX_PAGE),
            fields: list("fields"),
            filters,
            is_favourite,
            is_played,
            is_folder,
            years: list("years"),
            prefix: lower("namestartswith"),
            not_before: lower("namestartswithorgreater"),
            before: lower("namelessthan"),
        })
    }

    /// Returns true if items of a type are asked for.
    pub fn includes(&self, kind: &str) -> bool {
        let has = |list: &[String]| list.iter().any(|it| it == kind);
        (self.types.is_empty() || has(&self.types)) && !has(&self.excluded_types)
    }

    /// Returns true if items are left out by more than their type, so that a page cannot be taken from the index.
    pub fn filters_items(&self) -> bool {
        !self.filters.is_empty()
            || self.is_favourite.is_some()
            || self.is_played.is_some()
            || self.is_folder.is_some()
            || !self.years.is_empty()
            || self.prefix.is_some()
            || self.not_before.is_some()
            || self.before.is_some()
    }

    /// Returns true if an item passes all filters.
    pub fn accepts(&self, item: &Value) -> bool {
        let text = |name: &str| item[name].as_str().unwrap_or_default();
        let name = text("SortName");
        let user = &item["UserData"];
        let is = |field: &str| user[field].as_bool().unwrap_or_default();
        let position = user["PlaybackPositionTicks"].as_i64().unwrap_or_default();
        let has_filter = |name: &str| self.filters.iter().any(|it| it == name);
        let year = item["ProductionYear"].as_i64().map(|year| year.to_string());
        let media = text("MediaType").to_lowercase();
        let is_folder = item["IsFolder"].as_bool().unwrap_or_default();
        let kind = text("Type").to_lowercase();
        let kind_fits =
            self.includes(&kind) || kind == "collectionfolder" && self.includes("folder");
        kind_fits
            && (self.media_types.is_empty() || self.media_types.contains(&media))
            && self.is_favourite.is_none_or(|it| it == is("IsFavorite"))
            && self.is_played.is_none_or(|it| it == is("Played"))
            && self.is_folder.is_none_or(|it| it == is_folder)
            && (!has_filter("isnotfolder") || !is_folder)
            && (!has_filter("isunplayed") || !is("Played"))
            && (!has_filter("isresumable") || position > 0)
            && (!has_filter("isfavoriteorlikes") || is("IsFavorite"))
            && !has_filter("likes")
            && !has_filter("dislikes")
            && (self.years.is_empty() || year.is_some_and(|year| self.years.contains(&year)))
            && self
                .prefix
                .as_deref()
                .is_none_or(|prefix| name.starts_with(prefix))
            && self.not_before.as_deref().is_none_or(|least| name >= least)
            && self.before.as_deref().is_none_or(|bound| name < bound)
    }

    /// Sorts items as the app asks; without a wish, they stay as they are.
    pub fn order(&self, items: &mut [Value]) {
        if self.sort.is_empty() {
            return;
        }
        if self.sort.first().is_some_and(|key| key == "random") {
            return shuffle(items);
        }
        items.sort_by(|left, right| {
            let by = self.sort.iter().map(|key| compare(key, left, right));
            by.fold(Ordering::Equal, Ordering::then)
        });
        if self.is_descending {
            items.reverse();
        }
    }

    /// Returns the items that pass all filters, in order.
    pub fn filtered(&self, mut items: Vec<Value>) -> Vec<Value> {
        items.retain(|item| self.accepts(item));
        self.order(&mut items);
        items
    }

    /// Answers with the page of a whole list.
    pub fn answer(&self, items: Vec<Value>) -> Response {
        let total = items.len();
        let page: Vec<Value> = items
            .into_iter()
            .skip(self.start)
            .take(self.limit)
            .collect();
        page_json(page, self.start, total)
    }
}

/// Answers with a page of a list of `total` items.
pub(super) fn page_json(items: Vec<Value>, start: usize, total: usize) -> Response {
    Json(json!({"Items": items, "TotalRecordCount": total, "StartIndex": start})).into_response()
}

fn compare(key: &str, left: &Value, right: &Value) -> Ordering {
    let text = |name: &str| {
        let of = |item: &Value| item[name].as_str().unwrap_or_default().to_owned();
        (of(left), of(right))
    };
    let number = |name: &str| {
        let of = |item: &Value| item[name].as_i64().unwrap_or_default();
        of(left).cmp(&of(right))
    };
    match key {
        "isfolder" => {
            let is = |item: &Value| item["IsFolder"].as_bool().unwrap_or_default();
            is(right).cmp(&is(left))
        }
        "sortname" | "name" | "seriessortname" | "default" => {
            let (left, right) = text("SortName");
            natural_cmp(&left, &right)
        }
        "datecreated" | "datelastcontentadded" => {
            let (left, right) = text("DateCreated");
            left.cmp(&right)
        }
        "premieredate" | "productionyear" => number("ProductionYear").then_with(|| {
            let (left, right) = text("PremiereDate");
            left.cmp(&right)
        }),
        "runtime" => number("RunTimeTicks"),
        "indexnumber" => number("IndexNumber"),
        "parentindexnumber" | "airedepisodeorder" => {
            number("ParentIndexNumber").then(number("IndexNumber"))
        }
        "dateplayed" | "seriesdateplayed" => {
            let of = |item: &Value| {
                item["UserData"]["LastPlayedDate"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            };
            of(left).cmp(&of(right))
        }
        _ => Ordering::Equal,
    }
}

/// Puts items into an order by chance.
fn shuffle(items: &mut [Value]) {
    for last in (1..items.len()).rev() {
        let mut random = [0u8; 8];
        if getrandom::fill(&mut random).is_err() {
            return;
        }
        items.swap(
            last,
            (u64::from_be_bytes(random) % (last as u64 + 1)) as usize,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(name: &str, is_folder: bool, is_played: bool) -> Value {
        json!({"Name": name, "SortName": name.to_lowercase(), "IsFolder": is_folder, "Type": if is_folder { "Folder" } else { "Video" },
            "MediaType": "Video", "UserData": {"Played": is_played, "IsFavorite": false, "PlaybackPositionTicks": 0}})
    }

    fn names(items: &[Value]) -> Vec<&str> {
        items
            .iter()
            .map(|item| item["Name"].as_str().unwrap())
            .collect()
    }

    #[test]
    fn lists_are_sorted_and_filtered() {
        let mut items = vec![
            item("b 10", false, true),
            item("B 9", false, false),
            item("z", true, false),
        ];
        let mut query = ListQuery {
            sort: vec!["isfolder".to_owned(), "sortname".to_owned()],
            ..ListQuery::default()
        };
        query.order(&mut items);
        assert_eq!(names(&items), ["z", "B 9", "b 10"]);
        query.is_descending = true;
        query.order(&mut items);
        assert_eq!(names(&items), ["b 10", "B 9", "z"]);
        query.sort = vec!["random".to_owned()];
        query.order(&mut items);
        assert_eq!(items.len(), 3);
        query.is_played = Some(true);
        items.retain(|item| query.accepts(item));
        assert_eq!(names(&items), ["b 10"]);
        query.types = vec!["folder".to_owned()];
        assert!(!query.accepts(&items[0]));
    }
}
