//! Tokens and their accounts. An expired access token is no failure: the call is made anonymously.

use axum::http::header;
use serde_json::{Value, json};

use super::{Answer, Asked, CAPTCHA, CLIENT, CODE, EMAIL, OTP, Site, TOKENS, World, now, time};

const REFRESH_LIFE_S: i64 = 1_209_600;

impl Site {
    /// Has the owner agree to a sign-in on the site's own page.
    pub fn agrees(&self, challenge: &str) {
        self.world().challenge = Some(challenge.to_owned());
    }
}

impl World {
    /// Returns true if the owner calls, false for an anonymous call. A refresh token in place of an access token is an error.
    pub fn is_owner(&self, asked: &Asked) -> Result<bool, (i64, Value)> {
        let Some(value) = asked.headers.get(header::AUTHORIZATION) else {
            return Ok(false);
        };
        let token = value.to_str().unwrap_or_default();
        let token = token.strip_prefix("Bearer ").unwrap_or_default();
        if self.refresh.contains(token) {
            return Err((40020, Value::Null));
        }
        Ok(self.access.get(token).is_some_and(|end| now() < *end))
    }

    pub fn sign_in(&mut self, asked: &Asked) -> Result<Value, (i64, Value)> {
        if self.wants_captcha {
            // Each ticket is good once.
            let is_known = self.captchas.remove(&asked.text("ticket"));
            if !is_known || asked.text("captcha") != CAPTCHA {
                return Err((40026, Value::Null));
            }
        }
        if self.is_banned {
            return Err((40017, Value::Null));
        }
        if asked.text("email") != EMAIL || asked.text("password") != self.password {
            return Err((40080, Value::Null));
        }
        if self.has_second_factor {
            let step = format!("{TOKENS}step-{}", self.id());
            self.steps.insert(step.clone());
            return Err((203, json!(step)));
        }
        Ok(self.signed_in())
    }

    /// Exchanges the code of an authorization for a pair. The answer has no envelope.
    pub fn exchange(&mut self, asked: &Asked) -> Answer {
        let form: std::collections::HashMap<String, String> =
            url::form_urlencoded::parse(&asked.body)
                .into_owned()
                .collect();
        let given = |key: &str| form.get(key).cloned().unwrap_or_default();
        let digest = <sha2::Sha256 as sha2::Digest>::digest(given("code_verifier"));
        let challenge = data_encoding::BASE64URL_NOPAD.encode(&digest);
        let is_ours = given("client_id") == CLIENT.0 && given("client_secret") == CLIENT.1;
        let is_code = given("grant_type") == "authorization_code" && given("code") == CODE;
        if !is_ours || !is_code || self.challenge.take() != Some(challenge) {
            return Err(40020);
        }
        let pair = self.new_pair();
        Ok(json!({
            "access_token": pair["access_token"], "refresh_token": pair["refresh_token"],
            "token_type": "Bearer", "expires_in": 3600, "refresh_token_expires_in": REFRESH_LIFE_S,
            "scope": "openid offline_access Files.Read",
        }))
    }

    pub fn captcha(&mut self) -> Value {
        let ticket = format!("{TOKENS}ticket-{}", self.id());
        self.captchas.insert(ticket.clone());
        json!({"image": "data:image/png;base64,iVBORw0KGgo=", "ticket": ticket})
    }

    pub fn second_step(&mut self, asked: &Asked) -> Answer {
        if !self.steps.contains(&asked.text("session_id")) {
            return Err(404);
        }
        if asked.text("otp") != OTP {
            return Err(40022);
        }
        self.steps.clear();
        Ok(self.signed_in())
    }

    pub fn refresh(&mut self, asked: &Asked) -> Answer {
        match self.refresh.contains(&asked.text("refresh_token")) {
            true if !self.is_banned => Ok(self.new_pair()),
            _ => Err(40020),
        }
    }

    pub fn sign_out(&mut self, asked: &Asked) -> Answer {
        match self.refresh.remove(&asked.text("refresh_token")) {
            true => Ok(json!("")),
            false => Err(40020),
        }
    }

    pub fn new_pair(&mut self) -> Value {
        let (access, refresh) = (self.id(), self.id());
        let (access, refresh) = (
            format!("{TOKENS}access-{access}"),
            format!("{TOKENS}refresh-{refresh}"),
        );
        let end = now() + self.access_life_s;
        self.access.insert(access.clone(), end);
        self.refresh.insert(refresh.clone());
        json!({
            "access_token": access,
            "refresh_token": refresh,
            "access_expires": time(end),
            "refresh_expires": time(now() + REFRESH_LIFE_S),
        })
    }

    fn signed_in(&mut self) -> Value {
        json!({"user": self.me(), "token": self.new_pair()})
    }

    pub fn me(&self) -> Value {
        json!({
            "id": "lpua", "email": EMAIL, "nickname": "Owner of the site", "status": "active", "avatar": "file",
            "created_at": time(1_700_000_000),
            "group": {"id": "z4u4", "name": "Friends", "permission": "/RoB", "direct_link_batch_size": 1000,
                      "trash_retention": super::trash::RETENTION_S},
        })
    }

    pub fn capacity(&self) -> Value {
        let used: usize = self.files.values().map(|node| node.bytes).sum();
        json!({"total": 3_702_272_294_912_u64, "used": used, "storage_pack_total": 1_503_249_039_360_u64})
    }
}
