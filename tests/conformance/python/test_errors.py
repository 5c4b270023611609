"""Every refusal as the exception that Google's clients raise for it."""

import google.auth.exceptions
import pytest
from conftest import logging_client, run_clients, vertex_client
from google.api_core import exceptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import run_v2
from google.oauth2.credentials import Credentials
from test_run import start
from test_vertex import new_job


def status(error):
    """The `google.rpc.Code` name in the body."""
    return error.value.response.json()["error"]["status"]


def test_what_is_not_there_is_not_found(run, vertex, parent):
    missing = f"{parent}/jobs/nosuch"
    for ask in [
        lambda: run.jobs.get_job(name=missing),
        lambda: run.jobs.run_job(name=missing),
        lambda: run.executions.get_execution(name=f"{missing}/executions/nosuch-abcde"),
        lambda: run.executions.cancel_execution(name=f"{missing}/executions/nosuch-abcde"),
        lambda: run.executions.delete_execution(name=f"{missing}/executions/nosuch-abcde"),
        lambda: run.tasks.get_task(name=f"{missing}/executions/nosuch-abcde/tasks/nosuch-abcde-task0"),
        lambda: run.jobs.get_operation({"name": f"{parent}/operations/00000000-0000-4000-8000-000000000000"}),
        lambda: vertex.get_custom_job(name=f"{parent}/customJobs/1"),
        lambda: vertex.cancel_custom_job(name=f"{parent}/customJobs/1"),
        lambda: vertex.delete_custom_job(name=f"{parent}/customJobs/1"),
    ]:
        with pytest.raises(exceptions.NotFound) as refused:
            ask()
        assert status(refused) == "NOT_FOUND"


@pytest.mark.parametrize(
    ("credentials", "reason"),
    [(AnonymousCredentials(), "CREDENTIALS_MISSING"), (Credentials("ya29.wrong"), "ACCESS_TOKEN_TYPE_UNSUPPORTED")],
    ids=["none", "unknown token"],
)
def test_credentials_that_are_missing_or_wrong_are_unauthorized(cloud, project, parent, credentials, reason):
    run = run_clients(cloud.endpoint, credentials)
    for ask in [
        lambda: run.jobs.get_job(name=f"{parent}/jobs/completed"),
        lambda: list(logging_client(cloud.endpoint, credentials, project).list_entries()),
        lambda: list(vertex_client(cloud.endpoint, credentials).list_custom_jobs(parent=parent)),
    ]:
        try:
            ask()
        except exceptions.Unauthorized as error:
            assert error.reason == reason and error.domain == "googleapis.com"
            assert error.response.json()["error"]["status"] == "UNAUTHENTICATED"
        except google.auth.exceptions.GoogleAuthError as error:
            assert "refresh" in str(error)  # on a 401 these clients want a new token, which such credentials cannot get
        else:
            pytest.fail("it was let in")


def test_both_ways_to_use_a_service_account_are_let_in(cloud, project, parent):
    """Generated clients sign their own JWTs; `google.cloud.logging` and gcloud exchange one for a token."""
    for credentials in [cloud.service_account(), cloud.user()]:
        assert run_clients(cloud.endpoint, credentials).jobs.get_job(name=f"{parent}/jobs/completed").uid
        assert not list(logging_client(cloud.endpoint, credentials, project).list_entries())
        assert not list(vertex_client(cloud.endpoint, credentials).list_custom_jobs(parent=parent))


def test_a_permission_that_is_missing_is_forbidden(run, vertex, parent):
    start(run, parent, "completed")  # its project may not read Vertex AI from then on
    with pytest.raises(exceptions.Forbidden) as refused:
        list(vertex.list_custom_jobs(parent=parent))
    assert status(refused) == "PERMISSION_DENIED" and refused.value.reason == "IAM_PERMISSION_DENIED"


def test_a_service_that_is_down_is_unavailable(run, vertex, logs, parent):
    start(run, parent, "vertex-down")
    with pytest.raises(exceptions.ServiceUnavailable) as refused:
        list(vertex.list_custom_jobs(parent=parent))
    assert status(refused) == "UNAVAILABLE"


def test_an_exhausted_quota_says_which(logs, project):
    with pytest.raises(exceptions.TooManyRequests) as refused:
        for _ in range(61):
            list(logs.list_entries(page_size=1))
    assert status(refused) == "RESOURCE_EXHAUSTED" and refused.value.reason == "RATE_LIMIT_EXCEEDED"
    metadata = refused.value.metadata
    assert metadata["quota_limit"] == "ReadRequestsPerMinutePerProject" and metadata["quota_limit_value"] == "60"
    assert metadata["service"] == "logging.googleapis.com" and metadata["consumer"].startswith("projects/")
    assert metadata["quota_metric"] == "logging.googleapis.com/read_requests"


def test_what_cannot_be_is_a_bad_request(run, vertex, parent):
    override = run_v2.RunJobRequest.Overrides.ContainerOverride
    job = f"{parent}/jobs/tour-success"
    for overrides in [
        {"task_count": -1},
        {"container_overrides": [override(name="sidecar")]},
        {"container_overrides": [override(clear_args=True, args=["x"])]},
    ]:
        with pytest.raises(exceptions.BadRequest) as refused:
            run.jobs.run_job(request={"name": job, "overrides": overrides})
        assert status(refused) == "INVALID_ARGUMENT"
    for ask in [
        lambda: list(run.executions.list_executions(request={"parent": job, "page_token": "nonsense"})),
        lambda: list(run.executions.list_executions(request={"parent": job, "page_size": -1})),
        lambda: run.jobs.list_operations({"name": parent, "filter": "done:maybe"}),
        lambda: list(vertex.list_custom_jobs(request={"parent": parent, "read_mask": {"paths": ["nmae"]}})),
    ]:
        with pytest.raises(exceptions.BadRequest) as refused:
            ask()
        assert status(refused) == "INVALID_ARGUMENT"


def test_a_stale_etag_is_a_conflict(run, parent):
    request = run_v2.RunJobRequest(name=f"{parent}/jobs/tour-success", etag='"stale"')
    with pytest.raises(exceptions.Conflict) as refused:
        run.jobs.run_job(request=request)
    assert status(refused) == "ABORTED"


def test_a_job_that_still_runs_cannot_be_deleted(vertex, parent):
    job = vertex.create_custom_job(parent=parent, custom_job=new_job())
    with pytest.raises(exceptions.BadRequest) as refused:
        vertex.delete_custom_job(name=job.name)
    assert status(refused) == "FAILED_PRECONDITION"
