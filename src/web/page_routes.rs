//! The URLs of pages for people who are signed in.

use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get, options, post};

use super::routes::RouteGroup;
use super::{AppState, MAX_SELECTION_BYTES, RouteAccess, auth, pages, play};

/// Returns the pages, which require a session or an open server.
pub(super) fn people(site: &AppState) -> RouteGroup {
    RouteGroup::new(RouteAccess::Owner)
        .route("/", get(pages::home::show))
        .route("/browse/{*location}", get(pages::browse::show))
        .route("/watch/{*location}", get(pages::watch::show))
        .route("/search", get(pages::search::show))
        .route("/share", get(pages::share::show).post(pages::share::submit))
        .route("/share/save", post(pages::share_panel::save))
        .route("/share/forget", post(pages::share_panel::forget))
        .route("/library/films", get(pages::titles::films))
        .route("/library/series", get(pages::titles::series))
        .route("/library/items/{id}", get(pages::titles::show))
        .route("/library/items/{id}/watched", post(pages::titles::mark))
        .route("/status", get(pages::status::show))
        .route("/account/{drive}", get(pages::account::show))
        .route(
            "/account/{drive}/sign-in/device",
            post(pages::account::begin_device),
        )
        .route(
            "/account/{drive}/sign-in/code",
            post(pages::account::sign_in_with_code),
        )
        .route(
            "/account/{drive}/sign-in/form",
            post(pages::account::sign_in_with_form),
        )
        .route(
            "/account/{drive}/sign-in/site",
            get(pages::site_sign_in::begin),
        )
        .route(
            "/account/{drive}/sign-in/callback",
            get(pages::site_sign_in::come_back),
        )
        .route("/account/{drive}/walk", post(pages::account::walk))
        .route("/account/{drive}/sign-out", post(pages::account::sign_out))
        .route(
            "/account/{drive}/sharing",
            post(pages::account::activate_sharing),
        )
        .route(
            "/account/{drive}/reports/{report}",
            get(pages::reports::show),
        )
        .route("/account/{drive}/key", post(pages::reports::renew_key))
        .route("/account/{drive}/trial", post(pages::reports::try_link))
        .route("/account/{drive}/remove", post(pages::connect::remove))
        .route("/account/{drive}/shares", get(pages::own_shares::show))
        .route(
            "/account/{drive}/shares/{id}/cancel",
            post(pages::own_shares::revoke),
        )
        .route(
            "/account/{drive}/trash",
            get(pages::trash::show).post(pages::trash::act),
        )
        .route(
            "/account/{drive}/remote-downloads",
            get(pages::remote_downloads::show).post(pages::remote_downloads::act),
        )
        .route("/account/{drive}/archives", get(pages::archives::show))
        .route(
            "/versions/{*location}",
            get(pages::versions::show).post(pages::versions::act),
        )
        .route(
            "/folder-settings/{*location}",
            get(pages::folder_settings::show).post(pages::folder_settings::change),
        )
        .route("/drives", get(pages::drives::show))
        .route(
            "/drives/{drive}",
            get(pages::drive_form::show).post(pages::drives::change),
        )
        .route("/drives/{drive}/settings", post(pages::drive_form::save))
        .route(
            "/connect",
            get(pages::connect::show).post(pages::connect::connect),
        )
        .merge(
            RouteGroup::new(RouteAccess::Owner)
                .route(
                    "/organize",
                    get(pages::organize::show).post(pages::organize::apply),
                )
                .route("/organize/names", post(pages::rename_many::apply))
                .layer(DefaultBodyLimit::max(MAX_SELECTION_BYTES)),
        )
        .merge(
            RouteGroup::new(RouteAccess::Owner)
                .route("/upload/{*location}", post(pages::upload::upload))
                .layer(DefaultBodyLimit::disable()),
        )
        .route("/sessions", get(pages::sessions::show))
        .route("/sessions/end", post(pages::sessions::revoke))
        .route("/sessions/end-all", post(pages::sessions::revoke_all))
        .route(
            "/sessions/second-factor",
            get(pages::second_factor::show).post(pages::second_factor::set_up),
        )
        .route(
            "/sessions/second-factor/change",
            post(pages::second_factor::change),
        )
        .route("/sessions/passkeys", get(pages::passkeys::show))
        .route("/sessions/passkeys/change", post(pages::passkeys::change))
        .route("/tokens", post(pages::sessions::make_token))
        .route("/tokens/withdraw", post(pages::sessions::revoke_token))
        .route(
            "/password",
            get(pages::password::show).post(pages::password::set),
        )
        .route(
            "/viewers",
            get(pages::viewers::show).post(pages::viewers::add),
        )
        .route(
            "/viewers/choose",
            get(pages::choose_viewer::show).post(pages::choose_viewer::choose),
        )
        .route("/viewers/{id}", post(pages::viewers::change))
        .route("/viewers/{id}/delete", post(pages::viewers::delete))
        .route("/tasks", get(pages::tasks::show).post(pages::tasks::act))
        .route("/tasks/events", get(pages::tasks::events))
        .route("/send", post(pages::send::send))
        .route(
            "/devices",
            get(pages::devices::show).post(pages::devices::add),
        )
        .route("/devices/{id}/withdraw", post(pages::devices::revoke))
        .route("/devices/app", post(pages::devices::approve_app))
        .route("/devices/own", post(pages::devices::replace_own))
        .route("/devices/key", post(pages::devices::change_key))
        .route("/devices/keys/retire", post(pages::devices::revoke_keys))
        .route(
            "/guest-link/{*location}",
            get(pages::guest_link::show).post(pages::guest_link::make),
        )
        .route(
            "/pass-on/{*location}",
            any(pages::guest_link::redirect_old_url),
        )
        .route_layer(from_fn_with_state(site.clone(), auth::require_owner))
        .open_method("/", options(play::dav::options))
}
