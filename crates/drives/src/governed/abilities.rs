//! The calls of each ability beside browsing and playing.

use std::collections::{BTreeMap, HashSet};
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use secrecy::SecretString;

use super::GovernedDrive;
use crate::api::limiter::{Acquire, Permit, Permits, Purpose, RequestKind, RequestLimiter};
use crate::api::{
    Archives, Authorization, DeviceSignIn, DirectLink, DirectLinks, Drive, DriveError, FileVersion,
    LinkHome, LoginPage, Manage, NewShare, OnConflict, OpenShares, Outcome, OwnShare, OwnShares,
    RemoteDownloads, RemoteTask, ReportKind, RestoreOutcome, ResumeKey, SessionStore, ShareLink,
    ShortLink, SignIn, SignInForm, SignInState, SignInWays, Tags, Trash, TrashedEntry, Upload,
    UploadBody, UploadRequest, UsageReports, Versions,
};
use media::{Entry, EntryPath, Listing, PageRequest, Place, Tag};

/// The calls of one ability.
pub struct AbilityCalls<'d, L, T: ?Sized> {
    pub(super) drive: &'d GovernedDrive<L>,
    pub(super) ability: &'d T,
}

impl<L, T: ?Sized> Clone for AbilityCalls<'_, L, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L, T: ?Sized> Copy for AbilityCalls<'_, L, T> {}

impl<L: RequestLimiter, T: ?Sized> AbilityCalls<'_, L, T> {
    async fn permitted<R>(
        &self,
        call: impl Future<Output = Result<R, DriveError>>,
    ) -> Result<R, DriveError> {
        self.drive.permitted(Purpose::Interactive, call).await
    }

    fn permits(&self, purpose: Purpose) -> OperationPermits<'_, L> {
        OperationPermits {
            limiter: &self.drive.limiter,
            priority: L::priority_of(purpose),
        }
    }
}

/// The source of [`Permits`].
struct OperationPermits<'d, L: RequestLimiter> {
    limiter: &'d L,
    priority: L::Priority,
}

impl<L: RequestLimiter> Acquire for OperationPermits<'_, L> {
    fn acquire(&self, request: RequestKind) -> BoxFuture<'_, Result<Box<dyn Permit>, DriveError>> {
        Box::pin(async move {
            let permit = self.limiter.acquire(request, &self.priority).await?;
            Ok(Box::new(permit) as Box<dyn Permit>)
        })
    }
}

/// Generates calls that take one permit each, and calls of many requests, which take one for each of them.
macro_rules! calls {
    ($ability:ident: $($calls:tt)*) => {
        impl<L: RequestLimiter> AbilityCalls<'_, L, dyn $ability> {
            calls!(@ $ability $($calls)*);
        }
    };
    (@ $ability:ident one $name:ident($($arg:ident: $type:ty),*) -> $result:ty; $($rest:tt)*) => {
        #[doc = concat!("See [`", stringify!($ability), "::", stringify!($name), "`].")]
        pub async fn $name(&self, $($arg: $type),*) -> Result<$result, DriveError> {
            self.permitted(self.ability.$name($($arg),*)).await
        }
        calls!(@ $ability $($rest)*);
    };
    (@ $ability:ident many($purpose:ident) $name:ident($($arg:ident: $type:ty),*) -> $result:ty; $($rest:tt)*) => {
        #[doc = concat!("See [`", stringify!($ability), "::", stringify!($name), "`].")]
        pub async fn $name(&self, $($arg: $type),*) -> Result<$result, DriveError> {
            let permits = self.permits(Purpose::$purpose);
            self.ability.$name($($arg,)* Permits::new(&permits)).await
        }
        calls!(@ $ability $($rest)*);
    };
    (@ $ability:ident free $name:ident($($arg:ident: $type:ty),*) -> $result:ty; $($rest:tt)*) => {
        #[doc = concat!("See [`", stringify!($ability), "::", stringify!($name), "`].")]
        pub fn $name(&self, $($arg: $type),*) -> $result {
            self.ability.$name($($arg),*)
        }
        calls!(@ $ability $($rest)*);
    };
    (@ $ability:ident) => {};
}

calls! { Manage:
    many(Interactive) make_folder(path: &EntryPath) -> Entry;
    many(Interactive) copy(paths: &[EntryPath], to: &EntryPath) -> Vec<Outcome>;
    many(Interactive) move_to(paths: &[EntryPath], to: &EntryPath) -> Vec<Outcome>;
    many(Interactive) copy_as(path: &EntryPath, target: &EntryPath) -> Entry;
    many(Interactive) move_as(path: &EntryPath, target: &EntryPath) -> Entry;
    many(Interactive) rename(path: &EntryPath, name: &str) -> Entry;
    many(Interactive) delete(paths: &[EntryPath]) -> Vec<Outcome>;
}

calls! { Upload:
    one check(request: &UploadRequest) -> ();
    many(Upload) upload(request: &UploadRequest, body: UploadBody) -> Entry;
    one resumable_bytes(path: &EntryPath, key: &ResumeKey) -> u64;
    many(Upload) discard(path: &EntryPath, key: &ResumeKey) -> ();
    many(Background) remove_abandoned(in_use: &Arc<HashSet<ResumeKey>>) -> ();
}

calls! { OwnShares:
    one create(share: &NewShare) -> OwnShare;
    one list(cursor: Option<&str>) -> (Vec<OwnShare>, Option<String>);
    one extend(id: &str, period_days: u32) -> ();
    one cancel(id: &str) -> ();
}

calls! { Trash:
    one list(cursor: Option<&str>) -> (Vec<TrashedEntry>, Option<String>);
    many(Interactive) restore(ids: &[String]) -> Vec<RestoreOutcome>;
    many(Interactive) empty() -> ();
}

calls! { Versions:
    one list(path: &EntryPath) -> Vec<FileVersion>;
    one make_current(path: &EntryPath, id: &str) -> ();
    one delete(path: &EntryPath, id: &str) -> ();
}

calls! { RemoteDownloads:
    one start(url: &SecretString, to: &EntryPath) -> RemoteTask;
    one list(cursor: Option<&str>) -> (Vec<RemoteTask>, Option<String>);
    one cancel(id: &str) -> ();
}

calls! { Archives:
    one pack(paths: &[EntryPath], archive: &EntryPath) -> RemoteTask;
    one unpack(archive: &EntryPath, to: &EntryPath, password: Option<&SecretString>) -> RemoteTask;
    one list(cursor: Option<&str>) -> (Vec<RemoteTask>, Option<String>);
}

calls! { DirectLinks:
    one make(paths: &[EntryPath]) -> Vec<DirectLink>;
}

calls! { Tags:
    one set(path: &EntryPath, tags: &[Tag]) -> Vec<Tag>;
    one find(name: &str, page: &PageRequest) -> Listing;
}

calls! { SignIn:
    one begin_device() -> DeviceSignIn;
    one poll_device(sign_in: &DeviceSignIn) -> SignInState;
    one with_code(code: &SecretString) -> ();
    one answer(answers: &BTreeMap<String, SecretString>) -> SignInState;
    one sign_out() -> ();
    one with_authorization(code: &SecretString, verifier: &SecretString) -> ();
    free authorization_url(authorization: &Authorization) -> Option<String>;
    free form() -> Option<SignInForm>;
    free login_page() -> Option<LoginPage>;
    free ways() -> SignInWays;
}

calls! { OpenShares:
    one follow(link: &ShortLink) -> Option<String>;
    many(Interactive) save(share: &Drive, paths: &[EntryPath], to: &EntryPath, on_conflict: OnConflict) -> Vec<Outcome>;
    free opens(link: &ShareLink) -> bool;
    free homes() -> Vec<LinkHome>;
    free is_fallback() -> bool;
    free saves(share: &Drive) -> bool;
}

calls! { UsageReports:
    one report(id: &str, query: &[(String, String)]) -> serde_json::Value;
    one history_csv() -> Bytes;
    one renew_key() -> ();
    one try_link(link: &ShareLink) -> serde_json::Value;
    free reports() -> Vec<ReportKind>;
}

impl<L: RequestLimiter> AbilityCalls<'_, L, dyn OpenShares> {
    /// See [`OpenShares::open`]. The share is under the limiter of the account that opened it, unless it needs no
    /// further call of that account.
    pub async fn open(
        &self,
        place: Place,
        link: &ShareLink,
        memory: Arc<dyn SessionStore>,
    ) -> Result<GovernedDrive<L>, DriveError> {
        let share = self
            .permitted(self.ability.open(place, link, memory))
            .await?;
        Ok(self.governed(share))
    }

    /// See [`OpenShares::reopen`].
    pub fn reopen(
        &self,
        place: Place,
        link: &ShareLink,
        memory: Arc<dyn SessionStore>,
    ) -> GovernedDrive<L> {
        self.governed(self.ability.reopen(place, link, memory))
    }

    fn governed(&self, share: Drive) -> GovernedDrive<L> {
        let limiter = match share.is_self_contained {
            true => self.drive.limiter.separate(&share.place),
            false => self.drive.limiter.clone(),
        };
        GovernedDrive::new(share, limiter)
    }
}
