use std::collections::HashMap;
use std::path::Path;

use super::*;

const USER: &str = r#"{"type":"authorized_user","client_id":"i","client_secret":"s","refresh_token":"r","quota_project_id":"from-file"}"#;

async fn discovered(variables: &[(&str, &str)]) -> Result<Credentials, AuthError> {
    let all: HashMap<&str, &str> = variables.iter().copied().collect();
    let lookup = |name: &str| all.get(name).map(ToString::to_string);
    let clock = Clock::at("2026-11-23T10:00:00Z".parse().unwrap());
    discover(&lookup, &Http::new("t").unwrap(), clock).await
}

/// A directory with application default credentials where gcloud keeps them.
fn home() -> (tempfile::TempDir, String) {
    let home = tempfile::tempdir().unwrap();
    let gcloud = home.path().join(".config/gcloud");
    std::fs::create_dir_all(&gcloud).unwrap();
    std::fs::write(gcloud.join("application_default_credentials.json"), USER).unwrap();
    let path = home.path().to_str().unwrap().to_owned();
    (home, path)
}

#[tokio::test]
async fn a_given_token_goes_before_everything() {
    let (_kept, home) = home();
    let found = discovered(&[
        ("CLOUDSDK_AUTH_ACCESS_TOKEN", " ya29.x\n"),
        ("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere"),
        ("HOME", &home),
    ])
    .await
    .unwrap();
    assert_eq!(found.origin, "CLOUDSDK_AUTH_ACCESS_TOKEN");
    assert_eq!(found.source.token().await.unwrap().secret().expose(), "ya29.x");
    assert_eq!((found.quota_project.clone(), found.warning()), (None, None));
    assert!(!format!("{found:?}").contains("ya29"));
}

#[tokio::test]
async fn a_named_file_that_cannot_be_used_is_an_error_and_not_passed_over() {
    let (_kept, home) = home();
    let found = discovered(&[("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere"), ("HOME", &home)]).await;
    assert!(matches!(found, Err(AuthError::Unreadable { .. })));
}

#[tokio::test]
async fn the_default_credentials_of_gcloud_are_found_where_it_keeps_them() {
    let (_kept, home) = home();
    let found = discovered(&[("HOME", &home)]).await.unwrap();
    assert_eq!(found.quota_project.as_deref(), Some("from-file"));
    let moved = Path::new(&home).join(".config/gcloud");
    let moved = moved.to_str().unwrap();
    let found = discovered(&[
        ("CLOUDSDK_CONFIG", moved),
        ("HOME", "/nowhere"),
        ("GOOGLE_APPLICATION_CREDENTIALS", ""),
    ])
    .await;
    assert!(found.unwrap().origin.starts_with(moved));
}

#[tokio::test]
async fn the_quota_project_of_the_environment_wins_and_none_at_all_is_a_warning() {
    let (_kept, home) = home();
    let found = discovered(&[("HOME", &home), ("GOOGLE_CLOUD_QUOTA_PROJECT", "from-env")])
        .await
        .unwrap();
    assert_eq!(found.quota_project.as_deref(), Some("from-env"));
    assert_eq!(found.warning(), None);
    let file = Path::new(&home).join(".config/gcloud/application_default_credentials.json");
    std::fs::write(file, USER.replace("quota_project_id", "other")).unwrap();
    let warning = discovered(&[("HOME", &home)]).await.unwrap().warning().unwrap();
    assert!(warning.contains("set-quota-project"), "{warning}");
}
