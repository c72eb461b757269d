//! The token table of the Open Platform: device codes, authorization codes, access and refresh tokens.
//!
//! As documented: a refresh token is valid once. After its use, the old access token stays valid for 15 s, and the
//! new refresh token keeps the expiry time of the old one.

use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::time::Duration;

use data_encoding::HEXLOWER;

use super::Options;
use super::credentials::AccountCredentials;
use super::signing::now_us;

/// Lifetime of an authorization code of the sign-in page, in microseconds.
const CODE_TTL_US: u64 = 300_000_000;
/// Remaining lifetime of an access token after its refresh, in microseconds.
const REPLACED_TTL_US: u64 = 15_000_000;

/// A newly issued pair of tokens.
#[derive(Debug, Clone)]
pub struct IssuedTokens {
    pub access_token: String,
    pub refresh_token: String,
    pub expires_in_s: u64,
}

/// State of an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenStatus {
    Alive { created_s: u64, left_s: u64 },
    Expired,
    Unknown,
}

/// Reason why no pair is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairError {
    /// The token or code was never issued, or was used before.
    Invalid,
    Expired,
    /// The user has not agreed yet.
    Pending,
    /// The poll came before the interval was over.
    TooSoon,
}

/// All tokens and codes by their text; times are microseconds since the epoch.
#[derive(Debug, Default)]
struct TokenTable {
    /// Creation and expiry time.
    access: BTreeMap<String, (u64, u64)>,
    refresh: BTreeMap<String, RefreshToken>,
    devices: BTreeMap<String, PendingDeviceCode>,
    /// Expiry time.
    codes: BTreeMap<String, u64>,
}

#[derive(Debug, Clone)]
struct RefreshToken {
    ends_us: u64,
    used: bool,
    access_token: String,
}

#[derive(Debug)]
struct PendingDeviceCode {
    created_us: u64,
    polled_us: u64,
    approved: bool,
}

/// The tokens and codes of the one account.
#[derive(Debug)]
pub struct Accounts {
    pub credentials: AccountCredentials,
    token_life: Duration,
    refresh_life: Duration,
    pub device_life: Duration,
    pub device_interval: Duration,
    approve_after: Option<Duration>,
    table: Mutex<TokenTable>,
}

impl Accounts {
    pub fn new(options: &Options) -> Self {
        let accounts = Self {
            credentials: options.credentials.clone(),
            token_life: options.token_life,
            refresh_life: options.refresh_life,
            device_life: options.device_life,
            device_interval: options.device_interval,
            approve_after: options.approve_after,
            table: Mutex::default(),
        };
        let ends_us = now_us() + micros(options.refresh_life);
        let first = &accounts.credentials;
        accounts.insert_pair(
            first.access_token.clone(),
            first.refresh_token.clone(),
            ends_us,
        );
        accounts
    }

    fn insert_pair(
        &self,
        access_token: String,
        refresh_token: String,
        refresh_ends_us: u64,
    ) -> IssuedTokens {
        let now = now_us();
        let mut table = self.table.lock();
        table
            .access
            .insert(access_token.clone(), (now, now + micros(self.token_life)));
        let refresh = RefreshToken {
            ends_us: refresh_ends_us,
            used: false,
            access_token: access_token.clone(),
        };
        table.refresh.insert(refresh_token.clone(), refresh);
        IssuedTokens {
            access_token,
            refresh_token,
            expires_in_s: self.token_life.as_secs(),
        }
    }

    fn new_pair(&self, refresh_ends_us: u64) -> IssuedTokens {
        self.insert_pair(
            random("sbx-secret-access-"),
            random("sbx-secret-refresh-"),
            refresh_ends_us,
        )
    }

    /// Looks an access token up.
    pub fn status(&self, access_token: &str) -> TokenStatus {
        let now = now_us();
        match self.table.lock().access.get(access_token) {
            None => TokenStatus::Unknown,
            Some(&(_, ends)) if ends <= now => TokenStatus::Expired,
            Some(&(created, ends)) => TokenStatus::Alive {
                created_s: created / 1_000_000,
                left_s: (ends - now) / 1_000_000,
            },
        }
    }

    /// Exchanges a refresh token for a new pair.
    ///
    /// # Errors
    /// [`PairError::Invalid`] if the token is unknown or used, [`PairError::Expired`] after its expiry.
    pub fn refresh(&self, refresh_token: &str) -> Result<IssuedTokens, PairError> {
        let now = now_us();
        let ends_us = {
            let mut table = self.table.lock();
            let refresh = table
                .refresh
                .get_mut(refresh_token)
                .ok_or(PairError::Invalid)?;
            if refresh.used {
                return Err(PairError::Invalid);
            }
            if refresh.ends_us <= now {
                return Err(PairError::Expired);
            }
            refresh.used = true;
            let (access_token, ends_us) = (refresh.access_token.clone(), refresh.ends_us);
            if let Some((_, ends)) = table.access.get_mut(&access_token) {
                *ends = (*ends).min(now + REPLACED_TTL_US);
            }
            ends_us
        };
        Ok(self.new_pair(ends_us))
    }

    /// Issues a device code, pending until the user approves it.
    pub fn new_device_code(&self) -> String {
        let code = random("sbx");
        let device = PendingDeviceCode {
            created_us: now_us(),
            polled_us: 0,
            approved: false,
        };
        self.table.lock().devices.insert(code.clone(), device);
        code
    }

    /// Exchanges an approved device code for a pair.
    ///
    /// # Errors
    /// [`PairError::Pending`] before the approval, [`PairError::TooSoon`] if the client polls too fast,
    /// [`PairError::Invalid`] for an unknown, used or old code.
    pub fn exchange_device_code(&self, code: &str) -> Result<IssuedTokens, PairError> {
        let now = now_us();
        {
            let mut table = self.table.lock();
            let device = table.devices.get_mut(code).ok_or(PairError::Invalid)?;
            if now > device.created_us + micros(self.device_life) {
                return Err(PairError::Invalid);
            }
            // Half the interval is tolerated, since the clocks of client and server differ.
            let too_soon = now < device.polled_us + micros(self.device_interval) / 2;
            device.polled_us = now;
            if too_soon {
                return Err(PairError::TooSoon);
            }
            let approved_by_time = self
                .approve_after
                .is_some_and(|after| now > device.created_us + micros(after));
            if !device.approved && !approved_by_time {
                return Err(PairError::Pending);
            }
            table.devices.remove(code);
        }
        Ok(self.new_pair(now + micros(self.refresh_life)))
    }

    /// Issues an authorization code, as the sign-in page does.
    pub fn new_code(&self) -> String {
        let code = random("sbx");
        self.table
            .lock()
            .codes
            .insert(code.clone(), now_us() + CODE_TTL_US);
        code
    }

    /// Exchanges an authorization code for a pair.
    ///
    /// # Errors
    /// [`PairError::Invalid`] for an unknown, used or old code.
    pub fn exchange_code(&self, code: &str) -> Result<IssuedTokens, PairError> {
        let now = now_us();
        match self.table.lock().codes.remove(code) {
            Some(ends) if ends > now => {}
            _ => return Err(PairError::Invalid),
        }
        Ok(self.new_pair(now + micros(self.refresh_life)))
    }

    /// Approves every pending device code. Returns their number.
    pub fn approve_devices(&self) -> usize {
        self.table
            .lock()
            .devices
            .values_mut()
            .map(|d| usize::from(!std::mem::replace(&mut d.approved, true)))
            .sum()
    }

    /// Expires all access tokens issued so far.
    pub fn expire_access(&self) {
        let now = now_us();
        self.table
            .lock()
            .access
            .values_mut()
            .for_each(|(_, ends)| *ends = now.min(*ends));
    }

    /// Expires all refresh tokens issued so far.
    pub fn expire_refresh(&self) {
        let now = now_us();
        self.table
            .lock()
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
    use super::*;

    #[test]
    fn a_refresh_token_serves_once_and_the_old_access_token_lives_on_for_a_while() {
        let accounts = Accounts::new(&Options::default());
        let first = accounts.credentials.clone();
        let pair = accounts.refresh(&first.refresh_token).unwrap();
        assert_eq!(
            accounts.refresh(&first.refresh_token).unwrap_err(),
            PairError::Invalid
        );
        assert!(matches!(
            accounts.status(&first.access_token),
            TokenStatus::Alive { left_s: ..15, .. }
        ));
        assert!(matches!(
            accounts.status(&pair.access_token),
            TokenStatus::Alive {
                left_s: 170_000..,
                ..
            }
        ));
        accounts.expire_access();
        assert_eq!(accounts.status(&pair.access_token), TokenStatus::Expired);
        assert_eq!(accounts.status("made up"), TokenStatus::Unknown);
        accounts.expire_refresh();
        assert_eq!(
            accounts.refresh(&pair.refresh_token).unwrap_err(),
            PairError::Expired
        );
    }

    #[test]
    fn a_device_waits_for_its_user_and_may_not_hurry() {
        let accounts = Accounts::new(&Options::default());
        let code = accounts.new_device_code();
        assert_eq!(
            accounts.exchange_device_code(&code).unwrap_err(),
            PairError::Pending
        );
        assert_eq!(
            accounts.exchange_device_code(&code).unwrap_err(),
            PairError::TooSoon
        );
        let patient = Accounts::new(&Options {
            device_interval: Duration::ZERO,
            ..Options::default()
        });
        let code = patient.new_device_code();
        assert_eq!(
            patient.exchange_device_code(&code).unwrap_err(),
            PairError::Pending
        );
        assert_eq!(
            (patient.approve_devices(), patient.approve_devices()),
            (1, 0)
        );
        assert!(patient.exchange_device_code(&code).is_ok());
        assert_eq!(
            patient.exchange_device_code(&code).unwrap_err(),
            PairError::Invalid
        );
    }

    #[test]
    fn a_code_serves_once() {
        let accounts = Accounts::new(&Options::default());
        let code = accounts.new_code();
        assert!(accounts.exchange_code(&code).is_ok());
        assert_eq!(
            accounts.exchange_code(&code).unwrap_err(),
            PairError::Invalid
        );
    }
}
