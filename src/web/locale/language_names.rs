//! The names of languages in the language of a page: of sounds and of subtitles. Labels of tracks begin with the English
//! name, as the rest of the server makes them.
//!
//! The table is the part of CLDR that films need, written by `scripts/write-language-names.mjs`: 44 KB. The crates of ICU4X
//! with such names (`icu_experimental`) contain every language in every language, and add megabytes and their provider.

use super::Language;

/// A comment, a line of tags of the pages' languages, and a line for each language: its tag, and its names in their order.
const TABLE: &str = include_str!("../../../locales/language-names.tsv");

/// Tags of the same names.
const SAME: [(&str, &str); 4] = [
    ("zh-CN", "zh-Hans"),
    ("zh-SG", "zh-Hans"),
    ("zh-TW", "zh-Hant"),
    ("zh-HK", "zh-Hant"),
];

impl Language {
    /// Returns the name of the language with this tag (BCP 47), as it stands at the beginning of a label; `None` if there is
    /// none.
    pub fn name_of(&self, tag: &str) -> Option<&'static str> {
        let same = SAME
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(tag));
        let tag = same.map_or(tag, |(_, same)| same);
        let mut lines = TABLE.lines().skip(1);
        let mut columns = lines.next()?.split('\t');
        let column = columns.position(|it| it == self.tag)?;
        let is_of = |line: &&str| {
            let own = line.split('\t').next();
            own.is_some_and(|own| own.eq_ignore_ascii_case(tag))
        };
        let name = lines.find(is_of)?.split('\t').nth(column);
        name.filter(|name| !name.is_empty())
    }

    /// Returns the label of a track whose language has this tag, with the name of the language in this one.
    pub fn track_label(&self, label: &str, tag: Option<&str>) -> String {
        let replaced = tag.and_then(|tag| {
            let primary = tag.split('-').next().unwrap_or(tag);
            // The whole tag first: “Chinese (simplified)” has a name of its own.
            [tag, primary].into_iter().find_map(|tag| {
                let name = self.name_of(tag)?;
                let english = media::language_name(tag).unwrap_or_else(|| tag.to_owned());
                let rest = label.strip_prefix(&english)?;
                let ends = !rest.starts_with(char::is_alphanumeric);
                ends.then(|| format!("{name}{rest}"))
            })
        });
        match replaced {
            // English labels are as they were made, but for a tag in place of a name.
            Some(replaced) if *self != *Language::english() || tag == Some(label) => replaced,
            _ => label.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(language: &str, label: &str, tag: &str) -> String {
        let language = Language::tagged(language).unwrap();
        language.track_label(label, Some(tag))
    }

    #[test]
    fn every_language_of_the_pages_has_a_column_and_every_line_all_of_them() {
        let mut lines = TABLE.lines().skip(1);
        let tags: Vec<&str> = Language::all().iter().map(|it| it.tag).collect();
        let columns: Vec<&str> = lines.next().unwrap().split('\t').collect();
        assert_eq!(columns[0], "tag");
        assert_eq!(columns[1..], tags, "run scripts/write-language-names.mjs");
        for line in lines {
            assert_eq!(line.split('\t').count(), columns.len(), "{line}");
        }
    }

    #[test]
    fn every_language_that_a_file_may_name_has_a_name() {
        // Words in names of files, which are no tags.
        const WORDS: [&str; 4] = ["cn", "gb", "jp", "tc"];
        let letters = || b'a'..=b'z';
        for tag in letters().flat_map(|a| letters().map(move |b| [a, b])) {
            let tag = std::str::from_utf8(&tag).unwrap();
            if media::language_name(tag).is_some() && !WORDS.contains(&tag) {
                assert!(Language::english().name_of(tag).is_some(), "{tag}");
            }
        }
    }

    #[test]
    fn labels_have_the_name_in_the_language_of_the_page() {
        for (language, english, tag, expected) in [
            ("de", "English", "en", "Englisch"),
            ("de", "English (forced)", "en", "Englisch (forced)"),
            ("es", "German, Commentary", "de", "Alemán, Commentary"),
            ("tr", "English 2", "en", "İngilizce 2"),
            ("ja", "Chinese (simplified)", "zh-Hans", "簡体中国語"),
            (
                "de",
                "Chinese (simplified)",
                "zh-CN",
                "Chinesisch (vereinfacht)",
            ),
            ("de", "English (GB)", "en-GB", "Englisch (GB)"),
            ("fr", "Portuguese (Brazil)", "pt-BR", "Portugais brésilien"),
            ("de", "yue", "yue", "Kantonesisch"),
            ("en", "yue", "yue", "Cantonese"),
            // A title of its own, a longer word, and no language.
            ("de", "Director’s comments", "en", "Director’s comments"),
            ("de", "Englishman", "en", "Englishman"),
            ("de", "Subtitles", "xx-YY", "Subtitles"),
            (
                "en",
                "Chinese (simplified)",
                "zh-Hans",
                "Chinese (simplified)",
            ),
            ("en", "German", "de", "German"),
        ] {
            assert_eq!(label(language, english, tag), expected);
        }
        assert_eq!(
            Language::english().track_label("Subtitles", None),
            "Subtitles"
        );
    }
}
