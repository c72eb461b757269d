//! Playback in every mode: no request outside of the documents, and no reply that is not understood.

use drivein::governor::Governor;
use drives::VolumeCalls;

use super::*;

async fn watched(drive: &VolumeCalls<Governor>, mood: Mood) {
    let film = path("/Nature & Light/50% off, take #1.mp4");
    let page = PageRequest::default();
    let root = drive.list(&EntryPath::root(), &page).await.unwrap();
    assert!(root.entries.len() > 5, "{mood:?}");
    assert!(root.entries.iter().any(|entry| entry.has_thumbnail));
    let small = PageRequest { limit: 2, ..page };
    let first = drive.list(&EntryPath::root(), &small).await.unwrap();
    let next = PageRequest {
        cursor: first.next.clone(),
        ..small.clone()
    };
    let second = drive.list(&EntryPath::root(), &next).await.unwrap();
    assert_ne!(first.entries[0].path, second.entries[0].path);
    let found = drive.search("take", &small).await.unwrap();
    assert!(found.entries.iter().any(|entry| entry.path == film));
    let entry = drive.stat(&film).await.unwrap();
    assert!(
        entry.duration_s.is_some() && entry.width.is_some(),
        "{mood:?}"
    );
    assert!(entry.size > 0 && entry.id.is_some());
    for rendition in drive.possible_renditions(&entry) {
        drive.playlist(&entry, rendition).await.unwrap();
    }
    let original = drive.original(&entry).await.unwrap();
    let bytes = drive.fetch(&original, 10, Some(19)).await.unwrap();
    assert_eq!(bytes.offset, 10);
    let picture = drive.thumbnail(&entry).await.unwrap();
    drive.fetch(&picture, 0, None).await.unwrap();
    let account = drive.account().await.unwrap();
    assert_eq!(account.id, "4401866465594", "{mood:?}");
    assert!(account.quota.unwrap().used < account.quota.unwrap().total / 2);
    let missing = drive.stat(&path("/nowhere.mp4")).await.unwrap_err();
    assert_eq!(missing.kind, ErrorKind::NotFound, "{mood:?}");
}

#[tokio::test]
async fn everything_that_watching_takes_is_asked_by_the_documents_and_understood_in_every_mood() {
    for mood in MOODS {
        let rig = Rig::with(Options {
            encoded_dlinks: mood == Mood::Loose,
            info_key: mood == Mood::Loose,
            upload_domain: mood != Mood::Loose,
            ..options(mood)
        })
        .await;
        watched(&rig.drive, mood).await;
        rig.sandbox.expire_tokens();
        watched(&rig.drive, mood).await;
        assert_eq!(rig.sandbox.count("refreshtoken"), 1);
    }
}
