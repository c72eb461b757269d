//! The server, its users, and what apps store for themselves.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};

use super::ids::ItemId;
use super::request::AppCall;
use super::session::AppSession;
use super::viewers::user_name;
use super::{VERSION, item_json::date};
use crate::web::AppState;
use crate::web::error::Problem;

/// The name of the server in apps.
const NAME: &str = "Drive-In";

/// Limit of what an app stores at once, in bytes.
const MAX_PREFERENCE_BYTES: usize = 32 << 10;

/// Longest id of stored settings, in bytes.
const MAX_PREFERENCE_ID_BYTES: usize = 100;

/// Returns the base URL by which an app reached the server.
fn local_address(call: &AppCall) -> String {
    let urls = &call.site.urls;
    format!("{}{}", urls.origin(&call.headers), urls.local("/jellyfin"))
}

/// `GET /System/Info/Public`
pub(super) fn public_info(call: &AppCall) -> Response {
    Json(public_json(call)).into_response()
}

fn public_json(call: &AppCall) -> Value {
    json!({
        "LocalAddress": local_address(call),
        "ServerName": NAME,
        "Version": VERSION,
        "ProductName": "Jellyfin Server",
        "OperatingSystem": "",
        "Id": call.site.jellyfin.server_id,
        "StartupWizardCompleted": true,
    })
}

/// `GET /System/Info`
pub(super) fn info(call: &AppCall) -> Response {
    let mut info = public_json(call);
    let switches = [
        ("HasPendingRestart", false),
        ("IsShuttingDown", false),
        ("SupportsLibraryMonitor", false),
        ("CanSelfRestart", false),
        ("CanLaunchWebBrowser", false),
        ("HasUpdateAvailable", false),
    ];
    for (name, value) in switches {
        info[name] = value.into();
    }
    info["WebSocketPortNumber"] = 0.into();
    info["CompletedInstallations"] = json!([]);
    info["CastReceiverApplications"] = json!([]);
    Json(info).into_response()
}

/// `GET /System/Configuration`. Clients read it after the sign-in, strict ones all of it; besides the name and Quick Connect,
/// nothing in it is a setting of this server.
pub(super) fn configuration() -> Response {
    let mut settings = json!({
        "ServerName": NAME,
        "IsStartupWizardCompleted": true,
        "QuickConnectAvailable": true,
        "AllowClientLogUpload": false,
        "EnableFolderView": true,
        "DisplaySpecialsWithinSeasons": true,
        "IsPortAuthorized": true,
        "EnableLegacyAuthorization": true,
        "MinResumePct": 0,
        "MaxResumePct": 92,
        "MetadataPath": "",
        "PreferredMetadataLanguage": "en",
        "MetadataCountryCode": "US",
        "UICulture": "en-US",
        "ImageSavingConvention": "Compatible",
        "ChapterImageResolution": "MatchSource",
    });
    let off = [
        "EnableMetrics",
        "EnableNormalizedItemByNameIds",
        "EnableCaseSensitiveItemIds",
        "DisableLiveTvChannelUserDataName",
        "SkipDeserializationForBasicTypes",
        "SaveMetadataHidden",
        "EnableGroupingMoviesIntoCollections",
        "EnableGroupingShowsIntoCollections",
        "EnableExternalContentInSuggestions",
        "EnableSlowResponseWarning",
    ];
    let none = [
        "LogFileRetentionDays",
        "MinResumeDurationSeconds",
        "MinAudiobookResume",
        "MaxAudiobookResume",
        "InactiveSessionThreshold",
        "LibraryMonitorDelay",
        "LibraryUpdateDuration",
        "CacheSize",
        "RemoteClientBitrateLimit",
        "ImageExtractionTimeoutMs",
        "SlowResponseThresholdMs",
        "LibraryScanFanoutConcurrency",
        "LibraryMetadataRefreshConcurrency",
        "DummyChapterDuration",
        "ParallelImageEncodingLimit",
    ];
    let empty = [
        "SortReplaceCharacters",
        "SortRemoveCharacters",
        "SortRemoveWords",
        "MetadataOptions",
        "ContentTypes",
        "CodecsUsed",
        "PluginRepositories",
        "PathSubstitutions",
        "CorsHosts",
        "CastReceiverApplications",
    ];
    set(&mut settings, &off, &json!(false));
    set(&mut settings, &none, &json!(0));
    set(&mut settings, &empty, &json!([]));
    Json(settings).into_response()
}

fn set(object: &mut Value, names: &[&str], value: &Value) {
    for name in names {
        object[*name] = value.clone();
    }
}

/// `GET` and `POST /System/Ping`
pub(super) fn ping() -> Response {
    Json("Jellyfin Server").into_response()
}

/// `GET /System/Endpoint`
pub(super) fn endpoint(call: &AppCall) -> Response {
    let is_local = call.client.ip.is_loopback();
    Json(json!({"IsLocal": is_local, "IsInNetwork": is_local})).into_response()
}

/// `GET /GetUtcTime`
pub(super) fn time() -> Response {
    let now = date(chrono::Utc::now());
    Json(json!({"RequestReceptionTime": now, "ResponseTransmissionTime": now})).into_response()
}

/// `GET /web/…`: apps recognise a server by this URL, and people who open it learn what it is for.
pub(super) fn web(call: &AppCall) -> Response {
    let address = local_address(call);
    let escaped = address
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;");
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Drive-In for TV apps</title></head>\n\
         <body><h1>Drive-In for TV apps</h1>\n<p>This address is for Jellyfin's apps. Type it into one of them: \
         <code>{escaped}</code></p>\n<p><a href=\"{}\">Open Drive-In in this browser</a></p></body></html>\n",
        call.site.urls.local("/")
    );
    ([(header::CACHE_CONTROL, "no-cache")], Html(page)).into_response()
}

/// `GET /Branding/Configuration`
pub(super) fn branding() -> Response {
    Json(json!({"LoginDisclaimer": "", "CustomCss": "", "SplashscreenEnabled": false}))
        .into_response()
}

/// Returns the viewer of a session as that API writes a user.
pub(super) fn user_json(site: &AppState, session: &AppSession) -> Value {
    let viewer = &session.viewer;
    json!({
        "Name": user_name(viewer),
        "ServerId": site.jellyfin.server_id,
        "Id": site.jellyfin.ids.of_viewer(viewer.id).to_string(),
        "HasPassword": true,
        "HasConfiguredPassword": true,
        "HasConfiguredEasyPassword": false,
        "EnableAutoLogin": false,
        "LastLoginDate": date(chrono::Utc::now()),
        "LastActivityDate": date(chrono::Utc::now()),
        "Configuration": {
            "PlayDefaultAudioTrack": true,
            "SubtitleLanguagePreference": "",
            "DisplayMissingEpisodes": false,
            "GroupedFolders": [],
            "SubtitleMode": "Default",
            "DisplayCollectionsView": false,
            "EnableLocalPassword": false,
            "OrderedViews": [],
            "LatestItemsExcludes": [],
            "MyMediaExcludes": [],
            "HidePlayedInLatest": true,
            "RememberAudioSelections": true,
            "RememberSubtitleSelections": true,
            "EnableNextEpisodeAutoPlay": true,
            "CastReceiverId": "",
        },
        "Policy": policy(),
    })
}

/// Returns the rights of an app: it watches, and changes nothing of the server.
fn policy() -> Value {
    let allowed = [
        "IsHidden",
        "EnableUserPreferenceAccess",
        "EnableSharedDeviceControl",
        "EnableRemoteAccess",
        "EnableMediaPlayback",
        "EnableAudioPlaybackTranscoding",
        "EnableVideoPlaybackTranscoding",
        "EnablePlaybackRemuxing",
        "EnableContentDownloading",
        "EnableAllDevices",
        "EnableAllChannels",
        "EnableAllFolders",
    ];
    let refused = [
        "IsAdministrator",
        "IsDisabled",
        "EnableCollectionManagement",
        "EnableSubtitleManagement",
        "EnableLyricManagement",
        "EnableRemoteControlOfOtherUsers",
        "EnableLiveTvManagement",
        "EnableLiveTvAccess",
        "ForceRemoteSourceTranscoding",
        "EnableContentDeletion",
        "EnableSyncTranscoding",
        "EnableMediaConversion",
        "EnablePublicSharing",
    ];
    let empty = [
        "BlockedTags",
        "AllowedTags",
        "AccessSchedules",
        "BlockUnratedItems",
        "EnableContentDeletionFromFolders",
        "EnabledDevices",
        "EnabledChannels",
        "EnabledFolders",
        "BlockedMediaFolders",
        "BlockedChannels",
    ];
    let mut policy = json!({
        "InvalidLoginAttemptCount": 0,
        "LoginAttemptsBeforeLockout": -1,
        "MaxActiveSessions": 0,
        "RemoteClientBitrateLimit": 0,
        "AuthenticationProviderId": "Drive-In",
        "PasswordResetProviderId": "Drive-In",
        "SyncPlayAccess": "None",
    });
    set(&mut policy, &allowed, &json!(true));
    set(&mut policy, &refused, &json!(false));
    set(&mut policy, &empty, &json!([]));
    policy
}

/// `GET /Users/Me`
pub(super) fn me(call: &AppCall, session: &AppSession) -> Response {
    Json(user_json(&call.site, session)).into_response()
}

/// `GET /Users`: the own user alone, as for anyone who does not administrate a server.
pub(super) fn users(call: &AppCall, session: &AppSession) -> Response {
    Json([user_json(&call.site, session)]).into_response()
}

/// Checks the user in a path or the parameters.
///
/// # Errors
///
/// 403 for another user.
pub(super) fn check_user(call: &AppCall, session: &AppSession, id: &str) -> Result<(), Problem> {
    let own = call.site.jellyfin.ids.of_viewer(session.viewer.id);
    match ItemId::parse(id) {
        Some(id) if id == own => Ok(()),
        Some(_) => Err(Problem::FORBIDDEN),
        None => Err(Problem::bad_request(
            "A user has an id of thirty-two hexadecimal digits.",
        )),
    }
}

/// `GET /DisplayPreferences/{id}`. Apps crash where a key is missing.
pub(super) async fn preferences(
    call: &AppCall,
    session: &AppSession,
    id: &str,
) -> Result<Response, Problem> {
    let app = preference_app(call);
    let store = &call.site.store;
    let stored = store.app_preference(session.viewer.id, &app, id).await?;
    let mut preferences = json!({
        "Id": id,
        "SortBy": "SortName",
        "RememberIndexing": false,
        "PrimaryImageHeight": 250,
        "PrimaryImageWidth": 250,
        "CustomPrefs": {
            "chromecastVersion": "stable",
            "skipForwardLength": "30000",
            "skipBackLength": "10000",
            "enableNextVideoInfoOverlay": "False",
            "tvhome": "",
            "dashboardTheme": "",
        },
        "ScrollDirection": "Horizontal",
        "ShowBackdrop": true,
        "RememberSorting": false,
        "SortOrder": "Ascending",
        "ShowSidebar": false,
        "Client": app,
    });
    let stored: Value = stored
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    for (name, value) in stored.as_object().into_iter().flatten() {
        preferences["CustomPrefs"][name] = value.clone();
    }
    Ok(Json(preferences).into_response())
}

/// `POST /DisplayPreferences/{id}`
pub(super) async fn set_preferences(
    call: &AppCall,
    session: &AppSession,
    id: &str,
) -> Result<Response, Problem> {
    let custom = &call.body["customprefs"];
    let text = custom.to_string();
    let is_small = text.len() <= MAX_PREFERENCE_BYTES && id.len() <= MAX_PREFERENCE_ID_BYTES;
    if !is_small {
        return Err(Problem::bad_request("These settings are too large."));
    }
    if custom.is_object() {
        let (store, viewer) = (&call.site.store, session.viewer.id);
        store
            .put_app_preference(viewer, &preference_app(call), id, &text)
            .await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Returns the name under which an app stores settings.
fn preference_app(call: &AppCall) -> String {
    let app = call.text("client").unwrap_or("emby");
    app.chars().take(MAX_PREFERENCE_ID_BYTES / 4).collect()
}
