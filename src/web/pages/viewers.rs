//! `/viewers`: the owner's page that adds, changes and deletes viewers.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::SecretString;

use super::layout::{PageLayout, ViewerBadge};
use super::page_context::{NavItem, PageContext};
use crate::store::Viewer;
use crate::web::AppState;
use crate::web::api::viewers::{find, pin_hash, places, put, remove};
use crate::web::auth::CHOICE;
use crate::web::error::Problem;
use media::ViewerId;

/// `/viewers`
#[derive(Debug, Template)]
#[template(path = "viewers.html")]
pub struct ViewersPage {
    pub layout: PageLayout,
    pub viewers: Vec<ViewerForm>,
    /// Action URL of the form that adds a viewer: `name`, `colour`, `pin`, `places`.
    pub add: String,
    /// The places to which a new viewer may be limited.
    pub places: Vec<PlaceChoice>,
    /// The page that chooses the viewer of this browser.
    pub choose: String,
    /// The name of the OpenID provider by which viewers may sign in; `None` without one.
    pub openid: Option<String>,
    /// The failure of the last change.
    pub problem: Option<String>,
}

/// A viewer and the form that changes it.
#[derive(Debug)]
pub struct ViewerForm {
    /// The viewer, with the action URL of the form.
    pub badge: ViewerBadge,
    /// The colour as a colour field has it: `#rrggbb`.
    pub colour: String,
    /// True if it is limited to places.
    pub is_limited: bool,
    /// `All places`, or their names.
    pub summary: String,
    /// The account of the OpenID provider; empty without one.
    pub openid: String,
    /// The places to which it may be limited; empty for the owner.
    pub places: Vec<PlaceChoice>,
    /// Action URL of the form that deletes it; `None` for the owner.
    pub delete: Option<String>,
}

/// A place in a form.
#[derive(Debug)]
pub struct PlaceChoice {
    pub name: String,
    pub is_chosen: bool,
}

/// The pairs of a form; places may repeat.
type Pairs = Vec<(String, String)>;

#[derive(Default)]
struct ViewerFields {
    name: String,
    colour: Option<String>,
    pin: Option<SecretString>,
    removes_pin: bool,
    places: Option<Vec<String>>,
    /// `None` if the form has no such field.
    openid: Option<String>,
}

impl ViewerFields {
    fn read(pairs: Pairs) -> Self {
        let mut fields = ViewerFields::default();
        let mut chosen = Vec::new();
        let mut is_limited = false;
        for (name, value) in pairs {
            match name.as_str() {
                "name" => fields.name = value,
                "colour" => fields.colour = Some(value).filter(|colour| !colour.is_empty()),
                "pin" => fields.pin = Some(value.into()),
                "remove_pin" => fields.removes_pin = true,
                "limited" => is_limited = true,
                "openid" => fields.openid = Some(value.trim().to_owned()),
                "place" => chosen.push(value),
                _ => {}
            }
        }
        fields.places = is_limited.then_some(chosen);
        fields
    }
}

/// Shows the viewers.
pub(in crate::web) async fn show(context: PageContext) -> Response {
    context.answer(Ok(page(&context, None)))
}

/// Adds a viewer.
pub(in crate::web) async fn add(
    State(site): State<AppState>,
    headers: HeaderMap,
    Form(pairs): Form<Pairs>,
) -> Response {
    let fields = ViewerFields::read(pairs);
    let added = async {
        let places = fields.places.as_deref().map(places).transpose()?;
        let pin_hash = pin_hash(&site, fields.pin).await?;
        let colour = fields.colour.as_deref();
        let openid = fields.openid.filter(|openid| !openid.is_empty());
        site.viewers
            .add(&fields.name, colour, pin_hash, places, openid)
            .await?;
        Ok(())
    };
    let added = added.await;
    back(&site, &headers, added)
}

/// Changes a viewer. An empty PIN leaves the one that there is.
pub(in crate::web) async fn change(
    State(site): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(pairs): Form<Pairs>,
) -> Response {
    let fields = ViewerFields::read(pairs);
    let changed = async {
        let viewer = find(&site, &id)?;
        let places = fields.places.as_deref().map(places).transpose()?;
        let fresh = pin_hash(&site, fields.pin).await?;
        let kept = viewer.pin_hash.clone().filter(|_| !fields.removes_pin);
        let changed = Viewer {
            id: viewer.id,
            name: fields.name.trim().to_owned(),
            colour: fields.colour.unwrap_or_else(|| viewer.colour.clone()),
            pin_hash: fresh.or(kept),
            places,
            openid: match fields.openid {
                None => viewer.openid.clone(),
                Some(openid) => Some(openid).filter(|openid| !openid.is_empty()),
            },
        };
        put(&site, changed).await.map(drop)
    };
    let changed = changed.await;
    back(&site, &headers, changed)
}

/// Deletes a viewer with all that belongs to it.
pub(in crate::web) async fn delete(
    State(site): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let done = match find(&site, &id) {
        Ok(viewer) => remove(&site, viewer.id).await,
        Err(problem) => Err(problem),
    };
    back(&site, &headers, done)
}

fn back(site: &AppState, headers: &HeaderMap, done: Result<(), Problem>) -> Response {
    let context = PageContext::new(site, headers);
    match done {
        Ok(()) => Redirect::to(&site.urls.local("/viewers")).into_response(),
        Err(problem) if problem.status.is_client_error() => {
            let page = page(&context, Some(context.sentence(&problem)));
            (problem.status, context.answer(Ok(page))).into_response()
        }
        Err(problem) => context.problem(&problem),
    }
}

fn page(context: &PageContext, problem: Option<String>) -> ViewersPage {
    let site = &context.site;
    let viewers = site.viewers.all();
    ViewersPage {
        layout: context.layout(context.text("common-viewers"), NavItem::None),
        viewers: viewers.iter().map(|viewer| form(context, viewer)).collect(),
        add: site.urls.local("/viewers"),
        places: choices(context, None),
        choose: site.urls.local(CHOICE),
        openid: site.auth.openid_name().map(str::to_owned),
        problem,
    }
}

fn form(context: &PageContext, viewer: &Viewer) -> ViewerForm {
    let local = |path: String| context.site.urls.local(&path);
    let is_owner = viewer.id == ViewerId::OWNER;
    ViewerForm {
        badge: ViewerBadge {
            href: local(format!("/viewers/{}", viewer.id)),
            ..ViewerBadge::of(viewer)
        },
        colour: viewer.colour.clone(),
        is_limited: viewer.places.is_some(),
        openid: viewer.openid.clone().unwrap_or_default(),
        summary: match &viewer.places {
            None => context.words("viewers-all-places"),
            Some(places) if places.is_empty() => context.words("viewers-no-place"),
            Some(places) => {
                let names: Vec<&str> = places.iter().map(|place| place.as_str()).collect();
                names.join(", ")
            }
        },
        places: match is_owner {
            true => Vec::new(),
            false => choices(context, Some(viewer)),
        },
        delete: (!is_owner).then(|| local(format!("/viewers/{}/delete", viewer.id))),
    }
}

/// Returns all places, with those of a viewer chosen; also the chosen ones that are not connected now.
fn choices(context: &PageContext, viewer: Option<&Viewer>) -> Vec<PlaceChoice> {
    let chosen = viewer
        .and_then(|viewer| viewer.places.clone())
        .unwrap_or_default();
    let drives = context.site.library.browsable();
    let mut places: Vec<_> = drives.iter().map(|drive| drive.place().clone()).collect();
    places.extend(
        context
            .site
            .shares
            .list()
            .into_iter()
            .map(|share| share.place),
    );
    places.extend(
        chosen
            .iter()
            .filter(|place| !places.contains(place))
            .cloned()
            .collect::<Vec<_>>(),
    );
    let choice = |place: &media::Place| PlaceChoice {
        name: place.to_string(),
        is_chosen: chosen.contains(place),
    };
    places.iter().map(choice).collect()
}
