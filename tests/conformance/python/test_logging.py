"""google-cloud-logging over REST: the entries of an execution, by page and by filter.

What a filter finds is compared with what a plain Python predicate keeps of all entries.
"""

import re
import time

import pytest
from google.api_core import exceptions
from google.cloud import logging
from test_run import start

JOB_RESOURCE = logging.Resource(
    type="cloud_run_job", labels={"project_id": "p", "location": "us-central1", "job_name": "j"}
)
RANK = ["DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY"]


def of(execution):
    """Google's own filter for an execution, as its `logUri` has it."""
    return f'resource.type="cloud_run_job" AND labels."run.googleapis.com/execution_name"="{execution}"'


def logged(run, logs, parent, job, last):
    """Runs a job; its execution's short name and all its entries, once one that holds `last` can be seen."""
    execution = start(run, parent, job)[1].rsplit("/", 1)[1]
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        entries = list(logs.list_entries(filter_=of(execution), page_size=1000))
        if any(last in str(entry.payload) for entry in entries):
            return execution, entries
        time.sleep(1.2)  # entries come late, as in life, and 60 requests a minute are allowed
    raise AssertionError(f"{job} never logged {last!r}")


@pytest.fixture
def written(run, logs, parent):
    """An execution whose container was killed, and all that it has logged."""
    return logged(run, logs, parent, "oom", "Container terminated")


def keys(entries):
    return [(entry.timestamp, entry.insert_id) for entry in entries]


def test_entries_are_what_cloud_run_writes(written, project):
    execution, entries = written
    assert len(entries) > 5 and keys(entries) == sorted(set(keys(entries)))
    for entry in entries:
        assert isinstance(entry, logging.TextEntry) and entry.payload
        assert entry.resource.type == "cloud_run_job"
        labels = {"project_id": project, "location": "us-central1", "job_name": "oom"}
        assert entry.resource.labels == labels
        assert entry.labels["run.googleapis.com/execution_name"] == execution
        assert entry.labels["run.googleapis.com/task_index"] == "0"
        assert entry.log_name.startswith(f"projects/{project}/logs/run.googleapis.com%2F")
        assert entry.received_timestamp >= entry.timestamp


def test_the_end_of_a_container_is_a_system_line(run, logs, parent):
    _, entries = logged(run, logs, parent, "execution-failed", "Container called exit")
    end = next(entry for entry in entries if "Container called exit" in entry.payload)
    assert end.log_name.endswith("%2Fvarlog%2Fsystem") and end.payload == "Container called exit(1)."
    assert end.severity == "WARNING"  # so that `severity>=ERROR` misses it, as in life


def test_pages_add_up_in_either_order(written, logs):
    execution, entries = written
    pages = logs.list_entries(filter_=of(execution), page_size=3)
    assert keys(pages) == keys(entries)
    newest = logs.list_entries(filter_=of(execution), order_by=logging.DESCENDING, page_size=4)
    assert keys(newest) == keys(entries)[::-1]
    first = logs.list_entries(filter_=of(execution), max_results=2)
    assert keys(first) == keys(entries)[:2]


def has(text):
    return lambda entry: text.lower() in str(entry.payload).lower()


def worse(level):
    return lambda entry: RANK.index(entry.severity or "DEFAULT") >= RANK.index(level)


FILTERS = [
    ("severity>=WARNING", worse("WARNING")),
    ("severity=DEFAULT", lambda entry: entry.severity in (None, "DEFAULT")),
    ('textPayload:"CONTAINER terminated"', has("container terminated")),
    ('textPayload=~"signal \\\\d+\\\\.$"', lambda entry: re.search(r"signal \d+\.$", entry.payload)),
    ('textPayload!~"^wandb"', lambda entry: not re.search("^wandb", entry.payload)),
    ('NOT textPayload:"wandb"', lambda entry: not has("wandb")(entry)),
    ('-textPayload:"wandb"', lambda entry: not has("wandb")(entry)),
    ('"launch"', has("launch")),
    ('logName:"stderr"', lambda entry: "stderr" in entry.log_name),
    # OR binds tighter than AND.
    (
        'textPayload:"agent" OR textPayload:"terminated" AND severity>=WARNING',
        lambda entry: (has("agent")(entry) or has("terminated")(entry)) and worse("WARNING")(entry),
    ),
    (
        'severity>=WARNING AND textPayload:"agent" OR textPayload:"terminated"',
        lambda entry: (has("agent")(entry) or has("terminated")(entry)) and worse("WARNING")(entry),
    ),
    ('textPayload:("agent" OR "terminated")', lambda entry: has("agent")(entry) or has("terminated")(entry)),
    ('textPayload:"agent"\nlogName:"stderr"', lambda entry: has("agent")(entry) and "stderr" in entry.log_name),
    ("resource.labels.job_name = oom \n", lambda entry: True),
    ('labels."run.googleapis.com/task_index"=("0" OR "7")', lambda entry: True),
    ("labels.container_name:*", lambda entry: "container_name" in entry.labels),
    # Comparing a label that is not there is false, whichever way; its negation is true.
    ('labels.absent!="x"', lambda entry: False),
    ('NOT labels.absent="x"', lambda entry: True),
]


def test_a_filter_finds_what_a_person_reading_it_would(written, logs):
    execution, entries = written
    telling = 0
    for text, keeps in FILTERS:
        expected = [entry for entry in entries if keeps(entry)]
        found = list(logs.list_entries(filter_=f"{of(execution)} AND ({text})", page_size=1000))
        assert keys(found) == keys(expected), text
        telling += 0 < len(expected) < len(entries)
    assert telling > len(FILTERS) / 2, "the filters would not tell a right answer from all or nothing"


def test_timestamps_bound_a_list(written, logs):
    execution, entries = written
    one, next_ = entries[len(entries) // 2 - 1 : len(entries) // 2 + 1]
    between = (one.timestamp + (next_.timestamp - one.timestamp) / 2).isoformat()
    half = [key for key in keys(entries) if key <= keys([one])[0]]
    assert keys(logs.list_entries(filter_=f'{of(execution)} AND timestamp<="{between}"')) == half
    assert keys(logs.list_entries(filter_=f'{of(execution)} AND timestamp>"{between}"')) == keys(entries)[len(half) :]


def test_the_end_of_an_execution_is_a_system_event(written, logs, project):
    execution, _ = written
    text = 'protoPayload.methodName="/Jobs.RunJob" AND logName:"cloudaudit.googleapis.com%2Fsystem_event"'
    deadline, found = time.monotonic() + 30, []
    while not found and time.monotonic() < deadline:
        found = list(logs.list_entries(filter_=text))
        time.sleep(0 if found else 1.2)
    (entry,) = found
    assert isinstance(entry, logging.ProtobufEntry) and entry.severity == "ERROR"
    assert entry.payload["resourceName"].endswith(execution)
    assert entry.payload["response"]["status"]["conditions"][0]["status"] == "False"


@pytest.mark.parametrize(
    "filter_",
    ['textPayload:"open', "nosuchfield=1", "severity>=", "(a OR b", "a AND AND b", 'textPayload=~"("', "x" * 20_001],
    ids=["open quote", "unknown field", "no value", "open paren", "two operators", "bad regex", "too long"],
)
def test_a_filter_that_is_wrong_is_a_bad_request(logs, filter_):
    # The client adds `AND timestamp>=…` to a filter that does not name one; what is refused is the same.
    with pytest.raises(exceptions.BadRequest) as refused:
        list(logs.list_entries(filter_=filter_))
    assert refused.value.response.json()["error"]["status"] == "INVALID_ARGUMENT"
    assert refused.value.message


def test_orders_and_page_sizes_that_are_not_served_are_bad_requests(logs):
    for arguments in [{"order_by": "severity desc"}, {"page_size": -1}]:
        with pytest.raises(exceptions.BadRequest):
            list(logs.list_entries(**arguments))


def test_entries_that_are_written_come_back_as_they_were(logs, project):
    logger = logs.logger("conformance")
    logger.log_text("plain", severity="NOTICE", labels={"a": "b"}, insert_id="one")
    with logger.batch() as batch:
        batch.log_struct({"message": "structured", "numbers": [1, 2.5], "deep": {"x": None}}, insert_id="two")
        batch.log_text("of a run", insert_id="three", resource=JOB_RESOURCE, trace=f"projects/{project}/traces/t")
    # A client's first write brings an entry about the client itself.
    text = f'logName="projects/{project}/logs/conformance" AND NOT jsonPayload."logging.googleapis.com/diagnostic":*'
    deadline, found = time.monotonic() + 30, []
    while len(found) < 3 and time.monotonic() < deadline:
        found = list(logs.list_entries(filter_=text))
        time.sleep(1.2)
    by_id = {entry.insert_id: entry for entry in found}
    assert set(by_id) == {"one", "two", "three"}
    assert by_id["one"].payload == "plain" and by_id["one"].severity == "NOTICE" and by_id["one"].labels["a"] == "b"
    assert isinstance(by_id["two"], logging.StructEntry)
    assert by_id["two"].payload == {"message": "structured", "numbers": [1, 2.5], "deep": {"x": None}}
    assert by_id["three"].resource == JOB_RESOURCE and by_id["three"].trace == f"projects/{project}/traces/t"
    for more, expected in [
        ("jsonPayload.numbers=2.5", {"two"}),
        ('jsonPayload.message:"struct"', {"two"}),
        ('resource.type="cloud_run_job"', {"three"}),
        ("severity=NOTICE", {"one"}),
    ]:
        assert {entry.insert_id for entry in logs.list_entries(filter_=f"{text} AND {more}")} == expected, more


def test_an_entry_without_a_log_is_a_bad_request(logs):
    for entry in [{"textPayload": "x"}, {"logName": "nonsense", "textPayload": "x"}]:
        with pytest.raises(exceptions.BadRequest):
            logs.logging_api.write_entries([entry], partial_success=False)
