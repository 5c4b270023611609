"""A walk through everything that the emulator serves: each answer by its discovery document, in both enum encodings."""

import itertools
import time

import cloud as emulator
import pytest
import requests
import walker as walking
from schema import method_of
from walker import Walker

LOCATION = "us-central1"
# A machine for each accelerator that custom training offers.
MACHINES = {
    "NVIDIA_TESLA_K80": "n1-standard-4",
    "NVIDIA_TESLA_P100": "n1-standard-4",
    "NVIDIA_TESLA_V100": "n1-standard-4",
    "NVIDIA_TESLA_P4": "n1-standard-4",
    "NVIDIA_TESLA_T4": "n1-standard-4",
    "NVIDIA_TESLA_A100": "a2-highgpu-1g",
    "NVIDIA_A100_80GB": "a2-ultragpu-1g",
    "NVIDIA_L4": "g2-standard-8",
    "NVIDIA_H100_80GB": "a3-highgpu-1g",
    "NVIDIA_H100_MEGA_80GB": "a3-megagpu-8g",
    "NVIDIA_H200_141GB": "a3-ultragpu-8g",
    "NVIDIA_B200": "a4-highgpu-8g",
}
WORKERS = {
    "workerPoolSpecs": [
        {
            "machineSpec": {"machineType": "g2-standard-8", "acceleratorType": "NVIDIA_L4", "acceleratorCount": 1},
            "replicaCount": "1",
            "diskSpec": {"bootDiskType": "pd-ssd", "bootDiskSizeGb": 100},
            "containerSpec": {"imageUri": "i", "command": ["python"], "env": [{"name": "A", "value": "1"}]},
        }
    ],
    "scheduling": {"timeout": "3600s", "strategy": "SPOT"},
}


@pytest.fixture(scope="module")
def walker(cloud):
    return Walker(cloud)


def entries_body(project, **more):
    return {"resourceNames": [f"projects/{project}"], **more}


def run_job(walker, path):
    """Starts a job, twice if the answer was lost."""
    for _ in range(2):
        try:
            return walker.ask("POST", f"{path}:run", {})
        except requests.ConnectionError:
            continue
    raise AssertionError(f"{path} cannot be run")


def look(walker, project, operation):
    """Everything that can be read of a run, at one moment of its life."""
    execution = operation["metadata"]["name"]
    location = execution.split("/jobs/")[0]
    walker.read("GET", f"/v2/{execution}")
    walker.read("GET", f"/v2/{execution.rsplit('/', 1)[0]}")
    walker.send("GET", f"/v2/{operation['name']}")
    walker.send("GET", f"/v2/{location}/operations")
    for task in walker.read("GET", f"/v2/{execution}/tasks").get("tasks", []):
        walker.read("GET", f"/v2/{task['name']}")
    for job in walker.read("GET", f"/v1/{location}/customJobs").get("customJobs", []):
        walker.read("GET", f"/v1/{job['name']}")
    walker.send("POST", "/v2/entries:list", entries_body(project, pageSize=1000))


def test_every_scenario_answers_by_the_documents_all_its_life(project):
    # Scenarios bring faults that reach beyond their own project, so they have a cloud to themselves.
    with emulator.running("--speed", "100") as cloud:
        walk_scenarios(Walker(cloud), project)


def walk_scenarios(walker, project):
    jobs = walker.ask("GET", f"/v2/projects/{project}/locations/{LOCATION}/jobs")["jobs"]
    names = [job["name"].rsplit("/", 1)[1] for job in jobs]
    assert len(names) > 20
    runs = {}
    for name in names:
        walker.renew()
        own = f"{project}-{name}"
        runs[own] = run_job(walker, f"/v2/projects/{own}/locations/{LOCATION}/jobs/{name}")
    for _ in range(4):
        for own, operation in runs.items():
            walker.renew()
            look(walker, own, operation)
    states = {
        condition["state"]
        for operation in runs.values()
        for condition in walker.ask("GET", f"/v2/{operation['metadata']['name']}")["conditions"]
    }
    assert {"CONDITION_SUCCEEDED", "CONDITION_FAILED"} <= states, "the walk was too short to see an end"


def test_every_method_answers_by_its_document(walker, project):
    walk_runs(walker, project)
    walk_custom_jobs(walker, project)
    walk_logs(walker, project)
    walk_refusals(walker, project)
    walk_jobs(walker, project)
    for verb, path in walking.served():
        concrete = "".join("x" if within else part for part, within in pieces(path))
        assert method_of(verb, concrete), f"{verb} {path} is no method of Google"
    assert walker.missed() == []


def pieces(template):
    """A path template's literal parts and its names, told apart."""
    for index, part in enumerate(template.replace("}", "{").split("{")):
        yield part, index % 2 == 1


def walk_runs(walker, project):
    location = f"/v2/projects/{project}/locations/{LOCATION}"
    job = f"{location}/jobs/tour-success"
    overrides = {
        "taskCount": 2,
        "timeout": "900s",
        "containerOverrides": [{"args": ["x"], "env": [{"name": "A", "value": "1"}, {"name": "B"}]}],
    }
    walker.ask("POST", f"{job}:run", {"validateOnly": True, "overrides": overrides})
    operation = walker.ask("POST", f"{job}:run", {"overrides": overrides})
    walker.ask("POST", f"/v2/{operation['name']}:wait", {"timeout": "0.05s"})
    assert walker.ask("POST", f"/v2/{operation['name']}:wait", {"timeout": "30s"})["done"]
    walker.read("GET", job)
    other = walker.ask("POST", f"{location}/jobs/job-pending:run", {})
    walker.ask("POST", f"/v2/{other['metadata']['name']}:cancel", {"validateOnly": True})
    walker.ask("POST", f"/v2/{other['metadata']['name']}:cancel", {})
    for name, query in [("done", {"filter": "done:true"}), ("open", {"filter": "done:false"}), ("page", {"pageSize": 1})]:
        assert walker.ask("GET", f"{location}/operations", **query) is not None, name
    walk_pages(walker, f"{location}/jobs", "jobs", 7)
    walk_pages(walker, f"{location}/jobs/-/executions", "executions", 1)
    walk_pages(walker, f"{location}/jobs/-/executions/-/tasks", "tasks", 1)
    execution = f"/v2/{operation['metadata']['name']}"
    for task in walker.read("GET", f"{execution}/tasks")["tasks"]:
        walker.read("GET", f"/v2/{task['name']}")
    walker.ask("DELETE", execution, validateOnly="true")
    walker.read("GET", execution)
    walker.ask("DELETE", execution)
    shown = walker.read("GET", f"{location}/jobs/-/executions", showDeleted="true")["executions"]
    assert any("deleteTime" in one for one in shown)


def walk_jobs(walker, project):
    location = f"/v2/projects/{project}/locations/{LOCATION}"
    container = {"image": "us-docker.pkg.dev/p/r/i", "env": [{"name": "A", "value": "1"}], "args": ["x"]}
    task = {"containers": [container], "maxRetries": 1, "timeout": "600s"}
    job = {"labels": {"team": "a"}, "template": {"taskCount": 2, "template": task}}
    assert walker.ask("POST", f"{location}/jobs", job, jobId="made", validateOnly="true")["done"]
    walker.ask("GET", f"{location}/jobs/made", expect=404)
    created = walker.ask("POST", f"{location}/jobs", job, jobId="made")
    assert walker.ask("POST", f"/v2/{created['name']}:wait", {"timeout": "10s"})["done"]
    walker.ask("POST", f"{location}/jobs", job, expect=409, jobId="made")
    made = walker.read("GET", f"{location}/jobs/made")
    assert made["template"]["template"]["containers"][0]["image"] == container["image"]
    changed = made | {"labels": {"team": "b"}}
    walker.ask("PATCH", f"{location}/jobs/made", changed | {"etag": '"stale"'}, expect=409)
    operation = walker.ask("PATCH", f"{location}/jobs/made", changed)
    walker.ask("POST", f"/v2/{operation['name']}:wait", {"timeout": "10s"})
    assert walker.read("GET", f"{location}/jobs/made")["generation"] == "2"
    operation = walker.ask("DELETE", f"{location}/jobs/made")
    walker.ask("POST", f"/v2/{operation['name']}:wait", {"timeout": "10s"})
    walker.ask("GET", f"{location}/jobs/made", expect=404)
    walker.ask("DELETE", f"/v2/{operation['name']}")
    walker.ask("GET", f"/v2/{operation['name']}", expect=404)


def walk_pages(walker, path, field, size):
    """All pages of a list: together they are what one large page is."""
    pages, token = [], ""
    for _ in itertools.takewhile(lambda _: token is not None, range(100)):
        page = walker.read("GET", path, pageSize=str(size), **({"pageToken": token} if token else {}))
        pages += page.get(field, [])
        token = page.get("nextPageToken")
    assert token is None and len(pages) > size
    whole = walker.read("GET", path, pageSize="100")[field]
    assert [one["name"] for one in pages] == [one["name"] for one in whole]


def walk_custom_jobs(walker, project):
    jobs = f"/v1/projects/{project}/locations/{LOCATION}/customJobs"
    labels = {"wandb-run-id": "ab12cd34"}
    created = walker.ask("POST", jobs, {"displayName": "train", "labels": labels, "jobSpec": WORKERS})
    walker.ask("POST", jobs, {"displayName": "numbered", "jobSpec": WORKERS}, **walking.NUMBERS)
    job = f"/v1/{created['name']}"
    assert walker.read("GET", job)["jobSpec"]["scheduling"]["strategy"] == "SPOT"
    wait_until(lambda: len(walker.ask("GET", jobs).get("customJobs", [])) >= 2)  # lists lag behind
    walk_pages(walker, jobs, "customJobs", 1)
    for filter_ in ('state="JOB_STATE_CANCELLED"', 'display_name:"train*"', "labels.wandb-run-id:*"):
        walker.read("GET", jobs, filter=filter_)
    masked = walker.read("GET", jobs, filter='display_name="train"', readMask="name,state,jobSpec.scheduling")
    assert set(masked["customJobs"][0]) == {"name", "state", "jobSpec"}
    assert walker.ask("POST", f"{job}:cancel", {}) == {}
    wait_until(lambda: walker.read("GET", job)["state"] == "JOB_STATE_CANCELLED")
    operation = walker.ask("DELETE", job)
    walk_vertex_operations(walker, operation["name"], job)
    walker.ask("GET", job, expect=404)


def walk_vertex_operations(walker, name, job):
    """The deletion's operation, under both of its paths. It can be neither stopped nor undone."""
    location, operation = name.split("/operations/")
    for root in (f"/v1/{location}", job):
        walker.ask("GET", f"{root}/operations")
        walker.ask("GET", f"{root}/operations/{operation}")
        assert walker.ask("POST", f"{root}/operations/{operation}:wait", timeout="5s")["done"]
        walker.send("POST", f"{root}/operations/{operation}:cancel")
    walker.ask("DELETE", f"/v1/{name}")
    walker.send("DELETE", f"{job}/operations/{operation}")


def wait_until(holds):
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.1)


def walk_logs(walker, project):
    written = {
        "logName": f"projects/{project}/logs/conformance",
        "resource": {"type": "global"},
        "labels": {"a": "b"},
        "entries": [
            {"textPayload": "plain", "severity": "NOTICE"},
            {"jsonPayload": {"message": "structured", "severity": "no enum", "numbers": [1, 2.5, None, True]}},
            {"textPayload": "with all", "insertId": "own", "trace": "t", "httpRequest": {"status": 200, "latency": "0.5s"}},
        ],
    }
    assert walker.ask("POST", "/v2/entries:write", written | {"dryRun": True}) == {}
    assert walker.ask("POST", "/v2/entries:write", written) == {}
    deadline = time.monotonic() + 20
    whole = {}
    while len(whole.get("entries", [])) < 5 and time.monotonic() < deadline:
        whole = walker.read("POST", "/v2/entries:list", entries_body(project, pageSize=1000))
        time.sleep(0.5)
    seen, token = [], ""
    while token is not None:
        body = entries_body(project, pageSize=4, orderBy="timestamp desc", **({"pageToken": token} if token else {}))
        page = walker.ask("POST", "/v2/entries:list", body)
        seen, token = seen + page.get("entries", []), page.get("nextPageToken")
    keys = [(entry["timestamp"], entry["insertId"]) for entry in seen]
    assert len(keys) >= len(whole["entries"]) and len(set(keys)) == len(keys)


def walk_refusals(walker, project):
    """Each refusal in Google's shape, whatever method it comes from."""
    location = f"projects/{project}/locations/{LOCATION}"
    for verb, path, body, expect in [
        ("GET", f"/v2/{location}/jobs/nosuch", None, 404),
        ("POST", f"/v2/{location}/jobs/nosuch:run", {}, 404),
        ("POST", f"/v2/{location}/jobs/tour-success:run", {"etag": '"stale"'}, 409),
        ("POST", f"/v2/{location}/jobs/tour-success:run", {"overrides": {"taskCount": -1}}, 400),
        ("GET", f"/v2/{location}/operations/nosuch", None, 404),
        ("POST", "/v2/entries:list", entries_body(project, pageSize=-1), 400),
        ("POST", "/v2/entries:list", entries_body(project, filter="(("), 400),
        ("GET", f"/v1/{location}/customJobs/1", None, 404),
        ("POST", f"/v1/{location}/customJobs", {"displayName": ""}, 400),
    ]:
        walker.ask(verb, path, body, expect=expect)
    with_token = walker.session.headers.pop("authorization")
    walker.ask("GET", f"/v2/{location}/jobs/tour-success", expect=401)
    walker.session.headers["authorization"] = with_token


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("name", {"name"}),
        ("name,conditions(type,state)", {"name", "conditions"}),
        ("conditions/type,taskCount", {"conditions", "taskCount"}),
        ("template(containers(image))", {"template"}),
        ("completionTime,nothing", {"completionTime"}),
    ],
)
def test_partial_responses_hold_what_was_asked_for_alone(walker, project, fields, expected):
    path = f"/v2/projects/{project}/locations/{LOCATION}/jobs/tour-success"
    operation = walker.ask("POST", f"{path}:run", {})
    walker.ask("POST", f"/v2/{operation['name']}:wait", {"timeout": "30s"})
    execution = walker.read("GET", f"/v2/{operation['metadata']['name']}", fields=fields)
    assert set(execution) == expected
    if "conditions(" in fields:
        assert all(set(condition) == {"type", "state"} for condition in execution["conditions"])
    listed = walker.read("GET", f"{path}/executions", fields="executions/name,nextPageToken")
    assert [set(one) for one in listed["executions"]] == [{"name"}]


@pytest.mark.parametrize("field", ["machineSpec", "scheduling"])
def test_every_enum_of_a_custom_job_has_the_protos_number(walker, project, field):
    """A job's spec is written with every name that the document has, and comes back with its number."""
    document = method_of("GET", f"/v1/projects/p/locations/{LOCATION}/customJobs").document
    name, key = {"machineSpec": ("MachineSpec", "acceleratorType"), "scheduling": ("Scheduling", "strategy")}[field]
    enum = document.schemas[f"GoogleCloudAiplatformV1{name}"]["properties"][key]["enum"]
    jobs = f"/v1/projects/{project}/locations/{LOCATION}/customJobs"
    accepted = 0
    for value in enum[1:]:
        pool = {"machineSpec": {"machineType": "n1-standard-4"}, "containerSpec": {"imageUri": "i"}}
        spec = {"workerPoolSpecs": [pool]}
        if field == "scheduling":
            spec["scheduling"] = {"strategy": value}
        elif value in MACHINES:
            pool["machineSpec"] = {"machineType": MACHINES[value], "acceleratorType": value, "acceleratorCount": 1}
        else:
            continue
        job = walker.ask("POST", jobs, {"displayName": value, "jobSpec": spec})
        walker.read("GET", f"/v1/{job['name']}")
        accepted += 1
    assert accepted >= 5
