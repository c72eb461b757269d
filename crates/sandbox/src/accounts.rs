//! Who is signed in: the application's credentials, device codes, authorization codes and token pairs.
//!
//! As documented: a refresh token serves once; after it did, the old access token lives 15 s on, and the new
//! refresh token keeps the old one's end.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use data_encoding::HEXLOWER;
use serde::Serialize;

use super::faults::lock;
use super::signing::now_us;

/// How long a code from the sign-in page can be exchanged.
const CODE_LIFE_US: u64 = 300_000_000;
/// How long an access token lives once it was replaced.
const REPLACED_LIFE_US: u64 = 15_000_000;

/// What an application needs to talk to this sandbox, the first pair of tokens included.
#[derive(Debug, Clone, Serialize)]
pub struct Credentials {
    pub client_id: String,
    pub client_secret: String,
    pub private_secret: String,
    pub access_token: String,
    pub refresh_token: String,
    /// The cookie of the account's web session.
    pub ndus: String,
    /// The two tokens that the web session's pages hold.
    pub js_token: String,
    pub bdstoken: String,
}

impl Default for Credentials {
    /// Every secret starts with `sbx-secret-`, so that a leak can be searched for.
    fn default() -> Self {
        Self {
            client_id: "sandbox-client".to_owned(),
            client_secret: "sbx-secret-client".to_owned(),
            private_secret: "sbx-secret-private".to_owned(),
            access_token: "sbx-secret-access-first".to_owned(),
            refresh_token: "sbx-secret-refresh-first".to_owned(),
            ndus: "sbx-secret-ndus".to_owned(),
            js_token: "sbx-secret-js-token".to_owned(),
            bdstoken: "sbx-secret-bdstoken".to_owned(),
        }
    }
}

/// A pair of tokens just made.
#[derive(Debug, Clone)]
pub struct Pair {
    pub access_token: String,
    pub refresh_token: String,
    pub expires_in_s: u64,
}

/// What is known of an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Alive { created_s: u64, left_s: u64 },
    Expired,
    Unknown,
}

/// Why there is no pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPair {
    /// Never given out, or used up.
    Invalid,
    Expired,
    /// The user has not agreed yet.
    Pending,
    /// Asked again before the interval was over.
    TooSoon,
}

#[derive(Debug, Default)]
struct Book {
    access: BTreeMap<String, (u64, u64)>,
    refresh: BTreeMap<String, Refresh>,
    devices: BTreeMap<String, Device>,
    codes: BTreeMap<String, u64>,
}

#[derive(Debug, Clone)]
struct Refresh {
    ends_us: u64,
    used: bool,
    access_token: String,
}

#[derive(Debug)]
struct Device {
    begun_us: u64,
    asked_us: u64,
    approved: bool,
}

/// The sandbox's accounts desk.
#[derive(Debug)]
pub struct Accounts {
    pub credentials: Credentials,
    token_life: Duration,
    refresh_life: Duration,
    pub device_life: Duration,
    pub device_interval: Duration,
    approve_after: Option<Duration>,
    book: Mutex<Book>,
}

impl Accounts {
    pub fn new(options: &super::Options) -> Self {
        let accounts = Self {
            credentials: options.credentials.clone(),
            token_life: options.token_life,
            refresh_life: options.refresh_life,
            device_life: options.device_life,
            device_interval: options.device_interval,
            approve_after: options.approve_after,
            book: Mutex::default(),
        };
        let ends_us = now_us() + micros(options.refresh_life);
        let first = &accounts.credentials;
        accounts.enter(
            first.access_token.clone(),
            first.refresh_token.clone(),
            ends_us,
        );
        accounts
    }

    fn enter(&self, access_token: String, refresh_token: String, refresh_ends_us: u64) -> Pair {
        let now = now_us();
        let mut book = lock(&self.book);
        book.access
            .insert(access_token.clone(), (now, now + micros(self.token_life)));
        let refresh = Refresh {
            ends_us: refresh_ends_us,
            used: false,
            access_token: access_token.clone(),
        };
        book.refresh.insert(refresh_token.clone(), refresh);
        Pair {
            access_token,
            refresh_token,
            expires_in_s: self.token_life.as_secs(),
        }
    }

    fn new_pair(&self, refresh_ends_us: u64) -> Pair {
        self.enter(
            random("sbx-secret-access-"),
            random("sbx-secret-refresh-"),
            refresh_ends_us,
        )
    }

    pub fn standing(&self, access_token: &str) -> Standing {
        let now = now_us();
        match lock(&self.book).access.get(access_token) {
            None => Standing::Unknown,
            Some(&(_, ends)) if ends <= now => Standing::Expired,
            Some(&(created, ends)) => Standing::Alive {
                created_s: created / 1_000_000,
                left_s: (ends - now) / 1_000_000,
            },
        }
    }

    pub fn refresh(&self, refresh_token: &str) -> Result<Pair, NoPair> {
        let now = now_us();
        let ends_us = {
            let mut book = lock(&self.book);
            let refresh = book.refresh.get_mut(refresh_token).ok_or(NoPair::Invalid)?;
            if refresh.used {
                return Err(NoPair::Invalid);
            }
            if refresh.ends_us <= now {
                return Err(NoPair::Expired);
            }
            refresh.used = true;
            let (access_token, ends_us) = (refresh.access_token.clone(), refresh.ends_us);
            if let Some((_, ends)) = book.access.get_mut(&access_token) {
                *ends = (*ends).min(now + REPLACED_LIFE_US);
            }
            ends_us
        };
        Ok(self.new_pair(ends_us))
    }

    pub fn new_device_code(&self) -> String {
        let code = random("sbx");
        let device = Device {
            begun_us: now_us(),
            asked_us: 0,
            approved: false,
        };
        lock(&self.book).devices.insert(code.clone(), device);
        code
    }

    pub fn exchange_device_code(&self, code: &str) -> Result<Pair, NoPair> {
        let now = now_us();
        {
            let mut book = lock(&self.book);
            let device = book.devices.get_mut(code).ok_or(NoPair::Invalid)?;
            if now > device.begun_us + micros(self.device_life) {
                return Err(NoPair::Invalid);
            }
            // Half the interval is the least: a poller's clock is not ours.
            let too_soon = now < device.asked_us + micros(self.device_interval) / 2;
            device.asked_us = now;
            if too_soon {
                return Err(NoPair::TooSoon);
            }
            let by_itself = self
                .approve_after
                .is_some_and(|after| now > device.begun_us + micros(after));
            if !device.approved && !by_itself {
                return Err(NoPair::Pending);
            }
            book.devices.remove(code);
        }
        Ok(self.new_pair(now + micros(self.refresh_life)))
    }

    /// A code as the sign-in page gives it.
    pub fn new_code(&self) -> String {
        let code = random("sbx");
        lock(&self.book)
            .codes
            .insert(code.clone(), now_us() + CODE_LIFE_US);
        code
    }

    pub fn exchange_code(&self, code: &str) -> Result<Pair, NoPair> {
        let now = now_us();
        match lock(&self.book).codes.remove(code) {
            Some(ends) if ends > now => {}
            _ => return Err(NoPair::Invalid),
        }
        Ok(self.new_pair(now + micros(self.refresh_life)))
    }

    /// The user agrees to every device that waits; how many those were.
    pub fn approve_devices(&self) -> usize {
        lock(&self.book)
            .devices
            .values_mut()
            .map(|d| usize::from(!std::mem::replace(&mut d.approved, true)))
            .sum()
    }

    /// Every access token given out so far has expired.
    pub fn expire_access(&self) {
        let now = now_us();
        lock(&self.book)
            .access
            .values_mut()
            .for_each(|(_, ends)| *ends = now.min(*ends));
    }

    /// Every refresh token given out so far has expired.
    pub fn expire_refresh(&self) {
        let now = now_us();
        lock(&self.book)
            .refresh
            .values_mut()
            .for_each(|r| r.ends_us = now.min(r.ends_us));
    }
}

fn micros(duration: Duration) -> u64 {
    duration.as_micros() as u64
}

fn random(prefix: &str) -> String {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        bytes = u128::from(now_us()).to_be_bytes();
    }
    format!("{prefix}{}", HEXLOWER.encode(&bytes))
}

#[cfg(test)]
mod tests {
    use super::super::Options;
    use super::*;

    #[test]
    fn a_refresh_token_serves_once_and_the_old_access_token_lives_on_for_a_while() {
        let accounts = Accounts::new(&Options::default());
        let first = accounts.credentials.clone();
        let pair = accounts.refresh(&first.refresh_token).unwrap();
        assert_eq!(
            accounts.refresh(&first.refresh_token).unwrap_err(),
            NoPair::Invalid
        );
        assert!(matches!(
            accounts.standing(&first.access_token),
            Standing::Alive { left_s: ..15, .. }
        ));
        assert!(matches!(
            accounts.standing(&pair.access_token),
            Standing::Alive {
                left_s: 170_000..,
                ..
            }
        ));
        accounts.expire_access();
        assert_eq!(accounts.standing(&pair.access_token), Standing::Expired);
        assert_eq!(accounts.standing("made up"), Standing::Unknown);
        accounts.expire_refresh();
        assert_eq!(
            accounts.refresh(&pair.refresh_token).unwrap_err(),
            NoPair::Expired
        );
    }

    #[test]
    fn a_device_waits_for_its_user_and_may_not_hurry() {
        let accounts = Accounts::new(&Options::default());
        let code = accounts.new_device_code();
        assert_eq!(
            accounts.exchange_device_code(&code).unwrap_err(),
            NoPair::Pending
        );
        assert_eq!(
            accounts.exchange_device_code(&code).unwrap_err(),
            NoPair::TooSoon
        );
        let patient = Accounts::new(&Options {
            device_interval: Duration::ZERO,
            ..Options::default()
        });
        let code = patient.new_device_code();
        assert_eq!(
            patient.exchange_device_code(&code).unwrap_err(),
            NoPair::Pending
        );
        assert_eq!(
            (patient.approve_devices(), patient.approve_devices()),
            (1, 0)
        );
        assert!(patient.exchange_device_code(&code).is_ok());
        assert_eq!(
            patient.exchange_device_code(&code).unwrap_err(),
            NoPair::Invalid
        );
    }

    #[test]
    fn a_code_serves_once() {
        let accounts = Accounts::new(&Options::default());
        let code = accounts.new_code();
        assert!(accounts.exchange_code(&code).is_ok());
        assert_eq!(accounts.exchange_code(&code).unwrap_err(), NoPair::Invalid);
    }
}
