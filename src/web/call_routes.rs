//! The URLs of the API for programs.

use axum::extract::DefaultBodyLimit;
use utoipa_axum::routes;

use super::routes::RouteGroup;
use super::{MAX_SELECTION_BYTES, RouteAccess, api};

/// Returns the calls of the API with their descriptions, before authentication.
pub(super) fn calls() -> RouteGroup {
    RouteGroup::new(RouteAccess::Program)
        .call("/api/v1/drives", routes!(api::drives::list))
        .call(
            "/api/v1/drives/{drive}",
            routes!(api::drives::changes::change, api::drives::changes::remove),
        )
        .call(
            "/api/v1/drives/{drive}/reload",
            routes!(api::drives::changes::reload_drive),
        )
        .call("/api/v1/entries/{*location}", routes!(api::entries::show))
        .call("/api/v1/search", routes!(api::search::find))
        .call("/api/v1/shares/open", routes!(api::shares::open))
        .call("/api/v1/shares/save", routes!(api::shares::save))
        .call(
            "/api/v1/drives/{drive}/avatar",
            routes!(api::drives::avatar),
        )
        .call(
            "/api/v1/drives/{drive}/sign-in/device",
            routes!(api::sign_in::begin_device),
        )
        .call(
            "/api/v1/drives/{drive}/sign-in/device/{id}",
            routes!(api::sign_in::device_state),
        )
        .call(
            "/api/v1/drives/{drive}/sign-in/code",
            routes!(api::sign_in::submit_code),
        )
        .call(
            "/api/v1/drives/{drive}/sign-in/form",
            routes!(api::sign_in::form, api::sign_in::submit_form),
        )
        .call(
            "/api/v1/drives/{drive}/sharing",
            routes!(api::drives::activate_sharing),
        )
        .call(
            "/api/v1/drives/{drive}/sign-out",
            routes!(api::sign_in::sign_out),
        )
        .call(
            "/api/v1/drives/{drive}/shares",
            routes!(api::own_shares::list, api::own_shares::create),
        )
        .call(
            "/api/v1/drives/{drive}/shares/{id}",
            routes!(api::own_shares::revoke, api::own_shares::extend),
        )
        .call(
            "/api/v1/drives/{drive}/reports",
            routes!(api::reports::list),
        )
        .call(
            "/api/v1/drives/{drive}/reports/{report}",
            routes!(api::reports::show),
        )
        .call(
            "/api/v1/drives/{drive}/requests.csv",
            routes!(api::reports::requests),
        )
        .call(
            "/api/v1/drives/{drive}/key",
            routes!(api::reports::renew_key),
        )
        .call(
            "/api/v1/drives/{drive}/trial",
            routes!(api::reports::try_link),
        )
        .call(
            "/api/v1/viewers",
            routes!(api::viewers::list, api::viewers::add),
        )
        .call(
            "/api/v1/viewers/{id}",
            routes!(
                api::viewers::show,
                api::viewers::change,
                api::viewers::delete
            ),
        )
        .call(
            "/api/v1/thumbnails/{*location}",
            routes!(api::thumbnails::put),
        )
        .call("/api/v1/history", routes!(api::history::list))
        .call("/api/v1/history/{*location}", routes!(api::history::note))
        .call(
            "/api/v1/drives/{drive}/trash",
            routes!(api::trash::list, api::trash::empty),
        )
        .call(
            "/api/v1/drives/{drive}/trash/restore",
            routes!(api::trash::restore),
        )
        .call(
            "/api/v1/drives/{drive}/remote-downloads",
            routes!(api::remote_downloads::list, api::remote_downloads::start),
        )
        .call(
            "/api/v1/drives/{drive}/remote-downloads/{id}",
            routes!(api::remote_downloads::cancel),
        )
        .call(
            "/api/v1/drives/{drive}/archives",
            routes!(api::archives::list, api::archives::create),
        )
        .call(
            "/api/v1/drives/{drive}/archives/extract",
            routes!(api::archives::extract),
        )
        .call(
            "/api/v1/drives/{drive}/direct-links",
            routes!(api::direct_links::create),
        )
        .call(
            "/api/v1/tags/{*location}",
            routes!(api::tags::show, api::tags::replace),
        )
        .call(
            "/api/v1/versions/{*location}",
            routes!(
                api::versions::list,
                api::versions::make_current,
                api::versions::delete
            ),
        )
        .call("/api/v1/library/films", routes!(api::library::items::films))
        .call(
            "/api/v1/library/series",
            routes!(api::library::items::series),
        )
        .call(
            "/api/v1/library/recent",
            routes!(api::library::items::recent),
        )
        .call(
            "/api/v1/library/next-up",
            routes!(api::library::items::next_up),
        )
        .call(
            "/api/v1/library/continue",
            routes!(api::library::items::resume),
        )
        .call(
            "/api/v1/library/items/{id}",
            routes!(api::library::items::show),
        )
        .call(
            "/api/v1/library/items/{id}/watched",
            routes!(api::library::items::mark),
        )
        .call(
            "/api/v1/library/items/{id}/poster",
            routes!(api::library::pictures::poster),
        )
        .call(
            "/api/v1/library/items/{id}/backdrop",
            routes!(api::library::pictures::backdrop),
        )
        .call(
            "/api/v1/library/items/{id}/intro",
            routes!(
                api::library::intros::show,
                api::library::intros::mark,
                api::library::intros::remove
            ),
        )
        .call(
            "/api/v1/library/walks/{drive}",
            routes!(
                api::library::walks::show,
                api::library::walks::start,
                api::library::walks::stop
            ),
        )
        .call("/api/v1/openapi.json", routes!(api::openapi::show))
        .call(
            "/api/v1/folder-settings/{*location}",
            routes!(api::folder_settings::show, api::folder_settings::replace),
        )
        .call("/api/v1/uploads/{id}", routes!(api::upload_progress::state))
        .merge(
            RouteGroup::new(RouteAccess::Program)
                .call("/api/v1/content/{*location}", routes!(api::content::put))
                .layer(DefaultBodyLimit::disable()),
        )
        .merge(
            RouteGroup::new(RouteAccess::Program)
                .call("/api/v1/files/copy", routes!(api::files::copy))
                .call("/api/v1/files/move", routes!(api::files::relocate))
                .call("/api/v1/files/rename", routes!(api::files::rename))
                .call("/api/v1/files/delete", routes!(api::files::delete))
                .call("/api/v1/folders", routes!(api::files::make_folder))
                .layer(DefaultBodyLimit::max(MAX_SELECTION_BYTES)),
        )
        .call(
            "/api/v1/tokens",
            routes!(api::tokens::list, api::tokens::make),
        )
        .call("/api/v1/tokens/{id}", routes!(api::tokens::revoke))
        .call("/api/v1/passkeys", routes!(api::passkeys::add))
        .call("/api/v1/passkeys/begin", routes!(api::passkeys::begin))
        .call("/api/v1/sessions", routes!(api::sessions::list))
        .call("/api/v1/sessions/{id}", routes!(api::sessions::revoke))
        .call("/api/v1/tasks", routes!(api::tasks::list))
        .call("/api/v1/tasks/events", routes!(api::task_events::events))
        .call("/api/v1/tasks/{id}", routes!(api::tasks::show))
        .call("/api/v1/tasks/{id}/{action}", routes!(api::tasks::act))
        .call("/api/v1/players", routes!(api::players::list))
        .call("/api/v1/send", routes!(api::players::send))
        .call(
            "/api/v1/tickets",
            routes!(api::tickets::list, api::tickets::make),
        )
        .call("/api/v1/tickets/{id}", routes!(api::tickets::revoke))
}
