"""A strict reader of Google's discovery documents: which method a request is, and what is wrong with its answer.

The documents are those that google-api-python-client brings. A checker that overlooks things proves nothing, so
`test_schema.py` plants an unknown field in every object and a wrong value at every leaf of real answers.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import googleapiclient.discovery_cache
from google.protobuf import json_format
from google.rpc import error_details_pb2

DOCUMENTS = Path(googleapiclient.discovery_cache.__file__).parent / "documents"
INTEGERS = {"int32": (-(2**31), 2**31 - 1), "uint32": (0, 2**32 - 1)}
LONGS = {"int64": (-(2**63), 2**63 - 1), "uint64": (0, 2**64 - 1)}
DATETIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?Z")
DURATION = re.compile(r"-?\d{1,12}(\.\d{1,9})?s")
FIELD_MASK = re.compile(r"([a-zA-Z.]+)(,[a-zA-Z.]+)*")
TYPE = "@type"
PREFIX = "type.googleapis.com/"
# google/rpc/code.proto, and the HTTP status of each (AIP-193).
HTTP_OF = {
    "CANCELLED": 499,
    "UNKNOWN": 500,
    "INVALID_ARGUMENT": 400,
    "DEADLINE_EXCEEDED": 504,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "PERMISSION_DENIED": 403,
    "UNAUTHENTICATED": 401,
    "RESOURCE_EXHAUSTED": 429,
    "FAILED_PRECONDITION": 400,
    "ABORTED": 409,
    "OUT_OF_RANGE": 400,
    "UNIMPLEMENTED": 501,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DATA_LOSS": 500,
}


@dataclass(frozen=True)
class Method:
    """A method of an API, and the document that describes it."""

    document: "Document"
    id: str
    verb: str
    path: re.Pattern
    parameters: frozenset
    request: str | None
    response: str


class Document:
    """One API."""

    def __init__(self, name):
        text = json.loads((DOCUMENTS / f"{name}.json").read_text())
        self.name, self.schemas = name, text["schemas"]
        self.standard = frozenset(text["parameters"])
        self.methods = list(self._methods(text))

    def _methods(self, resource):
        for method in resource.get("methods", {}).values():
            path = re.sub(r"\\\{\w+\\\}", "[^/:]+", re.escape(method.get("flatPath", method["path"])))
            yield Method(
                self,
                method["id"],
                method["httpMethod"],
                re.compile("/" + path),
                frozenset(method.get("parameters", {})),
                method.get("request", {}).get("$ref"),
                method["response"]["$ref"],
            )
        for inner in resource.get("resources", {}).values():
            yield from self._methods(inner)

    def problems(self, schema, value, numbers=False):
        """What is wrong with a message of this schema. `numbers`: enums have to be integers, not names."""
        return list(_Checker(self, numbers).message(schema, value, schema))


class _Checker:
    def __init__(self, document, numbers):
        self.document, self.numbers = document, numbers

    def message(self, name, value, at):
        schema = self.document.schemas.get(name)
        if schema is None:
            yield f"{at}: {self.document.name} has no schema {name}"
        else:
            yield from self.value(schema, value, at)

    def value(self, schema, value, at):
        if value is None:
            yield f"{at}: null is never sent"
        elif "$ref" in schema:
            yield from self.message(schema["$ref"], value, at)
        elif schema["type"] == "any":
            yield from self.packed(value, at) if isinstance(value, dict) and TYPE in value else ()
        elif schema["type"] == "array":
            if not isinstance(value, list):
                yield f"{at}: a list is due, not {value!r}"
                return
            for index, element in enumerate(value):
                yield from self.value(schema["items"], element, f"{at}[{index}]")
        elif schema["type"] == "object":
            yield from self.object(schema, value, at)
        else:
            problem = self.scalar(schema, value)
            if problem:
                yield f"{at}: {problem}, not {value!r}"

    def object(self, schema, value, at):
        if not isinstance(value, dict):
            yield f"{at}: an object is due, not {value!r}"
            return
        others = schema.get("additionalProperties")
        if others and others.get("type") == "any" and TYPE in value:
            yield from self.packed(value, at)  # a google.protobuf.Any
            return
        known = schema.get("properties", {})
        for field, inner in value.items():
            if field in known:
                yield from self.value(known[field], inner, f"{at}.{field}")
            elif others:
                yield from self.value(others, inner, f"{at}[{field!r}]")
            else:
                yield f"{at}.{field}: there is no such field"

    def packed(self, value, at):
        """A message with its type beside its fields. Messages of other APIs are checked by the protos."""
        kind = value[TYPE]
        fields = {name: inner for name, inner in value.items() if name != TYPE}
        if not isinstance(kind, str) or not kind.startswith(PREFIX):
            yield f"{at}.{TYPE}: a type URL is due, not {kind!r}"
            return
        full = kind.removeprefix(PREFIX)
        name = "".join(part[0].upper() + part[1:] for part in full.split("."))
        if full == "google.protobuf.Empty":
            yield from (f"{at}.{field}: an Empty has no field" for field in fields)
        elif name in self.document.schemas:
            yield from self.message(name, fields, at)
        else:
            problem = by_proto(full, fields)
            if problem:
                yield f"{at}: {problem}"

    def scalar(self, schema, value):
        kind, form = schema["type"], schema.get("format")
        if "enum" in schema:
            return self.enum(schema["enum"], value)
        if kind == "boolean":
            return None if isinstance(value, bool) else "a boolean is due"
        if kind in ("integer", "number"):
            return self.number(kind, form, value)
        if not isinstance(value, str):
            return f"a string ({form or 'text'}) is due"
        return STRINGS[form](value) if form else None

    def enum(self, names, value):
        if self.numbers:
            whole = isinstance(value, int) and not isinstance(value, bool)
            return None if whole else "an enum is due as a number"
        return None if value in names else "one of the enum's names is due"

    @staticmethod
    def number(kind, form, value):
        if isinstance(value, bool) or not isinstance(value, int if kind == "integer" else (int, float)):
            return f"a number ({form}) is due"
        least, most = INTEGERS.get(form, (float("-inf"), float("inf")))
        return None if least <= value <= most else f"a number that fits {form} is due"


def _long(form):
    def problem(text):
        least, most = LONGS[form]
        fits = re.fullmatch(r"-?\d+", text) and least <= int(text) <= most
        return None if fits else f"an integer ({form}) in a string is due"

    return problem


def _datetime(text):
    found = DATETIME.fullmatch(text)
    try:
        return None if found and datetime.fromisoformat(found[1]) else "an RFC 3339 time in UTC is due"
    except ValueError:
        return "a time that exists is due"


def _byte(text):
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error:
        return "base64 is due"
    return None


STRINGS = {
    "google-datetime": _datetime,
    "google-duration": lambda text: None if DURATION.fullmatch(text) else "a duration in seconds is due",
    "google-fieldmask": lambda text: None if FIELD_MASK.fullmatch(text) else "a field mask is due",
    "byte": _byte,
    **{form: _long(form) for form in LONGS},
}


def by_proto(full, fields):
    """What is wrong with a packed message of another package, by its published proto."""
    from google.cloud.audit import audit_log_pb2

    package, name = full.rsplit(".", 1)
    module = {"google.rpc": error_details_pb2, "google.cloud.audit": audit_log_pb2}.get(package)
    if module is None or not hasattr(module, name):
        return f"nothing is known of {full}"
    try:
        message = json_format.ParseDict(fields, getattr(module, name)())
    except json_format.ParseError as error:
        return str(error)
    # The parser is lenient about nulls, defaults and spellings that a server never sends.
    return None if json_format.MessageToDict(message) == fields else f"{full} is not in proto3's JSON form: {fields!r}"


def problems_of_error(http, body):
    """What is wrong with the answer to a request that was refused (AIP-193)."""
    if not isinstance(body, dict) or set(body) != {"error"} or not isinstance(body["error"], dict):
        return [f"an object with one field, error, is due, not {body!r}"]
    error, found = body["error"], []
    if extra := set(error) - {"code", "message", "status", "details"}:
        found.append(f"error has no field {', '.join(sorted(extra))}")
    if error.get("code") != http:
        found.append(f"error.code is {error.get('code')!r} under HTTP {http}")
    if HTTP_OF.get(error.get("status")) != http:
        found.append(f"error.status is {error.get('status')!r} under HTTP {http}")
    if not isinstance(error.get("message"), str) or not error["message"]:
        found.append("error.message is missing")
    kinds = [detail.get(TYPE) for detail in error.get("details", [])]
    if len(kinds) != len(set(kinds)):
        found.append("a type of detail is there twice")
    for detail in error.get("details", []):
        fields = {name: value for name, value in detail.items() if name != TYPE}
        kind = str(detail.get(TYPE))
        problem = by_proto(kind.removeprefix(PREFIX), fields) if kind.startswith(PREFIX) else f"{kind!r} is no type URL"
        if problem:
            found.append(f"error.details: {problem}")
    return found


APIS = [Document(name) for name in ("run.v2", "logging.v2", "aiplatform.v1")]


def method_of(verb, path):
    """The method that a request is, or none."""
    candidates = [method for api in APIS for method in api.methods if method.verb == verb]
    return next((method for method in candidates if method.path.fullmatch(path)), None)
