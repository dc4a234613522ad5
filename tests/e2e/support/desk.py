"""Creators and workers who use a server at once, whatever becomes of it meanwhile."""

import json
import random
import threading
from collections.abc import Callable

import requests

from support.contact_centre import ContactCentre

CREATORS = 3
WORKERS = 6
CAPACITY = 2

# Offers that nobody answers come back within the test.
RESERVATION_TIMEOUT = 3


class Desk:
    """Threads that create tasks and answer offers until they are told to stop.

    They remember what the server acknowledged; a request that failed says nothing about what was done.
    """

    def __init__(self, centre: ContactCentre, seed: int) -> None:
        self.centre = centre
        self.created: list[str] = []
        self.completed: set[str] = set()
        self.violations: list[str] = []
        self._seed = seed
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.workers = [self._hire(number) for number in range(WORKERS)]
        centre.workspace.workflows(centre.workflow_sid).update(task_reservation_timeout=RESERVATION_TIMEOUT)
        jobs: list[Callable[[random.Random], None]] = [self._create] * CREATORS
        self._threads = [
            threading.Thread(target=self._repeat, args=(job, seed * 1000 + number))
            for number, job in enumerate(jobs)
        ]
        self._threads += [
            threading.Thread(target=self._repeat, args=(self._work_as(worker), seed * 1000 + 100 + number))
            for number, worker in enumerate(self.workers)
        ]

    def _hire(self, number: int) -> str:
        worker = self.centre.hire(f"worker-{self._seed}-{number}")
        path = f"{self.centre.workspace_path}/Workers/{worker.sid}/Channels/default"
        assert self._post(path, {"Capacity": str(CAPACITY)}).status_code == 200
        return str(worker.sid)

    def start(self) -> None:
        """Lets everybody begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Lets everybody finish what they are doing."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def finish_all(self) -> bool:
        """Has the workers take whatever is left; tells whether every acknowledged task has ended."""
        for worker in self.workers:
            # Who did not answer an offer in time was sent away from the desk.
            self.centre.set_activity(worker, "Available")
            self._work(worker, random.Random(0), is_keen=True)
        return not self._open()

    def _open(self) -> list[str]:
        path = f"{self.centre.workspace_path}/Tasks"
        statuses = "pending,reserved,assigned,wrapping"
        reply = self.centre.server.request(
            "GET", path, params={"AssignmentStatus": statuses, "PageSize": "1000"}
        )
        return [task["sid"] for task in reply.json()["tasks"]]

    def _repeat(self, job: Callable[[random.Random], None], seed: int) -> None:
        choices = random.Random(seed)
        while not self._stop.is_set():
            try:
                job(choices)
            except (requests.RequestException, json.JSONDecodeError):
                # The server is down: it comes back.
                self._stop.wait(0.02)

    def _create(self, choices: random.Random) -> None:
        form = {
            "WorkflowSid": self.centre.workflow_sid,
            "Attributes": json.dumps({"number": choices.randrange(1_000_000)}),
            "Priority": str(choices.randrange(3)),
        }
        reply = self._post(f"{self.centre.workspace_path}/Tasks", form)
        if reply.status_code == 201:
            with self._lock:
                self.created.append(reply.json()["sid"])
        self._stop.wait(choices.uniform(0.01, 0.05))

    def _work_as(self, worker: str) -> Callable[[random.Random], None]:
        return lambda choices: self._work(worker, choices, is_keen=False)

    def _work(self, worker: str, choices: random.Random, is_keen: bool) -> None:
        path = f"{self.centre.workspace_path}/Workers/{worker}/Reservations"
        statuses = "pending,accepted,wrapping"
        listed = self.centre.server.request("GET", path, params={"ReservationStatus": statuses})
        held = listed.json()["reservations"]
        if len(held) > CAPACITY:
            self._blame(f"{worker} holds {len(held)} reservations at once")
        for reservation in held:
            own = f"{path}/{reservation['sid']}"
            if reservation["reservation_status"] == "pending":
                answer = "accepted" if is_keen else choices.choice(["accepted", "accepted", "rejected", None])
            else:
                answer = "completed"
            if answer is None:
                continue
            reply = self._post(own, {"ReservationStatus": answer})
            if answer == "completed" and reply.status_code == 200:
                with self._lock:
                    self.completed.add(reservation["task_sid"])
            elif reply.status_code not in (200, 400, 404, 409, 410, 503):
                self._blame(f"{answer} is answered with {reply.status_code}: {reply.text}")

    def _post(self, path: str, form: dict[str, str]) -> requests.Response:
        return self.centre.server.request("POST", path, data=form)

    def _blame(self, what: str) -> None:
        with self._lock:
            self.violations.append(what)
