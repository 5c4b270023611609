//! Every refusal as the typed status that Google's client makes of it.

use google_cloud_gax::error::Error;
use google_cloud_gax::error::rpc::{Code, StatusDetails};
use google_cloud_gax::options::RequestOptionsBuilder as _;
use google_cloud_gax::retry_policy::NeverRetry;
use liftoff_conformance::{Cloud, PARENT, PROJECT};

fn code(error: &Error) -> Code {
    error
        .status()
        .unwrap_or_else(|| panic!("no status in {error:?}"))
        .code
}

/// The reason in the error's `ErrorInfo`.
fn reason(error: &Error) -> String {
    let details = &error.status().unwrap().details;
    let reasons = details.iter().filter_map(|detail| match detail {
        StatusDetails::ErrorInfo(info) => Some(info.reason.clone()),
        _ => None,
    });
    reasons.collect()
}

#[tokio::test]
async fn what_is_missing_wrong_or_stale_has_its_code() {
    let cloud = Cloud::start("100").await;
    let (jobs, vertex) = (cloud.jobs().await, cloud.vertex().await);
    let missing = jobs
        .get_job()
        .set_name(format!("{PARENT}/jobs/nosuch"))
        .send()
        .await
        .unwrap_err();
    assert_eq!(code(&missing), Code::NotFound);
    let job = format!("{PARENT}/jobs/tour-success");
    let stale = jobs
        .run_job()
        .set_name(&job)
        .set_etag("\"stale\"")
        .send()
        .await
        .unwrap_err();
    assert_eq!(code(&stale), Code::Aborted);
    let filter = vertex
        .list_custom_jobs()
        .set_parent(PARENT)
        .set_filter("end_time=1")
        .send()
        .await
        .unwrap_err();
    assert_eq!(code(&filter), Code::InvalidArgument);
}

#[tokio::test]
async fn nobody_is_unauthenticated() {
    let cloud = Cloud::start("100").await;
    let jobs = cloud.jobs_as(Cloud::nobody()).await;
    let refused = jobs
        .get_job()
        .set_name(format!("{PARENT}/jobs/tour-success"))
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        (code(&refused), reason(&refused).as_str()),
        (Code::Unauthenticated, "CREDENTIALS_MISSING")
    );
}

#[tokio::test]
async fn missing_permissions_outages_and_quotas_have_their_codes() {
    let cloud = Cloud::start("1").await;
    let (jobs, vertex, logging) = (cloud.jobs().await, cloud.vertex().await, cloud.logging().await);
    jobs.run_job()
        .set_name(format!("{PARENT}/jobs/completed"))
        .send()
        .await
        .unwrap();
    let list = vertex.list_custom_jobs().set_parent(PARENT);
    let forbidden = list.send().await.unwrap_err();
    assert_eq!(
        (code(&forbidden), reason(&forbidden).as_str()),
        (Code::PermissionDenied, "IAM_PERMISSION_DENIED")
    );

    let elsewhere = "projects/elsewhere/locations/us-central1";
    jobs.run_job()
        .set_name(format!("{elsewhere}/jobs/vertex-down"))
        .send()
        .await
        .unwrap();
    let list = vertex
        .list_custom_jobs()
        .set_parent(elsewhere)
        .with_retry_policy(NeverRetry);
    assert_eq!(code(&list.send().await.unwrap_err()), Code::Unavailable);

    let read = || {
        logging
            .list_log_entries()
            .set_resource_names([format!("projects/{PROJECT}")])
            .with_retry_policy(NeverRetry)
    };
    for _ in 0..60 {
        read().send().await.unwrap();
    }
    let exhausted = read().send().await.unwrap_err();
    assert_eq!(
        (code(&exhausted), reason(&exhausted).as_str()),
        (Code::ResourceExhausted, "RATE_LIMIT_EXCEEDED")
    );
}
