use super::*;
use crate::config::{KIND_FORMS, KindForm};

fn typed(pairs: &[(&str, &str)]) -> Result<DriveConfig, Vec<String>> {
    let settings = pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), SecretString::from(*value)))
        .collect();
    DriveConfig::typed_in(&Place::parse("films").unwrap(), "terabox", &settings)
}

#[test]
fn what_is_typed_in_keeps_the_rules_of_the_file() {
    let keys = [
        ("client_id", "a"),
        ("client_secret", "b"),
        ("private_secret", "c"),
    ];
    let DriveSettings::Terabox(read) = typed(&keys).unwrap().settings else {
        panic!("another kind");
    };
    assert_eq!(read.client_id, "a");
    assert_eq!(typed(&keys[..2]).unwrap_err().len(), 1);
    let odd = [keys[0], keys[1], keys[2], ("no_such_key", "x")];
    assert!(typed(&odd).unwrap_err()[0].contains("no_such_key"));
    let wrong = [keys[0], keys[1], keys[2], ("auth_url", "gopher://x")];
    assert!(typed(&wrong).unwrap_err()[0].contains("auth_url"));
}

#[test]
fn a_web_session_alone_is_a_drive_and_its_cookie_is_read_at_once() {
    let DriveSettings::TeraboxWeb(read) = typed(&[("web.ndus", "Cookie: ndus=abcdefgh; lang=en")])
        .unwrap()
        .settings
    else {
        panic!("another kind");
    };
    assert!(read.root.is_root() && read.web.cookie.is_some());
    assert!(typed(&[("web.ndus", "abc1")]).is_ok(), "a short value, too");
    let wrong = typed(&[("web.ndus", "lang=en")]).unwrap_err();
    assert!(wrong[0].contains("no cookie called ndus"), "{wrong:?}");
    let both = typed(&[("web.ndus", "abcdefgh"), ("client_id", "a")]).unwrap_err();
    assert_eq!(both.len(), 2, "the secrets of the application: {both:?}");
}

#[test]
fn every_field_of_a_form_is_a_key_that_the_file_knows() {
    for form in KIND_FORMS {
        // A token stands in the place of user and password.
        let fields = form.fields.iter().filter(|field| field.key != "token");
        let settings: BTreeMap<String, SecretString> = fields
            .map(|field| {
                let value = if field.hint.is_empty() {
                    "x-or-a-cookie"
                } else {
                    field.hint
                };
                (field.key.to_owned(), value.into())
            })
            .collect();
        let read = DriveConfig::typed_in(&Place::parse("x").unwrap(), form.kind, &settings);
        assert!(read.is_ok(), "{}: {:?}", form.kind, read.err());
    }
}

#[test]
fn a_form_demands_what_the_file_demands() {
    for form in KIND_FORMS {
        let required: Vec<_> = form.fields.iter().filter(|it| it.is_required).collect();
        let read = |without: Option<&str>| {
            let fields = required.iter().filter(|field| Some(field.key) != without);
            let settings = fields.map(|field| {
                let value = match field.hint {
                    "" => "x-or-a-cookie",
                    hint => hint,
                };
                (field.key.to_owned(), SecretString::from(value))
            });
            let place = Place::parse("x").unwrap();
            DriveConfig::typed_in(&place, form.kind, &settings.collect())
        };
        let whole = read(None);
        assert!(whole.is_ok(), "{}: {:?}", form.id, whole.err());
        for field in &required {
            assert!(read(Some(field.key)).is_err(), "{} {}", form.id, field.key);
        }
        assert!(!form.fields.iter().any(|it| it.is_required && it.is_usual));
    }
}

/// The keys of the config reference that no form has: files with secrets, tokens that a sign-in makes, and those of a
/// folder of the machine, which a page does not open.
const IN_THE_FILE_ONLY: [&str; 5] = [
    "access_token",
    "refresh_token (terabox)",
    "path",
    "write",
    "trash_days",
];

#[test]
fn every_key_of_the_example_has_a_field_in_the_form_of_its_kind() {
    let example = include_str!("../../../drivein.example.toml");
    let (mut kind, mut table, mut seen) = (String::new(), "", 0);
    for line in example.lines().filter_map(|line| line.strip_prefix("#:")) {
        if line.starts_with('[') {
            table = line;
        }
        let Some((key, value)) = line.split_once(" = ") else {
            continue;
        };
        match (table, key) {
            ("[[drive]]", "kind") => value.trim_matches('"').clone_into(&mut kind),
            ("[[drive]]" | "[drive.web]", key) if key != "name" => {
                let key = match table {
                    "[drive.web]" => format!("web.{key}"),
                    _ => key.to_owned(),
                };
                let mut forms = KIND_FORMS.iter().filter(|form| form.kind == kind);
                let has = forms.any(|form| form.fields.iter().any(|field| field.key == key));
                let of_kind = format!("{key} ({kind})");
                let is_excepted = [key.as_str(), &of_kind]
                    .iter()
                    .any(|name| IN_THE_FILE_ONLY.contains(name));
                assert!(has != is_excepted, "{of_kind}");
                seen += 1;
            }
            _ => {}
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn a_change_of_settings_keeps_the_rest_and_knows_whether_the_account_is_the_same() {
    let secret = |text: &str| SecretString::from(text);
    let stored: BTreeMap<String, SecretString> = [
        ("base_url", "https://cloud.example.org"),
        ("user", "you"),
        ("password", "old"),
        ("root", "/a"),
    ]
    .map(|(key, value)| (key.to_owned(), secret(value)))
    .into();
    let form = KindForm::of_settings("webdav", &stored).unwrap();
    let change = |key: &str, value: Option<&str>| {
        form.changed(&stored, &[(key.to_owned(), value.map(secret))].into())
    };
    let root = change("root", Some("/b")).unwrap();
    assert_eq!(root["root"].expose_secret(), "/b");
    assert_eq!(root["password"].expose_secret(), "old");
    assert!(form.is_same_account(&stored, &root));
    assert!(!form.is_same_account(&stored, &change("user", Some("other")).unwrap()));
    let without = change("password", None).unwrap();
    assert!(!without.contains_key("password") && !form.is_same_account(&stored, &without));
    let unknown = change("path", Some("/etc")).unwrap_err();
    assert!(unknown[0].contains("“path”"), "{unknown:?}");
    assert!(KindForm::of_settings("local", &stored).is_none());
    let cookie = [("web.ndus".to_owned(), secret("abcdefgh"))].into();
    let by_cookie = KindForm::of_settings("terabox", &cookie).unwrap();
    assert_eq!(by_cookie.id, "terabox-web");
}
