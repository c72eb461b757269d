//! The forms by which pages connect drives: their fields are keys of the configuration.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

/// The form by which a page connects a drive of one kind.
#[derive(Debug)]
pub struct KindForm {
    /// Id of the form: a kind may have several.
    pub id: &'static str,
    /// The kind as written in the config.
    pub kind: &'static str,
    /// Label of the kind on the page.
    pub label: &'static str,
    /// Explains in a sentence or two where to find the values.
    pub about: &'static str,
    /// The fields, in order.
    pub fields: &'static [KindField],
}

/// One value to be typed in.
#[derive(Debug)]
pub struct KindField {
    /// The key as written in the config.
    pub key: &'static str,
    /// Label of the field on the page.
    pub label: &'static str,
    /// The default, or an example.
    pub hint: &'static str,
    /// True if the input is hidden.
    pub is_secret: bool,
    /// True if the field is mandatory.
    pub is_required: bool,
    /// True if the field is not mandatory, but filled in for most drives of the kind.
    pub is_usual: bool,
    /// True if the value may have several lines.
    pub is_long: bool,
    /// True if the value says what is shown and how it is asked for, and not which account it is of.
    pub is_of_view: bool,
}

impl KindForm {
    /// Returns the form by which a drive of these settings was connected: of the forms of its kind, the one whose mandatory
    /// fields are all set, else the first. `None` if the kind has no form.
    pub fn of_settings(
        kind: &str,
        settings: &BTreeMap<String, SecretString>,
    ) -> Option<&'static KindForm> {
        let mut of_kind = KIND_FORMS.iter().filter(|form| form.kind == kind);
        let is_set = |field: &KindField| !field.is_required || settings.contains_key(field.key);
        let complete = of_kind.clone().find(|form| form.fields.iter().all(is_set));
        complete.or_else(|| of_kind.next())
    }

    /// Returns the settings after some changes: a value replaces the stored one, `None` removes it.
    ///
    /// # Errors
    ///
    /// Returns a sentence for each key that the form lacks.
    pub fn changed(
        &self,
        stored: &BTreeMap<String, SecretString>,
        changes: &BTreeMap<String, Option<SecretString>>,
    ) -> Result<BTreeMap<String, SecretString>, Vec<String>> {
        let has_field = |key: &String| self.fields.iter().any(|field| field.key == key);
        let unknown = changes.keys().filter(|key| !has_field(key));
        let unknown: Vec<_> = unknown
            .map(|key| format!("“{key}” is not a setting of this kind of drive."))
            .collect();
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let mut settings = stored.clone();
        for (key, value) in changes {
            match value {
                Some(value) => drop(settings.insert(key.clone(), value.clone())),
                None => drop(settings.remove(key)),
            }
        }
        Ok(settings)
    }

    /// Returns true if both settings are of one account, so that the session of the one serves the other.
    pub fn is_same_account(
        &self,
        one: &BTreeMap<String, SecretString>,
        other: &BTreeMap<String, SecretString>,
    ) -> bool {
        let value = |settings: &BTreeMap<String, SecretString>, key: &str| {
            let value = settings.get(key);
            value.map(|value| value.expose_secret().to_owned())
        };
        let mut fields = self.fields.iter().filter(|field| !field.is_of_view);
        fields.all(|field| value(one, field.key) == value(other, field.key))
    }
}

const fn field(key: &'static str, label: &'static str, hint: &'static str) -> KindField {
    KindField {
        key,
        label,
        hint,
        is_secret: false,
        is_required: false,
        is_usual: false,
        is_long: false,
        is_of_view: false,
    }
}

const fn of_view(field: KindField) -> KindField {
    KindField {
        is_of_view: true,
        ..field
    }
}

/// The folders of the library, which every browsable drive may limit.
const LIBRARY: KindField = of_view(field(
    "library",
    "Folders of the library, with commas between",
    "/Films, /Series",
));

const fn long(field: KindField) -> KindField {
    KindField {
        is_long: true,
        ..field
    }
}

const fn required(field: KindField) -> KindField {
    KindField {
        is_required: true,
        ..field
    }
}

const fn usual(field: KindField) -> KindField {
    KindField {
        is_usual: true,
        ..field
    }
}

const fn secret(field: KindField) -> KindField {
    KindField {
        is_secret: true,
        ..field
    }
}

/// The forms of all kinds that can be connected from a page. Their fields are keys of the config.
pub const KIND_FORMS: &[KindForm] = &[
    KindForm {
        id: "terabox",
        kind: "terabox",
        label: "TeraBox",
        about: "The client id and both secrets come with an app of yours on the TeraBox Open Platform. \
                Signing in to the account itself is the next step.",
        fields: &[
            required(field("client_id", "Client id", "")),
            required(secret(field("client_secret", "Client secret", ""))),
            required(secret(field("private_secret", "Private secret", ""))),
            of_view(field("root", "Folder to show", "/")),
            field("auth_url", "Address", "https://www.terabox.com"),
            field(
                "web.base_url",
                "Web session: address",
                "https://1024terabox.com",
            ),
            secret(long(field("web.ndus", "Web session: ndus cookie", ""))),
            secret(field("web.js_token", "Web session: jsToken", "")),
            secret(field("web.bdstoken", "Web session: bdstoken", "")),
            LIBRARY,
        ],
    },
    KindForm {
        id: "cloudreve",
        kind: "cloudreve",
        label: "Cloudreve",
        about: "A site that runs Cloudreve 4, and an account there. Where the account has a second factor, its code is \
                asked for in the next step.",
        fields: &[
            required(field("base_url", "Address", "https://cloud.example.org")),
            usual(field("email", "Email address", "you@example.org")),
            usual(secret(field("password", "Password", ""))),
            secret(field(
                "refresh_token",
                "Refresh token, in the place of a password",
                "",
            )),
            field("client_id", "Client id of the site’s application", ""),
            secret(field("client_secret", "Its client secret", "")),
            of_view(field(
                "links",
                "Further hosts of its share links, with commas between",
                "cloud.example.net",
            )),
            LIBRARY,
        ],
    },
    KindForm {
        id: "terabox-web",
        kind: "terabox",
        label: "TeraBox, by your browser’s session",
        about: "Sign in to the TeraBox website in a browser and copy its cookie called ndus: the value alone, the \
                whole Cookie header, or the text of an exported cookies.txt or JSON file. It opens the whole drive, so \
                treat it like a password.",
        fields: &[
            required(secret(long(field("web.ndus", "The cookie", "")))),
            field(
                "web.base_url",
                "The website’s address",
                "https://1024terabox.com",
            ),
            of_view(field("root", "Folder to show", "/")),
            secret(field("web.js_token", "jsToken, where it is not found", "")),
            secret(field("web.bdstoken", "bdstoken, where it is not found", "")),
            LIBRARY,
        ],
    },
    KindForm {
        id: "webdav",
        kind: "webdav",
        label: "WebDAV",
        about: "A folder of OpenList (its address ends in /dav), Nextcloud (the address of its website will do), Koofr, \
                Synology, rclone or any other WebDAV server.",
        fields: &[
            required(field(
                "base_url",
                "Address",
                "https://cloud.example.org/dav",
            )),
            usual(field("user", "User name", "")),
            usual(secret(field("password", "Password, or one for apps", ""))),
            secret(field("token", "Token, in the place of both", "")),
            of_view(field("root", "Folder to show", "/")),
            LIBRARY,
        ],
    },
    KindForm {
        id: "s3",
        kind: "s3",
        label: "S3",
        about: "A bucket of MinIO, Backblaze, R2, Wasabi, Garage, AWS or any other S3 service. The bucket is a \
                part of the path, at AWS of the host name; “path_style” says it for other services.",
        fields: &[
            required(field(
                "endpoint",
                "Address of the service",
                "https://s3.example.org",
            )),
            required(field("bucket", "Bucket", "films")),
            field("region", "Region", "us-east-1"),
            usual(field("access_key_id", "Access key", "")),
            usual(secret(field("secret_access_key", "Secret key", ""))),
            of_view(field("root", "Folder to show", "/")),
            of_view(field(
                "path_style",
                "The bucket is a part of the path (path_style)",
                "true",
            )),
            LIBRARY,
        ],
    },
    KindForm {
        id: "teraboxdl",
        kind: "teraboxdl",
        label: "TeraboxDL",
        about: "A paid service that opens TeraBox’s share links where no TeraBox account here is signed in. Key and \
            secret stand in your account there; each link costs one request of the day’s allowance.",
        fields: &[
            required(secret(field("api_key", "API key", ""))),
            required(secret(field("api_secret", "API secret", ""))),
            field("base_url", "Address", "https://api.teraboxdl.site"),
        ],
    },
];
