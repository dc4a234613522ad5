"""`patchboard doctor`: what it finds with and without a running server, as text and as JSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.gateway import Gateway
from support.server import Server, free_port, run_command


@pytest.fixture
def quiet(tmp_path: Path) -> list[str]:
    """Options under which nothing is in the way."""
    return ["--data", str(tmp_path / "data"), "--http", f"127.0.0.1:{free_port()}", "--sip", "off"]


def examine(*options: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Runs the doctor; returns its exit code and the checks by name."""
    done = run_command("doctor", "--json", *options)
    return done.returncode, {check["name"]: check for check in json.loads(done.stdout)["checks"]}


def test_a_healthy_machine_is_told_so_and_nothing_is_made(quiet: list[str], tmp_path: Path) -> None:
    done = run_command("doctor", *quiet)
    assert done.returncode == 0, done.stdout
    assert "0 in the way" in done.stdout
    assert "data folder" in done.stdout
    assert not (tmp_path / "data").exists()


def test_a_port_that_is_taken_is_in_the_way_with_a_hint(server: Server, tmp_path: Path) -> None:
    taken = f"127.0.0.1:{server.port}"
    code, checks = examine("--data", str(tmp_path / "other"), "--http", taken, "--sip", "off")
    assert (code, checks["HTTP"]["status"]) == (1, "fail")
    assert taken in checks["HTTP"]["detail"]
    assert checks["HTTP"]["hint"]


def test_a_running_server_is_no_fault_and_tells_of_its_trunks(server: Server) -> None:
    with Gateway() as carrier:
        trunk = {"FriendlyName": "main", "Outbound": carrier.uri}
        assert server.request("POST", "/v1/trunks", data=trunk).status_code == 201
        code, checks = examine("--data", str(server.data), "--http", f"127.0.0.1:{server.port}", "--sip", "off")
    assert (code, checks["HTTP"]["status"]) == (0, "ok")
    assert "running server" in checks["data folder"]["detail"]
    assert carrier.uri in checks["trunk"]["detail"]


def test_carriers_of_the_file_are_asked_whether_they_are_there(
    server: Server, quiet: list[str], tmp_path: Path
) -> None:
    table = (
        '[[carrier]]\nname = "acme"\nkind = "http"\nnumbers = ["+1"]\nsecret = "s3cret"\nurl = "{url}"\n'
    )
    file = tmp_path / "patchboard.toml"
    for url, status in [(server.url, "ok"), (f"http://127.0.0.1:{free_port()}", "warn"), ("acme", "fail")]:
        file.write_text(table.format(url=url))
        _, checks = examine("--config", str(file), *quiet)
        assert (checks["carrier"]["status"], "acme" in checks["carrier"]["detail"]) == (status, True)
        assert "s3cret" not in json.dumps(checks)


def test_trunks_of_the_file_are_asked_whether_they_are_there(quiet: list[str], tmp_path: Path) -> None:
    with Gateway() as carrier:
        places = [(carrier.uri, "ok"), ("sip:127.0.0.1:9;transport=tcp", "warn")]
        for uri, status in places:
            file = tmp_path / "patchboard.toml"
            file.write_text(f'[[trunk]]\nname = "main"\noutbound = ["{uri}"]\n')
            _, checks = examine("--config", str(file), *quiet)
            assert (checks["trunk"]["status"], uri in checks["trunk"]["detail"]) == (status, True)


def test_options_that_can_not_be_read_are_the_first_finding(quiet: list[str]) -> None:
    code, checks = examine(*quiet, "--rtp-ports", "9-3")
    assert (code, list(checks)) == (1, ["configuration"])
    assert "--rtp-ports" in checks["configuration"]["detail"]
