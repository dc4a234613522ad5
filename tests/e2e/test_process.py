"""The process: starting, stopping, starting again, and the commands beside it."""

import signal
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from support.contact_centre import DEFAULT_NUMBER, ContactCentre
from support.load import RECIPIENT, Senders
from support.server import ACCOUNT_SID, AUTH_TOKEN, BARE_ENVIRONMENT, Server, run_command

ANA = "+15557776001"


def test_help_names_the_commands_and_their_options() -> None:
    overview = run_command("--help")
    assert overview.returncode == 0
    for command in ("serve", "user", "credentials"):
        assert command in overview.stdout
    serve = run_command("serve", "--help")
    assert serve.returncode == 0
    for option in ("--data", "--http", "--public-url", "--drain", "--config"):
        assert option in serve.stdout


def test_an_unknown_option_is_refused_with_its_name() -> None:
    result = run_command("serve", "--shiny")
    assert result.returncode == 2
    assert "--shiny" in result.stderr


def test_the_first_start_says_what_a_person_needs_next(server: Server) -> None:
    log = server.read_log()
    assert server.url in log and ACCOUNT_SID in log and DEFAULT_NUMBER in log
    assert f"{server.url}/  as agent or admin" in log and f"{server.url}/phone" in log
    assert AUTH_TOKEN not in log, "secrets are printed on a terminal only"


def test_credentials_are_kept_for_their_owner_and_shown_again(server: Server) -> None:
    file = server.data / "credentials.toml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = tomllib.loads(file.read_text())
    assert (kept["account_sid"], kept["auth_token"]) == (ACCOUNT_SID, AUTH_TOKEN)
    login = kept["logins"][0]
    shown = run_command("credentials", "--data", str(server.data))
    assert shown.returncode == 0, shown.stderr
    assert ACCOUNT_SID in shown.stdout and AUTH_TOKEN in shown.stdout
    assert login["login"] in shown.stdout and login["password"] in shown.stdout


def test_the_first_login_is_listed_as_a_user(server: Server) -> None:
    login = tomllib.loads((server.data / "credentials.toml").read_text())["logins"][0]["login"]
    listed = run_command("user", "list", "--data", str(server.data))
    assert listed.returncode == 0, listed.stderr
    assert login in listed.stdout and "agent" in listed.stdout


def test_credentials_are_made_up_where_none_are_given(start_server: Callable[..., Server]) -> None:
    server = start_server(environment=BARE_ENVIRONMENT)
    made_up = tomllib.loads((server.data / "credentials.toml").read_text())
    account_sid, auth_token = made_up["account_sid"], made_up["auth_token"]
    assert account_sid.startswith("AC") and len(account_sid) == 34 and len(auth_token) >= 32
    assert server.request("GET", "/studio/v2/Flows", auth=(account_sid, auth_token)).status_code == 200
    assert auth_token not in server.read_log()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT], ids=lambda stop: stop.name)
def test_a_polite_end_exits_0_and_keeps_everything(centre: ContactCentre, stop: signal.Signals) -> None:
    centre.text(ANA, DEFAULT_NUMBER, "Hello")
    task = centre.wait_for_task(ANA)
    assert centre.server.stop(stop) == 0
    centre.server.start()
    assert centre.wait_for_task(ANA).sid == task.sid
    assert len(centre.client.incoming_phone_numbers.list()) == 1, "nothing is set up a second time"
    assert len(centre.client.taskrouter.v1.workspaces.list()) == 1
    assert len(centre.client.studio.v2.flows.list()) == 3


def test_a_second_server_on_the_same_data_is_refused(server: Server) -> None:
    second = run_command("serve", "--data", str(server.data), "--http", "127.0.0.1:0")
    assert second.returncode != 0
    said = second.stderr + second.stdout
    assert str(server.data) in said and "panicked" not in said
    assert server.request("GET", "/health").status_code == 200


def test_a_taken_port_is_refused_with_its_address(server: Server, tmp_path: Path) -> None:
    address = f"127.0.0.1:{server.port}"
    second = run_command("serve", "--data", str(tmp_path / "other"), "--http", address)
    assert second.returncode != 0
    said = second.stderr + second.stdout
    assert address in said and "panicked" not in said


def test_a_stop_amid_requests_keeps_every_acknowledged_message(centre: ContactCentre) -> None:
    senders = Senders(centre)
    senders.wait_for(40)
    assert centre.server.stop() == 0
    acknowledged = senders.finish()
    centre.server.start()
    kept = {message.sid for message in centre.client.messages.list(to=RECIPIENT, page_size=1000)}
    assert set(acknowledged) <= kept
