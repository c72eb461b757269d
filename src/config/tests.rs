//! Tests of `config`.

use secrecy::ExposeSecret;

use super::*;

fn parse(text: &str) -> Result<Config, Vec<String>> {
    Config::parse(text, std::iter::empty())
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>())
}

fn with_env(text: &str, env: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let env = env
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Config::parse(text, env)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>())
}

#[test]
fn an_empty_config_is_the_defaults() {
    let config = parse("").unwrap();
    assert_eq!(config.listen, DEFAULT_LISTEN);
    assert_eq!(config.cache.memory_bytes, 256 << 20);
    assert_eq!(config.cache.disk_bytes, 0);
    assert!(config.drives.is_empty() && config.auth.password.is_none());
}

#[test]
fn the_shipped_example_is_the_defaults() {
    let example = include_str!("../../drivein.example.toml");
    let config = parse(example).unwrap();
    assert_eq!(format!("{config:?}"), format!("{:?}", parse("").unwrap()));
    // Uncommented, every key in it is a known key.
    let uncommented: String = example
        .lines()
        .map(|line| match line.strip_prefix("#:") {
            Some(setting) => format!("{setting}\n"),
            None => format!("{line}\n"),
        })
        .collect();
    let config = parse(&uncommented).unwrap();
    assert_eq!((config.drives.len(), config.players.len()), (7, 1));
    assert_eq!(config.base_path(), "/drive-in");
}

#[test]
fn every_problem_is_told_with_its_line() {
    let problems = parse(
        "lisen = \"127.0.0.1:1\"\n\
         data_dir = 5\n\
         [cache]\n\
         memory = \"lots\"\n\
         [auth]\n\
         pasword = \"x\"\n\
         [[drive]]\n\
         name = \"my films\"\n\
         kind = \"terabox\"\n\
         client_id = \"a\"\n\
         client_secert = \"b\"\n\
         [[drive]]\n\
         name = \"x\"\n\
         kind = \"gdrive\"\n",
    )
    .unwrap_err();
    let expected = [
        "line 1: unknown key “lisen”; did you mean “listen”?",
        "line 2: “data_dir” must be a text, not a number",
        "line 4: “cache.memory” must be a size such as \"256 MiB\" or \"20 GiB\"",
        "line 6: unknown key “auth.pasword”; did you mean “password”?",
        "line 7: drive 1: “client_secret” is missing",
        "line 7: drive 1: “private_secret” is missing",
        "line 8: drive 1: “name” must be 1 to 64 letters, digits, “-” or “_”",
        "line 11: drive 1: unknown key “client_secert”; did you mean “client_secret”?",
        "line 14: drive 2: “kind” must be “terabox”, “cloudreve”, “teraboxdl”, “webdav”, “s3” or “local”",
    ];
    assert_eq!(problems, expected);
}

#[test]
fn broken_toml_names_the_line_and_the_rest_is_still_read() {
    let problems = parse("listen = \nmemry = 1\n").unwrap_err();
    assert!(problems[0].starts_with("line 1: "), "{problems:?}");
    assert!(
        problems.iter().any(|problem| problem.contains("memry")),
        "{problems:?}"
    );
}

#[test]
fn a_secret_of_the_environment_wins_in_either_form() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "from a file\n").unwrap();
    let file = file.to_str().unwrap();
    let told = |text: &str, env: &[(&str, &str)]| {
        let password = with_env(text, env)?.auth.password.unwrap();
        Ok::<_, Vec<String>>(password.expose_secret().to_owned())
    };
    let text = "[auth]\npassword = \"of the config\"\n";
    let by_file = [("DRIVEIN_AUTH__PASSWORD_FILE", file)];
    assert_eq!(told(text, &by_file).unwrap(), "from a file");
    let text = format!("[auth]\npassword_file = {file:?}\n");
    let by_word = [("DRIVEIN_AUTH__PASSWORD", "a word")];
    assert_eq!(told(&text, &by_word).unwrap(), "a word");
    // Both at one place are still one too many.
    assert!(told("", &[by_file[0], by_word[0]]).is_err());
}

#[test]
fn the_environment_wins_over_the_file() {
    let config = with_env(
        "listen = \"127.0.0.1:1\"\n[auth]\napi_tokens = [\"one-token-of-the-file\"]\n",
        &[
            ("DRIVEIN_LISTEN", "0.0.0.0:80"),
            (
                "DRIVEIN_AUTH__API_TOKENS",
                "first-token-of-the-env, second-token-of-the-env",
            ),
            ("DRIVEIN_CACHE__MEMORY", "1 GiB"),
            ("DRIVEIN_DRIVE__0__NAME", "films"),
            ("DRIVEIN_DRIVE__0__KIND", "terabox"),
            ("DRIVEIN_DRIVE__0__CLIENT_ID", "a"),
            ("DRIVEIN_DRIVE__0__CLIENT_SECRET", "b"),
            ("DRIVEIN_DRIVE__0__PRIVATE_SECRET", "c"),
            ("DRIVEIN_SOMETHING_ELSE", "is only warned of"),
            ("DRIVEIN_LOG", "warn"),
            ("DRIVEIN_LOG_FORMAT", "json"),
            ("PATH", "/bin"),
        ],
    )
    .unwrap();
    assert_eq!(config.listen.port(), 80);
    assert_eq!(config.auth.api_tokens.len(), 2);
    assert_eq!(config.cache.memory_bytes, 1 << 30);
    assert_eq!(config.drives[0].name.as_str(), "films");
    assert_eq!(
        config.warnings[..2],
        [
            "DRIVEIN_LISTEN overrides line 1 of the file",
            "DRIVEIN_AUTH__API_TOKENS overrides line 3 of the file",
        ]
    );
    assert!(config.warnings[2].starts_with("DRIVEIN_SOMETHING_ELSE "));
    assert_eq!(config.warnings.len(), 3);
    let problems = with_env("", &[("DRIVEIN_LISTEN", "nowhere")]).unwrap_err();
    assert!(problems[0].starts_with("DRIVEIN_LISTEN: "), "{problems:?}");
}

#[test]
fn the_former_name_of_a_key_is_read_with_a_warning() {
    let config = parse("[limits]\nbody_silence_s = 7\n").unwrap();
    assert_eq!(config.limits.body_idle_timeout_s, 7);
    assert!(config.warnings[0].contains("body_idle_timeout_s"));
    let both = "[limits]\nbody_silence_s = 7\nbody_idle_timeout_s = 8\n";
    assert_eq!(parse(both).unwrap_err().len(), 1);
}

#[test]
fn a_variable_names_the_line_of_the_file_that_it_overrides() {
    let text = "[[player]]\nname = \"tv\"\nkind = \"kodi\"\nurl = \"http://127.0.0.1:8080\"\n";
    let url = ("DRIVEIN_PLAYER__0__URL", "http://127.0.0.1:9090");
    let config = with_env(text, &[url, ("DRIVEIN_CACHE__DISK", "1 GiB")]).unwrap();
    assert_eq!(
        config.warnings,
        ["DRIVEIN_PLAYER__0__URL overrides line 4 of the file"]
    );
}

#[test]
fn the_state_is_in_the_database_of_a_url_that_never_prints() {
    assert!(parse("").unwrap().state_url.is_none());
    let url = "postgres://films:canary@db.example.org/drivein?sslmode=require";
    let config = with_env("", &[("DRIVEIN_STATE_URL", url)]).unwrap();
    assert_eq!(config.state_url.as_ref().unwrap().expose_secret(), url);
    assert!(!format!("{config:?}").contains("canary"));
    let socket = "postgresql:///drivein?host=/run/postgresql";
    assert!(parse(&format!("state_url = {socket:?}")).is_ok());
    let hosts = "postgres://films:canary@one:5432,two/drivein";
    assert!(parse(&format!("state_url = {hosts:?}")).is_ok());
    for wrong in [
        "mysql://films:canary@db.example.org/drivein",
        "postgres://films:canary@db.example.org",
        "postgres:///drivein",
        "postgres://films:canary@one,two",
        "canary",
        "",
    ] {
        let problems = parse(&format!("state_url = {wrong:?}")).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(
            problems[0].starts_with("line 1: “state_url” must be the address of a PostgreSQL"),
            "{problems:?}"
        );
        assert!(!problems[0].contains("canary"), "{problems:?}");
    }
}

#[test]
fn secrets_come_from_files_and_never_print() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("password");
    std::fs::write(&file, "hunter2-canary\n").unwrap();
    let config = parse(&format!(
        "[auth]\npassword_file = {:?}\n",
        file.display().to_string()
    ))
    .unwrap();
    assert!(config.auth.password.is_some());
    assert!(!format!("{config:?}").contains("hunter2-canary"));
    let problems =
        parse("[auth]\npassword_file = \"/does/not/exist\"\npassword = \"x\"\n").unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("both"), "{problems:?}");
}

#[test]
fn metadata_need_a_key_and_have_a_language() {
    let service = |text: &str| Ok::<_, Vec<String>>(parse(text)?.metadata.service);
    assert!(
        service("[metadata]\nlanguage = \"de\"\n")
            .unwrap()
            .is_none()
    );
    assert!(
        service("[metadata]\ntmdb_api_key = \"\"\n")
            .unwrap()
            .is_none()
    );
    let found = service("[metadata]\ntmdb_api_key = \"key-canary\"\n").unwrap();
    let found = found.unwrap();
    assert_eq!(found.language, "en");
    assert_eq!(found.base_url, "https://api.themoviedb.org");
    assert!(!format!("{found:?}").contains("canary"));
    let text =
        "[metadata]\ntmdb_api_key = \"k\"\nlanguage = \"pt-BR\"\ntmdb_base_url = \"http://h:1/\"\n";
    let found = service(text).unwrap().unwrap();
    assert_eq!(
        (&*found.language, &*found.base_url),
        ("pt-BR", "http://h:1")
    );
    for wrong in [
        "language = \"german\"",
        "language = \"d\"",
        "tmdb_base_url = \"h\"",
    ] {
        assert_eq!(
            service(&format!("[metadata]\n{wrong}\n"))
                .unwrap_err()
                .len(),
            1
        );
    }
}

#[test]
fn short_tokens_are_warned_of_and_empty_ones_refused() {
    let config = parse("[auth]\napi_tokens = [\"short-canary\"]\n").unwrap();
    assert_eq!(config.auth.api_tokens.len(), 1);
    assert!(config.warnings[0].contains("api_tokens"));
    assert!(!config.warnings[0].contains("canary"));
    let problems = parse("[auth]\napi_tokens = [\"\"]\n").unwrap_err();
    assert!(problems[0].starts_with("line 2: "), "{problems:?}");
}

#[test]
fn two_drives_of_one_name_are_refused() {
    let drive = "[[drive]]\nname = \"a\"\nkind = \"terabox\"\nclient_id = \"a\"\nclient_secret = \"b\"\nprivate_secret = \"c\"\n";
    let problems = parse(&format!("{drive}{drive}")).unwrap_err();
    assert_eq!(
        problems,
        ["line 8: drive 2: another drive is called “a” already"]
    );
}
