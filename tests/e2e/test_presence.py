"""A worker who goes offline with the browser does so over a restart of the server as well."""

import socket
from urllib.parse import urlsplit

from support.contact_centre import ContactCentre
from support.waiting import eventually

LOGIN, PASSWORD = "grace", "correct horse battery"


def open_browser(centre: ContactCentre) -> socket.socket:
    """Connects as the worker SDK does that asks to go offline with its page; returns when it is greeted."""
    reply = centre.server.request("POST", "/v1/tokens", data={"Ttl": "3600"}, auth=(LOGIN, PASSWORD))
    token = reply.json()["token"]
    address = urlsplit(centre.server.url)
    assert address.hostname is not None and address.port is not None
    browser = socket.create_connection((address.hostname, address.port), timeout=10)
    path = f"/event-bridge/v1/wschannels?token={token}&setWorkerOfflineIfDisconnected=true"
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {address.netloc}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    browser.sendall("\r\n".join([*lines, "", ""]).encode())
    received = b""
    while b'"event_type":"init"' not in received:
        more = browser.recv(4096)
        assert more, received
        received += more
    return browser


def test_who_does_not_come_back_after_a_restart_goes_offline(centre: ContactCentre) -> None:
    person = {"login": LOGIN, "password": PASSWORD, "roles": ["agent"]}
    worker = centre.server.request("POST", "/v1/users", json=person).json()["worker_sid"]
    centre.set_activity(worker, "Available")
    browser = open_browser(centre)
    centre.server.kill()
    browser.close()
    centre.server.start()
    assert centre.workspace.workers(worker).fetch().activity_name == "Available", "there is time to come back"

    def is_offline() -> bool:
        return bool(centre.workspace.workers(worker).fetch().activity_name == "Offline")

    eventually("the worker is offline", is_offline, within=30)
