"""Sends requests, and holds every answer to the discovery document of the method that was asked."""

import functools
import re

import cloud as emulator
import requests
import schema
from google.cloud import aiplatform_v1, run_v2
from google.cloud.logging_v2.types import ListLogEntriesResponse
from google.protobuf import json_format

NUMBERS = {"$alt": "json;enum-encoding=int"}
JSON = "application/json; charset=UTF-8"
# Messages whose two encodings are compared by the protos, which know the numbers of enums.
PROTOS = {
    "GoogleCloudRunV2Job": run_v2.Job,
    "GoogleCloudRunV2ListJobsResponse": run_v2.ListJobsResponse,
    "GoogleCloudRunV2Execution": run_v2.Execution,
    "GoogleCloudRunV2ListExecutionsResponse": run_v2.ListExecutionsResponse,
    "GoogleCloudRunV2Task": run_v2.Task,
    "GoogleCloudRunV2ListTasksResponse": run_v2.ListTasksResponse,
    "GoogleCloudAiplatformV1CustomJob": aiplatform_v1.CustomJob,
    "GoogleCloudAiplatformV1ListCustomJobsResponse": aiplatform_v1.ListCustomJobsResponse,
    "ListLogEntriesResponse": ListLogEntriesResponse,
}


@functools.cache
def served():
    """The methods that the emulator serves, as it lists them itself: verb and path template."""
    with emulator.running() as cloud:
        rows = {(row["verb"], row["path"]) for row in cloud.state()["methods"]}
    return sorted(row for row in rows if row[1].startswith("/v"))


class Walker:
    """Asks, checks, and remembers which methods it has asked."""

    def __init__(self, cloud):
        self.cloud, self.asked = cloud, set()
        self.session = requests.Session()
        self.renew()

    def renew(self):
        """Goes on with a new token: a scenario may revoke all that were granted so far."""
        self.session.headers["authorization"] = f"Bearer {self.cloud.fresh_token()}"

    def send(self, verb, path, body=None, query=None):
        """One request; its method, and the checked answer's status and body."""
        method = schema.method_of(verb, path)
        assert method, f"no API of Google has {verb} {path}"
        query = query or {}
        unknown = set(query) - method.parameters - method.document.standard - set(NUMBERS)
        assert not unknown, f"{method.id} has no parameter {unknown}"
        if body is not None:
            assert method.document.problems(method.request, body) == [], "the request itself is wrong"
        answer = self.session.request(verb, self.cloud.endpoint + path, params=query, json=body, timeout=60)
        assert answer.headers["content-type"] == JSON
        self.asked.add((verb, path))
        numbers = any("enum-encoding=int" in query.get(name, "") for name in ("$alt", "alt"))
        if problems := judged(method, answer, numbers):
            raise AssertionError(f"{verb} {path} {query}:\n" + "\n".join(problems))
        return method, answer.status_code, answer.json()

    def ask(self, verb, path, body=None, expect=200, **query):
        """A request whose outcome is known: its body."""
        _, status, answer = self.send(verb, path, body, query)
        if status == 401 != expect:  # a scenario revoked the token since: Google's clients renew it once, too
            self.renew()
            _, status, answer = self.send(verb, path, body, query)
        assert status == expect, f"{verb} {path}: {status} {answer}"
        return answer

    def read(self, verb, path, body=None, **query):
        """A read in both encodings of enums, which must say the same. Its body, with names."""
        for _ in range(10):  # the cloud may change between two requests, so the names are read before and after
            method, status, before = self.send(verb, path, body, query)
            _, numbered_status, numbered = self.send(verb, path, body, query | NUMBERS)
            if status != 200 or numbered_status != 200:
                return before
            if self.send(verb, path, body, query)[2] == before:
                same_in_both(method.response, before, numbered)
                return before
        raise AssertionError(f"{verb} {path} is never the same twice")

    def missed(self):
        """What the emulator serves and nobody has asked."""
        return [(verb, path) for verb, path in served() if not any(self._is(verb, path, *one) for one in self.asked)]

    @staticmethod
    def _is(verb, template, asked_verb, path):
        pattern = re.sub(r"\\\{\w+\\\}", "[^/:]+", re.escape(template))
        return verb == asked_verb and re.fullmatch(pattern, path) is not None


def judged(method, answer, numbers=False):
    """What is wrong with an answer."""
    try:
        body = answer.json()
    except requests.JSONDecodeError:
        return [f"HTTP {answer.status_code} without JSON: {answer.text[:200]!r}"]
    if answer.status_code != 200:
        return schema.problems_of_error(answer.status_code, body)
    return method.document.problems(method.response, body, numbers)


def same_in_both(name, named, numbered):
    """Names and numbers of enums have to mean the same message."""
    proto = PROTOS.get(name)
    if proto is None:
        return

    def parse(body):
        # Fields that are newer than the client's protos are the discovery document's business.
        return json_format.ParseDict(body, proto.pb(proto()), ignore_unknown_fields=True)

    assert parse(named) == parse(numbered), f"{name}: the two encodings differ:\n{named}\n{numbered}"
