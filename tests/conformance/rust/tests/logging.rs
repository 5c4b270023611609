//! google-cloud-logging-v2: entries by page and by filter, with all nine digits of their timestamps.

use std::time::Duration;

use google_cloud_gax::error::rpc::Code;
use google_cloud_gax::paginator::ItemPaginator as _;
use google_cloud_logging_v2::client::LoggingServiceV2;
use google_cloud_logging_v2::model::{LogEntry, TailLogEntriesRequest};
use liftoff_conformance::{Cloud, PARENT, PROJECT};

async fn entries(logging: &LoggingServiceV2, filter: &str, order: &str) -> Vec<LogEntry> {
    let list = logging
        .list_log_entries()
        .set_resource_names([format!("projects/{PROJECT}")])
        .set_filter(filter)
        .set_order_by(order)
        .set_page_size(3);
    let (mut items, mut found) = (list.by_item(), Vec::new());
    while let Some(entry) = items.next().await {
        found.push(entry.unwrap());
    }
    found
}

/// Runs a job and waits until the end of its container can be read. The filter of its execution.
async fn logged(cloud: &Cloud, logging: &LoggingServiceV2) -> String {
    let jobs = cloud.jobs().await;
    jobs.run_job()
        .set_name(format!("{PARENT}/jobs/oom"))
        .send()
        .await
        .unwrap();
    let filter = "resource.type=\"cloud_run_job\" AND resource.labels.job_name=\"oom\" AND logName:\"run.googleapis.com\"";
    let end = format!("{filter} AND textPayload:\"Container terminated\"");
    for _ in 0..25 {
        if !entries(logging, &end, "").await.is_empty() {
            return filter.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(600)).await; // entries come late, as in life
    }
    panic!("the container's end was never logged")
}

fn keys(entries: &[LogEntry]) -> Vec<(String, String)> {
    entries
        .iter()
        .map(|entry| (String::from(entry.timestamp.unwrap()), entry.insert_id.clone()))
        .collect()
}

#[tokio::test]
async fn entries_are_listed_by_page_in_either_order() {
    let cloud = Cloud::start("100").await;
    let logging = cloud.logging().await;
    let filter = logged(&cloud, &logging).await;
    let oldest = entries(&logging, &filter, "timestamp asc").await;
    assert!(oldest.len() > 5 && oldest.iter().all(|entry| entry.text_payload().is_some()));
    assert!(oldest.is_sorted_by_key(|entry| entry.timestamp.unwrap()));
    assert_eq!(oldest[0].resource.as_ref().unwrap().labels["job_name"], "oom");
    let mut newest = entries(&logging, &filter, "timestamp desc").await;
    newest.reverse();
    assert_eq!(keys(&newest), keys(&oldest));
}

#[tokio::test]
async fn a_timestamp_bounds_a_list_to_the_nanosecond() {
    let cloud = Cloud::start("100").await;
    let logging = cloud.logging().await;
    let filter = logged(&cloud, &logging).await;
    let all = keys(&entries(&logging, &filter, "").await);
    let middle = &all[all.len() / 2].0;
    for (sign, expected) in [
        (">=", all.iter().filter(|key| key.0 >= *middle).count()),
        (">", all.iter().filter(|key| key.0 > *middle).count()),
        ("<", all.iter().filter(|key| key.0 < *middle).count()),
    ] {
        let found = entries(&logging, &format!("{filter} AND timestamp{sign}\"{middle}\""), "").await;
        assert_eq!(found.len(), expected, "{sign}");
    }
}

fn tail(filter: &str) -> TailLogEntriesRequest {
    TailLogEntriesRequest::new()
        .set_resource_names([format!("projects/{PROJECT}")])
        .set_filter(filter)
        .set_buffer_window(google_cloud_wkt::Duration::new(0, 0).unwrap())
}

#[tokio::test]
async fn a_tail_shows_the_entries_of_a_run_as_they_come() {
    let cloud = Cloud::start("20").await;
    let (logging, jobs) = (cloud.logging().await, cloud.jobs().await);
    let (sender, mut responses) = logging.tail_log_entries().build();
    sender
        .send(tail(
            "resource.type=\"cloud_run_job\" AND logName:\"run.googleapis.com\"",
        ))
        .await
        .unwrap();
    jobs.run_job()
        .set_name(format!("{PARENT}/jobs/oom"))
        .send()
        .await
        .unwrap();
    let mut texts = Vec::new();
    while !texts
        .iter()
        .any(|text: &String| text.contains("Container terminated"))
    {
        let response = tokio::time::timeout(Duration::from_secs(30), responses.next())
            .await
            .expect("an entry in time");
        let entries = response.unwrap().unwrap().entries;
        assert!(entries.is_sorted_by_key(|entry| entry.timestamp.unwrap()));
        texts.extend(
            entries
                .into_iter()
                .map(|entry| entry.text_payload().unwrap().clone()),
        );
    }
    assert!(texts.len() > 5, "{texts:?}");
}

#[tokio::test]
async fn a_tail_with_a_wrong_filter_is_an_invalid_argument() {
    let cloud = Cloud::start("100").await;
    let logging = cloud.logging().await;
    let (sender, mut responses) = logging.tail_log_entries().build();
    sender.send(tail("((")).await.unwrap();
    let refused = responses.next().await.unwrap().unwrap_err();
    assert_eq!(refused.status().unwrap().code, Code::InvalidArgument);
}
