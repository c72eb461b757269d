//! Sign-in from the browser with e-mail address and password, then with the characters of a captcha if the site shows
//! one as a picture, and with the code of the second factor if the
//! account has one (document section 5); and sign-out.
//!
//! An application that the site's administrator has registered signs in on the site's own page instead.
//!
//! The input is used once and is not stored; only the resulting tokens are.

use std::collections::BTreeMap;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use crate::cloudreve::Cloudreve;
use crate::cloudreve::codes;
use crate::cloudreve::session::auth::SignInStep;
use crate::cloudreve::session::tokens::Credentials;
use crate::{
    Authorization, DriveError, ErrorKind, SignIn, SignInField, SignInFieldKind, SignInForm,
    SignInState, SignInWays,
};

const EMAIL: &str = "email";
const PASSWORD: &str = "password";
const CODE: &str = "code";
const CAPTCHA: &str = "captcha";

#[async_trait]
impl SignIn for Cloudreve {
    fn ways(&self) -> SignInWays {
        SignInWays {
            device: false,
            code: false,
            cookie: false,
        }
    }

    fn form(&self) -> Option<SignInForm> {
        let field = |key, label, kind, is_optional| SignInField {
            key,
            label,
            kind,
            is_optional,
            picture: None,
        };
        let code = |is_optional| {
            field(
                CODE,
                "Code of the authenticator app",
                SignInFieldKind::OneTimeCode,
                is_optional,
            )
        };
        if let Some(picture) = self.api.auth.captcha_picture() {
            let captcha = field(
                CAPTCHA,
                "The characters in the picture",
                SignInFieldKind::Captcha,
                false,
            );
            return Some(SignInForm {
                about: "The site asks at each sign-in for the characters in a picture.",
                fields: vec![SignInField {
                    picture: Some(picture),
                    ..captcha
                }],
            });
        }
        if self.api.auth.awaits_code() {
            return Some(SignInForm {
                about: "The password is right. The site now asks for the code that the account’s authenticator app shows.",
                fields: vec![code(false)],
            });
        }
        let config = self.api.auth.config();
        let mut fields = Vec::new();
        if config.email.is_none() {
            fields.push(field(EMAIL, "Email address", SignInFieldKind::Email, false));
        }
        fields.push(field(
            PASSWORD,
            "Password",
            SignInFieldKind::Password,
            config.password.is_some(),
        ));
        fields.push(code(true));
        Some(SignInForm {
            about: match config.password {
                Some(_) => {
                    "Without a password typed in here, the one in the drive’s settings is used."
                }
                None => "What is typed in here is used once and kept nowhere.",
            },
            fields,
        })
    }

    async fn answer(
        &self,
        answers: &BTreeMap<String, SecretString>,
    ) -> Result<SignInState, DriveError> {
        let auth = &self.api.auth;
        let given = |key: &str| {
            let value = answers.get(key)?;
            (!value.expose_secret().trim().is_empty()).then(|| value.clone())
        };
        let email = auth.config().email.clone();
        let email = email.or_else(|| Some(given(EMAIL)?.expose_secret().trim().to_owned()));
        let credentials = match (email, given(PASSWORD)) {
            (Some(email), Some(password)) => Some(Credentials { email, password }),
            (None, Some(_)) => {
                return Err(DriveError::bad_request("sign_in", "no email")
                    .with_sentence("The email address is missing."));
            }
            (_, None) => None,
        };
        let code = given(CODE).map(|code| {
            // Authenticator apps show the code in groups.
            let digits = code.expose_secret().replace(char::is_whitespace, "");
            SecretString::from(digits)
        });
        let captcha = given(CAPTCHA);
        if auth.captcha_picture().is_some() && credentials.is_none() && captcha.is_none() {
            return Err(DriveError::bad_request("sign_in", "no captcha")
                .with_sentence("The characters in the picture are missing."));
        }
        if auth.awaits_code() && credentials.is_none() && code.is_none() && captcha.is_none() {
            return Err(
                DriveError::bad_request("sign_in", "no code").with_sentence("The code is missing.")
            );
        }
        match auth.sign_in(credentials, code, captcha).await {
            Ok(SignInStep::Done) => Ok(SignInState::Done),
            Ok(SignInStep::CodeWanted | SignInStep::CaptchaWanted) => Ok(SignInState::Pending),
            Err(error)
                if matches!(
                    error.upstream_code,
                    Some(codes::PASSWORD_WRONG | codes::CODE_WRONG)
                ) =>
            {
                Err(DriveError {
                    kind: ErrorKind::BadRequest,
                    ..error
                })
            }
            Err(error) => Err(error),
        }
    }

    fn authorization_url(&self, authorization: &Authorization) -> Option<String> {
        let auth = &self.api.auth;
        let client = auth.config().oauth.as_ref()?;
        Some(auth.site.authorization_url(client, authorization))
    }

    async fn with_authorization(
        &self,
        code: &SecretString,
        verifier: &SecretString,
    ) -> Result<(), DriveError> {
        self.api.auth.sign_in_by_code(code, verifier).await
    }

    async fn sign_out(&self) -> Result<(), DriveError> {
        self.api.auth.end().await
    }
}
