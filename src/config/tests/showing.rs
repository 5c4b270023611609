use super::*;
use crate::config::show;

#[test]
fn every_setting_is_shown_with_its_origin() {
    let env = world()
        .var("LIFTOFF_VERBOSITY", "verbose")
        .var("LIFTOFF_LOG", "true")
        .file(
            "/h/repo/liftoff.toml",
            "until = \"running\"\npatterns = [\"p.toml\"]\n",
        );
    let settings = resolve(&Flags::default(), &env).unwrap();
    insta::assert_snapshot!(show(&settings));
}

#[test]
fn what_is_shown_is_a_file_that_says_the_same() {
    let original = "project = \"p-1\"\nregion = \"us-west1\"\nvertex-region = \"us-west2\"\nuntil = \"running\"\n\
        timeout = \"none\"\naccept-unconfirmed = true\nverdict-file = \"/v \\\"1\\\".json\"\n[quota]\nrun = 9\n\
        [endpoints]\nlogging = \"http://127.0.0.1:8080\"\n";
    let own = "/h/.config/liftoff/config.toml";
    let values = |text: &str| {
        let shown = show(&resolve(&Flags::default(), &world().file(own, text)).unwrap());
        let table: toml::Table = shown.parse().unwrap();
        (shown, table)
    };
    let (shown, table) = values(original);
    let (_, again) = values(&shown);
    assert_eq!(table, again);
    assert_eq!(table["vertex-region"].as_str(), Some("us-west2"));
    assert_eq!(table["timeout"].as_str(), Some("none"));
}

#[test]
fn no_secret_of_the_environment_is_shown() {
    let env = world()
        .var("CLOUDSDK_AUTH_ACCESS_TOKEN", "hunter2")
        .var("WANDB_API_KEY", "hunter2")
        .var("GOOGLE_APPLICATION_CREDENTIALS", "/key.json")
        .file("/key.json", r#"{"project_id":"p-key","private_key":"hunter2"}"#);
    let settings = resolve(&Flags::default(), &env).unwrap();
    assert!(!show(&settings).contains("hunter2"));
    assert!(!format!("{settings:?}").contains("hunter2"));
    assert!(show(&settings).contains("/key.json"));
}
