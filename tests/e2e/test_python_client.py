"""The Python client's own tests and example against a running server."""

import os
import subprocess
import sys
from pathlib import Path

from support.server import FIXED_CREDENTIALS, REPOSITORY, Server

CLIENT = REPOSITORY / "clients/python"


def test_the_python_client_passes_its_own_tests() -> None:
    result = run_python("-m", "pytest", "-q", cwd=CLIENT, environment=dict(os.environ))
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_python_example_takes_the_task(server: Server) -> None:
    example = REPOSITORY / "examples/send-to-flex"
    environment = FIXED_CREDENTIALS | {"PATCHBOARD_URL": server.url, "PYTHONPATH": str(CLIENT)}
    result = run_python("send_to_flex.py", cwd=example, environment=environment)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "My parcel is lost" in result.stdout
    assert "is completed" in result.stdout
    assert "the customer got: Thank you." in result.stdout


def run_python(*arguments: str, cwd: Path, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Runs this interpreter, with the libraries that the tests have."""
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd,
        env=environment,
        check=False,
    )
