//! Tags of small files that are written here, byte by byte, well-formed and hostile ones. Files of all formats, made by
//! ffmpeg, are read in the tests of the server.

use std::io::Cursor;

use super::*;

const LIMITS: TagLimits = TagLimits {
    bytes: 1 << 20,
    calls: 10_000,
    timeout: Duration::from_secs(30),
};

fn read(bytes: Vec<u8>, name: &str) -> Option<SoundTags> {
    SoundTags::read(Cursor::new(bytes), name, &LIMITS)
}

/// Returns four silent frames of MPEG-1 layer III at 128 kbit/s and 44.1 kHz.
fn frames() -> Vec<u8> {
    let mut frame = vec![0xff, 0xfb, 0x90, 0x00];
    frame.resize(417, 0);
    frame.repeat(4)
}

/// Returns a size as ID3v2 writes it, seven bits in a byte.
fn synchsafe(size: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (size >> shift) as u8 & 0x7f)
}

/// Returns a frame of ID3v2 (<https://id3.org/id3v2.3.0>, <https://id3.org/id3v2.4.0-structure>).
fn frame(version: u8, id: &str, content: &[u8]) -> Vec<u8> {
    let size = match version {
        4 => synchsafe(content.len()),
        _ => (content.len() as u32).to_be_bytes(),
    };
    [id.as_bytes(), &size, &[0, 0], content].concat()
}

fn id3(version: u8, frames: &[Vec<u8>]) -> Vec<u8> {
    let frames = frames.concat();
    let head = [b'I', b'D', b'3', version, 0, 0];
    [&head[..], &synchsafe(frames.len()), &frames].concat()
}

fn mp3(version: u8, tag_frames: &[Vec<u8>]) -> Vec<u8> {
    [id3(version, tag_frames), frames()].concat()
}

fn utf16(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    [0x01, 0xff, 0xfe].into_iter().chain(units).collect()
}

fn latin1(text: &str) -> Vec<u8> {
    let bytes = text.chars().map(|char| char as u8);
    std::iter::once(0).chain(bytes).collect()
}

fn utf8(text: &str) -> Vec<u8> {
    [&[3], text.as_bytes()].concat()
}

#[test]
fn texts_are_read_in_every_encoding_of_id3() {
    type Encode = fn(&str) -> Vec<u8>;
    let cases: [(u8, Encode, &str); 4] = [
        (3, latin1, "Café"),
        (3, utf16, "夜の雨 🌧"),
        (4, utf16, "Ночь"),
        (4, utf8, "夜の雨 🌧"),
    ];
    for (version, encode, title) in cases {
        let file = mp3(
            version,
            &[
                frame(version, "TIT2", &encode(title)),
                frame(version, "TPE1", &encode("Ida")),
                frame(version, "TPE2", &encode("Various")),
                frame(version, "TALB", &encode("Rain")),
                frame(version, "TRCK", &encode("3/12")),
                frame(version, "TPOS", &encode("2/2")),
                frame(
                    version,
                    if version == 4 { "TDRC" } else { "TYER" },
                    &encode("1999"),
                ),
                frame(version, "TCON", &encode("(17)")),
            ],
        );
        let tags = read(file, "a.mp3").unwrap();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(tags.title, text(title), "{version}");
        assert_eq!(tags.artist, text("Ida"), "{version}");
        assert_eq!(tags.album_artist, text("Various"), "{version}");
        assert_eq!(tags.album, text("Rain"), "{version}");
        assert_eq!(tags.genre, text("Rock"), "{version}");
        assert_eq!(
            (tags.track, tags.disc, tags.year),
            (Some(3), Some(2), Some(1999))
        );
        assert!(
            tags.length_s
                .is_some_and(|length| length > 0.05 && length < 1.0),
            "{tags:?}"
        );
        assert!(!tags.has_picture);
    }
}

#[test]
fn several_artists_are_one_line_without_control_characters() {
    let file = mp3(
        4,
        &[
            frame(4, "TPE1", &utf8("Ida\0Bo\0Ida")),
            frame(4, "TIT2", &utf8(" Rain\r\n\u{1b}[31m ")),
            frame(4, "TALB", &utf8(&"very ".repeat(2000))),
        ],
    );
    let tags = read(file, "a.mp3").unwrap();
    assert_eq!(tags.artist.as_deref(), Some("Ida, Bo"));
    assert_eq!(tags.title.as_deref(), Some("Rain   [31m"));
    assert!(tags.album.unwrap().chars().count() <= MAX_TEXT_CHARS);
}

#[test]
fn a_file_that_is_cut_off_after_its_tags_still_has_them() {
    let mut file = mp3(3, &[frame(3, "TIT2", &latin1("Rain"))]);
    file.truncate(file.len() - 3 * 417 - 100);
    let tags = read(file, "a.mp3");
    assert_eq!(tags.and_then(|tags| tags.title).as_deref(), Some("Rain"));
}

/// A file of a terabyte that repeats its beginning, and counts the reads of it.
struct EndlessFile {
    beginning: Vec<u8>,
    position: u64,
    reads: std::rc::Rc<std::cell::Cell<u64>>,
}

const ENDLESS_BYTES: u64 = 1 << 40;

impl Read for EndlessFile {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.reads.set(self.reads.get() + 1);
        let left = ENDLESS_BYTES.saturating_sub(self.position);
        let length = left.min(buffer.len() as u64) as usize;
        for byte in &mut buffer[..length] {
            *byte = self.beginning[(self.position % self.beginning.len() as u64) as usize];
            self.position += 1;
        }
        Ok(length)
    }
}

impl Seek for EndlessFile {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => ENDLESS_BYTES.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(std::io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[test]
fn sizes_that_lie_end_within_the_limits() {
    let lying_tag = [b"ID3\x03\0\0".as_slice(), &synchsafe(200 << 20)].concat();
    let lying_frame = {
        let mut frame = frame(3, "TIT2", &latin1("Rain"));
        frame[4..8].copy_from_slice(&0x7fff_ffff_u32.to_be_bytes());
        mp3(3, &[frame])
    };
    let flac_block = [b"fLaC\x04\xff\xff\xff".as_slice(), &[0xff; 64]].concat();
    let flac_again = [b"fLaC".as_slice(), &[0x01, 0, 0, 0].repeat(64)].concat();
    let mp4_atom = [
        b"\0\0\0\x14ftypM4A \0\0\0\0M4A \xff\xff\xff\xffmoov\0\0\0\x08udta".as_slice(),
        &[0xff; 32],
    ]
    .concat();
    let wav_chunk =
        b"RIFF\xff\xff\xff\xffWAVELIST\xff\xff\xff\xffINFOINAM\xff\xff\xff\x7f".to_vec();
    let ogg_page = [
        b"OggS\0\x02".as_slice(),
        &[0; 20],
        b"\xff",
        &[0xff; 255],
        b"\x01vorbis",
    ]
    .concat();
    let cases: [(&str, Vec<u8>, &str); 8] = [
        ("a tag", lying_tag, "a.mp3"),
        ("a frame", lying_frame, "a.mp3"),
        ("a block of FLAC", flac_block, "a.flac"),
        ("blocks of FLAC without an end", flac_again, "a.flac"),
        ("an atom of MP4", mp4_atom, "a.m4a"),
        ("a chunk of WAV", wav_chunk, "a.wav"),
        ("a page of Ogg", ogg_page, "a.ogg"),
        ("nothing but noise", vec![0x5a; 64], "a.mp3"),
    ];
    for (what, beginning, name) in cases {
        // As a whole file, and as the beginning of an endless one.
        let is_bounded = |tags: Option<SoundTags>| {
            let title = tags.and_then(|tags| tags.title);
            title.is_none_or(|title| title.chars().count() <= MAX_TEXT_CHARS)
        };
        assert!(is_bounded(read(beginning.clone(), name)), "{what}");
        let reads = std::rc::Rc::default();
        let file = EndlessFile {
            beginning,
            position: 0,
            reads: std::rc::Rc::clone(&reads),
        };
        assert!(is_bounded(SoundTags::read(file, name, &LIMITS)), "{what}");
        assert!(reads.get() <= LIMITS.calls + 2, "{what}: {}", reads.get());
    }
}
