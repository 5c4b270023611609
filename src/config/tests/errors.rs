use super::*;
use crate::config::{PlaceFlags, ReadingFlags};

/// What a project's file says, and what is said of it.
const MISTAKES: &[(&str, &str)] = &[
    (
        "regoin = \"us-east1\"",
        r#"1: there is no setting "regoin"; did you mean `region`?"#,
    ),
    (
        "\n\n[endpoint]\nrun = \"https://x\"",
        r#"3: there is no setting "endpoint"; did you mean `endpoints`?"#,
    ),
    (
        "[quota]\nloging = 1",
        r#"2: there is no setting "quota.loging"; did you mean `quota.logging`?"#,
    ),
    (
        "frobnicate = 1",
        r#"1: there is no setting "frobnicate"; `liftoff config --default` lists them"#,
    ),
    (
        "\"a\\u001b[2Jb\" = 1",
        r#"1: there is no setting "a\u{1b}[2Jb"; `liftoff config --default` lists them"#,
    ),
    (
        "region = 5",
        "1: `region` = 5: expected text in quotes, not a number",
    ),
    (
        "region = \"\"",
        r#"1: `region` = "": it is empty; leave the key out to leave it unset"#,
    ),
    (
        "region = \"us-central1-a\"",
        r#"1: `region` = "us-central1-a": this is a zone; its region is `us-central1`"#,
    ),
    (
        "region = \"x.example/#\"",
        r#"1: `region` = "x.example/#": expected a region such as `us-central1`"#,
    ),
    (
        "region = { name = \"us-east1\" }",
        "1: `region`: expected text in quotes, not a table",
    ),
    (
        "project = \"My Project\"",
        r#"1: `project` = "My Project": expected a project's id such as `my-project-123`, or its number (not its display name)"#,
    ),
    (
        "until = \"done\"",
        r#"1: `until` = "done": expected one of submitted, running, succeeded"#,
    ),
    (
        "until = true",
        "1: `until` = true: expected text in quotes, not true or false",
    ),
    (
        "timeout = \"15 minutes\"",
        r#"1: `timeout` = "15 minutes": expected a duration such as 90s, 15m, 2h or 1h30m"#,
    ),
    (
        "timeout = 0",
        "1: `timeout` = 0: a timeout must be longer than zero; `none` waits for ever",
    ),
    (
        "timeout = 1.5",
        "1: `timeout`: expected text in quotes, not a fraction",
    ),
    ("logs = \"yes\"", r#"1: `logs` = "yes": expected true or false"#),
    ("logs = 1", "1: `logs` = 1: expected true or false, not a number"),
    (
        "patterns = [1]",
        "1: `patterns`: expected a list of paths in quotes, not a list of other things than text",
    ),
    (
        "patterns = [\"~/p.toml\"]",
        "1: `patterns`: write the path in full: only a shell knows what `~` means",
    ),
    ("quota = 60", "1: `quota`: expected a table, written [quota]"),
    (
        "[quota]\nrun = 0",
        "2: `quota.run` = 0: expected a number of requests a minute, 1 to 1000000",
    ),
    (
        "[[region]]\nx = 1",
        "1: `region`: expected text in quotes, not a list of other things than text",
    ),
    (
        "region = \"us-east1\"\nregion = \"us-east1\"",
        "2: this is not TOML: duplicate key",
    ),
    ("a = [1,\n2", "2: this is not TOML: unclosed array, expected `]`"),
    ("key", "1: this is not TOML: key with no value, expected `=`"),
    (
        "\n[endpoints]\nrun = \"https://evil.example\"",
        "3: a project's file may not set `endpoints.run`, because whoever can change the project could then receive your credentials; put it in your own file, /h/.config/liftoff/config.toml",
    ),
    (
        "credentials-file = \"/etc/shadow\"",
        "1: a project's file may not set `credentials-file`, because whoever can change the project could then receive your credentials; put it in your own file, /h/.config/liftoff/config.toml",
    ),
    (
        "quota-project = \"p\"",
        "1: a project's file may not set `quota-project`, because whoever can change the project could then charge requests to others; put it in your own file, /h/.config/liftoff/config.toml",
    ),
    (
        "verdict-file = \"/h/.bashrc\"",
        "1: a project's file may not set `verdict-file`, because whoever can change the project could then overwrite your files; put it in your own file, /h/.config/liftoff/config.toml",
    ),
    (
        "junit = \"/h/.bashrc\"",
        "1: a project's file may not set `junit`, because whoever can change the project could then overwrite your files; put it in your own file, /h/.config/liftoff/config.toml",
    ),
    (
        "report = \"/h/.bashrc\"",
        "1: a project's file may not set `report`, because whoever can change the project could then overwrite your files; put it in your own file, /h/.config/liftoff/config.toml",
    ),
    (
        "events-file = \"/h/.bashrc\"",
        "1: a project's file may not set `events-file`, because whoever can change the project could then overwrite your files; put it in your own file, /h/.config/liftoff/config.toml",
    ),
];

#[test]
fn a_mistake_in_a_file_is_named_with_its_line_and_key() {
    for (text, wanted) in MISTAKES {
        assert_eq!(project_error(text), format!("/h/repo/liftoff.toml:{wanted}"));
    }
}

#[test]
fn a_file_that_is_no_configuration_is_refused() {
    let table: [(&[u8], &str); 3] = [
        (
            b"logs = true\n# caf\xe9\n",
            "/h/repo/liftoff.toml:2: this is not UTF-8 text",
        ),
        (
            &vec![b'#'; (1 << 20) + 1],
            "/h/repo/liftoff.toml is larger than 1 MiB: that is no configuration file",
        ),
        (&vec![b'\n'; 1 << 20], ""),
    ];
    for (content, wanted) in table {
        let env = world().file("/h/repo/liftoff.toml", content);
        let error = resolve(&Flags::default(), &env)
            .err()
            .map(|error| error.to_string());
        assert_eq!(error.unwrap_or_default(), wanted);
    }
    let env = world().denied("/h/repo/liftoff.toml");
    let error = resolve(&Flags::default(), &env).unwrap_err().to_string();
    assert_eq!(error, "/h/repo/liftoff.toml cannot be read: permission denied");
}

#[test]
fn nesting_without_end_is_a_syntax_error() {
    for open in ["a = [", "[", "{a=", "a.", "a = {a = "] {
        let error = project_error(&open.repeat(100_000));
        assert!(error.contains("this is not TOML"), "{open}: {}", error.len());
    }
}

#[test]
fn a_file_that_was_asked_for_must_exist() {
    let flags = Flags {
        reading: ReadingFlags {
            config: Some("none.toml".into()),
            quota: None,
        },
        ..Flags::default()
    };
    let error = resolve(&flags, &world()).unwrap_err().to_string();
    assert_eq!(error, "/h/repo/sub/none.toml cannot be read: entity not found");
}

#[test]
fn a_file_with_a_byte_order_mark_is_a_file() {
    let env = world().file("/h/repo/liftoff.toml", "\u{feff}logs = true\r\n");
    assert!(resolve(&Flags::default(), &env).unwrap().reporting.logs.value);
}

#[test]
fn a_bad_variable_is_an_error_only_where_it_decides() {
    let env = world().var("CLOUDSDK_RUN_REGION", "us-central1-a");
    let error = resolve(&Flags::default(), &env).unwrap_err().to_string();
    assert_eq!(
        error,
        r#"CLOUDSDK_RUN_REGION: `region` = "us-central1-a": this is a zone; its region is `us-central1`"#
    );
    let flags = Flags {
        place: PlaceFlags {
            region: Some("us-central1".to_owned()),
            ..PlaceFlags::default()
        },
        ..Flags::default()
    };
    assert!(resolve(&flags, &env).is_ok());
}

#[test]
fn a_bad_value_in_a_file_is_an_error_even_where_a_flag_decides() {
    let flags = Flags {
        place: PlaceFlags {
            region: Some("us-central1".to_owned()),
            ..PlaceFlags::default()
        },
        ..Flags::default()
    };
    let env = world().file("/h/repo/liftoff.toml", "region = \"nowhere\"");
    assert!(resolve(&flags, &env).is_err());
}

#[test]
fn what_may_be_secret_is_not_repeated() {
    let env = world().file(
        "/h/.config/liftoff/config.toml",
        "[endpoints]\nrun = \"https://me:hunter2@run.example\"",
    );
    let error = resolve(&Flags::default(), &env).unwrap_err().to_string();
    assert_eq!(
        error,
        "/h/.config/liftoff/config.toml:2: `endpoints.run`: an endpoint must not hold a user name or password"
    );
}

proptest::proptest! {
    #[test]
    fn whatever_is_in_the_files_nothing_panics(ours in ".{0,200}", gclouds in "(\\[?.{0,20}[=:\\]]?.{0,20}\n){0,8}") {
        let env = world()
            .file("/h/repo/liftoff.toml", ours.clone())
            .var("LIFTOFF_TIMEOUT", &ours)
            .file("/h/.config/gcloud/active_config", "other")
            .file("/h/.config/gcloud/configurations/config_other", gclouds.clone())
            .file("/h/.config/gcloud/application_default_credentials.json", gclouds);
        if let Err(error) = resolve(&Flags::default(), &env) {
            proptest::prop_assert!(!error.to_string().chars().any(char::is_control), "{}", error);
        }
    }
}
