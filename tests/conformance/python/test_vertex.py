"""google-cloud-aiplatform: custom jobs by the generated client, and by `CustomJob.submit()`."""

import time

import pytest
from google.api_core import exceptions
from google.cloud import aiplatform, aiplatform_v1
from google.protobuf import duration_pb2, field_mask_pb2
from test_run import finished

STATES = aiplatform_v1.JobState
POOLS = [
    {
        "machine_spec": {
            "machine_type": "g2-standard-8",
            "accelerator_type": "NVIDIA_L4",
            "accelerator_count": 1,
        },
        "replica_count": 1,
        "disk_spec": {"boot_disk_type": "pd-ssd", "boot_disk_size_gb": 100},
        "container_spec": {
            "image_uri": "us-docker.pkg.dev/p/train/image:latest",
            "command": ["python", "train.py"],
            "args": ["--epochs", "90"],
            "env": [{"name": "WANDB_RUN_ID", "value": "ab12cd34"}],
        },
    }
]


def new_job(name="train", labels=None, **spec):
    return aiplatform_v1.CustomJob(
        display_name=name, labels=labels or {}, job_spec={"worker_pool_specs": POOLS, **spec}
    )


def names(jobs):
    return [job.display_name for job in jobs]


def test_a_custom_job_is_created_read_cancelled_and_deleted(vertex, parent):
    wanted = new_job(
        labels={"wandb-run-id": "ab12cd34"},
        scheduling={"timeout": duration_pb2.Duration(seconds=3600), "strategy": "SPOT"},
        service_account="sa@p.iam.gserviceaccount.com",
        base_output_directory={"output_uri_prefix": "gs://b/out"},
    )
    created = vertex.create_custom_job(parent=parent, custom_job=wanted)
    number, _, job_id = created.name.removeprefix("projects/").replace("/locations/us-central1", "").split("/")
    assert number.isdigit() and job_id.isdigit()
    assert created.job_spec == wanted.job_spec and created.labels == wanted.labels
    assert created.state in (STATES.JOB_STATE_QUEUED, STATES.JOB_STATE_PENDING)
    assert vertex.get_custom_job(name=created.name).job_spec == wanted.job_spec
    vertex.cancel_custom_job(name=created.name)
    cancelled = until(vertex, created.name, STATES.JOB_STATE_CANCELLED)
    assert cancelled.error.code == 1 and cancelled.end_time >= cancelled.create_time
    vertex.delete_custom_job(name=created.name).result(timeout=30)
    with pytest.raises(exceptions.NotFound):
        vertex.get_custom_job(name=created.name)


def until(vertex, name, state):
    """The job, once it is in a state."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        job = vertex.get_custom_job(name=name)
        if job.state == state:
            return job
        time.sleep(0.2)
    raise AssertionError(f"{name} is {job.state.name}, not {state.name}")


def test_lists_are_filtered_masked_and_paged(vertex, parent):
    created = []
    for index in range(5):
        job = new_job(f"train_{index}", {"wandb-run-id": f"run{index}"})
        created.append(vertex.create_custom_job(parent=parent, custom_job=job).create_time.rfc3339())
    other = vertex.create_custom_job(parent=parent, custom_job=new_job("other"))
    vertex.cancel_custom_job(name=other.name)
    until(vertex, other.name, STATES.JOB_STATE_CANCELLED)

    def listed(filter_="", **more):
        request = aiplatform_v1.ListCustomJobsRequest(parent=parent, filter=filter_, **more)
        return vertex.list_custom_jobs(request=request)

    train = [f"train_{index}" for index in reversed(range(5))]
    deadline = time.monotonic() + 30
    while len(names(listed())) < 6:  # a list may lag behind what was created
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert names(listed()) == ["other", *train]
    assert [len(page.custom_jobs) for page in listed(page_size=4).pages] == [4, 2]
    for text, expected in [
        ('display_name="train_3"', ["train_3"]),
        ('display_name:"train_*"', train),
        ('NOT display_name="other"', train),
        ('display_name!="other"', train),
        ("labels.wandb-run-id=run2", ["train_2"]),
        ("labels.wandb-run-id:*", train),
        ('state="JOB_STATE_CANCELLED"', ["other"]),
        ('state!="JOB_STATE_CANCELLED"', train),
        ('display_name="train_1" OR display_name="other"', ["other", "train_1"]),
        ('display_name:"train_*" AND labels.wandb-run-id=run0', ["train_0"]),
        (f'create_time>="{created[1]}"', ["other", *train[:4]]),
        (f'create_time<="{created[1]}"', train[3:]),
        (f'create_time<"{created[1]}"', ["train_0"]),
        (f'create_time="{created[1]}"', ["train_1"]),
        (f'create_time>"{created[4].replace("Z", "+00:00")}"', ["other"]),
    ]:
        assert names(listed(text)) == expected, text
    mask = field_mask_pb2.FieldMask(paths=["name", "state", "labels"])
    for job in listed('display_name:"train_*"', read_mask=mask):
        assert job.name and job.state and job.labels
        assert not job.display_name and not job.job_spec.worker_pool_specs and job.create_time is None


@pytest.mark.parametrize("text", ["nonsense", 'end_time>"2026-01-01T00:00:00Z"', 'name="x"', "state=", 'state="'])
def test_a_list_filter_that_is_wrong_is_a_bad_request(vertex, parent, text):
    with pytest.raises(exceptions.BadRequest) as refused:
        list(vertex.list_custom_jobs(request={"parent": parent, "filter": text}))
    assert refused.value.response.json()["error"]["status"] == "INVALID_ARGUMENT"


def test_jobs_that_cannot_be_are_bad_requests(vertex, parent):
    nothing = aiplatform_v1.CustomJob(display_name="x", job_spec={"worker_pool_specs": []})
    for job in [new_job(""), new_job("x" * 129), nothing]:
        with pytest.raises(exceptions.BadRequest):
            vertex.create_custom_job(parent=parent, custom_job=job)


@pytest.fixture
def sdk(cloud, project):
    """The high-level package, set up as W&B Launch and most training scripts do."""
    aiplatform.init(
        project=project,
        location="us-central1",
        credentials=cloud.service_account(),
        api_transport="rest",
        api_endpoint=cloud.endpoint,
        staging_bucket="gs://bucket",
    )
    yield aiplatform
    aiplatform.initializer.global_config.__init__()


def test_the_sdk_submits_finds_and_ends_a_custom_job(sdk, vertex, capsys):
    job = sdk.CustomJob(display_name="train-vision", worker_pool_specs=POOLS, labels={"wandb-run-id": "ab12cd34"})
    job.submit(timeout=3600, service_account="sa@p.iam.gserviceaccount.com", restart_job_on_worker_restart=False)
    number, job_id = job.resource_name.split("/")[1], job.resource_name.rsplit("/", 1)[1]
    assert number.isdigit() and job_id.isdigit() and job.labels["wandb-run-id"] == "ab12cd34"
    assert job.gca_resource.job_spec.base_output_directory.output_uri_prefix.startswith("gs://bucket/")
    assert job.state in (STATES.JOB_STATE_QUEUED, STATES.JOB_STATE_PENDING, STATES.JOB_STATE_RUNNING)
    assert sdk.CustomJob.get(job.resource_name).display_name == "train-vision"
    found, deadline = [], time.monotonic() + 30
    while not found and time.monotonic() < deadline:  # a list may lag behind what was created
        found = sdk.CustomJob.list(filter="labels.wandb-run-id=ab12cd34")
    (found,) = found
    assert found.resource_name == job.resource_name
    job.cancel()
    until(vertex, job.resource_name, STATES.JOB_STATE_CANCELLED)
    job.delete()
    with pytest.raises(exceptions.NotFound):
        sdk.CustomJob.get(job.resource_name)


def test_jobs_of_a_runner_appear_with_its_labels(cloud, vertex, run, parent):
    finished(run, parent, "tour-success")
    (job,) = vertex.list_custom_jobs(parent=parent)
    assert job.display_name == "train-vision" and job.labels["wandb-run-id"]
    assert until(vertex, job.name, STATES.JOB_STATE_SUCCEEDED).start_time is not None
