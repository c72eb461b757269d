//! The cases of WebDAV that depend on the server, against servers of other makes.

use super::webdav::{WebDav, on};
use super::*;
use crate::servers::webdav::Kind;

const HAS: &[&str] = &[
    "list", "search", "stream", "original", "upload", "manage", "network",
];

async fn subject(kind: Kind) -> Subject<WebDav> {
    Subject::new(on(kind, false).await, HAS).await
}

/// Runs the cases in turn, each with a server of its own.
async fn keeps_the_contract(kind: Kind) {
    browsing::a_folder_lists_everything_once_in_pages_of_any_length(subject(kind).await).await;
    browsing::an_entry_is_told_as_its_folder_lists_it(subject(kind).await).await;
    refusing::what_is_not_there_is_not_found(subject(kind).await).await;
    refusing::what_is_not_there_is_neither_renamed_nor_deleted(subject(kind).await).await;
    refusing::hostile_paths_lead_nowhere(subject(kind).await).await;
    playing::an_original_comes_by_any_range(subject(kind).await).await;
    changing::a_file_goes_in_and_comes_out_again(subject(kind).await).await;
    changing::names_that_are_taken_are_kept_renamed_or_replaced(subject(kind).await).await;
    changing::entries_are_made_renamed_copied_moved_and_deleted(subject(kind).await).await;
    troubles::a_cut_is_mended(subject(kind).await).await;
    troubles::a_session_that_ended_is_told(subject(kind).await).await;
}

#[tokio::test]
async fn apache_keeps_the_contract() {
    keeps_the_contract(Kind::Apache).await;
}

#[tokio::test]
async fn nginx_keeps_the_contract() {
    keeps_the_contract(Kind::Nginx).await;
}
