"""The checker is checked: what it lets pass must be right, so whatever is planted has to be found."""

import copy

import pytest
import schema

RUN, LOGGING, VERTEX = schema.APIS
EXECUTION = {
    "name": "projects/p/locations/l/jobs/j/executions/j-abcde",
    "generation": "1",
    "createTime": "2026-06-10T14:35:58.688140Z",
    "launchStage": "GA",
    "taskCount": 1,
    "reconciling": True,
    "labels": {"a": "b"},
    "template": {"timeout": "300s", "containers": [{"image": "i", "env": [{"name": "A", "value": "1"}]}]},
    "conditions": [{"type": "Completed", "state": "CONDITION_PENDING"}],
}
OPERATION = {
    "name": "projects/p/locations/l/operations/o",
    "done": True,
    "metadata": {"@type": "type.googleapis.com/google.cloud.run.v2.Execution", **EXECUTION},
    "error": {
        "code": 3,
        "message": "m",
        "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "R", "domain": "d"}],
    },
}
ENTRY = {
    "logName": "projects/p/logs/l",
    "timestamp": "2026-06-09T07:43:24.343995Z",
    "severity": "INFO",
    "resource": {"type": "cloud_run_job", "labels": {"job_name": "j"}},
    "protoPayload": {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "serviceName": "run.googleapis.com",
        "status": {"code": 2, "message": "m"},
    },
}
CUSTOM_JOB = {
    "name": "projects/1/locations/l/customJobs/2",
    "state": "JOB_STATE_RUNNING",
    "jobSpec": {
        "workerPoolSpecs": [{"replicaCount": "1", "machineSpec": {"acceleratorType": "NVIDIA_L4"}}],
        "scheduling": {"timeout": "3600s"},
    },
}
MESSAGES = [
    (RUN, "GoogleCloudRunV2Execution", EXECUTION),
    (RUN, "GoogleLongrunningOperation", OPERATION),
    (LOGGING, "LogEntry", ENTRY),
    (VERTEX, "GoogleCloudAiplatformV1CustomJob", CUSTOM_JOB),
]
ids = [name for _, name, _ in MESSAGES]


def places(value, path=()):
    """Every path in a message."""
    yield path, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*path, key))


def planted(message, path, change):
    """A copy with something else at a path."""
    copied = copy.deepcopy(message)
    place = copied
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = change
    return copied


@pytest.mark.parametrize(("api", "name", "message"), MESSAGES, ids=ids)
def test_what_is_right_passes(api, name, message):
    assert api.problems(name, message) == []


@pytest.mark.parametrize(("api", "name", "message"), MESSAGES, ids=ids)
def test_an_unknown_field_is_found_in_every_object(api, name, message):
    free = {"labels"}  # what a user may name
    objects = [path for path, value in places(message) if isinstance(value, dict) and not free & set(path)]
    assert len(objects) > 2
    for path in objects:
        assert api.problems(name, planted(message, (*path, "nosuchField"), "x")), path


@pytest.mark.parametrize(("api", "name", "message"), MESSAGES, ids=ids)
def test_a_wrong_type_is_found_at_every_leaf(api, name, message):
    leaves = [path for path, value in places(message) if not isinstance(value, (dict, list))]
    for path in leaves:
        for wrong in (None, {"x": 1}, [1], 1.5):
            assert api.problems(name, planted(message, path, wrong)), (path, wrong)


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("generation",), 1),
        (("generation",), "one"),
        (("generation",), str(2**63)),
        (("taskCount",), "1"),
        (("taskCount",), 2**31),
        (("taskCount",), True),
        (("reconciling",), "true"),
        (("createTime",), "2026-06-10 14:35:58Z"),
        (("createTime",), "2026-06-10T14:35:58+00:00"),
        (("createTime",), "2026-02-30T14:35:58Z"),
        (("createTime",), "2026-06-10T14:35:58.1234567890Z"),
        (("template", "timeout"), "5m"),
        (("template", "timeout"), 300),
        (("launchStage",), "FINE"),
        (("launchStage",), 4),
        (("conditions", 0, "state"), "JOB_STATE_RUNNING"),
        (("conditions",), {"type": "Completed"}),
        (("labels", "a"), 1),
    ],
)
def test_a_value_that_its_format_forbids_is_found(path, wrong):
    assert RUN.problems("GoogleCloudRunV2Execution", planted(EXECUTION, path, wrong))


def test_numbers_and_names_of_enums_are_not_confused():
    numbers = planted(planted(EXECUTION, ("launchStage",), 4), ("conditions", 0, "state"), 1)
    assert RUN.problems("GoogleCloudRunV2Execution", numbers, numbers=True) == []
    assert len(RUN.problems("GoogleCloudRunV2Execution", numbers)) == 2
    assert len(RUN.problems("GoogleCloudRunV2Execution", EXECUTION, numbers=True)) == 2


def test_a_packed_message_is_checked_by_its_type():
    for path, wrong in [
        (("metadata", "@type"), "google.cloud.run.v2.Execution"),
        (("metadata", "@type"), "type.googleapis.com/google.cloud.run.v2.Nothing"),
        (("error", "details", 0, "nosuchField"), "x"),
        (("error", "details", 0, "@type"), "type.googleapis.com/google.rpc.Nothing"),
    ]:
        assert RUN.problems("GoogleLongrunningOperation", planted(OPERATION, path, wrong)), path


def test_an_error_is_checked_to_its_details():
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "R", "domain": "d"}
    good = {"error": {"code": 404, "message": "m", "status": "NOT_FOUND", "details": [info]}}
    assert schema.problems_of_error(404, good) == []
    for http, body in [
        (400, good),
        (404, None),
        (404, "not found"),
        (404, {}),
        (404, {**good, "more": 1}),
        (404, planted(good, ("error", "code"), 5)),
        (404, planted(good, ("error", "status"), "INVALID_ARGUMENT")),
        (404, planted(good, ("error", "message"), "")),
        (404, planted(good, ("error", "errors"), [])),
        (404, planted(good, ("error", "details"), [info, info])),
        (404, planted(good, ("error", "details", 0, "why"), "x")),
        (404, planted(good, ("error", "details", 0, "@type"), "google.rpc.ErrorInfo")),
    ]:
        assert schema.problems_of_error(http, body), (http, body)


@pytest.mark.parametrize(
    ("verb", "path", "method"),
    [
        ("POST", "/v2/projects/p/locations/l/jobs/j:run", "run.projects.locations.jobs.run"),
        ("GET", "/v2/projects/p/locations/l/jobs/j", "run.projects.locations.jobs.get"),
        ("POST", "/v2/entries:list", "logging.entries.list"),
        ("GET", "/v1/projects/p/locations/l/customJobs/1", "aiplatform.projects.locations.customJobs.get"),
    ],
)
def test_a_request_finds_its_method(verb, path, method):
    assert schema.method_of(verb, path).id == method
    assert schema.method_of("PUT", path) is None and schema.method_of(verb, f"{path}/more/than/that") is None
