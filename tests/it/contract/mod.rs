//! Defines a drive: one suite of cases, run for every kind of drive against its emulation.
//!
//! The table in [`drives`] states what each kind has and what it lacks. Each case in [`contract!`] states what it needs,
//! and is generated only for the kinds that have all of it; a test that is generated asserts something. The table equals
//! the declared capabilities ([`KINDS`](::drives::KINDS)), those of an opened drive, and the contents of the emulation:
//! [`table`] and [`abilities`] prove that, so a case does not disappear unless a capability does.
//!
//! - [`abilities`]: declared abilities work, others are refused with a sentence
//! - [`browsing`]: list, page, sort, stat, search, and how full the account is
//! - [`refusing`]: paths that are not there, and paths that mean harm
//! - [`playing`]: originals by range, streams, pictures
//! - [`changing`]: uploads, new folders, moved entries, the account's own links
//! - [`opening`]: share links of other users
//! - [`troubles`]: the upstream cuts, expires, is slow, fails, signs out
//! - [`other_servers`]: the cases of WebDAV and S3 against other servers
//! - [`table`]: the table of this suite, and the one in ARCHITECTURE.md
//! - [`operations`]: the table of operations in docs/drives.md, with the titles of refusals
//!
//! A kind joins with an [`Emulation`] and a row in [`drives`]; CONTRIBUTING.md says how.

mod abilities;
mod browsing;
mod changing;
mod cloudreve;
mod local;
mod opening;
mod operations;
mod other_servers;
mod playing;
mod refusing;
mod s3;
mod table;
mod terabox;
mod terabox_web;
mod teraboxdl;
mod troubles;
mod webdav;

use ::drives::{AbilityCalls, Capability, DriveKind, Manage, OpenShares, Upload, VolumeCalls};
use drivein::app::open_drives;
use drivein::config::Config;
use drivein::governor::{Governor, Priority};
use drivein::store::Store;
use media::{Entry, EntryPath, PageRequest};
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::*;

/// The name of the drive under test.
pub const NAME: &str = "tested";

/// An emulated upstream for one drive, with all facts that the suite needs. Each case has an instance of its
/// own.
pub trait Emulation: Send + Sync {
    /// Returns the kind of drive that it emulates; the drive is tested against the capabilities of that kind.
    fn kind(&self) -> &'static DriveKind;

    /// Returns the `[[drive]]` section, named [`NAME`], by which a server connects to it.
    fn section(&self) -> String;

    /// Returns the contents of the drive.
    fn tree(&self) -> &Tree;

    /// Returns true if the upstream is reached over a network, so that it can have every [`Trouble`]. Otherwise
    /// it can have [`Trouble::Broken`] alone.
    fn has_network(&self) -> bool {
        true
    }

    /// Makes trouble from now on.
    fn trouble(&self, trouble: Trouble);

    /// Ends all trouble.
    fn heal(&self);

    /// Returns texts that no reply and no log may contain: URLs and secrets of the upstream.
    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }
}

/// The contents of an emulated drive.
#[derive(Default)]
pub struct Tree {
    /// A video of more than 300 kB and its bytes, if the drive lists files. It streams if the drive can, unless
    /// `streaming` is another one.
    pub film: Option<(String, Vec<u8>)>,
    /// A video that streams, for drives on which most have no streams.
    pub streaming: Option<String>,
    /// A folder below the root and the names of everything in it: at least six files of different sizes and
    /// times, and at least one folder if the upstream supports that.
    pub folder: (String, Vec<String>),
    /// A word that finds the film, and not everything.
    pub word: &'static str,
    /// Share links of other users.
    pub links: Links,
}

/// Share links that an emulated drive opens.
#[derive(Default)]
pub struct Links {
    /// A link to a share with a video, the path of the video in it, and its bytes.
    pub open: Option<(String, String, Vec<u8>)>,
    /// A link with a password, and the password.
    pub locked: Option<(String, String)>,
    /// A link to a share that was revoked.
    pub gone: Option<String>,
}

/// The faults of an upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The next body of a file is cut off after this many bytes.
    CutAfter(u64),
    /// Every URL of bytes that was given out so far has expired.
    Expired,
    /// A range of a file is answered with all of it.
    IgnoresRanges,
    /// Everything takes this many milliseconds longer.
    Slow(u64),
    /// Every call is answered with 500, or its equivalent.
    Broken,
    /// The session has ended for good.
    SignedOut,
    /// Tokens that were given out so far are stale; the session goes on.
    StaleToken,
    /// The next part of an upload is refused with a failure, once.
    PartRefused,
}

/// A drive over its emulation: alone, and in a whole program.
pub struct Subject<E> {
    pub emulation: E,
    /// The abilities of the kind in the table.
    pub has: &'static [&'static str],
    pub drive: VolumeCalls<Governor>,
    _home: TempDir,
}

impl<E: Emulation> Subject<E> {
    async fn new(emulation: E, has: &'static [&'static str]) -> Self {
        let (drive, home) = open_drive(&emulation.section()).await;
        assert_eq!(drive.place().as_str(), NAME);
        assert_eq!(drive.kind(), emulation.kind().kind);
        Subject {
            emulation,
            has,
            drive,
            _home: home,
        }
    }

    fn tree(&self) -> &Tree {
        self.emulation.tree()
    }

    /// Returns true if the opened drive has the capability.
    fn can(&self, capability: Capability) -> bool {
        self.drive.capabilities().contains(&capability)
    }

    /// Starts a server with this drive alone, which caches hardly anything of what it plays.
    async fn program(&self) -> Drivein {
        let setup = Drivein::setup().no_drive().forgetful();
        let section = self.emulation.section();
        let mut drivein = setup.drives(&section).start().await;
        drivein.keep_secret(self.emulation.secrets());
        drivein
    }

    /// Returns the film's path and bytes.
    fn film(&self) -> (EntryPath, &[u8]) {
        let (at, bytes) = self.tree().film.as_ref().unwrap();
        (path(at), bytes)
    }

    /// Returns the path of a video that streams, if the drive has streams.
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

    /// Returns every entry of a folder, page by page.
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

/// Opens the drive of a `[[drive]]` section, with a folder for its state.
pub async fn open_drive(section: &str) -> (VolumeCalls<Governor>, TempDir) {
    let home = tempfile::tempdir().unwrap();
    let text = format!(
        "data_dir = {:?}\n[network]\nallow_hosts = [\"127.0.0.1\"]\n{section}",
        home.path(),
    );
    let config = Config::parse(&text, std::iter::empty()).unwrap();
    let store = Store::open(&config.data_dir).await.unwrap();
    let mut drives = open_drives(&config, &store).await.unwrap();
    assert_eq!(drives.len(), 1);
    (drives.remove(0).at(Priority::Opening), home)
}

fn path(text: &str) -> EntryPath {
    EntryPath::parse(text).unwrap()
}

/// Returns an entry of the drive from the API.
async fn told(drivein: &Drivein, at: &EntryPath) -> Value {
    let call = format!("entries/{NAME}{}", encoded(at.as_str()));
    drivein.api(&call).await["entry"].clone()
}

/// Returns the play URL of an entry, as a path.
async fn play(drivein: &Drivein, at: &EntryPath) -> String {
    let entry = told(drivein, at).await;
    drivein.local(entry["play"]["original"].as_str().unwrap())
}

/// A row of the table of abilities.
pub struct Row {
    pub kind: &'static DriveKind,
    pub has: &'static [&'static str],
    pub lacks: &'static [&'static str],
}

/// Defines, in the module of a kind, a macro for each word of its row: `list! { if … }` expands to the test in
/// it if the kind has the ability, `list! { unless … }` if it lacks it. A word that is in neither list has no
/// macro, so an incomplete row and a case with an unknown need do not compile.
///
/// The last argument is `$`: a macro by example cannot write that of the macros that it defines.
macro_rules! abilities {
    (has [$($word:ident)*] $dollar:tt) => {$(
        #[allow(unused_macros)] // of a word that is needed after one that the kind lacks
        macro_rules! $word {
            (if $dollar($dollar test:tt)*) => { $dollar($dollar test)* };
            (unless $dollar($dollar test:tt)*) => {};
        }
    )*};
    (lacks [$($word:ident)*] $dollar:tt) => {$(
        #[allow(unused_macros)]
        macro_rules! $word {
            (if $dollar($dollar test:tt)*) => {};
            (unless $dollar($dollar test:tt)*) => { $dollar($dollar test)* };
        }
    )*};
}

/// Generates the table and, for each kind, the cases whose needs its row meets.
macro_rules! contract {
    ($($kind:ident: has [$($has:ident)*], lacks [$($lacks:ident)*];)*) => {
        pub const TABLE: &[super::Row] = &[$(super::Row {
            kind: &super::$kind::KIND,
            has: $kind::HAS,
            lacks: &[$(stringify!($lacks)),*],
        }),*];
        $(mod $kind {
            use super::super::*;

            pub const HAS: &[&str] = &[$(stringify!($has)),*];
            abilities!(has [$($has)*] $);
            abilities!(lacks [$($lacks)*] $);

            contract! { @cases $kind:
                [] abilities::are_as_told,
                [] abilities::the_emulation_is_as_the_table_says,
                [no list] abilities::a_missing_list_is_refused_in_words,
                [no search] abilities::a_missing_search_is_refused,
                [no stream] abilities::missing_streams_are_refused,
                [no original] abilities::missing_originals_are_refused,
                [no upload] abilities::missing_uploads_are_refused_in_words,
                [no manage] abilities::missing_changes_are_refused_in_words,
                [no share] abilities::missing_links_of_ones_own_are_refused_in_words,
                [no open_shares] abilities::missing_shares_are_refused_in_words,
                [no trash] abilities::a_missing_trash_is_refused_in_words,
                [no versions] abilities::missing_versions_are_refused_in_words,
                [no remote_download] abilities::missing_remote_downloads_are_refused_in_words,
                [no archives] abilities::missing_archives_are_refused_in_words,
                [no direct_links] abilities::missing_direct_links_are_refused_in_words,
                [no tags] abilities::missing_tags_are_refused_in_words,
                [] browsing::the_root_is_a_folder_with_the_name_of_the_drive,
                [list] browsing::a_folder_lists_everything_once_in_pages_of_any_length,
                [list] browsing::a_folder_is_sorted_as_asked,
                [list] browsing::a_kind_filters_a_folder_and_the_whole_drive,
                [list] browsing::an_entry_is_told_as_its_folder_lists_it,
                [list] browsing::pages_and_api_show_what_the_drive_lists,
                [search] browsing::search_finds_the_film_and_nothing_elsewhere,
                [] browsing::the_account_says_who_it_is,
                [quota] browsing::the_account_says_how_full_it_is,
                [list] refusing::what_is_not_there_is_not_found,
                [manage] refusing::what_is_not_there_is_neither_renamed_nor_deleted,
                [] refusing::hostile_paths_lead_nowhere,
                [list] refusing::hostile_names_lead_nowhere,
                [original] playing::an_original_comes_by_any_range,
                [list ladder] playing::the_file_of_a_stream_that_is_handed_out_is_there,
                [list ladder] playing::a_film_streams_from_its_ladder_to_its_last_segment,
                [list original] playing::the_original_streams_packet_for_packet,
                [list] playing::pictures_are_pictures,
                [upload] changing::a_file_goes_in_and_comes_out_again,
                [upload] changing::names_that_are_taken_are_kept_renamed_or_replaced,
                [upload network] changing::an_upload_goes_on_through_a_refused_part_and_a_stale_token,
                [upload network] changing::an_upload_that_fails_is_told_and_resumes,
                [manage] changing::entries_are_made_renamed_copied_moved_and_deleted,
                [share] changing::links_of_ones_own_are_made_listed_and_withdrawn,
                [manage trash] changing::deleted_entries_are_listed_restored_and_deleted_for_good,
                [manage trash] changing::a_trash_is_shown_restored_and_emptied_by_its_page,
                [upload versions] changing::a_file_keeps_its_versions_and_each_of_them_plays,
                [remote_download] changing::a_link_is_fetched_by_the_drive_and_its_progress_is_told,
                [archives] changing::entries_are_packed_and_unpacked_by_the_drive,
                [direct_links] changing::direct_links_hand_out_the_bytes_of_files_alone,
                [tags] changing::tags_are_set_read_and_found,
                [open_shares] opening::a_share_opens_browses_and_plays,
                [open_shares network] opening::a_share_plays_on_through_cuts_and_renewals,
                [locked_links] opening::a_locked_share_wants_its_password,
                [gone_links] opening::a_share_that_is_gone_says_so,
                [original network] troubles::a_cut_is_mended,
                [original network] troubles::an_address_that_ran_out_is_renewed_in_mid_play,
                [list original network] troubles::a_repackaged_original_plays_on_through_cuts_and_renewals,
                [list network] troubles::a_slow_list_is_waited_for,
                [original network] troubles::a_slow_original_is_waited_for,
                [] troubles::a_failure_is_told_and_not_remembered,
                [list] troubles::a_failure_of_a_list_is_told_and_not_remembered,
                [search] troubles::a_failure_of_a_search_is_told,
                [network] troubles::a_session_that_ended_is_told,
                [list network] troubles::a_session_that_ended_lists_nothing,
            }
        })*
    };
    (@cases $kind:ident: $([$($need:ident)*] $room:ident::$case:ident,)*) => {
        $(contract! { @case [$($need)*] $kind $room $case })*
    };
    (@case [] $kind:ident $room:ident $case:ident) => {
        #[tokio::test]
        async fn $case() {
            $room::$case(Subject::new($kind::emulation().await, HAS).await).await;
        }
    };
    (@case [no $need:ident $($needs:ident)*] $($case:ident)*) => {
        $need! { unless contract! { @case [$($needs)*] $($case)* } }
    };
    (@case [$need:ident $($needs:ident)*] $($case:ident)*) => {
        $need! { if contract! { @case [$($needs)*] $($case)* } }
    };
}

/// The table of abilities. The first fifteen words are those of [`Capability`], in its order; the rest are
/// abilities of an upstream or its emulation: qualities of its own, share links with a password, share links that were revoked, and a
/// network before it ([`Emulation::has_network`]).
mod drives {
    contract! {
        terabox:
            has [
                list search stream original upload manage share open_shares quota trash
                ladder locked_links gone_links network
            ],
            lacks [versions remote_download archives direct_links tags];
        terabox_web:
            has [
                list search stream original upload manage share open_shares quota trash
                ladder locked_links gone_links network
            ],
            lacks [versions remote_download archives direct_links tags];
        cloudreve:
            has [
                list search stream original upload manage share open_shares quota
                trash versions remote_download archives direct_links tags
                ladder locked_links gone_links network
            ],
            lacks [];
        teraboxdl:
            has [open_shares network],
            lacks [
                list search stream original upload manage share quota
                trash versions remote_download archives direct_links tags
                ladder locked_links gone_links
            ];
        webdav:
            has [list search stream original upload manage network],
            lacks [
                share open_shares quota trash versions remote_download archives direct_links tags
                ladder locked_links gone_links
            ];
        s3:
            has [list search stream original upload manage network],
            lacks [
                share open_shares quota trash versions remote_download archives direct_links tags
                ladder locked_links gone_links
            ];
        local:
            has [list search stream original upload manage quota trash ladder],
            lacks [
                share open_shares versions remote_download archives direct_links tags
                locked_links gone_links network
            ];
    }
}
