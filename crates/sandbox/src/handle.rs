//! Control of a running sandbox by tests and the demo: faults, counts, expiry, folders and shares.

use super::Sandbox;
use super::faults::{Fault, FaultId};
use super::nodes::{self, SegmentRange};
use super::own_shares::OwnedLink;
use super::plan::PlanChange;
use super::shares::{NamedLink, ShareCondition};
use super::{control, media_hosts};
use bytes::Bytes;
use std::sync::atomic::Ordering;

impl Sandbox {
    /// Activates a fault.
    pub fn fault(&self, fault: Fault) -> FaultId {
        self.state.faults.add(fault)
    }

    /// Removes a fault. Returns true if it was active.
    pub fn mend(&self, fault: FaultId) -> bool {
        self.state.faults.remove(fault)
    }

    /// Removes all faults.
    pub fn heal(&self) {
        self.state.faults.clear();
    }

    /// Returns the number of requests of one of [`ROUTES`](super::faults::ROUTES) since the last reset.
    pub fn count(&self, route: &str) -> u64 {
        self.state
            .counters
            .route(route)
            .requests
            .load(Ordering::Relaxed)
    }

    /// Returns the bytes of all bodies sent by one of [`ROUTES`](super::faults::ROUTES) since the last reset.
    pub fn bytes(&self, route: &str) -> u64 {
        self.state
            .counters
            .route(route)
            .bytes
            .load(Ordering::Relaxed)
    }

    /// Returns the number of requests for a segment (from 0) of a rendition (`720p`, `audio`) since the last reset.
    pub fn count_segment(&self, path: &str, rendition: &str, number: usize) -> u64 {
        let object = media_hosts::segment_object(path, rendition, number);
        self.state
            .counters
            .objects()
            .get(&object)
            .copied()
            .unwrap_or(0)
    }

    /// Resets all counters.
    pub fn reset_counts(&self) {
        self.state.counters.reset();
    }

    /// Expires all URLs of segments, downloads, thumbnails and subtitles issued so far.
    pub fn expire_urls(&self) {
        self.state.signer.expire_all();
    }

    /// Expires all access tokens issued so far; refresh tokens stay valid.
    pub fn expire_tokens(&self) {
        self.state.accounts.expire_access();
    }

    /// Expires all refresh tokens issued so far.
    pub fn expire_refresh_tokens(&self) {
        self.state.accounts.expire_refresh();
    }

    /// Changes the account: its storage, its plan, its web session.
    pub fn change_account(&self, change: PlanChange) {
        self.state.plan.change(change);
    }

    /// Returns a link of the account, by the part after `/s/`. `None` if there is none.
    pub fn own_share(&self, short: &str) -> Option<OwnedLink> {
        self.state.own_shares.find(short)
    }

    /// Returns how often each part of an upload was received completely, by path and number.
    pub fn parts_taken(&self) -> std::collections::BTreeMap<(String, usize), u64> {
        self.state.uploads.received()
    }

    /// Approves all pending device codes. Returns their number.
    pub fn approve(&self) -> usize {
        self.state.accounts.approve_devices()
    }

    /// Issues an authorization code, valid for one exchange.
    pub fn authorization_code(&self) -> String {
        self.state.accounts.new_code()
    }

    /// Adds a folder with so many films, `Entry 00001.mp4` and so on.
    ///
    /// # Errors
    /// If a sample file is missing or broken.
    pub fn add_folder(&self, path: &str, entries: usize) -> anyhow::Result<()> {
        self.state.library.add_folder(path, entries)
    }

    /// Returns the bytes of a path: `original`, or the object of a rendition (`480p`, `720p`, `1080p`, `audio`). `None` if
    /// there is none.
    pub async fn source(&self, path: &str, rendition: &str) -> Option<Bytes> {
        control::source(&self.state, path, rendition).await
    }

    /// Returns the segments of a rendition, `None` if there is none.
    pub async fn segments(&self, path: &str, rendition: &str) -> Option<Vec<SegmentRange>> {
        let node = self.state.stat(path)?;
        let rendition = self
            .state
            .library
            .rendition(&node, nodes::Quality::from_name(rendition)?)
            .await
            .ok()?;
        Some(rendition.segments.clone())
    }

    /// Returns the share links of another user.
    pub fn share_links(&self) -> Vec<NamedLink> {
        self.state.shares.links(&self.state.hosts.api)
    }

    /// Changes or removes the password of a share. Returns true if there is a share of that name.
    pub fn set_share_password(&self, name: &str, password: Option<&str>) -> bool {
        self.state.shares.change(name, |share| {
            share.password = password.map(str::to_owned);
        })
    }

    /// Revokes, expires or restores a share. Returns true if there is a share of that name.
    pub fn set_share_state(&self, name: &str, share_state: ShareCondition) -> bool {
        self.state
            .shares
            .change(name, |share| share.state = share_state)
    }

    /// Completes all renditions of shares that are being made.
    pub fn finish_transcoding(&self) {
        self.state.shares.finish_transcoding();
    }
}
