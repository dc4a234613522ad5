"""The material beside the repository: exported flows and published API descriptions, where present."""

import os
from pathlib import Path

import pytest

from support.server import REPOSITORY

SHARED = Path(os.environ.get("PATCHBOARD_SHARED", REPOSITORY.parent / "shared")).resolve()
LEFT_OUT = "left out: the shared material is not beside this repository (PATCHBOARD_SHARED names it)"


def shared_file(path: str) -> Path:
    """Returns the file at `path` of the shared folder, or leaves the test out where it is absent."""
    file = SHARED / path
    if not file.exists():
        pytest.skip(f"{LEFT_OUT}: {path}")
    return file


def shared_flow(number: int) -> Path:
    """Returns the exported flow with this number, or leaves the test out where it is absent."""
    found = sorted((SHARED / "flows").glob(f"{number}-*.json"))
    if not found:
        pytest.skip(f"{LEFT_OUT}: flows/{number}-*.json")
    return found[0]
