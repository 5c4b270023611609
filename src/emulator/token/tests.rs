use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};

use super::*;

const URI: &str = "http://127.0.0.1:4000/token";
const FORM: Option<&str> = Some("application/x-www-form-urlencoded");
const JSON: Option<&str> = Some("application/json");
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

fn now() -> Timestamp {
    "2026-06-09T07:43:24Z".parse().unwrap()
}

/// The key of the file that a client reads.
fn key() -> RsaKeyPair {
    let file: Value = serde_json::from_str(&service_account_json("p", URI)).unwrap();
    let pem = file["private_key"].as_str().unwrap();
    let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    RsaKeyPair::from_pkcs8(&STANDARD.decode(base64).unwrap()).unwrap()
}

/// What `gcp_auth` claims, changed by `change`.
fn claims(change: impl FnOnce(&mut Value)) -> Value {
    let iat = now().as_second();
    let mut claims = json!({
        "iss": "liftoff-emulator@p.iam.gserviceaccount.com",
        "aud": URI,
        "exp": iat + 3595,
        "iat": iat,
        "sub": null,
        "scope": "https://www.googleapis.com/auth/cloud-platform",
    });
    change(&mut claims);
    claims
}

fn jwt(header: &str, claims: &Value, engine: &GeneralPurpose) -> String {
    let signed = format!("{}.{}", engine.encode(header), engine.encode(claims.to_string()));
    let key = key();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        signed.as_bytes(),
        &mut signature,
    )
    .unwrap();
    format!("{signed}.{}", engine.encode(signature))
}

/// A JWT in the shape of `gcp_auth`: no key id, padding written.
fn padded_jwt(claims: &Value) -> String {
    jwt(r#"{"alg":"RS256","typ":"JWT"}"#, claims, &URL_SAFE)
}

fn form(pairs: &[(&str, &str)]) -> Vec<u8> {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
        .into_bytes()
}

fn ask(jwt: &str) -> Result<Grant, OAuthError> {
    grant(
        FORM,
        &form(&[("grant_type", JWT_BEARER), ("assertion", jwt)]),
        now(),
        URI,
    )
}

#[track_caller]
fn refused(answer: Result<Grant, OAuthError>, status: u16, error: &str, part: &str) {
    let refusal = answer.expect_err("it must be refused");
    assert_eq!((refusal.status, refusal.error), (status, error), "{refusal}");
    assert!(refusal.description.contains(part), "{refusal}");
    assert_eq!(
        refusal.body(),
        json!({"error": error, "error_description": refusal.description})
    );
}

#[test]
fn the_public_key_belongs_to_the_private_key() {
    assert_eq!(key().public().as_ref(), PUBLIC_KEY);
}

#[test]
fn a_jwt_as_gcp_auth_writes_it_is_granted() {
    let jwt = padded_jwt(&claims(|_| {}));
    assert!(jwt.ends_with("=="));
    assert_eq!(
        ask(&jwt),
        Ok(Grant {
            subject: "liftoff-emulator@p.iam.gserviceaccount.com".into()
        })
    );
}

#[test]
fn a_jwt_without_padding_and_with_more_in_its_header_is_granted() {
    let header = r#"{"alg":"RS256","kid":"liftoff-emulator","typ":"JWT"}"#;
    let claims = claims(|claims| claims["aud"] = json!(GOOGLE_TOKEN_URI));
    assert!(ask(&jwt(header, &claims, &URL_SAFE_NO_PAD)).is_ok());
}

#[test]
fn the_subject_is_who_the_account_acts_for() {
    let jwt = padded_jwt(&claims(|claims| claims["sub"] = json!("boss@example.com")));
    assert_eq!(
        ask(&jwt),
        Ok(Grant {
            subject: "boss@example.com".into()
        })
    );
}

#[test]
fn a_wrong_claim_is_refused() {
    let iat = now().as_second();
    for (name, value, error, part) in [
        (
            "aud",
            json!("http://127.0.0.1:4001/token"),
            "invalid_grant",
            "audience",
        ),
        (
            "iss",
            json!("someone@p.iam.gserviceaccount.com"),
            "invalid_grant",
            "account not found",
        ),
        (
            "iss",
            json!("liftoff-emulator@example.com"),
            "invalid_grant",
            "account not found",
        ),
        ("scope", json!(" "), "invalid_scope", "scope"),
        ("exp", json!(iat - 301), "invalid_grant", "iat and exp"),
        ("exp", json!(iat + 3601), "invalid_grant", "iat and exp"),
        ("iat", json!(iat + 301), "invalid_grant", "iat and exp"),
        ("iat", json!(iat - 6), "invalid_grant", "iat and exp"),
        ("iat", json!(i64::MIN), "invalid_grant", "iat and exp"),
        ("exp", json!(i64::MAX), "invalid_grant", "iat and exp"),
        ("exp", json!("soon"), "invalid_grant", "claims cannot be read"),
        ("iss", json!(null), "invalid_grant", "claims cannot be read"),
    ] {
        refused(
            ask(&padded_jwt(&claims(|claims| claims[name] = value))),
            400,
            error,
            part,
        );
    }
}

#[test]
fn a_missing_scope_is_refused() {
    let claims = claims(|claims| drop(claims.as_object_mut().unwrap().remove("scope")));
    refused(ask(&padded_jwt(&claims)), 400, "invalid_scope", "scope");
}

#[test]
fn an_expired_jwt_is_refused_by_the_time_that_is_passed() {
    let body = form(&[
        ("grant_type", JWT_BEARER),
        ("assertion", &padded_jwt(&claims(|_| {}))),
    ]);
    let later = |seconds| now() + jiff::SignedDuration::from_secs(seconds);
    assert!(grant(FORM, &body, later(3894), URI).is_ok());
    refused(
        grant(FORM, &body, later(3895), URI),
        400,
        "invalid_grant",
        "iat and exp",
    );
    refused(
        grant(FORM, &body, later(-301), URI),
        400,
        "invalid_grant",
        "iat and exp",
    );
}

#[test]
fn a_jwt_that_was_changed_after_signing_is_refused() {
    let good = padded_jwt(&claims(|_| {}));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (header, _) = signed.split_once('.').unwrap();
    let other = URL_SAFE.encode(claims(|claims| claims["scope"] = json!("more")).to_string());
    for forged in [
        format!("{header}.{other}.{signature}"),
        format!("{signed}."),
        format!("{signed}.!"),
        format!("{signed}.AAAA"),
    ] {
        refused(ask(&forged), 400, "invalid_grant", "Invalid JWT Signature.");
    }
}

#[test]
fn a_jwt_that_names_another_algorithm_is_refused() {
    for alg in ["none", "HS256", "rs256"] {
        let header = json!({"alg": alg}).to_string();
        refused(
            ask(&jwt(&header, &claims(|_| {}), &URL_SAFE)),
            400,
            "invalid_grant",
            "RS256",
        );
    }
}

#[test]
fn what_is_no_jwt_is_refused() {
    for text in ["x", "a.b", "a.b.c", "e30.e30.e30", "..", "é.é.é"] {
        refused(ask(text), 400, "invalid_grant", "Invalid JWT");
    }
}

/// The parameters of a refresh, from the published file, with one changed.
fn refresh(change: (&str, &str)) -> Value {
    let file: Value = serde_json::from_str(&authorized_user_json()).unwrap();
    let mut request = json!({"grant_type": "refresh_token"});
    for name in ["client_id", "client_secret", "refresh_token"] {
        request[name] = file[name].clone();
    }
    request[change.0] = json!(change.1);
    request
}

#[test]
fn a_refresh_token_is_granted_from_json_and_from_a_form() {
    let request = refresh(("grant_type", "refresh_token"));
    let granted = Ok(Grant {
        subject: USER.to_owned(),
    });
    for kind in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
    ] {
        assert_eq!(
            grant(Some(kind), request.to_string().as_bytes(), now(), URI),
            granted,
            "{kind}"
        );
    }
    let members = request.as_object().unwrap();
    let pairs: Vec<_> = members
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    for kind in [FORM, None] {
        assert_eq!(grant(kind, &form(&pairs), now(), URI), granted, "{kind:?}");
    }
}

#[test]
fn wrong_user_credentials_are_refused() {
    for (name, status, error) in [
        ("client_id", 401, "invalid_client"),
        ("client_secret", 401, "invalid_client"),
        ("refresh_token", 400, "invalid_grant"),
    ] {
        refused(
            grant(JSON, refresh((name, "wrong")).to_string().as_bytes(), now(), URI),
            status,
            error,
            "",
        );
        refused(
            grant(JSON, refresh((name, "")).to_string().as_bytes(), now(), URI),
            400,
            "invalid_request",
            name,
        );
    }
}

#[test]
fn a_request_without_a_usable_grant_is_refused() {
    refused(grant(FORM, b"", now(), URI), 400, "invalid_request", "grant_type");
    refused(
        grant(JSON, b"{}", now(), URI),
        400,
        "invalid_request",
        "grant_type",
    );
    refused(
        grant(JSON, b"grant_type=refresh_token", now(), URI),
        400,
        "invalid_request",
        "JSON",
    );
    refused(
        grant(FORM, b"grant_type=password", now(), URI),
        400,
        "unsupported_grant_type",
        "password",
    );
    refused(
        grant(FORM, &form(&[("grant_type", JWT_BEARER)]), now(), URI),
        400,
        "invalid_request",
        "assertion",
    );
}

#[test]
fn gcp_auth_reads_the_key_file() {
    let account =
        gcp_auth::CustomServiceAccount::from_json(&service_account_json("my-project", URI)).unwrap();
    assert_eq!(account.project_id(), Some("my-project"));
    let signature = account.signer().sign(b"text").unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, PUBLIC_KEY);
    assert!(public.verify(b"text", &signature).is_ok());
}

proptest! {
    #[test]
    fn no_request_makes_it_panic(body in any::<Vec<u8>>(), is_json: bool, jwt in "[a-zA-Z0-9_=-]{0,9}(\\.[a-zA-Z0-9_=-]{0,9}){0,4}") {
        let kind = if is_json { JSON } else { FORM };
        prop_assert!(grant(kind, &body, now(), URI).is_err());
        prop_assert!(ask(&jwt).is_err());
    }
}

/// What google-auth 2.63 and Rust's google-cloud-auth 1.18 send as a bearer, changed by `change`.
fn own_claims(change: impl FnOnce(&mut Value)) -> Value {
    claims(|claims| {
        claims["sub"] = claims["iss"].clone();
        claims.as_object_mut().unwrap().remove("aud");
        change(claims);
    })
}

#[test]
fn a_service_account_may_sign_its_own_access_token() {
    let for_a_service = own_claims(|claims| {
        claims.as_object_mut().unwrap().remove("scope");
        claims["aud"] = json!("https://run.googleapis.com/");
    });
    let as_rust_does = own_claims(|claims| {
        claims["aud"] = json!(null);
        claims["iat"] = json!(now().as_second() - 10);
        claims["exp"] = json!(now().as_second() + 3610);
    });
    for claims in [own_claims(|_| ()), for_a_service, as_rust_does] {
        let jwt = jwt(
            r#"{"alg":"RS256","typ":"JWT","kid":"liftoff-emulator"}"#,
            &claims,
            &URL_SAFE_NO_PAD,
        );
        let grant = self_signed::check(&jwt, now()).unwrap();
        assert_eq!(grant.subject, "liftoff-emulator@p.iam.gserviceaccount.com");
    }
}

#[test]
fn an_own_access_token_that_google_would_refuse_is_refused() {
    let changes: [fn(&mut Value); 5] = [
        |claims| claims["scope"] = json!(" "),
        |claims| claims["sub"] = json!("person@example.com"),
        |claims| claims["iss"] = json!("other@p.iam.gserviceaccount.com"),
        |claims| claims["exp"] = json!(now().as_second() + 7200),
        |claims| {
            claims["scope"] = json!("");
            claims["aud"] = json!("https://googleapis.com.example.com/");
        },
    ];
    for change in changes {
        let claims = own_claims(change);
        assert!(
            self_signed::check(&padded_jwt(&claims), now()).is_err(),
            "{claims}"
        );
    }
    let late = now() + jiff::SignedDuration::from_hours(2);
    assert!(self_signed::check(&padded_jwt(&own_claims(|_| ())), late).is_err());
    assert!(self_signed::check("ya29.opaque", now()).is_err());
}
