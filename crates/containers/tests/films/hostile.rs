//! Broken and hostile files: an error within the budget, never a panic, a loop or a large allocation.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use containers::{Budget, ContainerError, FilmSource, ReadRange};

use super::fixtures::Film;
use super::reading::File;

fn boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes()[..], name, content].concat()
}

fn numbers(values: &[u32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_be_bytes())
        .collect()
}

/// The tables of a film, which tests can make invalid.
struct Tables {
    stts: Vec<u8>,
    stsz: Vec<u8>,
    stsc: Vec<u8>,
    stco: Vec<u8>,
    more: Vec<u8>,
}

impl Tables {
    fn sound() -> Self {
        Tables {
            stts: numbers(&[0, 1, 4, 1024]),
            stsz: numbers(&[0, 1, 4]),
            stsc: numbers(&[0, 1, 1, 4, 1]),
            stco: numbers(&[0, 1, 0]),
            more: Vec::new(),
        }
    }

    /// Makes a whole file with one track of AC-3.
    fn film(&self) -> Vec<u8> {
        let mut entry = vec![0; 28];
        entry[17] = 2;
        let stsd = [numbers(&[0, 1]), boxed(b"ac-3", &entry)].concat();
        let stbl = [
            boxed(b"stsd", &stsd),
            boxed(b"stts", &self.stts),
            boxed(b"stsz", &self.stsz),
            boxed(b"stsc", &self.stsc),
            boxed(b"stco", &self.stco),
            self.more.clone(),
        ]
        .concat();
        let minf = boxed(b"minf", &boxed(b"stbl", &stbl));
        let mdhd = boxed(b"mdhd", &numbers(&[0, 0, 0, 48_000, u32::MAX, 0]));
        let hdlr = boxed(b"hdlr", &[&[0; 8][..], b"soun", &[0; 13]].concat());
        let mdia = boxed(b"mdia", &[mdhd, hdlr, minf].concat());
        let tkhd = boxed(b"tkhd", &[numbers(&[3, 0, 0, 1]), vec![0; 68]].concat());
        let mvhd = boxed(
            b"mvhd",
            &[numbers(&[0, 0, 0, 1000, u32::MAX]), vec![0; 80]].concat(),
        );
        // Ends with 32 bits of zero, as QuickTime allows.
        let udta = boxed(b"udta", &[boxed(b"name", b"a film"), vec![0; 4]].concat());
        let trak = boxed(b"trak", &[tkhd, udta.clone(), mdia].concat());
        let moov = boxed(b"moov", &[mvhd, trak, udta].concat());
        [boxed(b"ftyp", b"isom\0\0\0\0"), moov].concat()
    }
}

/// Opens a file, and checks that at most 64 MiB were read.
async fn open(bytes: Vec<u8>) -> Result<FilmSource, ContainerError> {
    let file = File::new(bytes);
    let opened = FilmSource::open(&file, &Budget::default()).await;
    assert!(file.read_bytes.load(Ordering::Relaxed) <= 64 << 20);
    opened
}

#[tokio::test]
async fn a_small_film_with_unknown_durations_is_read() {
    let source = open(Tables::sound().film()).await.unwrap();
    assert_eq!(source.duration_s(), 4.0 * 1024.0 / 48_000.0);
    assert_eq!(source.tracks()[0].title.as_deref(), Some("a film"));
}

#[tokio::test]
async fn claims_of_four_billion_samples_are_refused() {
    let huge = u32::MAX;
    let claims: [fn(&mut Tables, u32); 6] = [
        |tables, n| tables.stsz = numbers(&[0, 1, n]),
        |tables, n| tables.stsz = numbers(&[0, 0, n]),
        |tables, n| tables.stts = numbers(&[0, n, 4, 1024]),
        |tables, n| tables.stsc = numbers(&[0, n, 1, 4, 1]),
        |tables, n| tables.stco = numbers(&[0, n, 0]),
        |tables, n| tables.more = boxed(b"ctts", &numbers(&[0, n, 1, 1])),
    ];
    for (index, claim) in claims.iter().enumerate() {
        let mut tables = Tables::sound();
        claim(&mut tables, huge);
        let opened = open(tables.film()).await;
        assert!(opened.is_err(), "claim {index}");
    }
}

#[tokio::test]
async fn runs_without_end_cost_no_more_than_the_budget() {
    // Ten million samples of no bytes in one chunk: more steps than are allowed here.
    let mut tables = Tables::sound();
    tables.stsz = numbers(&[0, 1, 10_000_000]);
    tables.stsc = numbers(&[0, 1, 1, u32::MAX, 1]);
    let file = File::new(tables.film());
    let budget = Budget {
        steps: 100_000,
        ..Budget::default()
    };
    let opened = FilmSource::open(&file, &budget).await;
    assert!(matches!(
        opened.err(),
        Some(ContainerError::OverBudget(_) | ContainerError::Truncated)
    ));
}

#[tokio::test]
async fn chunks_without_samples_end() {
    let mut tables = Tables::sound();
    tables.stsc = numbers(&[0, 1, 1, 0, 1]);
    assert!(open(tables.film()).await.is_err());
}

#[tokio::test]
async fn an_edit_list_into_the_next_century_is_refused() {
    let mut film = Tables::sound().film();
    let edit = boxed(
        b"elst",
        &[
            numbers(&[0x0100_0000, 1, 0, 1]),
            numbers(&[0x7FFF_FFFF, 0, 0x0001_0000]),
        ]
        .concat(),
    );
    let edts = boxed(b"edts", &edit);
    // The edit list is moved to the end of the track; the sizes of the track and of its parent grow.
    let udta = film.windows(4).rposition(|part| part == b"udta").unwrap() - 4;
    film.splice(udta..udta, edts.iter().copied());
    for name in [b"trak", b"moov"] {
        let at = film.windows(4).position(|part| part == name).unwrap() - 4;
        let size = u32::from_be_bytes(film[at..at + 4].try_into().unwrap()) + edts.len() as u32;
        film[at..at + 4].copy_from_slice(&size.to_be_bytes());
    }
    let opened = open(film).await;
    assert_eq!(
        opened.err(),
        Some(ContainerError::Malformed(
            "an edit list that starts days away"
        ))
    );
}

/// A file of which only the first bytes are given; the rest is zeros.
struct Sparse {
    head: Vec<u8>,
    size: u64,
}

impl ReadRange for Sparse {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, offset: u64, length: usize) -> Result<Bytes, ContainerError> {
        assert!(length <= 16 << 20, "a read of {length} bytes");
        let mut bytes = vec![0; length];
        let head = self.head.get(offset as usize..).unwrap_or(&[]);
        let shared = head.len().min(length);
        bytes[..shared].copy_from_slice(&head[..shared]);
        Ok(bytes.into())
    }
}

#[tokio::test]
async fn boxes_of_a_terabyte_are_stepped_over_or_refused() {
    let terabyte = 1u64 << 40;
    for name in [b"emsg", b"moov", b"mdat", b"free", b"uuid"] {
        for inner in [b"trak", b"udta", b"moof"] {
            let mut head = boxed(b"ftyp", b"isom\0\0\0\0");
            for name in [name, inner] {
                head.extend(numbers(&[1]));
                head.extend_from_slice(name);
                head.extend((terabyte).to_be_bytes());
            }
            let file = Sparse {
                head,
                size: terabyte + 100,
            };
            assert!(FilmSource::open(&file, &Budget::default()).await.is_err());
        }
    }
}

#[tokio::test]
async fn a_film_cut_anywhere_in_its_index_is_an_error_or_a_film() {
    let film = Film::make(
        "film.mp4",
        "-f lavfi -i testsrc2=duration=1:size=64x48:rate=10 -f lavfi -i sine=duration=1",
        "-c:v libx264 -preset ultrafast -c:a aac -movflags +faststart",
    );
    let whole = std::fs::read(&film.path).unwrap();
    let moov = whole.windows(4).position(|part| part == b"mdat").unwrap();
    let mut opened = 0;
    for cut in 0..moov {
        opened += usize::from(open(whole[..cut].to_vec()).await.is_ok());
    }
    assert_eq!(opened, 0, "without its media it is no film");
    assert!(open(whole).await.is_ok());
}

#[tokio::test]
async fn a_film_with_any_byte_of_its_index_changed_ends_within_bounds() {
    let film = Film::make(
        "film.mp4",
        "-f lavfi -i testsrc2=duration=1:size=64x48:rate=10",
        "-c:v libx264 -preset ultrafast -bf 2 -movflags +faststart",
    );
    let whole = std::fs::read(&film.path).unwrap();
    let moov = whole.windows(4).position(|part| part == b"mdat").unwrap();
    let budget = Budget {
        steps: 200_000,
        ..Budget::default()
    };
    for at in 0..moov {
        for value in [0, 1, 0x7F, 0xFF] {
            let mut bent = whole.clone();
            bent[at] = value;
            let file = File::new(bent);
            let Ok(source) = FilmSource::open(&file, &budget).await else {
                continue;
            };
            let Some(picture) = source.picture() else {
                continue;
            };
            for n in 0..source.plan().len().min(4) {
                let _ = source.segment(&file, &[picture], n).await;
            }
        }
    }
}
