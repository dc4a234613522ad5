"""Fixtures: a server of its own for each test, or one that the tests of a file share."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.browser_agent import AGENT_TONE, BrowserAgent, install_sdk
from support.call_centre import CallCentre, Script
from support.contact_centre import ContactCentre
from support.phone import CALLER_TONE, Phone
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


@pytest.fixture
def call_centre(start_server: Callable[..., Server]) -> CallCentre:
    """A new contact centre that can be called."""
    return CallCentre(start_server)


@pytest.fixture(scope="module")
def shared_call_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallCentre]:
    """A contact centre that can be called, for all tests of a file, which must not depend on each other."""
    started: list[Server] = []

    def start(*arguments: str) -> Server:
        started.append(Server(tmp_path_factory.mktemp("shared"), *arguments))
        return started[-1].start()

    yield CallCentre(start)
    started[0].kill()


@pytest.fixture
def buy_phone(tmp_path: Path) -> Iterator[Callable[..., Phone]]:
    """Makes phones, each with a tone of its own, and switches them off after the test."""
    phones: list[Phone] = []

    def buy(tone: int = CALLER_TONE, **options: Any) -> Phone:
        phones.append(Phone(tmp_path / f"phone-{len(phones)}", tone=tone, **options))
        return phones[-1]

    yield buy
    for phone in phones:
        phone.end()


@pytest.fixture
def script() -> Iterator[Script]:
    """An application that answers calls as the test tells it to."""
    with Script() as script:
        yield script


@pytest.fixture
def phone(buy_phone: Callable[..., Phone]) -> Phone:
    """A caller's phone."""
    return buy_phone()


@pytest.fixture
def seat_agent(tmp_path: Path) -> Iterator[Callable[..., BrowserAgent]]:
    """Opens browsers of agents, each with a tone of its own, and closes them after the test."""
    install_sdk()
    agents: list[BrowserAgent] = []

    def seat(tone: int = AGENT_TONE, *, has_udp: bool = True) -> BrowserAgent:
        agents.append(BrowserAgent(tmp_path / f"agent-{len(agents)}", tone=tone, has_udp=has_udp))
        return agents[-1]

    yield seat
    for agent in agents:
        agent.end()


@pytest.fixture
def agent(seat_agent: Callable[..., BrowserAgent]) -> BrowserAgent:
    """An agent's browser."""
    return seat_agent()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: "pytest.CallInfo[None]"):
    """Adds the end of the server's log to the report of a failed test."""
    report = yield
    fixtures = getattr(item, "funcargs", {})
    centre = next((fixtures[name] for name in fixtures if name.endswith("centre")), None)
    server = fixtures.get("server") or (centre.server if centre else None)
    if report.failed and server is not None:
        report.sections.append(("server log", server.read_log()[-8000:]))
    return report
