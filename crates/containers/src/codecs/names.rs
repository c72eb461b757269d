//! RFC 6381 codec strings, from a sample entry of MP4.

use super::boxes::{child, entry_boxes};
use super::descriptor;
use crate::Codec;

/// Returns the RFC 6381 name of a sample entry (one box of `stsd`, header included): `avc1.64001f`,
/// `hvc1.2.4.L93.B0`, `mp4a.40.2`. `None` if the format has no name that players support, or if its
/// configuration cannot be parsed.
pub fn codec_string_from_sample_entry(entry: &[u8]) -> Option<String> {
    let kind = *entry.get(4..)?.first_chunk::<4>()?;
    let name = String::from_utf8_lossy(&kind).into_owned();
    let visual = entry_boxes(entry, true);
    let sound = entry_boxes(entry, false);
    match &kind {
        b"avc1" | b"avc2" | b"avc3" | b"avc4" => avc(&name, child(visual, b"avcC")?),
        b"hvc1" | b"hev1" => hevc(&name, child(visual, b"hvcC")?),
        b"dvh1" | b"dvhe" | b"dva1" | b"dvav" | b"dav1" => dolby_vision(
            &name,
            child(visual, b"dvcC").or_else(|| child(visual, b"dvvC"))?,
        ),
        b"av01" => av1(child(visual, b"av1C")?),
        b"vp08" | b"vp09" => vpx(&name, child(visual, b"vpcC")?),
        b"mp4v" => mpeg4_visual(child(visual, b"esds")?),
        b"mp4a" => mp4a(child(sound, b"esds")?),
        b".mp3" | b"ms\0\x55" => Some("mp4a.6B".into()),
        b"ac-3" | b"ec-3" | b"ac-4" | b"dtsc" | b"dtsh" | b"dtsl" | b"dtse" | b"dtsx" | b"mlpa"
        | b"Opus" | b"fLaC" | b"alac" | b"ipcm" | b"fpcm" | b"tx3g" | b"wvtt" | b"stpp" => {
            Some(name)
        }
        _ => None,
    }
}

/// Returns the codec of a sample entry (one box of `stsd`, header included).
pub fn codec_from_sample_entry(entry: &[u8]) -> Codec {
    let Some(kind) = entry.get(4..8) else {
        return Codec::Unknown;
    };
    let object_type = |visual| {
        child(entry_boxes(entry, visual), b"esds")
            .and_then(descriptor::parse)
            .map(|config| config.object_type)
    };
    match kind {
        b"avc1" | b"avc2" | b"avc3" | b"avc4" | b"dva1" | b"dvav" => Codec::H264,
        b"hvc1" | b"hev1" | b"dvh1" | b"dvhe" => Codec::Hevc,
        b"av01" | b"dav1" => Codec::Av1,
        b"vp08" => Codec::Vp8,
        b"vp09" => Codec::Vp9,
        b"mp4v" => match object_type(true) {
            Some(0x20) => Codec::Mpeg4Visual,
            Some(0x60..=0x65) => Codec::Mpeg2Video,
            _ => Codec::Unknown,
        },
        b"mp4a" => match object_type(false) {
            Some(0x40 | 0x66..=0x68) => Codec::Aac,
            Some(0x69 | 0x6b) => Codec::Mp3,
            Some(0xa5) => Codec::Ac3,
            Some(0xa6) => Codec::Eac3,
            Some(0xa9..=0xac) => Codec::Dts,
            Some(0xad) => Codec::Opus,
            Some(0xdd) => Codec::Vorbis,
            _ => Codec::Unknown,
        },
        b".mp3" | b"ms\0\x55" => Codec::Mp3,
        b"ac-3" => Codec::Ac3,
        b"ec-3" => Codec::Eac3,
        b"dtsc" | b"dtsh" | b"dtsl" | b"dtse" | b"dtsx" => Codec::Dts,
        b"mlpa" => Codec::TrueHd,
        b"Opus" => Codec::Opus,
        b"fLaC" => Codec::Flac,
        b"alac" => Codec::Alac,
        b"ipcm" | b"fpcm" | b"lpcm" | b"sowt" | b"twos" | b"in24" | b"in32" | b"fl32" | b"fl64"
        | b"raw " | b"NONE" => Codec::Pcm,
        b"tx3g" => Codec::Tx3g,
        b"wvtt" => Codec::WebVtt,
        b"mp4s" => match object_type_of_subpicture(entry) {
            Some(0xe0) => Codec::VobSub,
            _ => Codec::Unknown,
        },
        _ => Codec::Unknown,
    }
}

fn object_type_of_subpicture(entry: &[u8]) -> Option<u8> {
    child(entry.get(16..)?, b"esds")
        .and_then(descriptor::parse)
        .map(|config| config.object_type)
}

/// RFC 6381 §3.3: profile, constraints and level, in hexadecimal.
fn avc(name: &str, config: &[u8]) -> Option<String> {
    let &[_, profile, constraints, level, ..] = config else {
        return None;
    };
    Some(format!("{name}.{profile:02x}{constraints:02x}{level:02x}"))
}

/// ISO/IEC 14496-15 Annex E.3.
pub(crate) fn hevc(name: &str, config: &[u8]) -> Option<String> {
    let general = config.get(1..13)?;
    let space = ["", "A", "B", "C"][usize::from(general[0] >> 6)];
    let tier = if general[0] & 0x20 == 0 { 'L' } else { 'H' };
    let profile = general[0] & 0x1f;
    let compatible = u32::from_be_bytes(*general[1..].first_chunk::<4>()?).reverse_bits();
    let level = general[11];
    let mut made = format!("{name}.{space}{profile}.{compatible:X}.{tier}{level}");
    let constraints = &general[5..11];
    let used = constraints
        .iter()
        .rposition(|&byte| byte != 0)
        .map_or(0, |last| last + 1);
    for byte in &constraints[..used] {
        made.push_str(&format!(".{byte:X}"));
    }
    Some(made)
}

/// Dolby Vision Streams Within the HTTP Live Streaming Format, §2: profile and level, two digits each.
fn dolby_vision(name: &str, config: &[u8]) -> Option<String> {
    let bits = u16::from_be_bytes(*config.get(2..)?.first_chunk::<2>()?);
    let (profile, level) = (bits >> 9, bits >> 3 & 0x3f);
    Some(format!("{name}.{profile:02}.{level:02}"))
}

/// AV1 Codec ISO Media File Format Binding §5.
fn av1(config: &[u8]) -> Option<String> {
    let &[_, profile_level, flags, ..] = config else {
        return None;
    };
    let (profile, level) = (profile_level >> 5, profile_level & 0x1f);
    let tier = if flags & 0x80 == 0 { 'M' } else { 'H' };
    let depth = match (flags & 0x40 != 0, flags & 0x20 != 0) {
        (false, _) => 8,
        (true, false) => 10,
        (true, true) => 12,
    };
    Some(format!("av01.{profile}.{level:02}{tier}.{depth:02}"))
}

/// VP Codec ISO Media File Format Binding, "Codecs Parameter String".
fn vpx(name: &str, config: &[u8]) -> Option<String> {
    let &[_, _, _, _, profile, level, depth, ..] = config else {
        return None;
    };
    Some(format!("{name}.{profile:02}.{level:02}.{:02}", depth >> 4))
}

/// RFC 6381 §3.3: the profile and level of the visual object sequence, in decimal.
fn mpeg4_visual(esds: &[u8]) -> Option<String> {
    let config = descriptor::parse(esds)?;
    if config.object_type != 0x20 {
        return Some(format!("mp4v.{:02X}", config.object_type));
    }
    let start = config
        .specific_info
        .windows(5)
        .find(|window| window[..4] == [0, 0, 1, 0xb0])?;
    Some(format!("mp4v.20.{}", start[4]))
}

/// RFC 6381 §3.3: the object type, for MPEG-4 sound also the type in its configuration.
fn mp4a(esds: &[u8]) -> Option<String> {
    let config = descriptor::parse(esds)?;
    match config.object_type {
        0x40 => Some(format!(
            "mp4a.40.{}",
            audio_object_type(config.specific_info)?
        )),
        // Vorbis is registered, and played by ffmpeg and VLC, but browsers support no name for it.
        0xdd => None,
        0xa5 => Some("ac-3".into()),
        0xa6 => Some("ec-3".into()),
        other => Some(format!("mp4a.{other:02X}")),
    }
}

/// ISO/IEC 14496-3 §1.6.2.1: five bits, or eleven if these are all set.
fn audio_object_type(config: &[u8]) -> Option<u8> {
    let first = *config.first()?;
    match first >> 3 {
        0 => None,
        31 => Some(32 + ((first & 7) << 3 | config.get(1)? >> 5)),
        kind => Some(kind),
    }
}

#[cfg(test)]
mod tests {
    use super::super::boxes::make;
    use super::*;

    fn visual(kind: &[u8; 4], config: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let mut fields = vec![0; 78];
        fields.extend(make(config, content));
        make(kind, &fields)
    }

    fn sound(kind: &[u8; 4], boxes: &[u8]) -> Vec<u8> {
        let mut fields = vec![0; 28];
        fields.extend_from_slice(boxes);
        make(kind, &fields)
    }

    fn name(entry: &[u8]) -> Option<String> {
        codec_string_from_sample_entry(entry)
    }

    #[test]
    fn names_of_pictures_follow_from_their_configuration() {
        let avc = visual(b"avc1", b"avcC", &[1, 0x64, 0, 0x1f, 0xff]);
        assert_eq!(name(&avc).as_deref(), Some("avc1.64001f"));
        // The examples of ISO/IEC 14496-15 Annex E.3.
        let main10 = [1, 2, 0x20, 0, 0, 0, 0xb0, 0, 0, 0, 0, 0, 93, 0xf0];
        assert_eq!(
            name(&visual(b"hvc1", b"hvcC", &main10)).as_deref(),
            Some("hvc1.2.4.L93.B0")
        );
        let main = [1, 1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 120, 0xf0];
        assert_eq!(
            name(&visual(b"hev1", b"hvcC", &main)).as_deref(),
            Some("hev1.1.6.L120.90")
        );
        let high_tier = [1, 0x41 | 0x20, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 93, 0xf0];
        assert_eq!(
            name(&visual(b"hvc1", b"hvcC", &high_tier)).as_deref(),
            Some("hvc1.A1.1.H93")
        );
        let av1 = visual(b"av01", b"av1C", &[0x81, 0x04, 0x4c, 0]);
        assert_eq!(name(&av1).as_deref(), Some("av01.0.04M.10"));
        let vp9 = visual(b"vp09", b"vpcC", &[1, 0, 0, 0, 2, 31, 0xa2, 1, 1, 1, 0, 0]);
        assert_eq!(name(&vp9).as_deref(), Some("vp09.02.31.10"));
        let dolby = visual(b"dvh1", b"dvcC", &[1, 0, 0x0a, 0x35, 0]);
        assert_eq!(name(&dolby).as_deref(), Some("dvh1.05.06"));
        let esds = descriptor::esds(0x20, 4, &[0, 0, 1, 0xb0, 9, 0, 0, 1, 0xb5]);
        let mpeg4 = visual(b"mp4v", b"esds", &esds[8..]);
        assert_eq!(name(&mpeg4).as_deref(), Some("mp4v.20.9"));
    }

    #[test]
    fn names_of_sounds_follow_from_their_descriptors() {
        let cases: [(u8, &[u8], Option<&str>); 6] = [
            (0x40, &[0x12, 0x10], Some("mp4a.40.2")),
            (0x40, &[0x2b, 0x92], Some("mp4a.40.5")),
            (0x40, &[0xf9, 0x48], Some("mp4a.40.42")),
            (0x6b, &[], Some("mp4a.6B")),
            (0xdd, &[2], None),
            (0x40, &[], None),
        ];
        for (object_type, info, wanted) in cases {
            let entry = sound(b"mp4a", &descriptor::esds(object_type, 5, info));
            assert_eq!(name(&entry).as_deref(), wanted, "{object_type:x} {info:x?}");
        }
        assert_eq!(name(&sound(b"ec-3", &[])).as_deref(), Some("ec-3"));
        assert_eq!(name(&sound(b"enca", &[])), None);
    }

    #[test]
    fn quicktime_sound_keeps_its_descriptor_in_a_wave_box() {
        let esds = descriptor::esds(0x40, 5, &[0x12, 0x10]);
        let mut fields = vec![0; 28];
        fields[9] = 1; // version of the entry
        fields.extend_from_slice(&[0; 16]);
        fields.extend(make(b"wave", &[make(b"frma", b"mp4a"), esds].concat()));
        let entry = make(b"mp4a", &fields);
        assert_eq!(name(&entry).as_deref(), Some("mp4a.40.2"));
        assert_eq!(codec_from_sample_entry(&entry), Codec::Aac);
    }

    #[test]
    fn a_cut_entry_has_no_name() {
        let entry = visual(b"avc1", b"avcC", &[1, 0x64, 0, 0x1f, 0xff]);
        for cut in 0..entry.len() {
            assert_eq!(name(&entry[..cut]), None, "{cut}");
        }
    }
}
