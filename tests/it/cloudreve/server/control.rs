//! Control by tests: settings of the account, faults, expiry and counts.

use std::time::Duration;

use super::{Site, Trouble};

impl Site {
    /// Counts the requests of a route, such as `GET /file`.
    pub fn count(&self, call: &str) -> u64 {
        self.world().calls.get(call).copied().unwrap_or(0)
    }

    pub fn with_second_factor(&self) {
        self.world().has_second_factor = true;
    }

    pub fn with_captcha(&self) {
        self.world().wants_captcha = true;
    }

    /// Makes the captcha one that only the site's own page can show.
    pub fn with_captcha_of_a_script(&self) {
        let mut world = self.world();
        world.wants_captcha = true;
        world.captcha_type = "turnstile";
    }

    /// Moves the files to a storage provider, which accepts no login but its own.
    pub fn stores_elsewhere(&self) {
        self.world().stores_elsewhere = true;
    }

    pub fn change_password(&self, password: &str) {
        let mut world = self.world();
        world.password = password.to_owned();
        world.refresh.clear();
        world.access.clear();
    }

    /// Sets the lifetime of new tokens.
    pub fn access_life_s(&self, seconds: i64) {
        self.world().access_life_s = seconds;
    }

    /// Expires every access token.
    pub fn expire_access(&self) {
        self.world().access.clear();
    }

    pub fn expire_refresh(&self) {
        self.world().refresh.clear();
    }

    /// Returns a valid refresh token.
    pub fn refresh_token(&self) -> String {
        self.world().new_pair()["refresh_token"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Expires every URL of bytes that was given out.
    pub fn expire_addresses(&self) {
        self.world().key += 1;
    }

    /// Cuts the next body of a file after so many bytes.
    pub fn cut_after(&self, bytes: usize) {
        self.world().trouble.cut_after = Some(bytes);
    }

    /// Answers a range of a file with all of it.
    pub fn ignore_ranges(&self) {
        self.world().trouble.ignores_ranges = true;
    }

    /// Cuts the next body of a file after so many bytes, and expires every URL at that moment.
    pub fn cut_and_expire_after(&self, bytes: usize) {
        let mut world = self.world();
        world.trouble.cut_after = Some(bytes);
        world.trouble.expires_when_cut = true;
    }

    pub fn slow(&self, wait: Duration) {
        self.world().trouble.slow = wait;
    }

    pub fn broken(&self) {
        self.world().trouble.broken = true;
    }

    /// Refuses the chunk of that number once, with a failure of the site.
    pub fn refuse_chunk(&self, number: usize) {
        self.world().trouble.refused_chunk = Some(number);
    }

    /// Refuses the chunk of that number each time that it comes.
    pub fn refuse_chunk_for_good(&self, number: usize) {
        let mut world = self.world();
        world.trouble.refused_chunk = Some(number);
        world.trouble.refuses_it_for_good = true;
    }

    /// Restarts the site gracefully before it takes the chunk of that number.
    pub fn restart_at_chunk(&self, number: usize) {
        self.world().trouble.restarts_at_chunk = Some(number);
    }

    /// Stores the chunk with that number in its URL, and loses the answer to it, once.
    pub fn lose_answer_of(&self, number: usize) {
        self.world().trouble.lost_answer = Some(number);
    }

    pub fn chunks_of(&self, bytes: usize) {
        self.world().uploaded_by = bytes;
    }

    /// Bans the user: tokens that were given out stay valid, and every call with one fails.
    pub fn ban(&self) {
        self.world().is_banned = true;
    }

    /// Makes the site count its pages, which have so many entries at most.
    pub fn pages_by_offset(&self, most: usize) {
        self.world().page_by_offset = Some(most);
    }

    /// Makes the site one without a generator of pictures, as it is installed.
    pub fn makes_no_pictures(&self) {
        self.world().makes_no_pictures = true;
    }

    pub fn heal(&self) {
        self.world().trouble = Trouble::default();
    }

    /// Counts the logins that were sent with requests for bytes.
    pub fn logins_at_bytes(&self) -> u64 {
        self.world().logins_at_bytes
    }
}
