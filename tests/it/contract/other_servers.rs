//! The cases of WebDAV and S3 that depend on the server, against servers of other makes.

use super::*;
use crate::servers::s3::start_s3s_fs;
use crate::servers::webdav::Kind;

const HAS: &[&str] = &[
    "list", "search", "stream", "original", "upload", "manage", "network",
];

/// Runs the cases in turn, each with a server of its own.
macro_rules! keeps_the_contract {
    ($emulation:expr) => {
        let subject = async || Subject::new($emulation, HAS).await;
        browsing::a_folder_lists_everything_once_in_pages_of_any_length(subject().await).await;
        browsing::an_entry_is_told_as_its_folder_lists_it(subject().await).await;
        refusing::what_is_not_there_is_not_found(subject().await).await;
        refusing::what_is_not_there_is_neither_renamed_nor_deleted(subject().await).await;
        refusing::hostile_paths_lead_nowhere(subject().await).await;
        playing::an_original_comes_by_any_range(subject().await).await;
        changing::a_file_goes_in_and_comes_out_again(subject().await).await;
        changing::names_that_are_taken_are_kept_renamed_or_replaced(subject().await).await;
        troubles::a_cut_is_mended(subject().await).await;
        troubles::a_session_that_ended_is_told(subject().await).await;
    };
}

async fn folders_are_changed(kind: Kind) {
    let subject = Subject::new(webdav::on(kind, false).await, HAS).await;
    changing::entries_are_made_renamed_copied_moved_and_deleted(subject).await;
}

#[tokio::test]
async fn apache_keeps_the_contract() {
    keeps_the_contract!(webdav::on(Kind::Apache, false).await);
    folders_are_changed(Kind::Apache).await;
}

#[tokio::test]
async fn nginx_keeps_the_contract() {
    keeps_the_contract!(webdav::on(Kind::Nginx, false).await);
    folders_are_changed(Kind::Nginx).await;
}

#[tokio::test]
async fn dufs_keeps_the_contract() {
    keeps_the_contract!(webdav::on(Kind::Dufs, false).await);
    folders_are_changed(Kind::Dufs).await;
}

/// Without new folders: s3s-fs neither lists one that is empty nor answers a HEAD of it.
#[tokio::test]
async fn s3s_fs_keeps_the_contract() {
    keeps_the_contract!(s3::on(start_s3s_fs().await).await);
}
