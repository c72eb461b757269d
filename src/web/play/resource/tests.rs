//! Play URLs, as they are parsed.

use super::super::list_names::{ListFormat, search_list};
use super::*;

/// Fails unless a play URL is parsed as this resource of this entry.
fn check(text: &str, path: &str, resource: &PlayResource) {
    let found = PlayPath::parse(text).unwrap();
    let found = (found.path.as_str(), &found.resource);
    assert_eq!(found, (path, resource), "{text}");
}

#[test]
fn addresses_of_a_film_and_its_streams() {
    use PlayResource::*;
    use SourceStream::{DecodedSound, Muxed, Sound, Video};
    use SubtitleForm::{File, Font as FontFile, Playlist as TextList, Segment as Piece, Styled};

    let hd = Rendition::Video { height: 720 };
    let subtitles = |id: &str, form| Subtitles(id.to_owned(), form);
    for (below, resource) in [
        ("", Original),
        ("/master.m3u8", Master),
        ("/720p.m3u8", Playlist(hd)),
        ("/audio.m3u8", Playlist(Rendition::Audio)),
        ("/720p/12.ts", Segment(hd, 12)),
        ("/720p.ts", Whole(hd)),
        ("/audio/3.mp3", Segment(Rendition::Audio, 3)),
        ("/audio.aac", Whole(Rendition::Audio)),
        ("/audio.mp3", Whole(Rendition::Audio)),
        ("/source.m3u8", SourcePlaylist(Muxed)),
        ("/sound-2/init.mp4", SourceInit(Sound(2))),
        ("/source-video/12.m4s", SourceSegment(Video, 12)),
        ("/sound-2-aac/0.m4s", SourceSegment(DecodedSound(2), 0)),
        ("/sound-1/3.ts", SourceSegment(Sound(1), 3)),
        ("/chapters.vtt", Chapters),
        ("/subtitles.json", SubtitleList),
        ("/tags.json", SoundTags),
        ("/thumbnails.vtt", Thumbnails),
        ("/thumbnails/12.webp", Thumbnail(12)),
        ("/source.mp4", SourceFile),
        (
            "/source-subtitles/en/0.vtt",
            subtitles("en", SubtitleForm::SourceSegment(None)),
        ),
        ("/poster.jpg", Poster(PictureSize::Large)),
        ("/poster-small.jpg", Poster(PictureSize::Small)),
        ("/subtitles/pt-BR.vtt", subtitles("pt-BR", File)),
        ("/subtitles/en.ass", subtitles("en", Styled)),
        (
            "/subtitles/en.json",
            subtitles("en", SubtitleForm::FontList),
        ),
        ("/subtitles/en/2.ttf", subtitles("en", FontFile(2))),
        ("/fonts.json", FontList),
        ("/fonts/3.ttf", Font(3)),
        ("/subtitles/en.m3u8", subtitles("en", TextList)),
        ("/subtitles/en/0.vtt", subtitles("en", Piece(None))),
        (
            "/subtitles/en/40-45.vtt",
            subtitles("en", Piece(PieceTime::parse("40-45"))),
        ),
        (".strm", Strm),
    ] {
        for file in ["a/b.mp4", "a/b.mkv", "a/b.m2ts", "a/b.flac"] {
            check(
                &format!("films/{file}{below}"),
                &format!("/{file}"),
                &resource,
            );
        }
    }
    check("films/a%20b%23/%E6%98%A0.mp4", "/a b#/映.mp4", &Original);
    // Names of files that are like those of a stream.
    for file in [
        "a/b.mp3",
        "a/b.mkv/source/01.m4s",
        "a/init.mp4",
        "a/b.mkv/subtitles/en/two.ttf",
        "a/b.mp4/subtitles/en/1.vtt",
        "a/en.vtt",
        "subtitles.vtt",
        "a/all.pls",
        "a/720p/012.ts",
        "a/720p/-1.ts",
        "a/144p.m3u8",
        "a/index.m3u8",
        "12.ts",
        ".strm",
    ] {
        check(&format!("films/{file}"), &format!("/{file}"), &Original);
    }
    let list = |format, reach| List(ListFile { format, reach });
    for (text, path, resource) in [
        ("a/audio.mp3", "/a", Whole(Rendition::Audio)),
        ("a/list.m3u", "/a", list(ListFormat::M3u, Reach::Here)),
        ("list.xspf", "/", list(ListFormat::Xspf, Reach::Here)),
        ("a/all-kodi.m3u", "/a", list(ListFormat::Kodi, Reach::Below)),
        ("a/strm.zip", "/a", StrmTree),
        ("a/", "/a", Folder),
        ("", "/", Folder),
    ] {
        check(&format!("films/{text}"), path, &resource);
    }
    check("films", "/", &Folder);
    for bad in ["", "a%2Fb/x", "films/%2e%2e/x", "films/a%2F..%2Fb"] {
        assert_eq!(PlayPath::parse(bad), None, "{bad}");
    }
}

#[test]
fn the_address_of_a_search_is_none_of_a_place() {
    let address = search_list("50% / 映画", "list.m3u");
    assert!(PlayPath::parse(&address).is_none());
}
