//! A folder and all below it as `.strm` files in a zip archive: unpacked into a folder of its own, it is a
//! source for Kodi's library, which goes by file names.
//!
//! The archive has some hundred bytes per film, so it is built in memory and its length is known.

use std::collections::HashSet;
use std::io::Write;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rawzip::{CompressionMethod, ZipArchiveWriter};

use super::titles::{self, FilmList, Title};
use super::{NO_CACHE, PlayRequest};
use crate::web::error::Problem;
use crate::web::urls::encode_name;
use media::{Entry, stem};

/// Returns the archive of a folder.
pub(super) async fn answer(
    call: &PlayRequest<'_>,
    ticket: &str,
    folder: &Entry,
) -> Result<Response, Problem> {
    let films = titles::of_tree(call.site, &folder.place, &folder.path).await?;
    let files = files(folder, &films, |film| {
        format!("{}\n", Title::of(call, ticket, film).url)
    });
    let bytes = zip(&files).map_err(|error| {
        tracing::error!(%error, "an archive could not be written");
        Problem::INTERNAL
    })?;
    let name = format!("{}.zip", file_name(&folder.name));
    let disposition = format!(
        "attachment; filename=\"strm.zip\"; filename*=UTF-8''{}",
        encode_name(&name)
    );
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/zip"),
        ),
        (header::CACHE_CONTROL, NO_CACHE),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::try_from(disposition).unwrap_or(HeaderValue::from_static("attachment")),
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// Returns the paths in the archive and the content of each file.
fn files(
    folder: &Entry,
    films: &FilmList,
    text: impl Fn(&Entry) -> String,
) -> Vec<(String, String)> {
    let depth = folder.path.names().count();
    let mut taken = HashSet::new();
    let mut files = Vec::with_capacity(films.entries.len() + 1);
    for film in &films.entries {
        let names: Vec<String> = film.path.names().skip(depth).map(file_name).collect();
        let folders = names[..names.len().saturating_sub(1)]
            .iter()
            .map(|name| format!("{name}/"))
            .collect::<String>();
        // Two films may differ only in their extension, or in characters that a disk does not support.
        let candidates = [
            format!("{folders}{}.strm", file_name(stem(&film.name))),
            format!("{folders}{}.strm", file_name(&film.name)),
        ];
        let numbered =
            (2..).map(|n| format!("{folders}{} ({n}).strm", file_name(stem(&film.name))));
        let free = candidates
            .into_iter()
            .chain(numbered)
            .find(|path| taken.insert(path.to_lowercase()));
        files.extend(free.map(|path| (path, text(film))));
    }
    files.extend(
        films
            .missing
            .as_ref()
            .map(|missing| ("not everything.txt".to_owned(), format!("{missing}\n"))),
    );
    files
}

/// Returns a name that every file system supports.
pub(crate) fn file_name(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            c if c.is_control() => '_',
            c => c,
        })
        .collect();
    // Windows drops blanks and dots at the end of a name, so that `..` becomes empty, and treats some names
    // as devices, whatever their extension.
    let name = name.trim_end_matches([' ', '.']);
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let is_device = |device: &&str| stem.eq_ignore_ascii_case(device);
    if name.is_empty() || DEVICES.iter().any(is_device) {
        format!("_{name}")
    } else {
        name.to_owned()
    }
}

/// Names of Windows devices, in every folder.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

fn zip(files: &[(String, String)]) -> Result<Vec<u8>, rawzip::Error> {
    let mut archive = ZipArchiveWriter::new(Vec::new());
    for (path, text) in files {
        let (mut entry, config) = archive
            .new_file(path.as_str())
            .compression_method(CompressionMethod::STORE)
            .start()?;
        let mut writer = config.wrap(&mut entry);
        writer.write_all(text.as_bytes())?;
        let (_, descriptor) = writer.finish()?;
        entry.finish(descriptor)?;
    }
    archive.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::{EntryKind, EntryPath, Place};

    fn entry(path: &str, kind: EntryKind) -> Entry {
        let path = EntryPath::parse(path).unwrap();
        Entry::bare(&Place::parse("films").unwrap(), &path, kind)
    }

    #[test]
    fn every_film_gets_a_name_of_its_own_that_a_disk_can_hold() {
        let folder = entry("/Series", EntryKind::Folder);
        let films = FilmList {
            entries: [
                "/Series/a.mp4",
                "/Series/A.mkv",
                "/Series/a.mp4.avi",
                "/Series/What: is? .../x|y.mp4",
                "/Series/映画/1.mp4",
            ]
            .iter()
            .map(|path| entry(path, EntryKind::Video))
            .collect(),
            missing: Some("x".to_owned()),
        };
        let files = files(&folder, &films, |film| film.path.to_string());
        let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "a.strm",
                "A.mkv.strm",
                "a.mp4.strm",
                "What_ is_/x_y.strm",
                "映画/1.strm",
                "not everything.txt"
            ]
        );
        assert_eq!(files[4].1, "/Series/映画/1.mp4");
    }

    #[test]
    fn no_name_leads_out_of_the_folder_that_an_archive_is_unpacked_in() {
        let root = entry("/", EntryKind::Folder);
        let films = FilmList {
            entries: [
                "/..\\..\\x.mp4",
                "/C:\\x.mp4",
                "/\\\\host\\share\\x.mp4",
                "/.. /x.mp4",
                "/.../x.mp4",
                "/~/x.mp4",
                "/x.mp4:stream.mp4",
                "/NUL.mp4",
                "/aux/com1 .tar.mp4",
            ]
            .iter()
            .map(|path| entry(path, EntryKind::Video))
            .collect(),
            missing: None,
        };
        for (path, _) in files(&root, &films, |_| String::new()) {
            assert!(
                !path.starts_with('/') && !path.contains(['\\', ':']),
                "{path}"
            );
            for name in path.split('/') {
                assert!(!name.trim_matches(['.', ' ']).is_empty(), "{path}");
                let stem = name.split('.').next().unwrap().trim_end().to_lowercase();
                assert!(!DEVICES.contains(&stem.as_str()), "{path}");
            }
        }
    }

    #[test]
    fn an_archive_holds_what_was_put_in() {
        let files = vec![("映画/1.strm".to_owned(), "http://h/x\n".to_owned())];
        let bytes = zip(&files).unwrap();
        let archive = rawzip::ZipArchive::from_slice(&bytes).unwrap();
        let names: Vec<Vec<u8>> = archive
            .entries()
            .map(|entry| entry.unwrap().file_path().as_ref().to_vec())
            .collect();
        assert_eq!(names, ["映画/1.strm".as_bytes()]);
    }
}
