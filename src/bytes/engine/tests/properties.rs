use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Any number of viewers at any positions and rates, with any memory and an upstream that ends
    /// early: each gets exactly its bytes.
    #[test]
    fn each_viewer_gets_its_own_bytes(
        length in 1usize..60_000,
        memory in prop_oneof![Just(0u64), Just(20_000), Just(1 << 20)],
        // Not slow enough to be left for another connection.
        chunk in 800usize..9_000,
        cut_after in prop_oneof![Just(None), (3_000usize..30_000).prop_map(Some)],
        viewers in proptest::collection::vec((0usize..60_000, 0usize..60_000, 0u64..4_000, 0u64..300), 1..12),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let engine = Engine::new(memory, None);
            let between = Duration::from_millis(10);
            let first_byte = Duration::from_millis(1);
            let upstream = Upstream { chunk, cut_after, between, first_byte, ..Upstream::new(length) };
            let (upstream, object) = upstream.object();
            join_all(viewers.iter().map(|(a, b, arrives_ms, pause_ms)| {
                let (first, last) = ((*a).min(*b) % length, (*a).max(*b).min(length - 1));
                let last = last.max(first);
                let (engine, object, upstream) = (&engine, &object, &upstream);
                async move {
                    sleep(Duration::from_millis(*arrives_ms)).await;
                    let range = ByteRange::new(first as u64, last as u64);
                    let mut body = engine.read(object, range).await.unwrap().body;
                    let mut found = Vec::new();
                    while let Some(chunk) = body.next().await {
                        found.extend_from_slice(&chunk.unwrap());
                        sleep(Duration::from_millis(*pause_ms)).await;
                    }
                    assert!(found == upstream.content[first..=last]);
                }
            })).await;
        });
    }
}
