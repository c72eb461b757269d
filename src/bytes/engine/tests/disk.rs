use super::*;

#[tokio::test]
async fn what_is_on_disk_is_not_fetched_and_what_is_damaged_is() {
    let folder = tempfile::tempdir().unwrap();
    let engine = |memory| {
        let disk = Disk::open(folder.path().to_owned(), 64 << 20);
        let sizes = BlockSizes {
            one_block: 1 << 20,
            block: 300_000,
        };
        Engine::with_sizes(memory, Some(disk), sizes)
    };
    let quick = || Upstream {
        first_byte: Duration::ZERO,
        between: Duration::ZERO,
        ..Upstream::new(2_000_000)
    };
    let (upstream, object) = quick().object();
    let first = engine(16 << 20);
    // A range from the middle: the blocks that are complete in it are cached.
    let part = ByteRange::new(700_000, 1_400_000);
    assert!(whole(&first, &object, part).await == upstream.content[700_000..=1_400_000]);
    first.flush().await;
    assert_eq!(first.stats().disk.unwrap().blocks, 1);
    assert!(whole(&first, &object, None).await == upstream.content);
    first.flush().await;
    assert_eq!(first.stats().disk.unwrap().blocks, 7);
    // The fetches leave cached blocks out.
    let opened = upstream.opened.lock().clone();
    assert_eq!(
        opened,
        [
            (700_000, Some(1_400_000)),
            (0, Some(899_999)),
            (1_200_000, Some(1_999_999))
        ]
    );

    // After a restart, with memory and without: nothing is fetched, even for an unknown length.
    for memory in [16 << 20, 0] {
        let (upstream, object) = quick().object();
        let again = engine(memory);
        let unknown = Object {
            length: None,
            ..object.clone()
        };
        for object in [&unknown, &object] {
            assert!(whole(&again, object, None).await == upstream.content);
            assert!(whole(&again, object, part).await == upstream.content[700_000..=1_400_000]);
        }
        assert_eq!(upstream.times_opened(), 0);
        let disk = again.stats().disk.unwrap();
        assert!(disk.hits >= 7 && disk.misses == 0 && disk.errors == 0);
    }

    // A damaged file: its bytes are fetched from where the damage begins, and cached again.
    let path = std::fs::read_dir(folder.path()).unwrap().next().unwrap();
    let path = path.unwrap().path();
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let (upstream, object) = quick().object();
    let again = engine(16 << 20);
    assert!(whole(&again, &object, None).await == upstream.content);
    assert_eq!(upstream.times_opened(), 1);
    again.flush().await;
    let disk = again.stats().disk.unwrap();
    assert_eq!((disk.blocks, disk.errors), (7, 1));
}
