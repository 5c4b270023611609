"""What all suites share: one emulator for the session, and a project of its own for each test.

Request quotas are counted per project, as Google counts them, so tests cannot use up each other's.
"""

import itertools

import pytest

import cloud as emulator

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def cloud():
    """An emulator that plays its scenarios a hundred times faster than they are written."""
    with emulator.running("--speed", "100") as running:
        yield running


@pytest.fixture(scope="session")
def slow_cloud():
    """An emulator that plays scenarios as written: what is running there stays so for the length of a test."""
    with emulator.running() as running:
        yield running


@pytest.fixture
def project():
    """The id of a project that no other test uses."""
    return f"conformance-{next(_NUMBERS)}"


@pytest.fixture
def parent(project):
    """The project's location, under which everything lives."""
    return f"projects/{project}/locations/{emulator.LOCATION}"
