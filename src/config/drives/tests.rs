use super::*;

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
        let settings: BTreeMap<String, SecretString> = form
            .fields
            .iter()
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
