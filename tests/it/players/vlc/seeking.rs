//! Seeks of VLC: it writes each picture that it shows into a pipe, and the numbers in them are read.

use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::unix::pipe;

use super::super::numbered_ladder::NumberedLadder;
use super::*;
use crate::harness::numbered_films::{HEIGHT, RATE, WIDTH, is_shown_at, number, seek_times};

/// Seeks whose pictures are read back, some forty seconds of them.
const SEEKS: u32 = 50;

/// Pictures that must follow the right one. VLC 3.0 may lose a seek that comes while it still fills its buffer after another.
const FOLLOWING: usize = 12;

/// The numbers of the pictures that were shown.
struct ShownPictures {
    numbers: Arc<Mutex<Vec<u32>>>,
    reader: tokio::task::JoinHandle<()>,
}

impl ShownPictures {
    /// Creates a pipe at a path and reads what VLC writes into it: YUV4MPEG2, a line before the first picture and one before
    /// each, then a byte of brightness for each pixel, and the colours.
    async fn read_from(path: &Path) -> Self {
        need("mkfifo", "coreutils");
        let made = Program::new("mkfifo").args(["-m", "666"]);
        let made = made.arg_last(path.to_str().unwrap()).output().await;
        assert!(made.status.success());
        // Opened for writing, too: VLC closes it at a seek and opens it anew.
        let receiver = pipe::OpenOptions::new()
            .read_write(true)
            .open_receiver(path)
            .unwrap();
        let numbers: Arc<Mutex<Vec<u32>>> = Arc::default();
        let shown = numbers.clone();
        let reader = tokio::spawn(async move {
            let mut pipe = BufReader::new(receiver);
            let (mut line, mut picture) = (Vec::new(), vec![0; WIDTH * HEIGHT * 3 / 2]);
            loop {
                line.clear();
                pipe.read_until(b'\n', &mut line).await.unwrap();
                if line.starts_with(b"FRAME") {
                    pipe.read_exact(&mut picture).await.unwrap();
                    shown.lock().push(number(&picture));
                } else {
                    assert!(line.starts_with(b"YUV4MPEG2 W128 H32 "), "{line:?}");
                }
            }
        });
        ShownPictures { numbers, reader }
    }

    /// Waits for a picture of this time among those after the first `before`, and for those that follow it: half a second on
    /// from there. Before it VLC may show one that it has decoded already.
    async fn show(&self, seconds: f64, before: usize) {
        let since = || self.numbers.lock()[before..].to_vec();
        let found = soon(PATIENCE, async || {
            let since = since();
            let at = since.iter().position(|it| is_shown_at(*it, seconds))?;
            since.get(at..at + FOLLOWING).map(<[u32]>::to_vec)
        });
        let Some(following) = found.await else {
            panic!("a seek to {seconds} s: {:?}", since());
        };
        let goes_on = following.is_sorted() && following.last() <= Some(&(following[0] + 2 * RATE));
        assert!(goes_on, "a seek to {seconds} s: {following:?}");
    }
}

impl Drop for ShownPictures {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vlc_shows_the_right_picture_after_each_seek() {
    let films = NumberedLadder::start().await;
    // Both at once: VLC waits for its clock nearly all the time.
    tokio::join!(
        seeks_show_the_right_pictures(&films.master),
        seeks_show_the_right_pictures(&films.repackaged)
    );
}

async fn seeks_show_the_right_pictures(address: &str) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("pictures");
    let shown = ShownPictures::read_from(&path).await;
    let screen = [
        "--vout",
        "yuv",
        "--yuv-yuv4mpeg2",
        "--yuv-chroma",
        "I420",
        "--yuv-file",
        path.to_str().unwrap(),
    ];
    let vlc = Vlc::open_at(home, address, &screen);
    vlc.playing("displayedpictures", 10).await;
    eventually("a picture", PATIENCE, async || {
        (!shown.numbers.lock().is_empty()).then_some(())
    })
    .await;
    // VLC seeks in its own length: an upstream rounds that of a rendition of sound.
    let length_s = eventually("VLC knows the length", PATIENCE, async || {
        let length = vlc.ask("status.json").await?["length"].as_f64()?;
        (length > 0.0).then_some(length)
    })
    .await;
    for seconds in seek_times(SEEKS) {
        let before = shown.numbers.lock().len();
        let percent = seconds / length_s * 100.0;
        let seek = format!("status.json?command=seek&val={percent:.6}%25");
        assert!(vlc.ask(&seek).await.is_some(), "VLC does not answer");
        shown.show(seconds, before).await;
    }
}
