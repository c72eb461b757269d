//! Benchmarks the pure parts of playback: playlists, ladders, tickets.

use std::hint::black_box;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use drivein::governor::{Governor, SharedDrive};
use drivein::playback::master::{Master, Rung, master_playlist};
use drivein::playback::playlist::media_playlist;
use drivein::playback::segment_index::SegmentIndex;
use drivein::playback::ticket::{Scope, Ticket, TicketId, TicketSigner};
use drives::http::{Client, ClientSettings};
use drives::terabox::TeraboxConfig;
use drives::{
    Clock, DriveContext, DriveSettings, GovernedDrive, Origin, SessionStore, SessionStoreError,
    UpstreamPlaylist,
};
use media::{EntryPath, Place, Rendition};

const HD: Rendition = Rendition::Video { height: 720 };

/// A session store that is never used.
struct EmptySession;

#[async_trait]
impl SessionStore for EmptySession {
    async fn forget(&self) -> Result<(), SessionStoreError> {
        Ok(())
    }

    async fn load(&self) -> Result<Option<String>, SessionStoreError> {
        Ok(None)
    }
    async fn save(&self, _: &str) -> Result<(), SessionStoreError> {
        Ok(())
    }
}

fn drive() -> SharedDrive {
    let place = Place::parse("films").expect("a place");
    let config = TeraboxConfig::new(
        "id",
        "secret".to_owned().into(),
        "private".to_owned().into(),
    );
    let context = DriveContext {
        http: Arc::new(Client::new(&ClientSettings::default()).expect("a client")),
        clock: Clock::system(),
        sessions: Arc::new(EmptySession),
        web_sessions: Arc::new(EmptySession),
        uploads: None,
        own_folder: None,
    };
    let drive = DriveSettings::Terabox(config).open(place, context);
    Arc::new(GovernedDrive::new(drive, Governor::of_account()))
}

/// Returns a playlist of two hours in segments of ten seconds, with URLs of about 950 bytes, as upstreams
/// send them.
fn upstream_list() -> UpstreamPlaylist {
    let mut text = "#EXTM3U\n#EXT-X-TARGETDURATION:15\n#EXT-X-DISCONTINUITY\n".to_owned();
    let padding = "8b0f266316128a2cdfcce4d".repeat(22);
    for number in 0..720u64 {
        let (first, last) = (number * 1_077_240, number * 1_077_240 + 1_077_239);
        text.push_str(&format!(
            "#EXTINF:10,\nhttps://v1.upstream.example/video/netdisk-videotran-tky/b2fee89b7dc9760fbc12c8eaf1c1569f_1076_1_ts/\
             c467c93e435b82fff25440450176bdba?ts_size=775612800&app_id=250528&fn=Evening+at+the+Harbour.mp4&fsid=7438444400937\
             &size=266820896&time=1702656014&dtime=10&etag=c467c93e435b82fff25440450176bdba&len=1077240\
             &path=%2Ffilms%2FEvening+at+the+Harbour.mp4&range={first}-{last}&sign=BOUTHNFI-F3530edecde9cd71-zlR%252BfS4y6EvPk%253D\
             &xcode={padding}&by=my-streaming\n"
        ));
    }
    text.push_str("#EXT-X-ENDLIST\n");
    UpstreamPlaylist::new(
        text,
        Origin::new("https://api.upstream.example/streaming", None),
    )
}

fn playlists(criterion: &mut Criterion) {
    let (drive, list) = (drive(), upstream_list());
    let plan = || SegmentIndex::parse(black_box(&list), drive.segment_facts()).expect("a plan");
    let mut group = criterion.benchmark_group("playlist of 720 segments");
    group.throughput(Throughput::Bytes(list.text().len() as u64));
    group.bench_function("plan and write", |bencher| {
        bencher.iter(|| media_playlist(&plan(), HD, "ts"))
    });
    let kept = plan();
    group.bench_function("write from a kept plan", |bencher| {
        bencher.iter(|| media_playlist(black_box(&kept), HD, "ts"))
    });
    group.finish();

    criterion.bench_function("ladder of four rungs of 720 segments", |bencher| {
        bencher.iter(|| {
            let rungs: Vec<Rung> = [1080, 720, 480, 360]
                .into_iter()
                .map(|height| Rung::of(Rendition::Video { height }, black_box(&kept), None, None))
                .collect();
            master_playlist(&Master {
                rungs: &rungs,
                size: Some((1920, 1080)),
                ..Master::default()
            })
        })
    });
}

fn tickets(criterion: &mut Criterion) {
    let signer = TicketSigner::new(&[7; 32]);
    let scope = Scope::Within(
        Place::parse("films").expect("a place"),
        EntryPath::parse("/Season 1/Evening at the Harbour.mp4").expect("a path"),
    );
    let ends_at = SystemTime::now() + std::time::Duration::from_secs(3600);
    let ticket = Ticket::new(TicketId([1; 8]), scope).until(Some(ends_at));
    let (text, _) = signer.sign(&ticket);
    let now = SystemTime::now();
    criterion.bench_function("ticket: sign", |bencher| {
        bencher.iter(|| signer.sign(black_box(&ticket)))
    });
    criterion.bench_function("ticket: verify", |bencher| {
        bencher.iter(|| signer.verify(black_box(&text), now))
    });
}

criterion_group!(benches, playlists, tickets);
criterion_main!(benches);
