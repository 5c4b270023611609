//! google-cloud-aiplatform-v1: custom jobs created, filtered, cancelled and deleted.

use std::time::Duration;

use google_cloud_aiplatform_v1::client::JobService;
use google_cloud_aiplatform_v1::model::{
    AcceleratorType, ContainerSpec, CustomJob, CustomJobSpec, JobState, MachineSpec, WorkerPoolSpec,
};
use google_cloud_gax::error::rpc::Code;
use google_cloud_gax::paginator::ItemPaginator as _;
use google_cloud_lro::Poller as _;
use liftoff_conformance::{Cloud, PARENT};

fn new_job(name: &str, run_id: &str) -> CustomJob {
    let machine = MachineSpec::new()
        .set_machine_type("g2-standard-8")
        .set_accelerator_type(AcceleratorType::NvidiaL4)
        .set_accelerator_count(1);
    let container = ContainerSpec::new().set_image_uri("us-docker.pkg.dev/p/train/image:latest");
    let pool = WorkerPoolSpec::new()
        .set_machine_spec(machine)
        .set_replica_count(1)
        .set_container_spec(container);
    CustomJob::new()
        .set_display_name(name)
        .set_labels([("wandb-run-id", run_id)])
        .set_job_spec(CustomJobSpec::new().set_worker_pool_specs([pool]))
}

async fn names(vertex: &JobService, filter: &str) -> Vec<String> {
    let list = vertex
        .list_custom_jobs()
        .set_parent(PARENT)
        .set_filter(filter)
        .set_page_size(1);
    let (mut items, mut found) = (list.by_item(), Vec::new());
    while let Some(job) = items.next().await {
        found.push(job.unwrap().display_name);
    }
    found
}

#[tokio::test]
async fn a_custom_job_is_created_found_cancelled_and_deleted() {
    let cloud = Cloud::start("100").await;
    let vertex = cloud.vertex().await;
    let wanted = new_job("train", "ab12cd34");
    let job = vertex
        .create_custom_job()
        .set_parent(PARENT)
        .set_custom_job(wanted.clone())
        .send()
        .await
        .unwrap();
    let other = new_job("other", "xy");
    vertex
        .create_custom_job()
        .set_parent(PARENT)
        .set_custom_job(other)
        .send()
        .await
        .unwrap();
    assert_eq!((&job.job_spec, &job.labels), (&wanted.job_spec, &wanted.labels));

    for _ in 0..100 {
        if names(&vertex, "").await.len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await; // a list may lag behind what was created
    }
    assert_eq!(names(&vertex, "").await, ["other", "train"]);
    assert_eq!(names(&vertex, "labels.wandb-run-id=ab12cd34").await, ["train"]);
    assert_eq!(
        names(
            &vertex,
            "NOT display_name=\"train\" AND state!=\"JOB_STATE_FAILED\""
        )
        .await,
        ["other"]
    );

    vertex
        .cancel_custom_job()
        .set_name(&job.name)
        .send()
        .await
        .unwrap();
    let ended = loop {
        let job = vertex.get_custom_job().set_name(&job.name).send().await.unwrap();
        if job.state == JobState::Cancelled {
            break job;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert_eq!(ended.error.unwrap().code, Code::Cancelled as i32);
    vertex
        .delete_custom_job()
        .set_name(&job.name)
        .poller()
        .until_done()
        .await
        .unwrap();
    let missing = vertex
        .get_custom_job()
        .set_name(&job.name)
        .send()
        .await
        .unwrap_err();
    assert_eq!(missing.status().unwrap().code, Code::NotFound);
}
