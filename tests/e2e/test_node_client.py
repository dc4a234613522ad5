"""The Node client and example against a running server."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from support.server import FIXED_CREDENTIALS, REPOSITORY, Server

CLIENT = REPOSITORY / "clients/node"
NODE, NPM = shutil.which("node"), shutil.which("npm")

pytestmark = pytest.mark.skipif(not (NODE and NPM), reason="left out: node and npm are not on the PATH")


def test_the_node_client_drives_the_server(server: Server, node_client: Path) -> None:
    result = run_node(server, "--test", cwd=node_client)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "skipped 0" in result.stdout, result.stdout


def test_the_node_example_takes_the_task(server: Server, node_client: Path) -> None:
    result = run_node(server, "send-to-flex.js", cwd=REPOSITORY / "examples/send-to-flex-node")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "My parcel is lost" in result.stdout
    assert "is completed" in result.stdout
    assert "the customer got: Thank you." in result.stdout


def run_node(server: Server, *arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Runs node with the server's address and credentials in its environment."""
    return subprocess.run(
        [str(NODE), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd,
        env=FIXED_CREDENTIALS | {"PATCHBOARD_URL": server.url},
        check=False,
    )


@pytest.fixture(scope="module")
def node_client() -> Path:
    """The client's folder, with the official library installed as its lock says."""
    installed = subprocess.run(
        [str(NPM), "ci", "--no-audit", "--no-fund"],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=CLIENT,
        env=dict(os.environ),
        check=False,
    )
    assert installed.returncode == 0, installed.stderr
    return CLIENT
