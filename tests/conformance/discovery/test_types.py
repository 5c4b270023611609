"""Every leaf of every request body, as the discovery documents have it: wrong types are refused by name, right ones are taken.

A refusal has to be Google's: 400, INVALID_ARGUMENT, and a BadRequest whose violation is at the field, or at the message around it
where a list or an object stands for a scalar.
"""

import itertools
import json
import re

import pytest
import requests
import walker as walking
from schema import method_of, problems_of_error

LOCATION = "us-central1"
# The field of the request that the body is (google.api.http's `body`), which the documents do not say. Others are the whole request.
ROOTS = {"GoogleCloudRunV2Job": "job", "GoogleCloudAiplatformV1CustomJob": "custom_job"}
WRONG = {
    "string": [7, True, {"x": 1}, ["x"]],
    "boolean": ["x", 1, {"x": 1}, [True]],
    "int32": ["x", 1.5, 2**31, True, {"x": 1}, [1]],
    "int64": ["x", 1.5, 2**63, True, {"x": 1}, [1]],
    "google-datetime": ["yesterday", "2026-11-23", 7, True, ["2026-11-23T10:00:00Z"]],
    "google-duration": ["5", "5m", "s", "1e3s", 7, True, ["5s"]],
    "enum": ["NO_SUCH_NAME", 1.5, True, {"x": 1}, ["x"]],
    "map": ["x", 7, [], {"k": 7}, {"k": {}}],
    "struct": ["x", 7, True, []],
    "any": ["x", 7, [], {"no type": 1}],
    "message": ["x", 7, True, [], {"noSuchField": 1}],
    "list": ["x", 7, {"x": 1}],
}
RIGHT = {
    "string": ["x"],
    "boolean": [True, "false"],
    "int32": [3, "3", 3.0],
    "int64": ["3", 3],
    "google-datetime": ["2026-11-23T10:00:00Z", "2026-11-23T10:00:00.123456789+01:00"],
    "google-duration": ["5s", "0.5s"],
    "map": [{"k": "v"}, {}],
    "struct": [{"k": [1, None, {}]}],
    "any": [{"@type": "type.googleapis.com/google.protobuf.Empty"}],
    "message": [{}],
    "list": [[]],
}
bodied = pytest.mark.parametrize(
    ("verb", "path"),
    [row for row in walking.served() if (method := method_of(row[0], re.sub(r"{\w+}", "x", row[1]))) and method.request],
    ids=lambda value: value,
)


class Sender:
    """Sends bodies to one method, from a project that is never out of quota."""

    def __init__(self, cloud, project, verb, path):
        self.cloud, self.verb, self.sent = cloud, verb, 0
        self.path = path.replace("{location}", LOCATION).replace("{job}", "tour-success")
        self.path = re.sub(r"{(?!project)\w+}", "nosuch", self.path)
        self.project = project
        self.session = requests.Session()
        self.session.trust_env = False  # looking for proxies costs more than the request
        self.session.headers["authorization"] = f"Bearer {cloud.token()}"

    def send(self, body):
        project = f"{self.project}-{self.sent // 40}"
        self.sent += 1
        if self.path.startswith("/v2/entries:"):
            body = {"resourceNames": [f"projects/{project}"]} | body if self.path.endswith("list") else body
        url = self.cloud.endpoint + self.path.replace("{project}", project)
        answer = self.session.request(self.verb, url, json=body, timeout=60)
        return answer.status_code, answer.json()


def kind_of(document, field):
    """What a field holds, as the tables above call it."""
    if "$ref" in field:
        return "map" if document.schemas[field["$ref"]].get("additionalProperties") else "message"
    if field["type"] == "array":
        return "list"
    if field["type"] == "object":
        others = field["additionalProperties"]
        # The document writes a google.protobuf.Struct and a google.protobuf.Any alike, but for their descriptions.
        packed = "@type" in others.get("description", "")
        return "map" if others["type"] == "string" else "any" if packed else "struct"
    return "enum" if "enum" in field else field.get("format", field["type"])


def fields_of(document, schema, at=()):
    """Every field of a message and of the messages in it: its place, what it holds and its schema."""
    for name, field in document.schemas[schema].get("properties", {}).items():
        yield from places(document, field, (*at, name))


def places(document, field, at):
    kind = kind_of(document, field)
    yield at, kind, field
    if kind == "message":
        yield from fields_of(document, field["$ref"], at)
    elif kind == "list":
        yield from places(document, field["items"], (*at, 0))


def nested(place, value, spell=lambda name: name):
    for key in reversed(place):
        value = [value] if key == 0 else {spell(key): value}
    return value


def snake(name):
    return re.sub(r"[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def spelled(root, place):
    """A place in Google's spelling: `job.template.containers[0].image`."""
    names = [root] if root else []
    text = ".".join(names + [snake(key) if key else "[0]" for key in place])
    return text.replace(".[0]", "[0]")


def misjudged(root, place, status, body):
    """What is wrong with the refusal of a wrong value at a place; none if nothing is."""
    if status != 400 or body["error"]["status"] != "INVALID_ARGUMENT":
        return f"HTTP {status}"
    if problems := problems_of_error(status, body):
        return str(problems)
    violations = [
        violation
        for detail in body["error"].get("details", [])
        if detail["@type"].endswith("google.rpc.BadRequest")
        for violation in detail["fieldViolations"]
    ]
    if len(violations) != 1 or violations[0]["description"] != body["error"]["message"]:
        return "a BadRequest of one violation with the message is due"
    at, around = spelled(root, place), spelled(root, place[:-1])
    name = snake(next(key for key in reversed(place) if key))
    field, words = violations[0].get("field", ""), violations[0]["description"]
    inside = field.startswith((f"{at}[", f"{at}."))
    if not (field == at or inside or (field == around and name in words)):
        return f"it names {field!r} instead of {at!r}"
    return None


@bodied
def test_a_value_of_a_wrong_type_is_refused_by_name_at_every_leaf(cloud, project, verb, path, capsys):
    sender = Sender(cloud, project, verb, path)
    method = method_of(verb, re.sub(r"{\w+}", "x", path))
    root, refused, wrong = ROOTS.get(method.request, ""), 0, []
    leaves = list(fields_of(method.document, method.request))
    for place, kind, _ in leaves:
        for value in WRONG[kind]:
            status, body = sender.send(nested(place, value))
            problem = misjudged(root, place, status, body)
            refused += problem is None
            if problem:
                wrong.append(f"{spelled(root, place)} = {json.dumps(value)}: {problem}: {json.dumps(body)[:300]}")
    with capsys.disabled():
        print(f"\n{method.id}: {refused} of {refused + len(wrong)} wrong values refused by name, at {len(leaves)} fields ", end="")
    assert not wrong, "\n".join(wrong[:20])


@bodied
def test_a_value_of_the_right_type_is_taken_at_every_leaf(cloud, project, verb, path):
    if verb == "PATCH":
        pytest.skip("the same message is created")
    sender = Sender(cloud, project, verb, path)
    method = method_of(verb, re.sub(r"{\w+}", "x", path))
    wrong = []
    spellings = itertools.cycle([str, snake])
    for place, kind, field in fields_of(method.document, method.request):
        for value in [*field["enum"], 0] if kind == "enum" else RIGHT[kind]:
            _, body = sender.send(nested(place, value, next(spellings)))
            words = body.get("error", {}).get("message", "")
            if "Invalid value at" in words or "Unknown name" in words or "Invalid JSON" in words:
                wrong.append(f"{place} = {json.dumps(value)}: {words}")
    assert not wrong, "\n".join(wrong[:20])
