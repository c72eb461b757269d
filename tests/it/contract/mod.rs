//! What a drive is. One suite, run for every kind of drive against its emulation: each case is chosen by what
//! the drive tells of itself, and what it tells has to be all that its kind can do ([`drives::KINDS`]), so that
//! nothing falls silent by being left out.
//!
//! - [`abilities`]: declared abilities work, others are refused with a sentence
//! - [`browsing`]: list, page, sort, stat, search, and how full the account is
//! - [`refusing`]: paths that are not there, and paths that mean harm
//! - [`playing`]: originals by range, streams, pictures
//! - [`changing`]: files taken in, folders made, entries moved, links of one's own
//! - [`opening`]: share links of other users
//! - [`troubles`]: the upstream cuts, expires, is slow, fails, signs out
//! - [`table`]: the capabilities in ARCHITECTURE.md
//!
//! A kind joins with an [`Emulation`] and a line in [`contract!`]; CONTRIBUTING.md says how.

mod abilities;
mod browsing;
mod changing;
mod cloudreve;
mod local;
mod opening;
mod playing;
mod refusing;
mod table;
mod terabox;
mod terabox_web;
mod teraboxdl;
mod troubles;

use ::drives::{AbilityCalls, Capability, DriveKind, Manage, OpenShares, Upload, VolumeCalls};
use drivein::app::open_drives;
use drivein::config::Config;
use drivein::governor::{Governor, Priority};
use drivein::store::Store;
use media::{Entry, EntryPath, PageRequest};
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::*;

/// The name of the drive that is tried.
pub const NAME: &str = "tested";

/// An emulated upstream for one drive, with all facts that the suite needs. Each case has one of its own.
pub trait Emulation: Send + Sync {
    /// The kind of drive that it is played to, whose capabilities the drive is held to.
    fn kind(&self) -> &'static DriveKind;

    /// The `[[drive]]` section, with [`NAME`] for its name, by which a server finds it.
    fn section(&self) -> String;

    /// The contents of the drive.
    fn tree(&self) -> &Tree;

    /// Makes trouble from now on; `false` where this upstream cannot have it.
    fn trouble(&self, _trouble: Trouble) -> bool {
        false
    }

    /// Ends all trouble.
    fn heal(&self) {}

    /// Texts that no reply and no log may hold: addresses and secrets of the upstream.
    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }
}

/// The contents of an emulated drive.
#[derive(Default)]
pub struct Tree {
    /// A video of more than 300 kB and its bytes, where the drive lists anything. It streams where the drive can, unless
    /// `streaming` is another one.
    pub film: Option<(String, Vec<u8>)>,
    /// A video that streams, of drives on which most have no streams.
    pub streaming: Option<String>,
    /// A folder below the root and the names of everything in it: at least six files of different sizes and
    /// times, and one folder or more where the upstream has folders in it.
    pub folder: (String, Vec<String>),
    /// A word of which the film, and not everything, is found.
    pub word: &'static str,
    /// Share links of other users.
    pub links: Links,
}

/// Share links that an emulated drive opens.
#[derive(Default)]
pub struct Links {
    /// A link to a share in which, at this path, lies a video of these bytes.
    pub open: Option<(String, String, Vec<u8>)>,
    /// A link with a password, and the password.
    pub locked: Option<(String, String)>,
    /// A link to a share that was withdrawn.
    pub gone: Option<String>,
}

/// The faults of an upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The next body of a file is cut off after this many bytes.
    CutAfter(u64),
    /// Every address of bytes that was given out so far has run out.
    Expired,
    /// Everything takes this many milliseconds longer.
    Slow(u64),
    /// Every call is answered with 500, or its like.
    Broken,
    /// The session has ended for good.
    SignedOut,
}

/// A drive over its emulation: by itself, and in a whole program.
pub struct Subject<E> {
    pub emulation: E,
    pub drive: VolumeCalls<Governor>,
    _home: TempDir,
}

impl<E: Emulation> Subject<E> {
    async fn new(emulation: E) -> Self {
        let home = tempfile::tempdir().unwrap();
        let text = format!(
            "data_dir = {:?}\n[network]\nallow_hosts = [\"127.0.0.1\"]\n{}",
            home.path(),
            emulation.section()
        );
        let config = Config::parse(&text, std::iter::empty()).unwrap();
        let store = Store::open(&config.data_dir).await.unwrap();
        let mut drives = open_drives(&config, &store).await.unwrap();
        assert_eq!(drives.len(), 1);
        let drive = drives.remove(0).at(Priority::Opening);
        assert_eq!(drive.place().as_str(), NAME);
        assert_eq!(drive.kind(), emulation.kind().kind);
        Subject {
            emulation,
            drive,
            _home: home,
        }
    }

    fn tree(&self) -> &Tree {
        self.emulation.tree()
    }

    fn can(&self, capability: Capability) -> bool {
        self.drive.capabilities().contains(&capability)
    }

    /// A server with this drive alone, that keeps hardly anything of what it plays.
    async fn program(&self) -> Drivein {
        let setup = Drivein::setup().no_drive().forgetful();
        let section = self.emulation.section();
        let mut drivein = setup.drives(&section).start().await;
        drivein.keep_secret(self.emulation.secrets());
        drivein
    }

    /// The film's path and bytes.
    fn film(&self) -> (EntryPath, &[u8]) {
        let (at, bytes) = self.tree().film.as_ref().unwrap();
        (path(at), bytes)
    }

    /// Path of a video that streams, if the drive has streams.
    fn streaming(&self) -> EntryPath {
        let other = self.tree().streaming.as_deref();
        other.map_or_else(|| self.film().0, path)
    }

    async fn film_entry(&self) -> Entry {
        self.drive.stat(&self.film().0).await.unwrap()
    }

    fn folder(&self) -> EntryPath {
        path(&self.tree().folder.0)
    }

    /// Every entry of a folder, page by page.
    async fn all(&self, folder: &EntryPath, first: &PageRequest) -> Vec<Entry> {
        let (mut page, mut found) = (first.clone(), Vec::new());
        loop {
            let listing = self.drive.list(folder, &page).await.unwrap();
            found.extend(listing.entries);
            assert!(found.len() < 10_000, "the pages do not end");
            match listing.next {
                Some(_) => page.cursor = listing.next,
                None => return found,
            }
        }
    }

    fn upload(&self) -> Option<AbilityCalls<'_, Governor, dyn Upload>> {
        self.drive.upload()
    }

    fn manage(&self) -> Option<AbilityCalls<'_, Governor, dyn Manage>> {
        self.drive.manage()
    }

    fn open_shares(&self) -> Option<AbilityCalls<'_, Governor, dyn OpenShares>> {
        self.drive.open_shares()
    }
}

fn path(text: &str) -> EntryPath {
    EntryPath::parse(text).unwrap()
}

/// Returns an entry of the drive from the API.
async fn told(drivein: &Drivein, at: &EntryPath) -> Value {
    let call = format!("entries/{NAME}{}", encoded(at.as_str()));
    drivein.api(&call).await["entry"].clone()
}

/// The play address of an entry, from the root of the host.
async fn play(drivein: &Drivein, at: &EntryPath) -> String {
    let entry = told(drivein, at).await;
    drivein.local(entry["play"]["original"].as_str().unwrap())
}

/// The cases, for each kind of drive.
macro_rules! contract {
    ($($kind:ident),* $(,)?) => {$(
        mod $kind {
            use super::super::*;

            contract!(@cases $kind:
                abilities::are_as_told,
                abilities::what_is_missing_is_refused_in_words,
                browsing::a_folder_lists_everything_once_in_pages_of_any_length,
                browsing::a_folder_is_sorted_as_asked,
                browsing::an_entry_is_told_as_its_folder_lists_it,
                browsing::search_finds_the_film_and_nothing_elsewhere,
                browsing::the_account_says_who_it_is_and_how_full,
                browsing::pages_and_api_show_what_the_drive_lists,
                refusing::what_is_not_there_is_not_found,
                refusing::hostile_paths_lead_nowhere,
                playing::an_original_comes_by_any_range,
                playing::the_file_of_a_stream_that_is_handed_out_is_there,
                playing::a_film_streams_from_its_ladder_to_its_last_segment,
                playing::pictures_are_pictures,
                changing::a_file_goes_in_and_comes_out_again,
                changing::names_that_are_taken_are_kept_renamed_or_replaced,
                changing::entries_are_made_renamed_copied_moved_and_deleted,
                changing::links_of_ones_own_are_made_listed_and_withdrawn,
                opening::a_share_opens_browses_and_plays,
                opening::a_share_plays_on_through_cuts_and_renewals,
                opening::a_locked_share_wants_its_password,
                opening::a_share_that_is_gone_says_so,
                troubles::a_cut_is_mended,
                troubles::an_address_that_ran_out_is_renewed_in_mid_play,
                troubles::a_slow_upstream_is_waited_for,
                troubles::a_failure_is_told_and_not_remembered,
                troubles::a_session_that_ended_is_told,
            );
        }
    )*};
    (@cases $kind:ident: $($room:ident::$case:ident),* $(,)?) => {$(
        #[tokio::test]
        async fn $case() {
            $room::$case(Subject::new($kind::emulation().await).await).await;
        }
    )*};
}

mod drives {
    contract!(terabox, terabox_web, cloudreve, teraboxdl, local);
}
