use reqwest::header::HeaderValue;

use super::super::{ApiError, Call};
use super::*;

fn refusal(status: u16, body: &str) -> Refusal {
    Refusal::read(status, &HeaderMap::new(), body.as_bytes(), Timestamp::UNIX_EPOCH)
}

fn reads_rate_limit() -> &'static str {
    r#"{"error":{"code":429,"message":"Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute'.",
       "status":"RESOURCE_EXHAUSTED","details":[
         {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"RATE_LIMIT_EXCEEDED","domain":"googleapis.com",
          "metadata":{"quota_limit":"ReadRequestsPerMinutePerProject","quota_limit_value":"60","service":"logging.googleapis.com"}},
         {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.5s"},
         {"@type":"type.googleapis.com/google.rpc.Help","links":[]}]}}"#
}

fn with_info(status: u16, reason: &str) -> String {
    format!(
        r#"{{"error":{{"code":{status},"message":"m","status":"PERMISSION_DENIED","details":[
            {{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"{reason}","domain":"googleapis.com",
              "metadata":{{"permission":"run.jobs.run","service":"run.googleapis.com"}}}}]}}}}"#
    )
}

#[test]
fn the_kind_follows_status_name_and_reason() {
    let plain = |status: u16, name: &str| {
        format!(r#"{{"error":{{"code":{status},"status":"{name}","message":""}}}}"#)
    };
    let old = r#"{"error":{"code":403,"message":"x","errors":[{"reason":"rateLimitExceeded","domain":"usageLimits"}]}}"#;
    let per_minute = r#"{"error":{"code":403,"message":"Quota exceeded: requests per minute","status":"PERMISSION_DENIED"}}"#;
    for (status, body, kind) in [
        (429, reads_rate_limit().to_owned(), ErrorKind::RateLimited),
        (429, String::new(), ErrorKind::RateLimited),
        (403, old.to_owned(), ErrorKind::RateLimited),
        (403, per_minute.to_owned(), ErrorKind::RateLimited),
        (403, with_info(403, "IAM_PERMISSION_DENIED"), ErrorKind::Permanent),
        (401, plain(401, "UNAUTHENTICATED"), ErrorKind::Auth),
        (404, plain(404, "NOT_FOUND"), ErrorKind::NotFound),
        (404, "no such page".to_owned(), ErrorKind::Transient),
        (409, plain(409, "ABORTED"), ErrorKind::Transient),
        (409, plain(409, "ALREADY_EXISTS"), ErrorKind::Permanent),
        (400, plain(400, "FAILED_PRECONDITION"), ErrorKind::Permanent),
        (501, plain(501, "UNIMPLEMENTED"), ErrorKind::Permanent),
        (500, plain(500, "INTERNAL"), ErrorKind::Transient),
        (503, String::new(), ErrorKind::Transient),
        (503, "[1,2".to_owned(), ErrorKind::Transient),
    ] {
        assert_eq!(refusal(status, &body).kind(), kind, "{status} {body}");
    }
}

#[test]
fn denials_are_told_apart() {
    let says = |message: &str| {
        format!(r#"{{"error":{{"code":403,"message":"{message}","status":"PERMISSION_DENIED"}}}}"#)
    };
    let named = |name: &str| Some(Denial::Permission(Some(name.to_owned())));
    for (body, wanted) in [
        (with_info(403, "SERVICE_DISABLED"), Some(Denial::ServiceDisabled)),
        (with_info(403, "BILLING_DISABLED"), Some(Denial::BillingDisabled)),
        (with_info(403, "USER_PROJECT_DENIED"), Some(Denial::QuotaProject)),
        (
            with_info(403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
            Some(Denial::Scope),
        ),
        (with_info(403, "IAM_PERMISSION_DENIED"), named("run.jobs.run")),
        (
            says("Permission 'run.jobs.get' denied on resource (or it may not exist)."),
            named("run.jobs.get"),
        ),
        (
            says("The caller does not have permission"),
            Some(Denial::Permission(None)),
        ),
        (
            says("Cloud Run Admin API has not been used in project 1 before or it is disabled."),
            Some(Denial::ServiceDisabled),
        ),
        (
            says("This API method requires billing to be enabled."),
            Some(Denial::BillingDisabled),
        ),
    ] {
        assert_eq!(refusal(403, &body).denial(), wanted, "{body}");
    }
    assert_eq!(refusal(404, "{}").denial(), None);
}

#[test]
fn the_longer_of_retry_after_and_retry_info_counts() {
    let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
    let wait = |retry_after: Option<&'static str>, date: Option<&'static str>, body: &str| {
        let mut headers = HeaderMap::new();
        let mut put = |name, text: Option<&'static str>| {
            text.map(|text| headers.insert(name, HeaderValue::from_static(text)))
        };
        put(RETRY_AFTER, retry_after);
        put(DATE, date);
        Refusal::read(429, &headers, body.as_bytes(), now)
            .retry_after()
            .map(|wait| wait.as_millis())
    };
    assert_eq!(wait(None, None, ""), None);
    assert_eq!(wait(Some("7"), None, ""), Some(7000));
    assert_eq!(wait(None, None, reads_rate_limit()), Some(1500));
    assert_eq!(wait(Some("1"), None, reads_rate_limit()), Some(1500));
    assert_eq!(
        wait(Some("Mon, 23 Nov 2026 10:00:30 GMT"), None, ""),
        Some(30_000)
    );
    // The server's clock is an hour ahead: its own Date counts.
    let ahead = wait(
        Some("Mon, 23 Nov 2026 11:00:30 GMT"),
        Some("Mon, 23 Nov 2026 11:00:10 GMT"),
        "",
    );
    assert_eq!(ahead, Some(20_000));
    assert_eq!(wait(Some("Mon, 23 Nov 2020 10:00:30 GMT"), None, ""), Some(0));
    assert_eq!(wait(Some("99999999999999999999999"), None, ""), Some(86_400_000));
    for rubbish in ["soon", "-1", "NaN", ""] {
        assert_eq!(wait(Some(rubbish), None, ""), None, "{rubbish}");
    }
}

#[test]
fn an_error_says_what_happened_to_what_and_what_to_do_next() {
    let missing = r#"{"error":{"code":404,"status":"NOT_FOUND","message":"Resource 'x' not found."}}"#;
    let job = "projects/p/locations/us-east1/jobs/x";
    for (call, target, status, body, wanted) in [
        (
            Call::RunJob,
            job,
            403,
            with_info(403, "IAM_PERMISSION_DENIED"),
            "cannot start projects/p/locations/us-east1/jobs/x (Cloud Run): HTTP 403 PERMISSION_DENIED: m; \
             grant run.jobs.run, for example: gcloud projects add-iam-policy-binding p --member=user:YOU \
             --role=roles/run.jobsExecutorWithOverrides",
        ),
        (
            Call::ListEntries,
            "projects/p",
            429,
            reads_rate_limit().to_owned(),
            "cannot read the log of projects/p (Cloud Logging): HTTP 429 RESOURCE_EXHAUSTED: Quota exceeded for quota \
             metric 'Read requests' and limit 'Read requests per minute'; ReadRequestsPerMinutePerProject (60) is used \
             up: fewer requests are sent until it recovers",
        ),
        (
            Call::ListCustomJobs,
            "projects/p/locations/us-east1",
            403,
            with_info(403, "SERVICE_DISABLED").replace("run.googleapis.com", "aiplatform.googleapis.com"),
            "cannot list the custom jobs of projects/p/locations/us-east1 (Vertex AI): HTTP 403 PERMISSION_DENIED: m; \
             enable the API: gcloud services enable aiplatform.googleapis.com --project=p",
        ),
        (
            Call::GetJob,
            job,
            404,
            missing.to_owned(),
            "cannot read projects/p/locations/us-east1/jobs/x (Cloud Run): HTTP 404 NOT_FOUND: Resource 'x' not found; \
             check name, project and region: gcloud run jobs list --project=p --region=us-east1",
        ),
        (
            Call::GetJob,
            job,
            503,
            String::new(),
            "cannot read projects/p/locations/us-east1/jobs/x (Cloud Run): HTTP 503; this may pass by itself",
        ),
    ] {
        let error = ApiError::new(call, target, refusal(status, &body));
        assert_eq!(error.to_string(), wanted);
    }
}

#[test]
fn a_message_is_one_bounded_line() {
    let body = format!(r#"{{"error":{{"message":"a\u001b[2Jb\n{}"}}}}"#, "x".repeat(5000));
    let message = refusal(500, &body).message;
    assert!(message.starts_with("a [2Jb x") && message.chars().count() == 1000);
}
