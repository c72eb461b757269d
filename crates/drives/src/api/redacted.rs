//! `Debug` of share links without their passwords, which are secrets.

use std::fmt::{Debug, Formatter, Result};

use crate::links::ShortLink;
use crate::{NewShare, OwnShare, ShareLink};

/// Prints that there is a password, but not the password.
struct Hidden<'a>(&'a Option<String>);

impl Debug for Hidden<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self.0 {
            Some(_) => "Some(…)",
            None => "None",
        })
    }
}

impl Debug for ShareLink {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("ShareLink")
            .field("kind", &self.kind)
            .field("host", &self.host)
            .field("id", &self.id)
            .field("password", &Hidden(&self.password))
            .finish()
    }
}

impl Debug for ShortLink {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("ShortLink")
            .field("kind", &self.kind)
            .field("password", &Hidden(&self.password))
            .finish_non_exhaustive()
    }
}

impl Debug for OwnShare {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("OwnShare")
            .field("id", &self.id)
            .field("paths", &self.paths)
            .field("created_at", &self.created_at)
            .field("expires_at", &self.expires_at)
            .field("password", &Hidden(&self.password))
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Debug for NewShare {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("NewShare")
            .field("paths", &self.paths)
            .field("period_days", &self.period_days)
            .field("password", &Hidden(&self.password))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OwnShareState;

    #[test]
    fn passwords_of_links_are_not_printed() {
        let password = || Some("canary".to_owned());
        let own = OwnShare {
            id: "1".to_owned(),
            // A whole URL may contain the password, too.
            url: "https://site.example/s/1/canary".to_owned(),
            paths: Vec::new(),
            created_at: None,
            expires_at: None,
            password: password(),
            state: OwnShareState::Alive,
        };
        let new = NewShare {
            paths: Vec::new(),
            period_days: 7,
            password: password(),
        };
        let link = ShareLink {
            kind: "terabox",
            host: String::new(),
            id: "1a".to_owned(),
            password: password(),
            path: None,
        };
        let short = ShortLink {
            kind: "terabox",
            url: "https://short.example/1?pwd=canary".to_owned(),
            password: password(),
        };
        let printed = format!("{own:?} {new:?} {link:?} {short:?}");
        assert!(!printed.contains("canary"), "{printed}");
        assert_eq!(printed.matches("password: Some(…)").count(), 4, "{printed}");
    }
}
