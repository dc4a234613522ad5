"""`kill -9` at random amid concurrent creators and workers: the promises of the router hold.

`ROUNDS` says how often the server is killed, `SEED` repeats the choices of a run.
"""

import os
import random
import time
from statistics import median
from typing import Any

from support.contact_centre import ContactCentre
from support.desk import CAPACITY, Desk
from support.waiting import eventually

ROUNDS = int(os.environ.get("ROUNDS", "4"))
SEED = int(os.environ.get("SEED", str(random.randrange(1_000_000))))
READY_SECONDS = 1.0

# What holds a worker's capacity, and what must not be left when every task has ended.
OPEN = {"pending", "accepted", "wrapping"}


def test_nothing_is_lost_or_done_twice_when_the_server_is_killed(centre: ContactCentre) -> None:
    print(f"SEED={SEED} ROUNDS={ROUNDS}")
    choices = random.Random(SEED)
    desk = Desk(centre, SEED)
    desk.start()
    starts = []
    try:
        for _ in range(ROUNDS):
            time.sleep(choices.uniform(0.2, 1.0))
            centre.server.kill()
            killed = time.monotonic()
            centre.server.start()
            starts.append(time.monotonic() - killed)
    finally:
        desk.stop()
    print(f"{len(desk.created)} tasks, ready again after {max(starts):.2f} s at the most")
    assert desk.violations == []
    assert desk.created, "somebody created something"
    # One start may have to wait for the machine; most do not.
    assert median(starts) < READY_SECONDS
    eventually("every task comes to its end", desk.finish_all, within=60)
    tasks = every(centre, "Tasks", "tasks", AssignmentStatus="completed,canceled")
    lost = set(desk.created) - {task["sid"] for task in tasks}
    assert not lost, f"{len(lost)} acknowledged tasks are lost"
    assert {task["assignment_status"] for task in tasks} == {"completed"}
    assert desk.completed <= {task["sid"] for task in tasks}
    check_reservations(centre, desk, {task["sid"] for task in tasks})


def check_reservations(centre: ContactCentre, desk: Desk, tasks: set[str]) -> None:
    """Each task was completed by one worker, nobody had too many at once, and no reservation is left."""
    completed: dict[str, int] = dict.fromkeys(tasks, 0)
    for worker in desk.workers:
        for row in every(centre, f"Workers/{worker}/Reservations", "reservations"):
            assert row["reservation_status"] not in OPEN, f"{row['sid']} is dead: its task has ended"
            assert row["task_sid"] in tasks, f"{row['sid']} is of no known task"
            completed[row["task_sid"]] += row["reservation_status"] == "completed"
        channel = centre.workspace.workers(worker).worker_channels("default").fetch()
        assert (channel.assigned_tasks, channel.available_capacity_percentage) == (0, 100)
        check_capacity(centre, worker)
    assert set(completed.values()) == {1}, "each task is accepted and completed once"


def check_capacity(centre: ContactCentre, worker: str) -> None:
    """Walks through the log of a worker and counts the reservations that were open at once."""
    open_now: set[str] = set()
    for event in every(centre, "Events", "events", WorkerSid=worker, Minutes="1440"):
        kind, data = event["event_type"], event["event_data"]
        if kind == "reservation.created":
            open_now.add(data["reservation_sid"])
        elif kind.startswith("reservation.") and data["reservation_status"] not in OPEN:
            open_now.discard(data["reservation_sid"])
        assert len(open_now) <= CAPACITY, f"{worker} had {len(open_now)} reservations at {event['event_date']}"


def every(centre: ContactCentre, folder: str, key: str, **query: str) -> list[dict[str, Any]]:
    """Returns all pages of a list."""
    path = f"{centre.workspace_path}/{folder}"
    reply = centre.server.request("GET", path, params={"PageSize": "1000"} | query).json()
    rows: list[dict[str, Any]] = reply[key]
    while reply["meta"]["next_page_url"]:
        path = reply["meta"]["next_page_url"].removeprefix(centre.server.url)
        reply = centre.server.request("GET", path).json()
        rows += reply[key]
    return rows
