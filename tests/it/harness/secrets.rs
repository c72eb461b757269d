//! Secrets that must not leave the server, and a search for them in texts.

use memchr::memmem;

use super::*;

/// Secrets of a sandbox that no reply and no log may contain.
pub(super) fn forbidden(sandbox: &Sandbox) -> Secrets {
    Secrets(forbidden_words(sandbox).into())
}

/// Returns the same, word by word.
pub fn forbidden_words(sandbox: &Sandbox) -> Vec<String> {
    let hosts = sandbox.media_hosts();
    let mut words = vec![
        sandbox.address().to_string(),
        // Prefix of every secret of a sandbox: the application's and all tokens.
        "sbx-secret-".to_owned(),
        "&sign=".to_owned(),
        "&amp;sign=".to_owned(),
        "access_tokens=".to_owned(),
        // Prefix of every key of a share, plain or encoded.
        "+7/8".to_owned(),
        "%2B7%2F8".to_owned(),
        "sekey=".to_owned(),
    ];
    words.extend(hosts);
    let encoded: Vec<String> = words
        .iter()
        .filter(|word| word.contains(':'))
        .map(|word| encoded_name(word))
        .collect();
    words.extend(encoded);
    words
}

/// Words that must not be seen.
#[derive(Clone)]
pub struct Secrets(Arc<[String]>);

impl Secrets {
    /// Returns an empty list, for servers that get their secrets in another way.
    pub fn none() -> Self {
        Self(Arc::default())
    }

    /// Returns the list with these words added.
    pub(super) fn and(&self, words: Vec<String>) -> Self {
        Self(self.0.iter().cloned().chain(words).collect())
    }

    /// Fails if one of the words is in `text`, which `what` names.
    pub fn assert_absent(&self, what: &str, text: &str) {
        if let Some(word) = self.found_in(text) {
            let at = text.find(word).unwrap();
            let from = text.floor_char_boundary(at.saturating_sub(300));
            let to = text.ceil_char_boundary(at + word.len() + 100);
            panic!("{word:?} leaked into {what}: …{}…", &text[from..to]);
        }
    }

    pub fn found_in(&self, text: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some())
            .map(String::as_str)
    }
}
