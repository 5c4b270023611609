"""Google's clients, pointed at the emulator the way their users would."""

from types import SimpleNamespace

import pytest
from google.api_core.client_options import ClientOptions
from google.cloud import aiplatform_v1, logging, run_v2


def run_clients(endpoint, credentials):
    """The three clients of google-cloud-run."""

    def client(kind):
        options = ClientOptions(api_endpoint=endpoint)
        return kind(credentials=credentials, transport="rest", client_options=options)

    return SimpleNamespace(
        jobs=client(run_v2.JobsClient),
        executions=client(run_v2.ExecutionsClient),
        tasks=client(run_v2.TasksClient),
    )


def logging_client(endpoint, credentials, project):
    """google-cloud-logging over REST."""
    return logging.Client(
        project=project, credentials=credentials, _use_grpc=False, client_options={"api_endpoint": endpoint}
    )


def vertex_client(endpoint, credentials):
    """The generated client of google-cloud-aiplatform."""
    options = ClientOptions(api_endpoint=endpoint)
    return aiplatform_v1.JobServiceClient(credentials=credentials, transport="rest", client_options=options)


@pytest.fixture(scope="session")
def run(cloud):
    return run_clients(cloud.endpoint, cloud.service_account())


@pytest.fixture(scope="session")
def slow_run(slow_cloud):
    return run_clients(slow_cloud.endpoint, slow_cloud.service_account())


@pytest.fixture
def logs(cloud, project):
    return logging_client(cloud.endpoint, cloud.service_account(), project)


@pytest.fixture(scope="session")
def vertex(cloud):
    return vertex_client(cloud.endpoint, cloud.service_account())
