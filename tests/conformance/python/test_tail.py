"""google-cloud-logging over gRPC: `TailLogEntries`, and `ListLogEntries` beside it on the same port."""

import contextlib
import queue
import threading
import time

import grpc
import pytest
from google.api_core import exceptions
from google.cloud.logging_v2.services.logging_service_v2 import LoggingServiceV2Client
from google.cloud.logging_v2.services.logging_service_v2.transports import LoggingServiceV2GrpcTransport
from google.cloud.logging_v2.types import ListLogEntriesRequest, TailLogEntriesRequest
from google.logging.type.log_severity_pb2 import LogSeverity
from google.protobuf import duration_pb2
from test_run import start

PATIENCE = 30


@pytest.fixture
def grpc_logs(cloud):
    """The generated client over a plaintext channel. Such a channel takes no credentials, so calls carry the bearer."""
    with grpc.insecure_channel(cloud.address) as channel:
        transport = LoggingServiceV2GrpcTransport(channel=channel)
        # Otherwise a tail is only returned once there is a first response; google-cloud-pubsub does the same.
        transport.tail_log_entries._prefetch_first_result_ = False
        yield LoggingServiceV2Client(transport=transport)


@pytest.fixture
def bearer(cloud):
    return [("authorization", f"Bearer {cloud.token()}")]


@contextlib.contextmanager
def tailing(client, metadata, project, filter_="", window=None):
    """An open tail: a queue of its responses, which ends with the error that ended it."""
    done = threading.Event()
    request = TailLogEntriesRequest(resource_names=[f"projects/{project}"], filter=filter_, buffer_window=window)

    def requests():
        yield request
        done.wait()  # the stream of requests stays open, as gcloud keeps it

    stream = client.tail_log_entries(requests=requests(), metadata=metadata)
    responses = queue.Queue()

    def read():
        try:
            for response in stream:
                responses.put(response)
        except exceptions.GoogleAPICallError as error:
            responses.put(error)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield stream, responses
    finally:
        done.set()
        stream.cancel()
        thread.join(PATIENCE)
        assert not thread.is_alive(), "a cancelled tail went on"


def entries_until(responses, text):
    """All entries that arrive, up to one that holds `text`."""
    found, deadline = [], time.monotonic() + PATIENCE
    while not any(text in entry.text_payload for entry in found):
        response = responses.get(timeout=deadline - time.monotonic())
        if isinstance(response, Exception):
            raise response
        stamps = [entry.timestamp for entry in response.entries]
        assert stamps == sorted(stamps), "entries are in order within a response"
        found += response.entries
    return found


def test_a_tail_shows_what_a_list_shows_afterwards(grpc_logs, bearer, run, parent, project):
    filter_ = 'resource.type="cloud_run_job" AND logName:"run.googleapis.com"'
    with tailing(grpc_logs, bearer, project, filter_, duration_pb2.Duration()) as (stream, responses):
        stream.initial_metadata()  # the session is open
        start(run, parent, "oom")
        tailed = entries_until(responses, "Container terminated")
    request = ListLogEntriesRequest(resource_names=[f"projects/{project}"], filter=filter_, page_size=3)
    deadline, listed = time.monotonic() + PATIENCE, []
    while len(listed) < len(tailed) and time.monotonic() < deadline:
        listed = list(grpc_logs.list_log_entries(request=request, metadata=bearer))
        time.sleep(1.5)  # a list shows an entry later than a tail does
    assert len(tailed) > 5 and len({entry.insert_id for entry in tailed}) == len(tailed)
    assert {entry.insert_id: entry for entry in tailed}.items() <= {entry.insert_id: entry for entry in listed}.items()


def test_lists_are_the_same_over_grpc_and_rest(grpc_logs, bearer, run, logs, parent, project):
    start(run, parent, "execution-failed")
    text, deadline, rest = 'textPayload:"Container called exit"', time.monotonic() + PATIENCE, []
    while not rest and time.monotonic() < deadline:
        rest = list(logs.list_entries(filter_=text))
        time.sleep(1.2)
    request = ListLogEntriesRequest(resource_names=[f"projects/{project}"], filter=text)
    (entry,) = grpc_logs.list_log_entries(request=request, metadata=bearer)
    assert entry.insert_id == rest[0].insert_id and entry.text_payload == rest[0].payload
    assert dict(entry.labels) == rest[0].labels and dict(entry.resource.labels) == rest[0].resource.labels
    assert LogSeverity.Name(entry.severity) == rest[0].severity and entry.log_name == rest[0].log_name
    assert entry.timestamp.replace(tzinfo=None) == rest[0].timestamp.replace(tzinfo=None)


def test_what_is_written_is_tailed(grpc_logs, bearer, logs, project):
    with tailing(grpc_logs, bearer, project, 'logName:"conformance"', duration_pb2.Duration()) as (stream, responses):
        stream.initial_metadata()
        logs.logger("conformance").log_text("by hand", severity="ERROR", labels={"a": "b"})
        # A client's first write brings an entry about the client itself.
        entry = next(one for one in entries_until(responses, "by hand") if "by hand" in one.text_payload)
    assert LogSeverity.Name(entry.severity) == "ERROR" and entry.labels["a"] == "b"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"filter_": "(("}, exceptions.InvalidArgument),
        ({"window": duration_pb2.Duration(seconds=61)}, exceptions.InvalidArgument),
        ({"project": "", "filter_": ""}, exceptions.InvalidArgument),
    ],
    ids=["filter", "window", "project"],
)
def test_a_tail_that_cannot_be_is_an_invalid_argument(grpc_logs, bearer, project, arguments, error):
    with tailing(grpc_logs, bearer, **{"project": project, **arguments}) as (_, responses):
        assert isinstance(responses.get(timeout=PATIENCE), error)


def test_a_tail_without_a_token_is_unauthenticated(grpc_logs, project):
    for metadata in [], [("authorization", "Bearer wrong")]:
        with tailing(grpc_logs, metadata, project) as (_, responses):
            assert isinstance(responses.get(timeout=PATIENCE), exceptions.Unauthenticated)
        with pytest.raises(exceptions.Unauthenticated):
            list(grpc_logs.list_log_entries(resource_names=[f"projects/{project}"], metadata=metadata))


def test_the_eleventh_tail_of_a_project_exhausts_its_sessions(grpc_logs, bearer, project):
    with contextlib.ExitStack() as open_tails:
        for _ in range(10):
            stream, _ = open_tails.enter_context(tailing(grpc_logs, bearer, project))
            stream.initial_metadata()
        with tailing(grpc_logs, bearer, project) as (_, responses):
            assert isinstance(responses.get(timeout=PATIENCE), exceptions.ResourceExhausted)


def test_an_exhausted_read_quota_is_resource_exhausted(grpc_logs, bearer, project):
    request = ListLogEntriesRequest(resource_names=[f"projects/{project}"], page_size=1)
    with pytest.raises(exceptions.ResourceExhausted) as refused:
        for _ in range(61):
            list(grpc_logs.list_log_entries(request=request, metadata=bearer, retry=None))
    assert refused.value.reason == "RATE_LIMIT_EXCEEDED"
    assert refused.value.metadata["quota_limit"] == "ReadRequestsPerMinutePerProject"
