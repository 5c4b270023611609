"""`--exec`: the runner is a real process that submits with Google's own package, and `liftoff launch` judges it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import cloud as emulator
import pytest
from conftest import run_clients, vertex_client
from google.api_core import exceptions
from test_run import condition, start

RUNNER = Path(__file__).parent.parent / "runner" / "runner.py"
REGION = "us-central1"


def launch(cloud, project, folder, *arguments):
    """`liftoff launch train`; its exit code and its verdict."""
    verdict = folder / "verdict.json"
    endpoints = {
        f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{api}": f"{cloud.endpoint}/" for api in ("RUN", "LOGGING", "AIPLATFORM")
    }
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "CLOUDSDK_CONFIG": str(folder)} | endpoints
    environment["GOOGLE_APPLICATION_CREDENTIALS"] = str(cloud.key_file)
    command = [emulator.binary(), "launch", "train", "--project", project, "--region", REGION, "--output", "json"]
    command += ["--timeout", "90s", "--verdict-file", str(verdict), *arguments]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=150, check=False)
    return done.returncode, json.loads(verdict.read_text()) if verdict.exists() else done.stderr


def test_a_job_that_googles_package_submitted_makes_the_launch_a_success(project, parent, tmp_path):
    command = f"'{sys.executable}' '{RUNNER}'"  # the container's arguments follow it
    with emulator.running("--exec", command, "--lag", "1s") as cloud:
        code, verdict = launch(cloud, project, tmp_path, "--", "trained", "by", "hand")
        assert code == 0, json.dumps(verdict)
        (job,) = vertex_client(cloud.endpoint, cloud.service_account()).list_custom_jobs(parent=parent)
        assert job.name in json.dumps(verdict)
        assert job.display_name == "trained by hand"
        run = run_clients(cloud.endpoint, cloud.service_account())
        (execution,) = run.executions.list_executions(parent=f"{parent}/jobs/-")
        assert job.labels["cloud-run-execution"] == execution.name.rsplit("/", 1)[1]


def test_a_runner_that_dies_is_a_failed_launch_with_its_exit_code_in_the_task(project, parent, tmp_path):
    with emulator.running("--exec", "echo a last word >&2; exit 3", "--lag", "1s") as cloud:
        code, verdict = launch(cloud, project, tmp_path)
        assert code == 1, verdict
        run = run_clients(cloud.endpoint, cloud.service_account())
        for task in run.tasks.list_tasks(parent=f"{parent}/jobs/-/executions/-"):
            assert task.last_attempt_result.exit_code == 3


def test_a_cancelled_process_ends_as_a_cancelled_execution(project, parent):
    with emulator.running("--exec", "sleep 300") as cloud:
        run = run_clients(cloud.endpoint, cloud.service_account())
        operation, name = start(run, parent, "train")
        run.executions.cancel_execution(name=name)
        execution = operation.result(timeout=60)
        assert execution.cancelled_count == 1
        assert condition(execution, "Completed").execution_reason.name == "CANCELLED"
        with pytest.raises(exceptions.BadRequest):
            run.executions.cancel_execution(name=name)
