use super::*;
use crate::config::{Origin, Output, PlaceFlags, ReadingFlags, Setting, Timeout, key, quota};
use std::time::Duration;

fn said<T: ToString>(setting: Option<&Setting<T>>) -> (String, String) {
    setting.map_or_else(Default::default, |setting| {
        (setting.value.to_string(), setting.origin.to_string())
    })
}

/// Takes layers away from the strongest down, and looks who is heard next.
#[test]
fn each_layer_of_the_region_outranks_the_ones_below() {
    const CONFIGURATION: &str = "/h/.config/gcloud/configurations/config_default";
    let flags = Flags {
        place: PlaceFlags {
            region: Some("us-west1".to_owned()),
            ..PlaceFlags::default()
        },
        ..Flags::default()
    };
    let bottom = Table::default().var("HOME", "/h").file("/h/repo/.git", "");
    let compute = bottom
        .clone()
        .file(CONFIGURATION, "[compute]\nregion = us-west8\n");
    let compute_variable = compute.clone().var("CLOUDSDK_COMPUTE_REGION", "us-west7");
    let gcloud = compute_variable.clone().file(
        CONFIGURATION,
        "[run]\nregion = us-west6\n[compute]\nregion = us-west8\n",
    );
    let gcloud_variable = gcloud.clone().var("CLOUDSDK_RUN_REGION", "us-west5");
    let user = gcloud_variable
        .clone()
        .file("/h/.config/liftoff/config.toml", "\nregion = \"us-west4\"\n");
    let project = user
        .clone()
        .file("/h/repo/liftoff.toml", "# ours\nregion = \"us-west3\"\n");
    let variable = project.clone().var("LIFTOFF_REGION", "us-west2");
    let none = Flags::default();
    for (flags, env, region, origin) in [
        (&flags, &variable, "us-west1", "--region"),
        (&none, &variable, "us-west2", "LIFTOFF_REGION"),
        (&none, &project, "us-west3", "/h/repo/liftoff.toml:2"),
        (&none, &user, "us-west4", "/h/.config/liftoff/config.toml:2"),
        (&none, &gcloud_variable, "us-west5", "CLOUDSDK_RUN_REGION"),
        (
            &none,
            &gcloud,
            "us-west6",
            "gcloud's property run/region in /h/.config/gcloud/configurations/config_default",
        ),
        (&none, &compute_variable, "us-west7", "CLOUDSDK_COMPUTE_REGION"),
        (
            &none,
            &compute,
            "us-west8",
            "gcloud's property compute/region in /h/.config/gcloud/configurations/config_default",
        ),
        (&none, &bottom, "", ""),
    ] {
        let settings = resolve(flags, env).unwrap();
        let wanted = (region.to_owned(), origin.to_owned());
        assert_eq!(said(settings.place.region.as_ref()), wanted);
    }
}

#[test]
fn the_project_is_taken_from_what_gcloud_s_users_have() {
    const CREDENTIALS: &str = "/h/.config/gcloud/application_default_credentials.json";
    let bottom = Table::default().var("HOME", "/h");
    let quota = bottom
        .clone()
        .file(CREDENTIALS, r#"{"quota_project_id":"p-quota"}"#);
    let key = quota
        .clone()
        .var("GOOGLE_APPLICATION_CREDENTIALS", "/key.json")
        .file("/key.json", r#"{"project_id":"p-key"}"#);
    let gcloud = key.clone().file(
        "/h/.config/gcloud/configurations/config_default",
        "[core]\nproject = p-gcloud\n",
    );
    let google = gcloud.clone().var("GOOGLE_CLOUD_PROJECT", "p-google");
    let sdk = google.clone().var("CLOUDSDK_CORE_PROJECT", "p-sdk");
    let empty = google.clone().var("CLOUDSDK_CORE_PROJECT", "");
    for (env, project) in [
        (&sdk, "p-sdk"),
        (&empty, "p-google"),
        (&google, "p-google"),
        (&gcloud, "p-gcloud"),
        (&key, "p-key"),
        (&quota, "p-quota"),
        (&bottom, ""),
    ] {
        let settings = resolve(&Flags::default(), env).unwrap();
        assert_eq!(said(settings.place.project.as_ref()).0, project);
    }
}

#[test]
fn credentials_named_in_the_user_s_file_say_the_project() {
    let env = Table::default()
        .var("HOME", "/h")
        .file(
            "/h/.config/liftoff/config.toml",
            "credentials-file = \"keys/a.json\"\n",
        )
        .file("/h/.config/liftoff/keys/a.json", r#"{"project_id":"p-a"}"#);
    let settings = resolve(&Flags::default(), &env).unwrap();
    assert_eq!(said(settings.place.project.as_ref()).0, "p-a");
    let file = settings.access.credentials_file.unwrap();
    assert_eq!(file.value, Path::new("/h/.config/liftoff/keys/a.json"));
}

#[test]
fn without_anything_the_defaults_hold() {
    let settings = Settings::resolve(&Flags::default(), &Table::default(), Path::new("/")).unwrap();
    assert_eq!(settings.place.project, None);
    assert_eq!(settings.judging.deadline(), Some(Duration::from_mins(15)));
    assert_eq!(settings.reporting.output.value, Output::Human);
    assert_eq!(settings.reporting.output.origin, Origin::Default);
    assert_eq!(settings.access.quota_logging.value, 60);
    assert_eq!(settings.files, Vec::<std::path::PathBuf>::new());
    assert_eq!(settings.notes, Vec::<String>::new());
}

#[test]
fn the_deadline_follows_the_goal_unless_it_was_set() {
    for (text, deadline) in [
        ("", Some(Duration::from_mins(15))),
        ("until = \"running\"", Some(Duration::from_hours(1))),
        ("until = \"succeeded\"", None),
        (
            "until = \"succeeded\"\ntimeout = 90",
            Some(Duration::from_secs(90)),
        ),
        ("timeout = \"none\"", None),
        ("timeout = \"1h30m\"", Some(Duration::from_mins(90))),
    ] {
        let env = world().file("/h/repo/liftoff.toml", text);
        let settings = resolve(&Flags::default(), &env).unwrap();
        assert_eq!(settings.judging.deadline(), deadline, "{text}");
    }
}

#[test]
fn a_named_file_replaces_the_project_s_and_keeps_the_user_s() {
    let env = world()
        .file("/h/repo/liftoff.toml", "until = \"running\"\nlogs = true")
        .file("/h/.config/liftoff/config.toml", "region = \"us-west4\"")
        .file("/h/repo/sub/ci.toml", "timeout = \"5m\"");
    let flags = Flags {
        reading: ReadingFlags {
            config: Some("ci.toml".into()),
            quota: None,
        },
        ..Flags::default()
    };
    let by_variable = env.clone().var("LIFTOFF_CONFIG", "/h/repo/sub/ci.toml");
    for settings in [resolve(&flags, &env), resolve(&Flags::default(), &by_variable)] {
        let settings = settings.unwrap();
        assert_eq!(settings.judging.until.origin, Origin::Default);
        assert!(!settings.reporting.logs.value);
        assert_eq!(
            settings.judging.timeout.unwrap().value,
            Timeout::After(Duration::from_mins(5))
        );
        assert_eq!(said(settings.place.region.as_ref()).0, "us-west4");
        assert_eq!(
            settings.files,
            [
                Path::new("/h/repo/sub/ci.toml"),
                Path::new("/h/.config/liftoff/config.toml")
            ]
        );
    }
}

#[test]
fn a_quota_flag_sets_only_what_it_names() {
    let flags = Flags {
        reading: ReadingFlags {
            config: None,
            quota: Some(quota("logging=10").unwrap()),
        },
        ..Flags::default()
    };
    let env = world()
        .var("LIFTOFF_QUOTA_LOGGING", "20")
        .file("/h/repo/liftoff.toml", "quota.vertex = 30");
    let access = resolve(&flags, &env).unwrap().access;
    assert_eq!(
        (
            access.quota_logging.value,
            access.quota_vertex.value,
            access.quota_run.value
        ),
        (10, 30, 600)
    );
    assert_eq!(access.quota_logging.origin, Origin::Flag("--quota"));
    assert_eq!(access.quota_vertex.origin.to_string(), "/h/repo/liftoff.toml:1");
}

#[test]
fn no_color_is_weaker_than_what_the_user_says_of_color() {
    let env = world().var("NO_COLOR", "1");
    let color = |env: &Table| {
        let color = resolve(&Flags::default(), env).unwrap().reporting.color;
        (super::super::choice::word(&color.value), color.origin.to_string())
    };
    assert_eq!(color(&env), ("never".to_owned(), "NO_COLOR".to_owned()));
    let file = env.file("/h/.config/liftoff/config.toml", "color = \"always\"");
    assert_eq!(color(&file).0, "always");
    assert_eq!(color(&world().var("NO_COLOR", "")).0, "auto");
}

#[test]
fn endpoints_know_whether_the_user_s_own_configuration_says_so() {
    let variable = world().var("CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN", "http://127.0.0.1:1");
    let own = variable.clone().file(
        "/h/.config/liftoff/config.toml",
        "[endpoints]\nrun = \"https://run.example\"",
    );
    for (env, url, trusted) in [
        (variable, "http://127.0.0.1:1/", false),
        (own, "https://run.example/", true),
    ] {
        let run = resolve(&Flags::default(), &env)
            .unwrap()
            .access
            .endpoints
            .run
            .unwrap();
        assert_eq!((run.value.as_str(), run.origin.is_users_own()), (url, trusted));
    }
}

#[test]
fn paths_in_a_file_are_beside_the_file() {
    let env = world()
        .file("/h/repo/liftoff.toml", "patterns = [\"a.toml\", \"/b.toml\"]")
        .file("/h/.config/liftoff/config.toml", "events-file = \"events.jsonl\"");
    let settings = resolve(&Flags::default(), &env).unwrap();
    assert_eq!(
        settings.judging.patterns.value,
        [Path::new("/h/repo/a.toml"), Path::new("/b.toml")]
    );
    let events = settings.reporting.events_file.unwrap().value;
    assert_eq!(events, Path::new("/h/.config/liftoff/events.jsonl"));
}

#[test]
fn a_variable_that_is_no_setting_is_noted_with_the_one_that_was_meant() {
    let env = world()
        .var("LIFTOFF_REGOIN", "us-west1")
        .var("LIFTOFF_QUOTA", "logging=1")
        .var("LIFTOFF_QUOTA_LOGING", "1")
        .var("LIFTOFF_LAUNCH_ID", "lo-1");
    assert_eq!(
        resolve(&Flags::default(), &env).unwrap().notes,
        [
            "the variable \"LIFTOFF_QUOTA\" is no setting of Liftoff",
            "the variable \"LIFTOFF_QUOTA_LOGING\" is no setting of Liftoff; did you mean LIFTOFF_QUOTA_LOGGING?",
            "the variable \"LIFTOFF_REGOIN\" is no setting of Liftoff; did you mean LIFTOFF_REGION?",
        ]
    );
}

/// Every key is in the defaults, set or in a comment, and a comment's example is a value that the key takes.
#[test]
fn the_defaults_document_every_key_with_an_example_that_holds() {
    let uncommented: String = crate::config::DEFAULTS
        .lines()
        .map(|line| {
            let bare = line.strip_prefix("# ").unwrap_or_default();
            let example = bare.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
            if example {
                format!("{bare}\n")
            } else {
                format!("{line}\n")
            }
        })
        .collect();
    let env = world().file("/h/.config/liftoff/config.toml", uncommented.clone());
    let settings = resolve(&Flags::default(), &env).unwrap();
    assert_eq!(said(settings.place.vertex_region.as_ref()).0, "us-central1");
    let parsed: toml::Table = uncommented.parse().unwrap();
    for name in key::names() {
        let value = name
            .split('.')
            .try_fold(&toml::Value::Table(parsed.clone()), |value, part| value.get(part))
            .cloned();
        assert!(value.is_some(), "{name} is not documented");
    }
}
