"""Requests that no client should send: each is refused in Google's shape with a 4xx, or answered by its document.

Never a 5xx, never another body, never a cut connection; and the emulator lives on.
"""

import http.client
import json
import random

import pytest
import walker as walking
from schema import method_of, problems_of_error
from walker import JSON

LOCATION = "us-central1"
SEED = 20261124
HUGE = 2**70
WRONG = [None, True, -1, 0, 1.5, HUGE, -HUGE, 1e300, "", "x", "\u0000", "é" * 300, [], ["x"], [[]], {}, {"x": {"y": []}}]
RAW = {
    "no JSON": b"nonsense",
    "cut off": b'{"overrides": {"taskCount": ',
    "a list": b"[]",
    "a string": b'"x"',
    "a number": b"1e999",
    "null": b"null",
    "two values": b"{} {}",
    "a byte that is no UTF-8": b'{"etag": "\xff"}',
    "half a surrogate": b'{"etag": "\\ud800"}',
    "a name twice": b'{"etag": "a", "etag": "b"}',
    "nested lists": b"[" * 20_000,
    "nested objects": b'{"a":' * 20_000,
    "nested where a message is due": b'{"overrides":' + b'{"a":' * 500 + b"1" + b"}" * 501,
    "two megabytes": b'{"etag": "' + b"x" * 2_000_000 + b'"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "nothing": b"",
    "blanks": b" \r\n\t",
}
QUERIES = [
    "pageSize=x",
    "pageSize=-1",
    f"pageSize={HUGE}",
    "pageSize=1.5",
    "pageSize=",
    "pageToken=%ff%fe",
    "pageToken=AAAA",
    "pageToken=" + "A" * 4000,
    "pageToken=MDAwMDAwMDAwMDAwMDAwMAo5OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
    "filter=%00",
    "filter=" + "(" * 3000,
    "filter=" + "NOT%20" * 3000,
    "filter=state%3D",
    "filter=create_time%3E%22yesterday%22",
    "filter=labels.%3D1",
    "filter=%22",
    "filter=%C3%A9%3D%C3%A9",
    "readMask=,",
    "readMask=name,,state",
    "readMask=a.b.c.d.e.f.g",
    "readMask=*.*",
    "fields=(",
    "fields=a(b(c",
    "fields=" + "a(" * 2000,
    "fields=,",
    "fields=a/",
    "showDeleted=maybe",
    "validateOnly=2",
    "nosuch=1",
    "=1",
    "&&&",
    "%zz=%",
    "alt=xml",
    "alt=json;enum-encoding=banana",
    "$alt=json%3Benum-encoding%3Dint&$alt=json",
    "pageSize=1&pageSize=2",
    "name=x",
    "parent=x",
]
HEADERS = [
    {},
    {"authorization": ""},
    {"authorization": "Bearer"},
    {"authorization": "Bearer "},
    {"authorization": "Basic eDp5"},
    {"authorization": "Bearer a.b.c"},
    {"authorization": "Bearer eyJhbGciOiJub25lIn0.e30."},
    {"authorization": "Bearer " + "x" * 6000},
    {"authorization": "Bearer caf\u00e9"},
]
SEGMENTS = ["", ".", "..", "%00", "%2F", "%2e%2e", "a%20b", "é", "%ff", "-", ":", "a:b", "x" * 3000, "nosuch", "*"]


class Raw:
    """Sends bytes as they are, where a client library would mend them, and holds the answer to Google's shape."""

    def __init__(self, cloud, project):
        self.cloud, self.sent, self._project = cloud, 0, project
        self.headers = {"authorization": f"Bearer {cloud.token()}"}

    @property
    def project(self):
        """A project of its own for every forty requests: a 429 would hide what the method thinks of them."""
        return f"{self._project}-{self.sent // 40}"

    def send(self, verb, path, body=None, headers=None, statuses=range(200, 500)):
        self.sent += 1
        connection = http.client.HTTPConnection(self.cloud.address, timeout=30)
        wanted = self.headers if headers is None else headers
        lines = {"content-type": "application/json", **wanted}
        try:
            connection.putrequest(verb, "/", skip_accept_encoding=True)
            connection._buffer[0] = f"{verb} ".encode() + path.encode() + b" HTTP/1.1"
            for name, value in lines.items():
                connection.putheader(name, value.encode("latin-1"))
            if body is not None or verb in ("POST", "PATCH"):
                connection.putheader("content-length", str(len(body or b"")))
            connection.endheaders(body)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        said = f"{verb} {path[:200]} {wanted if headers else ''} {(body or b'')[:200]!r}: HTTP {answer.status} {text[:300]!r}"
        assert answer.status in statuses, said
        assert answer.status != 429, said
        assert answer.getheader("content-type") == JSON, said
        self.check(verb, path, answer.status, json.loads(text), said)
        return answer.status

    @staticmethod
    def check(verb, path, status, body, said):
        bare, _, query = path.partition("?")
        method = method_of(verb, bare)
        if status != 200:
            assert problems_of_error(status, body) == [], said
        elif method and "fields=" not in query:
            numbers = "enum-encoding" in query and "banana" not in query
            assert method.document.problems(method.response, body, numbers) == [], said


@pytest.fixture
def raw(cloud, project):
    return Raw(cloud, project)


def concrete(raw, path, name="nosuch"):
    """A path template as a path; the job is one that exists."""
    for template, value in [("{project}", raw.project), ("{location}", LOCATION), ("{job}", "tour-success")]:
        path = path.replace(template, value)
    return "".join(name if within else part for part, within in pieces(path))


def valid(raw, verb, path):
    """A body that is none of what a test is about."""
    if path.endswith("entries:list"):
        return json.dumps({"resourceNames": [f"projects/{raw.project}"]}).encode()
    return b"{}" if verb in ("POST", "PATCH") else None


def pieces(template):
    """A path template's literal parts and its names, told apart."""
    for index, part in enumerate(template.replace("}", "{").split("{")):
        yield part, index % 2 == 1


served = pytest.mark.parametrize(("verb", "path"), walking.served(), ids=lambda value: value)


@served
def test_bodies_that_are_no_request_are_refused(raw, verb, path):
    for text in RAW.values():
        raw.send(verb, concrete(raw, path), text)


@served
def test_fields_of_a_wrong_type_are_refused(raw, verb, path):
    """Each field of the request, as the document has it, takes each wrong value; and so do the fields inside it."""
    method = method_of(verb, concrete(raw, path))
    if method.request is None:
        pytest.skip("it takes no body")
    dice = random.Random(SEED)
    for place in places_of(method.document, method.request):
        for wrong in dice.sample(WRONG, 7):
            raw.send(verb, concrete(raw, path), json.dumps(nested(place, wrong)).encode())


def places_of(document, schema, depth=4):
    """Paths to the fields of a message, and to those of the messages in it."""
    for name, field in document.schemas[schema].get("properties", {}).items():
        yield (name,)
        inner = field.get("$ref") or field.get("items", {}).get("$ref")
        if inner and depth > 1:
            hop = (name, 0) if "items" in field else (name,)
            yield from ((*hop, *rest) for rest in places_of(document, inner, depth - 1))


def nested(place, value):
    """A body with one value, deep inside."""
    for key in reversed(place):
        value = [value] if key == 0 else {key: value}
    return value


@served
def test_query_parameters_that_cannot_be_are_refused(raw, verb, path):
    for query in QUERIES:
        raw.send(verb, f"{concrete(raw, path)}?{query}", valid(raw, verb, path))


@served
def test_paths_that_lead_nowhere_are_refused(raw, verb, path):
    for segment in SEGMENTS:
        raw.send(verb, concrete(raw, path, segment), valid(raw, verb, path))
        raw.send(verb, path.replace("{project}", segment), valid(raw, verb, path))
    for more in ["/", "//", ":frobnicate", "?", "#x", "/x/y/z", ";x=y"]:
        raw.send(verb, concrete(raw, path) + more, valid(raw, verb, path))


@served
def test_bearers_that_prove_nothing_are_unauthenticated(raw, verb, path):
    for headers in HEADERS:
        status = raw.send(verb, concrete(raw, path), valid(raw, verb, path), headers)
        assert status == 401, headers


def test_verbs_that_no_method_has_are_refused(raw):
    for verb in ["PUT", "PATCH", "OPTIONS", "TRACE", "FROBNICATE"]:
        raw.send(verb, "/v2/entries:list", b"{}", statuses=range(400, 500))


def test_log_filters_that_are_noise_are_refused_or_read(raw):
    """Random strings of the language's own pieces: whatever it makes of them, it says so properly."""
    dice = random.Random(SEED)
    words = ["AND", "OR", "NOT", "-", "(", ")", "=", "!=", ":", "=~", "!~", ">=", "<", '"', '"x"', "textPayload", "labels"]
    words += ["severity", "timestamp", ".", "*", "\\", "\n", "é", "--", "ERROR", "1e9", "'", "jsonPayload.a", "[", "{", "#"]
    for _ in range(300):
        text = dice.choice(["", " "]).join(dice.choices(words, k=dice.randrange(1, 25)))
        body = {"resourceNames": [f"projects/{raw.project}"], "filter": text}
        raw.send("POST", "/v2/entries:list", json.dumps(body).encode(), statuses=(200, 400))
    for text in ["(" * 9000, "NOT " * 4900, "a=1 AND " * 2400 + "a=1", 'textPayload=~"' + "(a*)*" * 500 + '"', "-" * 19_000]:
        body = {"resourceNames": [f"projects/{raw.project}"], "filter": text}
        raw.send("POST", "/v2/entries:list", json.dumps(body).encode(), statuses=(200, 400))


def test_noise_in_the_token_endpoint_is_an_oauth_error(raw):
    for body in [b"", b"grant_type=x", b"assertion=a.b.c", b"%ff", b"{", b"grant_type=" + b"x" * 100_000]:
        connection = http.client.HTTPConnection(raw.cloud.address, timeout=30)
        connection.request("POST", "/token", body, {"content-type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        assert answer.status == 400 and json.loads(answer.read())["error"], body[:50]
        connection.close()
