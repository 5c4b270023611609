//! Which endpoints are taken, and which are refused.

use super::*;

#[test]
fn vertex_has_a_host_for_each_region_and_names_for_its_multi_regions() {
    let google = Endpoints::google();
    for (region, host) in [
        ("us-central1", "us-central1-aiplatform.googleapis.com"),
        ("eu", "aiplatform.eu.rep.googleapis.com"),
        ("global", "aiplatform.googleapis.com"),
    ] {
        assert_eq!(google.vertex(region).unwrap().host_str(), Some(host));
    }
}

#[test]
fn a_region_cannot_lead_the_token_to_another_host() {
    for bad in [
        "",
        "evil.example/#",
        "us central1",
        "-x",
        "US-CENTRAL1",
        "a@b",
        "a.b",
    ] {
        let refused = Endpoints::google().vertex(bad);
        assert!(matches!(refused, Err(EndpointError::Region(_))), "{bad}");
    }
}

#[test]
fn only_google_and_this_machine_are_endpoints_by_default() {
    let set = |given: &str| Endpoints::google().set(Api::Run, given, false);
    for good in [
        "http://127.0.0.1:8080",
        "http://127.0.0.1:8080/",
        "http://localhost:1/",
        "http://[::1]:9/",
        "https://us-central1-run.googleapis.com/",
        " https://run.us-east1.rep.googleapis.com ",
    ] {
        assert_eq!(set(good), Ok(()), "{good}");
    }
    for bad in [
        "https://evilgoogleapis.com/",
        "https://googleapis.com.evil.example/",
        "http://run.googleapis.com/",
        "http://10.0.0.1/",
        "http://localhost.evil.example/",
        "https://127.0.0.1/",
    ] {
        let refused = set(bad);
        assert!(matches!(refused, Err(EndpointError::Untrusted { .. })), "{bad}");
    }
    for bad in [
        "",
        "run.googleapis.com",
        "ftp://run.googleapis.com/",
        "https://run.googleapis.com/?a=b",
    ] {
        let refused = set(bad);
        assert!(matches!(refused, Err(EndpointError::Malformed { .. })), "{bad}");
    }
}

#[test]
fn a_declared_endpoint_is_trusted_and_a_password_in_one_is_never_repeated() {
    let mut endpoints = Endpoints::google();
    assert_eq!(
        endpoints.set(Api::Logging, "https://logs.corp.example/", true),
        Ok(())
    );
    let refused = endpoints.set(Api::Run, "https://me:hunter2@run.googleapis.com/", true);
    assert!(!refused.unwrap_err().to_string().contains("hunter2"));
}

#[test]
fn the_variables_of_gcloud_move_one_api_each() {
    let lookup = |name: &str| {
        let logging = name == "CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING";
        logging.then(|| "http://127.0.0.1:4000/".to_owned())
    };
    let endpoints = Endpoints::from_env(&lookup, false).unwrap();
    assert_eq!(endpoints.logging().port(), Some(4000));
    assert_eq!(endpoints.run(), Endpoints::google().run());
}
