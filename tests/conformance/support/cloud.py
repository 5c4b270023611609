"""A `liftoff emulate` process: started on a free port, stopped at the end, and what it says of itself."""

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import google.auth.transport.requests
from google.oauth2 import credentials, service_account

LOCATION = "us-central1"
SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
# Long enough for a debug build on a machine that is busy compiling something else.
START_DEADLINE = 60
STOP_DEADLINE = 20


@dataclass(frozen=True)
class Cloud:
    """A running emulator."""

    endpoint: str
    key_file: Path
    _token: dict = field(default_factory=dict, repr=False)

    @property
    def address(self):
        """Host and port, as gRPC channels want them."""
        return self.endpoint.removeprefix("http://")

    def service_account(self):
        """Credentials of the written key file. Google's clients make of them what they like: a token, or a JWT."""
        return service_account.Credentials.from_service_account_file(self.key_file, scopes=SCOPES)

    def fresh_token(self):
        """A new access token, asked for by google-auth at the key file's `token_uri`."""
        granted = self.service_account()
        granted.refresh(google.auth.transport.requests.Request())
        return granted.token

    def token(self):
        """An access token; the same one each time."""
        if "value" not in self._token:
            self._token["value"] = self.fresh_token()
        return self._token["value"]

    def user(self):
        """Credentials that carry a plain access token, as gcloud's do."""
        return credentials.Credentials(self.token())

    def state(self):
        """The emulator's own account of what it has been asked."""
        with urllib.request.urlopen(f"{self.endpoint}/emulator/state", timeout=10) as answer:
            return json.load(answer)


def binary():
    """The `liftoff` under test; `tests/conformance/run` builds it and names it."""
    path = os.environ.get("LIFTOFF")
    if not path:
        raise RuntimeError("LIFTOFF does not name the binary; start the suites with tests/conformance/run")
    return path


@contextlib.contextmanager
def running(*arguments):
    """Starts `liftoff emulate` with these arguments and stops it as a user would, with an interrupt."""
    with tempfile.TemporaryDirectory() as folder:
        key_file = Path(folder) / "key.json"
        errors = Path(folder) / "stderr"
        command = [binary(), "emulate", "--port", "0", "--write-credentials", str(key_file), *arguments]
        with errors.open("w") as stderr:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, text=True, cwd=folder
            )
        try:
            endpoint = _endpoint(process, lambda: errors.read_text())
            yield Cloud(endpoint, key_file)
        finally:
            code = _stop(process)
        assert code == 0, f"liftoff emulate ended with {code} on an interrupt: {errors.read_text()}"
        assert "panicked" not in errors.read_text(), errors.read_text()


def _endpoint(process, errors):
    """Reads what the process prints until it names its address. The rest is read too, so that no pipe fills up."""
    lines = queue.Queue()

    def read():
        for line in process.stdout:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    deadline, seen = time.monotonic() + START_DEADLINE, []
    while True:
        try:
            line = lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            line = None
        if line is None:
            raise RuntimeError(f"liftoff emulate named no address. It said: {''.join(seen)}{errors()}")
        seen.append(line)
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]


def _stop(process):
    process.send_signal(signal.SIGINT)
    try:
        return process.wait(STOP_DEADLINE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return "SIGKILL, for it did not stop"
