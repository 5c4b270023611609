"""A whole launch in which nothing is played: `liftoff launch` judges a real process that uses Google's real SDK."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cloud as emulator

RUNNER = Path(__file__).with_name("runner.py")


@pytest.fixture
def real_cloud():
    """An emulator whose job `train` is the runner beside this file, in this very Python."""
    with emulator.running("--exec", f"{sys.executable} {RUNNER}", "--lag", "2s") as running:
        yield running


def launch(cloud, *arguments):
    """The exit code of `liftoff launch train`, and its verdict merged with the diagnosis, as the summary has it."""
    root = f"{cloud.endpoint}/"
    environment = os.environ | {
        "GOOGLE_APPLICATION_CREDENTIALS": str(cloud.key_file),
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN": root,
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING": root,
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM": root,
    }
    command = [emulator.binary(), "launch", "train", "--project", "real", "--region", emulator.LOCATION]
    command += ["--output", "json", "--timeout", "3m", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert any(event["event"] == "verdict" for event in events), done.stdout + done.stderr
    return done.returncode, events[-1]["launches"][0]


def test_a_job_that_a_real_process_submits_is_the_verdict(real_cloud):
    code, verdict = launch(real_cloud)
    assert (code, verdict["outcome"]) == (0, "success"), verdict
    assert verdict["path"] in ("job_active", "log_submitted"), verdict
    jobs = real_cloud.state()["customJobs"]
    assert [job["displayName"] for job in jobs] == ["from-a-real-runner"]
    assert verdict["custom_job"] == jobs[0]["name"]


def test_what_vertex_refuses_reaches_the_verdict_through_the_sdks_exception(real_cloud):
    code, verdict = launch(real_cloud, "--env", "MACHINE_TYPE=n1-standard-3")
    assert (code, verdict["outcome"]) == (1, "failure"), verdict
    assert verdict["category"] == "machine-type-unsupported", verdict
