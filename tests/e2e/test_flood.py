"""A flood of contacts while the server is killed again and again: one task for each acknowledged message."""

import itertools
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import requests

from support.contact_centre import DEFAULT_NUMBER, ContactCentre
from support.server import ACCOUNT_SID, AUTH_TOKEN
from support.waiting import eventually

WRITERS = 8
KILLS = 4
MESSAGES_BETWEEN_KILLS = 150


def test_a_flood_through_kills_makes_one_task_of_every_acknowledged_message(centre: ContactCentre) -> None:
    contacts = itertools.count()
    acknowledged: set[str] = set()
    with ThreadPoolExecutor(WRITERS) as pool:
        for _ in range(KILLS):
            wanted = len(acknowledged) + MESSAGES_BETWEEN_KILLS
            is_over = threading.Event()
            writers = [pool.submit(_write, centre, contacts, acknowledged, is_over) for _ in range(WRITERS)]
            eventually(f"{wanted} messages are acknowledged", lambda: len(acknowledged) >= wanted)  # noqa: B023
            centre.server.kill()
            is_over.set()
            centre.server.start()
            for writer in writers:
                writer.result(timeout=60)
    eventually("every acknowledged message has a task", lambda: acknowledged <= set(_names_of_tasks(centre)))
    names = _names_of_tasks(centre)
    assert len(names) == len(set(names)), "a message became two tasks"
    assert "a quick query read much" not in centre.server.read_log(), "a query walks a table that has grown"


def _write(
    centre: ContactCentre,
    contacts: "itertools.count[int]",
    acknowledged: set[str],
    is_over: threading.Event,
) -> None:
    """Writes from one new number after the other until the server has gone, or has come back already."""
    with requests.Session() as session:
        session.auth = (ACCOUNT_SID, AUTH_TOKEN)
        while not is_over.is_set():
            number = f"+1555{next(contacts):07}"
            form = {"From": number, "To": DEFAULT_NUMBER, "Body": "Hello"}
            try:
                answer = session.post(f"{centre.server.url}/v1/dev/inbound-messages", form, timeout=20)
            except requests.RequestException:
                return
            assert answer.status_code == 201, answer.text
            acknowledged.add(number)


def _names_of_tasks(centre: ContactCentre) -> list[str]:
    """Returns whom each task names, which the Messaging flow takes from the message."""
    tasks = centre.client.taskrouter.v1.workspaces(centre.workspace_sid).tasks.list(page_size=1000)
    return [str(json.loads(task.attributes)["name"]) for task in tasks]
