//! Play URLs, as they are parsed.

use super::super::list_names::{ListFormat, search_list};
use super::*;

#[test]
fn addresses_of_a_film_and_its_streams() {
    let hd = Rendition::Video { height: 720 };
    let list = |format, reach| PlayResource::List(ListFile { format, reach });
    let subtitles = |id: &str, form| PlayResource::Subtitles(id.to_owned(), form);
    let cases = [
        ("films/a/b.mp4", "/a/b.mp4", PlayResource::Original),
        (
            "films/a%20b%23/%E6%98%A0.mp4",
            "/a b#/映.mp4",
            PlayResource::Original,
        ),
        (
            "films/a/b.mp4/master.m3u8",
            "/a/b.mp4",
            PlayResource::Master,
        ),
        (
            "films/a/b.mp4/720p.m3u8",
            "/a/b.mp4",
            PlayResource::Playlist(hd),
        ),
        (
            "films/a/b.mp4/audio.m3u8",
            "/a/b.mp4",
            PlayResource::Playlist(Rendition::Audio),
        ),
        (
            "films/a/b.mp4/720p/12.ts",
            "/a/b.mp4",
            PlayResource::Segment(hd, 12),
        ),
        ("films/a/b.mp4/720p.ts", "/a/b.mp4", PlayResource::Whole(hd)),
        (
            "films/a/b.mp4/audio/3.mp3",
            "/a/b.mp4",
            PlayResource::Segment(Rendition::Audio, 3),
        ),
        (
            "films/a/b.mp4/audio.aac",
            "/a/b.mp4",
            PlayResource::Whole(Rendition::Audio),
        ),
        (
            "films/a/audio.mp3",
            "/a",
            PlayResource::Whole(Rendition::Audio),
        ),
        ("films/a/b.mp3", "/a/b.mp3", PlayResource::Original),
        (
            "films/a/b.mkv/source.m3u8",
            "/a/b.mkv",
            PlayResource::SourcePlaylist(SourceStream::Muxed),
        ),
        (
            "films/a/b.mkv/sound-2/init.mp4",
            "/a/b.mkv",
            PlayResource::SourceInit(SourceStream::Sound(2)),
        ),
        (
            "films/a/b.mkv/source-video/12.m4s",
            "/a/b.mkv",
            PlayResource::SourceSegment(SourceStream::Video, 12),
        ),
        (
            "films/a/b.mkv/sound-2-aac/0.m4s",
            "/a/b.mkv",
            PlayResource::SourceSegment(SourceStream::DecodedSound(2), 0),
        ),
        (
            "films/a/b.m2ts/sound-1/3.ts",
            "/a/b.m2ts",
            PlayResource::SourceSegment(SourceStream::Sound(1), 3),
        ),
        (
            "films/a/b.mkv/chapters.vtt",
            "/a/b.mkv",
            PlayResource::Chapters,
        ),
        (
            "films/a/b.mkv/subtitles.json",
            "/a/b.mkv",
            PlayResource::SubtitleList,
        ),
        (
            "films/a/b.flac/tags.json",
            "/a/b.flac",
            PlayResource::SoundTags,
        ),
        (
            "films/a/b.mkv/thumbnails.vtt",
            "/a/b.mkv",
            PlayResource::Thumbnails,
        ),
        (
            "films/a/b.mkv/thumbnails/12.webp",
            "/a/b.mkv",
            PlayResource::Thumbnail(12),
        ),
        (
            "films/a/b.mkv/source.mp4",
            "/a/b.mkv",
            PlayResource::SourceFile,
        ),
        (
            "films/a/b.mkv/source-subtitles/en/0.vtt",
            "/a/b.mkv",
            subtitles("en", SubtitleForm::SourceSegment),
        ),
        (
            "films/a/b.mkv/source/01.m4s",
            "/a/b.mkv/source/01.m4s",
            PlayResource::Original,
        ),
        ("films/a/init.mp4", "/a/init.mp4", PlayResource::Original),
        (
            "films/a/b.mp4/poster.jpg",
            "/a/b.mp4",
            PlayResource::Poster(PictureSize::Large),
        ),
        (
            "films/a/b.mp4/poster-small.jpg",
            "/a/b.mp4",
            PlayResource::Poster(PictureSize::Small),
        ),
        (
            "films/a/b.mp4/subtitles/pt-BR.vtt",
            "/a/b.mp4",
            subtitles("pt-BR", SubtitleForm::File),
        ),
        (
            "films/a/b.mkv/subtitles/en.ass",
            "/a/b.mkv",
            subtitles("en", SubtitleForm::Styled),
        ),
        (
            "films/a/b.mkv/subtitles/en.json",
            "/a/b.mkv",
            subtitles("en", SubtitleForm::FontList),
        ),
        (
            "films/a/b.mkv/subtitles/en/2.ttf",
            "/a/b.mkv",
            subtitles("en", SubtitleForm::Font(2)),
        ),
        (
            "films/a/b.mkv/subtitles/en/two.ttf",
            "/a/b.mkv/subtitles/en/two.ttf",
            PlayResource::Original,
        ),
        (
            "films/a/b.mkv/fonts.json",
            "/a/b.mkv",
            PlayResource::FontList,
        ),
        (
            "films/a/b.mkv/fonts/3.ttf",
            "/a/b.mkv",
            PlayResource::Font(3),
        ),
        (
            "films/a/b.mp4/subtitles/en.m3u8",
            "/a/b.mp4",
            subtitles("en", SubtitleForm::Playlist),
        ),
        (
            "films/a/b.mp4/subtitles/en/0.vtt",
            "/a/b.mp4",
            subtitles("en", SubtitleForm::Segment),
        ),
        (
            "films/a/b.mp4/subtitles/en/1.vtt",
            "/a/b.mp4/subtitles/en/1.vtt",
            PlayResource::Original,
        ),
        ("films/a/en.vtt", "/a/en.vtt", PlayResource::Original),
        (
            "films/subtitles.vtt",
            "/subtitles.vtt",
            PlayResource::Original,
        ),
        ("films/a/list.m3u", "/a", list(ListFormat::M3u, Reach::Here)),
        ("films/list.xspf", "/", list(ListFormat::Xspf, Reach::Here)),
        (
            "films/a/all-kodi.m3u",
            "/a",
            list(ListFormat::Kodi, Reach::Below),
        ),
        ("films/a/strm.zip", "/a", PlayResource::StrmTree),
        ("films/a/all.pls", "/a/all.pls", PlayResource::Original),
        ("films/a/b.mp4.strm", "/a/b.mp4", PlayResource::Strm),
        ("films/a/", "/a", PlayResource::Folder),
        ("films/", "/", PlayResource::Folder),
        ("films", "/", PlayResource::Folder),
        (
            "films/a/720p/012.ts",
            "/a/720p/012.ts",
            PlayResource::Original,
        ),
        (
            "films/a/720p/-1.ts",
            "/a/720p/-1.ts",
            PlayResource::Original,
        ),
        ("films/a/144p.m3u8", "/a/144p.m3u8", PlayResource::Original),
        (
            "films/a/index.m3u8",
            "/a/index.m3u8",
            PlayResource::Original,
        ),
        ("films/12.ts", "/12.ts", PlayResource::Original),
        ("films/.strm", "/.strm", PlayResource::Original),
    ];
    for (text, path, resource) in cases {
        let found = PlayPath::parse(text).unwrap();
        assert_eq!(
            (found.path.as_str(), &found.resource),
            (path, &resource),
            "{text}"
        );
    }
    for bad in ["", "a%2Fb/x", "films/%2e%2e/x", "films/a%2F..%2Fb"] {
        assert_eq!(PlayPath::parse(bad), None, "{bad}");
    }
}

#[test]
fn the_address_of_a_search_is_none_of_a_place() {
    let address = search_list("50% / 映画", "list.m3u");
    assert!(PlayPath::parse(&address).is_none());
}
