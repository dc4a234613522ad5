"""Waiting for something to become true, with a deadline in place of fixed sleeps."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

DEADLINE_SECONDS = 15.0
POLL_SECONDS = 0.03


def eventually(what: str, probe: Callable[[], Value], within: float = DEADLINE_SECONDS) -> Value:
    """Returns the first truthy value of `probe`; fails with the last one when the deadline passes."""
    deadline = time.monotonic() + within
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {what} (last seen: {value!r})")
        time.sleep(POLL_SECONDS)
