//! google-cloud-run-v2: a job's life, from `run_job` to the deleted execution.

use google_cloud_gax::error::rpc::Code;
use google_cloud_gax::paginator::{ItemPaginator as _, Paginator as _};
use google_cloud_lro::Poller as _;
use google_cloud_run_v2::client::Jobs;
use google_cloud_run_v2::model::condition::{ExecutionReason, Reasons, State};
use google_cloud_run_v2::model::run_job_request::Overrides;
use google_cloud_run_v2::model::run_job_request::overrides::ContainerOverride;
use google_cloud_run_v2::model::{
    Condition, Container, EnvVar, Execution, ExecutionTemplate, Job, TaskTemplate,
};
use google_cloud_wkt::Duration;
use liftoff_conformance::{Cloud, PARENT};

/// Runs a job to its end.
pub(crate) async fn finished(jobs: &Jobs, job: &str) -> Execution {
    let run = jobs.run_job().set_name(format!("{PARENT}/jobs/{job}"));
    run.poller().until_done().await.unwrap()
}

fn completed(execution: &Execution) -> &Condition {
    execution
        .conditions
        .iter()
        .find(|condition| condition.r#type == "Completed")
        .unwrap()
}

#[tokio::test]
async fn a_run_can_be_waited_for_and_its_execution_and_tasks_read() {
    let cloud = Cloud::start("100").await;
    let (jobs, executions, tasks) = (cloud.jobs().await, cloud.executions().await, cloud.tasks().await);
    let container = ContainerOverride::new()
        .set_args(["--epochs", "90"])
        .set_env([EnvVar::new().set_name("A").set_value("1")]);
    let overrides = Overrides::new()
        .set_container_overrides([container])
        .set_task_count(2)
        .set_timeout(Duration::new(900, 0).unwrap());
    let run = jobs
        .run_job()
        .set_name(format!("{PARENT}/jobs/tour-success"))
        .set_overrides(overrides);
    let execution = run.poller().until_done().await.unwrap();

    assert_eq!(
        (
            execution.task_count,
            execution.succeeded_count,
            execution.job.as_str()
        ),
        (2, 2, "tour-success")
    );
    assert_eq!(completed(&execution).state, State::ConditionSucceeded);
    assert!(execution.create_time.unwrap() <= execution.start_time.unwrap());
    assert!(execution.start_time.unwrap() <= execution.completion_time.unwrap());
    let template = execution.template.clone().unwrap();
    assert_eq!(template.timeout, Some(Duration::new(900, 0).unwrap()));
    assert_eq!(template.containers[0].args, ["--epochs", "90"]);
    assert!(
        template.containers[0]
            .env
            .iter()
            .any(|variable| variable.name == "A")
    );
    assert_eq!(
        executions
            .get_execution()
            .set_name(&execution.name)
            .send()
            .await
            .unwrap(),
        execution
    );

    let mut listed = tasks.list_tasks().set_parent(&execution.name).by_item();
    for index in 0..2 {
        let task = listed.next().await.unwrap().unwrap();
        assert_eq!(
            (task.index, task.last_attempt_result.as_ref().unwrap().exit_code),
            (index, 0)
        );
        assert_eq!(tasks.get_task().set_name(&task.name).send().await.unwrap(), task);
    }
    assert!(listed.next().await.is_none());
}

#[tokio::test]
async fn executions_are_listed_newest_first_page_by_page() {
    let cloud = Cloud::start("100").await;
    let (jobs, executions) = (cloud.jobs().await, cloud.executions().await);
    let mut names = Vec::new();
    for _ in 0..3 {
        names.insert(0, finished(&jobs, "tour-success").await.name);
    }
    let list = executions
        .list_executions()
        .set_parent(format!("{PARENT}/jobs/-"))
        .set_page_size(2);
    let (mut pages, mut found) = (list.by_page(), Vec::new());
    while let Some(page) = pages.next().await {
        found.push(
            page.unwrap()
                .executions
                .into_iter()
                .map(|one| one.name)
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(found, [names[..2].to_vec(), names[2..].to_vec()]);
}

#[tokio::test]
async fn a_cancelled_execution_ends_without_an_error() {
    let cloud = Cloud::start("1").await;
    let (jobs, executions) = (cloud.jobs().await, cloud.executions().await);
    let operation = jobs
        .run_job()
        .set_name(format!("{PARENT}/jobs/job-pending"))
        .send()
        .await
        .unwrap();
    assert!(!operation.done);
    let waited = jobs
        .wait_operation()
        .set_name(&operation.name)
        .set_timeout(Duration::new(0, 100_000_000).unwrap());
    assert!(!waited.send().await.unwrap().done);
    let mut running = executions
        .list_executions()
        .set_parent(format!("{PARENT}/jobs/job-pending"))
        .by_item();
    let name = running.next().await.unwrap().unwrap().name;
    let execution = executions
        .cancel_execution()
        .set_name(&name)
        .poller()
        .until_done()
        .await
        .unwrap();
    assert_eq!(execution.cancelled_count, 1);
    assert_eq!(completed(&execution).state, State::ConditionFailed);
    assert_eq!(
        completed(&execution).reasons,
        Some(Reasons::ExecutionReason(ExecutionReason::Cancelled))
    );
    assert!(
        jobs.get_operation()
            .set_name(&operation.name)
            .send()
            .await
            .unwrap()
            .done
    );
    let again = executions
        .cancel_execution()
        .set_name(&name)
        .send()
        .await
        .unwrap_err();
    assert_eq!(again.status().unwrap().code, Code::FailedPrecondition);
}

#[tokio::test]
async fn a_failed_execution_says_so_whatever_the_form_of_its_operation() {
    let cloud = Cloud::start("100").await;
    let (jobs, executions) = (cloud.jobs().await, cloud.executions().await);
    let run = jobs.run_job().set_name(format!("{PARENT}/jobs/execution-failed"));
    if let Err(error) = run.poller().until_done().await {
        assert_eq!(error.status().unwrap().code, Code::Unknown);
    }
    let mut listed = executions
        .list_executions()
        .set_parent(format!("{PARENT}/jobs/-"))
        .by_item();
    let execution = listed.next().await.unwrap().unwrap();
    assert_eq!((execution.failed_count, execution.succeeded_count), (1, 0));
    assert_eq!(
        completed(&execution).reasons,
        Some(Reasons::ExecutionReason(ExecutionReason::NonZeroExitCode))
    );
}

#[tokio::test]
async fn a_deleted_execution_is_not_found() {
    let cloud = Cloud::start("100").await;
    let (jobs, executions) = (cloud.jobs().await, cloud.executions().await);
    let name = finished(&jobs, "tour-success").await.name;
    let deleted = executions
        .delete_execution()
        .set_name(&name)
        .poller()
        .until_done()
        .await
        .unwrap();
    assert!(deleted.name == name && deleted.delete_time.is_some());
    let missing = executions
        .get_execution()
        .set_name(&name)
        .send()
        .await
        .unwrap_err();
    assert_eq!(missing.status().unwrap().code, Code::NotFound);
}

#[tokio::test]
async fn jobs_are_read_and_listed() {
    let cloud = Cloud::start("100").await;
    let jobs = cloud.jobs().await;
    let newest = finished(&jobs, "tour-success").await.name;
    let job = jobs
        .get_job()
        .set_name(format!("{PARENT}/jobs/tour-success"))
        .send()
        .await
        .unwrap();
    assert!(newest.ends_with(&job.latest_created_execution.clone().unwrap().name));
    let (mut listed, mut count) = (jobs.list_jobs().set_parent(PARENT).set_page_size(9).by_item(), 0);
    while let Some(one) = listed.next().await {
        count += 1;
        assert!(one.unwrap().template.is_some());
    }
    assert!(count > 20, "{count}");
}

#[tokio::test]
async fn a_job_is_created_changed_and_deleted() {
    let cloud = Cloud::start("100").await;
    let jobs = cloud.jobs().await;
    let task = TaskTemplate::new()
        .set_containers([Container::new().set_image("us-docker.pkg.dev/p/launch/agent:1")])
        .set_max_retries(1);
    let wanted = Job::new().set_template(ExecutionTemplate::new().set_task_count(2).set_template(task));
    let create = || {
        jobs.create_job()
            .set_parent(PARENT)
            .set_job(wanted.clone())
            .set_job_id("made")
    };
    let created = create().poller().until_done().await.unwrap();
    let template = created.template.clone().unwrap();
    assert_eq!(
        (created.name.as_str(), created.generation),
        (format!("{PARENT}/jobs/made").as_str(), 1)
    );
    assert_eq!(
        (template.task_count, template.template.unwrap().max_retries()),
        (2, Some(&1))
    );
    let again = create().send().await.unwrap_err();
    assert_eq!(again.status().unwrap().code, Code::AlreadyExists);

    let relabelled = created.clone().set_labels([("team", "b")]);
    let changed = jobs
        .update_job()
        .set_job(relabelled)
        .poller()
        .until_done()
        .await
        .unwrap();
    assert_eq!((changed.generation, changed.labels["team"].as_str()), (2, "b"));
    let deleted = jobs
        .delete_job()
        .set_name(&created.name)
        .poller()
        .until_done()
        .await
        .unwrap();
    assert_eq!(deleted.name, created.name);
    let missing = jobs.get_job().set_name(&created.name).send().await.unwrap_err();
    assert_eq!(missing.status().unwrap().code, Code::NotFound);
}
