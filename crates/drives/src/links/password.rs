//! The password beside a link: “password: w3xz”, “提取码：w3xz”, “| w3xz”.

/// Words that announce a password, in lower case. Longer ones stand before their prefixes.
const WORDS: &[&str] = &[
    "extraction code",
    "access code",
    "share code",
    "mot de passe",
    "contraseña",
    "contrasena",
    "kata sandi",
    "passcode",
    "password",
    "passwort",
    "mật khẩu",
    "пароль",
    "senha",
    "clave",
    "şifre",
    "รหัสผ่าน",
    "パスワード",
    "비밀번호",
    "提取码",
    "提取碼",
    "访问码",
    "密码",
    "密碼",
    "pwd",
    "pass",
    "code",
    "pw",
];

/// Words that people write if there is no password.
const NOT_ONE: &[&str] = &[
    "none",
    "null",
    "without",
    "nopassword",
    "protected",
    "required",
];

/// Maximum distance of a password from its link, in characters.
const REACH: usize = 200;

/// Returns true if this could be the password of a share: letters and digits, not too many.
pub(super) fn could_be(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Finds a password in the text after a link, up to the next one; `None` if there is none.
pub(super) fn after(text: &str) -> Option<String> {
    let near: String = text.chars().take(REACH).collect();
    let rest = near.trim_start_matches([')', ']', '>', '*', '"', '\'', ' ', '\t']);
    if let Some(rest) = rest.strip_prefix(['|', '｜']) {
        let rest = rest.trim_start_matches([' ', '\t', '|']);
        let (word, end) = word(rest);
        let ends = end.is_none_or(|c| c.is_whitespace() || c == '|' || c == '｜');
        let is_code = word.len() == 4
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if is_code && ends && !is_announcement(word) && !NOT_ONE.contains(&word) {
            return Some(word.to_owned());
        }
    }
    announced(&near)
}

/// Finds a password in the text before the first link; `None` if there is none.
pub(super) fn before(text: &str) -> Option<String> {
    let skipped = text.chars().count().saturating_sub(REACH);
    announced(&text.chars().skip(skipped).collect::<String>())
}

fn is_announcement(word: &str) -> bool {
    WORDS.contains(&word.to_ascii_lowercase().as_str())
}

fn announced(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    // If lower-casing changes the byte positions, the lower-cased text is used.
    let text = if lower.len() == text.len() {
        text
    } else {
        &lower
    };
    let mut best: Option<(usize, String)> = None;
    for announcing in WORDS {
        let mut from = 0;
        while let Some(at) = lower[from..].find(announcing).map(|at| from + at) {
            from = at + announcing.len();
            let is_latin = announcing.is_ascii();
            let glued = lower[..at]
                .chars()
                .next_back()
                .is_some_and(char::is_alphanumeric);
            if is_latin && glued {
                continue;
            }
            let piped = lower[..at].trim_end().ends_with(['|', '｜']);
            if let Some(found) = value(&text[from..], is_latin, piped)
                && best.as_ref().is_none_or(|(earlier, _)| at < *earlier)
            {
                best = Some((at, found));
            }
        }
    }
    best.map(|(_, password)| password)
}

/// Returns the value after an announcing word: after a colon or the like anything that could be a password,
/// after a mere blank only text that is hardly a word of the sentence. `None` if there is no such value.
fn value(rest: &str, is_latin: bool, piped: bool) -> Option<String> {
    const SIGNS: [char; 9] = [':', '：', '=', '-', '–', '—', '>', '|', '`'];
    if is_latin && rest.chars().next().is_some_and(char::is_alphanumeric) {
        return None;
    }
    let blank = rest.trim_start_matches([' ', '\t', '\u{a0}', '*']);
    let blank = blank.strip_prefix("is ").unwrap_or(blank);
    let bare = blank.trim_start_matches(|c: char| SIGNS.contains(&c) || c == '*' || c == ' ');
    let signed = blank.starts_with(SIGNS) || !is_latin;
    // A password may be on the line after its announcement.
    let bare = if signed { bare.trim_start() } else { bare };
    let bare = bare.trim_start_matches(['`', '"', '\'', '“', '[', '(']);
    let (word, end) = word(bare);
    let ends = end.is_none_or(|c| !matches!(c, '/' | '_' | '@') && !c.is_alphanumeric());
    let fits = (4..=12).contains(&word.len())
        && ends
        && !NOT_ONE.contains(&word.to_ascii_lowercase().as_str());
    let sure = signed || piped || word.bytes().any(|byte| byte.is_ascii_digit());
    (fits && sure && !word.starts_with("http")).then(|| word.to_owned())
}

/// Returns the letters and digits at the start of a text, and the character after them.
fn word(text: &str) -> (&str, Option<char>) {
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(text.len());
    (&text[..end], text[end..].chars().next())
}
