"""gcloud itself, by the endpoint variables that `liftoff emulate` prints. Skipped where it is not installed."""

import json
import os
import shutil
import subprocess
import time

import pytest
import requests

LOCATION = "us-central1"

pytestmark = pytest.mark.skipif(not shutil.which("gcloud"), reason="gcloud is not installed here")


class World:
    """gcloud and plain HTTP, in one project of the emulator."""

    def __init__(self, cloud, project, folder):
        self.cloud, self.project, self.folder = cloud, project, folder
        self.parent = f"projects/{project}/locations/{LOCATION}"

    def gcloud(self, *arguments):
        """Runs gcloud; what it printed as JSON."""
        done = self.attempt(*arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def attempt(self, *arguments):
        endpoints = {
            f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{api}": f"{self.cloud.endpoint}/" for api in ("LOGGING", "AIPLATFORM")
        }
        environment = os.environ | endpoints | {
            "CLOUDSDK_AUTH_ACCESS_TOKEN": self.cloud.token(),
            "CLOUDSDK_CONFIG": str(self.folder),
            "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
            "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1",
        }
        command = ["gcloud", *arguments, f"--project={self.project}", "--format=json"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)

    def post(self, path, body):
        headers = {"authorization": f"Bearer {self.cloud.token()}"}
        answer = requests.post(f"{self.cloud.endpoint}{path}", json=body, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def world(cloud, project, tmp_path):
    return World(cloud, project, tmp_path)


def test_logging_read_shows_an_execution_oldest_or_newest_first(world):
    operation = world.post(f"/v2/{world.parent}/jobs/execution-failed:run", {})
    execution = operation["metadata"]["name"].rsplit("/", 1)[1]
    filter_ = f'resource.type=cloud_run_job labels."run.googleapis.com/execution_name"="{execution}"'
    newest, deadline = [], time.monotonic() + 60
    while not any("called exit" in entry["textPayload"] for entry in newest) and time.monotonic() < deadline:
        newest = world.gcloud("logging", "read", filter_, "--limit=100")
    assert newest[0]["textPayload"] == "Container called exit(1)." and newest[0]["severity"] == "WARNING"
    oldest = world.gcloud("logging", "read", filter_, "--order=asc", "--freshness=1h", "--limit=2")
    assert oldest == newest[::-1][:2]


def test_custom_jobs_are_listed_and_described(world):
    pool = {"machineSpec": {"machineType": "n1-standard-4"}, "replicaCount": "1", "containerSpec": {"imageUri": "i"}}
    spec = {"workerPoolSpecs": [pool]}
    jobs = f"/v1/{world.parent}/customJobs"
    ours = world.post(jobs, {"displayName": "train", "labels": {"wandb-run-id": "ab12cd34"}, "jobSpec": spec})
    world.post(jobs, {"displayName": "other", "jobSpec": spec})
    region = f"--region={LOCATION}"
    every, deadline = [], time.monotonic() + 60
    while len(every) < 2 and time.monotonic() < deadline:  # a list may lag behind what was created
        every = world.gcloud("ai", "custom-jobs", "list", region)
    assert sorted(job["displayName"] for job in every) == ["other", "train"]
    listed = world.gcloud("ai", "custom-jobs", "list", region, "--filter=labels.wandb-run-id=ab12cd34")
    assert [job["name"] for job in listed] == [ours["name"]]
    described = world.gcloud("ai", "custom-jobs", "describe", ours["name"].rsplit("/", 1)[1], region)
    assert described["displayName"] == "train" and described["jobSpec"]["workerPoolSpecs"][0]["replicaCount"] == "1"


def test_a_job_that_is_not_there_is_said_to_be_missing(world):
    done = world.attempt("ai", "custom-jobs", "describe", "1", f"--region={LOCATION}")
    assert done.returncode == 1 and "NOT_FOUND" in done.stderr
