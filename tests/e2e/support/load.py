"""Requests that go on while something happens to the server."""

from concurrent.futures import ThreadPoolExecutor

import requests

from support.contact_centre import DEFAULT_NUMBER, ContactCentre
from support.server import ACCOUNT_SID, AUTH_TOKEN
from support.waiting import eventually

SENDERS = 4
MESSAGES_MAX = 5000
RECIPIENT = "+15557779001"


class Senders:
    """Senders of messages that note what was acknowledged and stop when the server has gone."""

    def __init__(self, centre: ContactCentre) -> None:
        self.url = f"{centre.server.url}{centre.account_path}/Messages.json"
        self.acknowledged: list[str] = []
        self.pool = ThreadPoolExecutor(SENDERS)
        self.jobs = [self.pool.submit(self._send) for _ in range(SENDERS)]

    def wait_for(self, count: int) -> None:
        """Returns when at least `count` messages have been acknowledged."""
        eventually(f"{count} messages are acknowledged", lambda: len(self.acknowledged) >= count)

    def finish(self) -> list[str]:
        """Returns the SIDs of all acknowledged messages once every sender has stopped."""
        for job in self.jobs:
            job.result(timeout=60)
        self.pool.shutdown()
        return self.acknowledged

    def _send(self) -> None:
        form = {"From": DEFAULT_NUMBER, "To": RECIPIENT, "Body": "Hello"}
        for _ in range(MESSAGES_MAX):
            try:
                response = requests.post(self.url, form, auth=(ACCOUNT_SID, AUTH_TOKEN), timeout=20)
            except requests.RequestException:
                return
            assert response.status_code in (201, 503), response.text
            if response.status_code == 201:
                self.acknowledged.append(response.json()["sid"])
