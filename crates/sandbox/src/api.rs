//! The routes of the API host: each URL with the function that answers it.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::routing::{get, post};

use super::call::handle;
use super::{
    SandboxState, changes, files, oauth, recycle, shares_calls, streaming, upload_parts, uploads,
    web_account, web_files, web_pages, web_shares,
};

/// Returns the routes of the Open Platform and of the website.
pub fn routes(state: Arc<SandboxState>) -> Router {
    macro_rules! call {
        ($route:literal, $needs_token:literal, $answer:path) => {{
            let state = state.clone();
            move |request: Request| handle(state, request, $route, $needs_token, $answer)
        }};
    }
    Router::new()
        .route(
            "/oauth/devicecode",
            get(call!("devicecode", false, oauth::device_code)),
        )
        .route(
            "/oauth/gettoken",
            post(call!("gettoken", false, oauth::get_token)),
        )
        .route(
            "/oauth/tokeninfo",
            post(call!("tokeninfo", false, oauth::token_info)),
        )
        .route(
            "/oauth/refreshtoken",
            post(call!("refreshtoken", false, oauth::refresh_token)),
        )
        .route("/openapi/uinfo", get(call!("uinfo", true, files::user)))
        .route("/openapi/active", get(call!("active", true, files::active)))
        .route(
            "/openapi/api/quota",
            get(call!("quota", true, files::quota)),
        )
        .route(
            "/openapi/api/precreate",
            post(call!("precreate", true, uploads::precreate)),
        )
        .route(
            "/openapi/api/create",
            post(call!("create", true, uploads::create)),
        )
        .route(
            "/openapi/api/filemanager",
            post(call!("filemanager", true, changes::manage)),
        )
        .route(
            "/openapi/share/taskquery",
            get(call!("taskquery", true, shares_calls::task)),
        )
        .merge(website(&state))
        .route("/openapi/api/list", get(call!("list", true, files::list)))
        .route(
            "/openapi/api/filemetas",
            get(call!("filemetas", true, files::metas)),
        )
        .route(
            "/openapi/api/search",
            get(call!("search", true, files::search)),
        )
        .route(
            "/openapi/api/download",
            get(call!("download", true, files::download)),
        )
        .route(
            "/openapi/api/streaming",
            get(call!("streaming", true, streaming::playlist)),
        )
        .route(
            "/openapi/api/shorturlinfo",
            get(call!("shorturlinfo", true, shares_calls::info)),
        )
        .route(
            "/openapi/share/verify",
            post(call!("share_verify", true, shares_calls::verify)),
        )
        .route(
            "/openapi/share/list",
            get(call!("share_list", true, shares_calls::list)),
        )
        .route(
            "/openapi/share/mediameta",
            get(call!("share_mediameta", true, shares_calls::mediameta)),
        )
        .route(
            "/openapi/share/streaming",
            get(call!("share_streaming", true, shares_calls::playlist)),
        )
        .route(
            "/openapi/share/download",
            get(call!("share_download", true, shares_calls::download)),
        )
        .route(
            "/openapi/share/transfer",
            post(call!("share_transfer", true, shares_calls::transfer)),
        )
}

/// Returns the routes of the website. Clients read some calls by POST and write some by GET: both methods are accepted.
fn website(state: &Arc<SandboxState>) -> Router {
    macro_rules! call {
        ($route:literal, $answer:path) => {{
            let state = state.clone();
            let answer =
                move |request: Request| handle(state.clone(), request, $route, false, $answer);
            get(answer.clone()).post(answer)
        }};
    }
    macro_rules! routes {
        ($($path:literal $route:literal $answer:path;)*) => {
            Router::new()$(.route($path, call!($route, $answer)))*
        };
    }
    routes! {
        "/" "web_root" web_pages::root;
        "/main" "web_page" web_pages::main;
        "/login" "web_login" web_pages::login;
        "/wap/outlogin/login" "web_login" web_pages::login;
        "/wap/outlogin/emailRegister" "web_login" web_pages::login;
        "/wap/share/filelist" "web_login" web_pages::login;

        "/api/check/login" "web_check_login" web_account::check_login;
        "/passport/get_info" "web_get_info" web_account::get_info;
        "/rest/2.0/membership/proxy/user" "web_membership" web_account::membership;
        "/api/user/getinfo" "web_getinfo" web_account::user;
        "/api/quota" "web_quota" web_account::quota;
        "/api/home/info" "web_home_info" web_account::home_info;

        "/api/list" "web_list" web_files::list;
        "/api/filemetas" "web_filemetas" web_files::metas;
        "/api/search" "web_search" web_files::search;
        "/api/categorylist" "web_categorylist" web_files::category_list;
        "/api/category" "web_category" web_files::category;
        "/api/filediff" "web_filediff" web_files::diff;
        "/api/streaming" "web_streaming" web_files::playlist;
        "/api/download" "web_download" web_files::download;

        "/api/precreate" "web_precreate" web_files::precreate;
        "/api/create" "web_create" web_files::create;
        "/api/filemanager" "web_filemanager" web_files::manage;
        "/api/recycle/list" "web_recycle_list" recycle::list;
        "/api/recycle/restore" "web_recycle_restore" recycle::restore;
        "/api/recycle/delete" "web_recycle_delete" recycle::delete;
        "/api/recycle/clear" "web_recycle_clear" recycle::clear;

        "/share/pset" "web_pset" web_shares::create;
        "/share/teratransfer/sharelist" "web_sharelist" web_shares::list_own;
        "/share/cancel" "web_cancel" web_shares::cancel;
        "/api/shorturlinfo" "web_shorturlinfo" web_shares::info;
        "/share/verify" "web_share_verify" web_shares::verify;
        "/share/list" "web_share_list" web_shares::list;
        "/share/streaming" "web_share_streaming" web_shares::playlist;
        "/share/transfer" "web_share_transfer" web_shares::transfer;
        "/share/taskquery" "web_taskquery" web_shares::task;
    }
    .merge(upload_parts::routes(state.clone()))
}
