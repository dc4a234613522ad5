"""Fixtures: a server of its own for each test, or one that the tests of a file share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.contact_centre import ContactCentre
from support.server import BINARY, FIXED_CREDENTIALS, Server


def pytest_sessionstart() -> None:
    """Says what is missing before any test fails for want of it."""
    if not BINARY.exists():
        pytest.exit(f"there is no server to test at {BINARY}: build it, or name it in PATCHBOARD_BIN", 3)


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers with the given arguments, each on an empty data folder, and ends them after the test."""
    started: list[Server] = []

    def start(*arguments: str, environment: dict[str, str] = FIXED_CREDENTIALS) -> Server:
        folder = tmp_path / f"server-{len(started)}"
        folder.mkdir()
        started.append(Server(folder, *arguments, environment=environment))
        return started[-1].start()

    yield start
    for server in started:
        server.kill()


@pytest.fixture
def server(start_server: Callable[..., Server]) -> Server:
    """A ready server with an empty data folder."""
    return start_server()


@pytest.fixture
def centre(server: Server) -> ContactCentre:
    """The contact centre of a new server."""
    return ContactCentre(server)


@pytest.fixture(scope="module")
def shared_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ContactCentre]:
    """A contact centre for all tests of a file, which must not depend on each other."""
    server = Server(tmp_path_factory.mktemp("shared")).start()
    yield ContactCentre(server)
    server.kill()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: "pytest.CallInfo[None]"):
    """Adds the end of the server's log to the report of a failed test."""
    report = yield
    fixtures = getattr(item, "funcargs", {})
    centre = fixtures.get("shared_centre")
    server = fixtures.get("server") or (centre.server if centre else None)
    if report.failed and server is not None:
        report.sections.append(("server log", server.read_log()[-8000:]))
    return report
