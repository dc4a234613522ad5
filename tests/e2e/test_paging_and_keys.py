"""Lists in pages, API keys, and the published hosts."""

from collections.abc import Callable

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from support.contact_centre import DEFAULT_NUMBER, ContactCentre
from support.flows import flow, send_message
from support.server import ACCOUNT_SID, Server


def test_the_library_walks_through_every_page(centre: ContactCentre) -> None:
    made = [centre.workspace.task_queues.create(friendly_name=f"Queue {index}").sid for index in range(7)]
    paged = [row.sid for row in centre.workspace.task_queues.stream(page_size=3)]
    assert paged == [row.sid for row in centre.workspace.task_queues.list()]
    assert set(made) <= set(paged) and len(paged) == len(set(paged)) == 8


def test_a_page_names_its_neighbours(centre: ContactCentre) -> None:
    for index in range(4):
        centre.workspace.task_queues.create(friendly_name=f"Queue {index}")
    first = centre.server.request("GET", f"{centre.workspace_path}/TaskQueues?PageSize=2").json()
    meta = first["meta"]
    assert (meta["key"], meta["page"], meta["page_size"]) == ("task_queues", 0, 2)
    assert meta["previous_page_url"] is None
    assert meta["url"].startswith(centre.server.url) and meta["first_page_url"].startswith(centre.server.url)
    pages = [first]
    while pages[-1]["meta"]["next_page_url"]:
        following = pages[-1]["meta"]["next_page_url"].removeprefix(centre.server.url)
        pages.append(centre.server.request("GET", following).json())
    assert [len(page["task_queues"]) for page in pages] == [2, 2, 1]
    assert pages[1]["meta"]["previous_page_url"] is not None


def test_a_row_added_while_paging_neither_repeats_nor_hides_another(centre: ContactCentre) -> None:
    for index in range(4):
        centre.client.messages.create(from_=DEFAULT_NUMBER, to="+15557775001", body=f"Number {index}")
    page = centre.client.messages.page(page_size=2)
    bodies = [message.body for message in page]
    centre.client.messages.create(from_=DEFAULT_NUMBER, to="+15557775001", body="Late")
    bodies += [message.body for message in page.next_page()]
    assert bodies == ["Number 3", "Number 2", "Number 1", "Number 0"]


def test_the_messages_list_is_paged_as_the_2010_api_does(centre: ContactCentre) -> None:
    for index in range(5):
        centre.client.messages.create(from_=DEFAULT_NUMBER, to="+15557775001", body=f"Number {index}")
    path = f"{centre.account_path}/Messages.json"
    page = centre.server.request("GET", f"{path}?PageSize=2").json()
    keys = {
        "first_page_uri",
        "next_page_uri",
        "previous_page_uri",
        "uri",
        "page",
        "page_size",
        "start",
        "end",
    }
    assert keys <= page.keys()
    assert (page["start"], page["end"], page["page"], page["page_size"]) == (0, 1, 0, 2)
    assert page["next_page_uri"].startswith("/2010-04-01/")
    assert len(list(centre.client.messages.stream(page_size=2))) == 5


def test_a_limit_ends_the_walk(centre: ContactCentre) -> None:
    assert len(centre.workspace.task_channels.list(limit=3, page_size=2)) == 3


def test_an_api_key_opens_the_api_until_it_is_removed(centre: ContactCentre) -> None:
    key = centre.client.new_keys.create(friendly_name="Build server")
    with_key = centre.server.client(key.sid, key.secret)
    assert [row.sid for row in with_key.taskrouter.v1.workspaces.list()] == [centre.workspace_sid]
    assert with_key.messages.list() == []
    assert [row.friendly_name for row in centre.client.keys.list()] == ["Build server"]
    assert key.secret not in centre.server.read_log()
    centre.server.restart_after_kill()
    centre.server.client(key.sid, key.secret).studio.v2.flows.list()
    assert centre.client.keys(key.sid).delete()
    with pytest.raises(TwilioRestException) as refused:
        centre.server.client(key.sid, key.secret).api.v2010.accounts(ACCOUNT_SID).fetch()
    assert (refused.value.status, refused.value.code) == (401, 20003)


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("api.twilio.com", f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"),
        ("studio.twilio.com", "/v2/Flows"),
        ("taskrouter.twilio.com", "/v1/Workspaces"),
        ("studio.localhost", "/v2/Flows"),
        ("taskrouter.localhost:8080", "/v1/Workspaces"),
        ("localhost", "/studio/v2/Flows"),
    ],
)
def test_a_published_host_is_served_under_its_own_paths(centre: ContactCentre, host: str, path: str) -> None:
    response = centre.server.request("GET", path, headers={"Host": host})
    assert response.status_code == 200, response.text


def test_the_configured_domain_is_mapped_as_well(start_server: Callable[..., Server]) -> None:
    server = start_server("--api-domain", "centre.example")
    assert server.request("GET", "/v2/Flows", headers={"Host": "studio.centre.example"}).status_code == 200
    assert server.request("GET", "/v2/Flows", headers={"Host": "studio.elsewhere.example"}).status_code == 404


def test_the_public_url_is_never_taken_for_a_published_host(start_server: Callable[..., Server]) -> None:
    server = start_server("--public-url", "https://studio.localhost")
    public = {"Host": "studio.localhost"}
    assert server.request("GET", "/studio/v2/Flows", headers=public).status_code == 200
    assert server.request("GET", "/v2/Flows", headers=public).status_code == 404
    other = {"Host": "taskrouter.localhost"}
    assert server.request("GET", "/v1/Workspaces", headers=other).status_code == 200


def test_webhook_urls_use_the_public_url(start_server: Callable[..., Server]) -> None:
    centre = ContactCentre(start_server("--public-url", "https://centre.example"))
    greeter = centre.publish("Greet", flow(send_message("greet", "Welcome"), on_message="greet"))
    assert greeter.webhook_url.startswith("https://centre.example/")
    centre.bind("+15555550155", greeter)
    centre.text("+15557775009", "+15555550155", "Hello")
    centre.wait_for_message("+15557775009", "Welcome")


def test_health_needs_no_credentials(server: Server) -> None:
    assert requests.get(f"{server.url}/health", timeout=20).status_code == 200
