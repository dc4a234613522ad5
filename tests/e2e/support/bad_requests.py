"""The table of requests that must be refused, and how."""

import json
from dataclasses import dataclass, field
from typing import Any

from support.contact_centre import DEFAULT_NUMBER
from support.flows import Definition, flow, send_message, transition, widget

Form = dict[str, str | list[str]]

GONE = "0" * 32
ONE_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class BadRequest:
    """One bad request; `{workspace}` and `{account}` stand for paths, `{…_sid}` for SIDs that exist."""

    name: str
    method: str
    path: str
    status: int
    code: int | None
    # What the message must mention, so that the caller can act on it.
    says: str = ""
    form: Form = field(default_factory=dict)
    body: bytes | None = None
    # Other credentials than the account's; an empty pair sends none.
    auth: tuple[str, ...] | None = None
    headers: dict[str, str] = field(default_factory=dict)


def bad_flow(name: str, definition: Any, says: str = "", status: str = "draft") -> BadRequest:
    """Returns the creation of a flow whose definition is refused."""
    text = definition if isinstance(definition, str) else json.dumps(definition)
    form: Form = {"FriendlyName": "Bad", "Status": status, "Definition": text}
    return BadRequest(name, "POST", "/studio/v2/Flows", 400, None, says, form)


def one_message_flow(**properties: Any) -> Definition:
    """Returns a valid flow of one Send Message widget, with `properties` put over its own."""
    greet = send_message("greet", "Hello")
    greet["properties"] |= properties
    return flow(greet, on_message="greet")


def bad_post(name: str, path: str, says: str = "", **form: str | list[str]) -> BadRequest:
    """Returns a form that is refused as malformed (400, 20001)."""
    return BadRequest(name, "POST", path, 400, 20001, says, form)


DEFINITIONS = [
    bad_flow("an unknown widget", flow(widget("beep", "beep-boop", {}, []), on_message="beep"), "beep-boop"),
    bad_flow(
        "a dangling next", flow(send_message("greet", "Hello", "nowhere"), on_message="greet"), "nowhere"
    ),
    bad_flow(
        "two widgets of one name",
        flow(send_message("greet", "A"), send_message("greet", "B"), on_message="greet"),
        "greet",
    ),
    bad_flow(
        "an event that the widget has not",
        flow(widget("greet", "send-message", {"body": "A"}, [transition("exploded")]), on_message="greet"),
        "exploded",
    ),
    bad_flow("an unclosed Liquid output", one_message_flow(body="Hello {{ contact.channel.address")),
    bad_flow("an unclosed Liquid tag", one_message_flow(body="{% if flow.data.vip %}Hello")),
    bad_flow("an unknown Liquid filter", one_message_flow(body="{{ flow.sid | explode }}"), "explode"),
    bad_flow("an object for a text", one_message_flow(body={"text": "Hello"}), "body"),
    bad_flow(
        "a Send to Flex without a channel",
        flow(widget("hand_over", "send-to-flex", {"workflow": "WW" + GONE}, []), on_message="hand_over"),
        "channel",
    ),
    bad_flow("no trigger", {"description": "", "states": [], "initial_state": "Trigger"}),
    bad_flow("a list for a definition", []),
    bad_flow(
        "an unknown widget, published",
        flow(widget("beep", "beep-boop", {}, []), on_message="beep"),
        "beep-boop",
        "published",
    ),
]

REQUESTS = [
    # Forms.
    bad_post(
        "a definition that is not JSON", "/studio/v2/Flows", FriendlyName="F", Status="draft", Definition="{"
    ),
    bad_post("an unknown flow status", "/studio/v2/Flows", FriendlyName="F", Status="odd", Definition="{}"),
    bad_post("a missing field", "/taskrouter/v1/Workspaces", "FriendlyName"),
    BadRequest("a form that is not UTF-8", "POST", "{workspace}", 400, 20001, body=b"FriendlyName=%FF%FE"),
    BadRequest(
        "a body of 10 MB", "POST", "/studio/v2/Flows", 413, None, body=b"Definition=" + b"x" * 10_000_000
    ),
    BadRequest(
        "a body just over the limit", "POST", "{workspace}", 413, None, body=b"A=" + b"x" * ONE_MEBIBYTE
    ),
    # Expressions.
    bad_post(
        "an unfinished expression", "{workspace}/TaskQueues", "", FriendlyName="Q", TargetWorkers="skills HAS"
    ),
    bad_post(
        "a foreign operator", "{workspace}/TaskQueues", "", FriendlyName="Q", TargetWorkers="a == 1 && b == 2"
    ),
    bad_post(
        "a hyphenated key", "{workspace}/TaskQueues", "", FriendlyName="Q", TargetWorkers="skill-level > 2"
    ),
    bad_post("an empty NOT", "{workspace}/TaskQueues", "", FriendlyName="Q", TargetWorkers="NOT"),
    bad_post("an unclosed string", "{workspace}/TaskQueues/{queue_sid}", "", TargetWorkers="name == 'Ada"),
    bad_post(
        "a bad filter expression",
        "{workspace}/Workflows/{workflow_sid}",
        Configuration=json.dumps(
            {
                "task_routing": {
                    "filters": [{"expression": "topic ==", "targets": [{"queue": "{queue_sid}"}]}],
                    "default_filter": {"queue": "{queue_sid}"},
                }
            }
        ),
    ),
    bad_post(
        "a workflow to an unknown queue",
        "{workspace}/Workflows/{workflow_sid}",
        "WQ" + GONE,
        Configuration=json.dumps({"task_routing": {"default_filter": {"queue": "WQ" + GONE}}}),
    ),
    bad_post("a workflow that is not JSON", "{workspace}/Workflows/{workflow_sid}", Configuration="{"),
    # Values.
    bad_post(
        "attributes that are not JSON",
        "{workspace}/Tasks",
        "",
        WorkflowSid="{workflow_sid}",
        Attributes="{a:1}",
    ),
    bad_post(
        "task attributes over 4096 characters",
        "{workspace}/Tasks",
        "4096",
        WorkflowSid="{workflow_sid}",
        Attributes=json.dumps({"a": "x" * 4096}),
    ),
    bad_post(
        "worker attributes over 4096 characters",
        "{workspace}/Workers/{worker_sid}",
        "4096",
        Attributes=json.dumps({"a": "x" * 4096}),
    ),
    bad_post(
        "a negative priority",
        "{workspace}/Tasks",
        "",
        WorkflowSid="{workflow_sid}",
        Attributes="{}",
        Priority="-1",
    ),
    bad_post(
        "a priority in words",
        "{workspace}/Tasks",
        "high",
        WorkflowSid="{workflow_sid}",
        Attributes="{}",
        Priority="high",
    ),
    bad_post(
        "a timeout of more than two weeks",
        "{workspace}/Tasks",
        "1209600",
        WorkflowSid="{workflow_sid}",
        Attributes="{}",
        Timeout="1209601",
    ),
    bad_post(
        "an unknown task channel",
        "{workspace}/Tasks",
        "",
        WorkflowSid="{workflow_sid}",
        Attributes="{}",
        TaskChannel="fax",
    ),
    bad_post("an unknown task status", "{workspace}/Tasks/{task_sid}", "flying", AssignmentStatus="flying"),
    bad_post("a status that is not set by hand", "{workspace}/Tasks/{task_sid}", AssignmentStatus="reserved"),
    bad_post(
        "a wrap-up of a waiting task", "{workspace}/Tasks/{task_sid}", AssignmentStatus="wrapping", Reason="-"
    ),
    bad_post("an unknown activity", "{workspace}/Workers/{worker_sid}", ActivitySid="WA" + GONE),
    bad_post("an unknown priority order", "{workspace}", "upside_down", PriorityOrder="upside_down"),
    bad_post(
        "a reservation timeout below one", "{workspace}/Workflows/{workflow_sid}", TaskReservationTimeout="0"
    ),
    bad_post(
        "a queue for too many workers", "{workspace}/TaskQueues/{queue_sid}", "50", MaxReservedWorkers="51"
    ),
    BadRequest(
        "execution parameters that are not JSON",
        "POST",
        "/studio/v2/Flows/{flow_sid}/Executions",
        400,
        20001,
        form={"To": "+15557773001", "From": DEFAULT_NUMBER, "Parameters": "{"},
    ),
    BadRequest("an execution of nobody", "POST", "/studio/v2/Flows/{flow_sid}/Executions", 400, None, "To"),
    BadRequest(
        "a message to nobody",
        "POST",
        "{account}/Messages.json",
        400,
        21604,
        form={"From": DEFAULT_NUMBER, "Body": "Hi"},
    ),
    BadRequest(
        "an empty message",
        "POST",
        "{account}/Messages.json",
        400,
        21602,
        form={"From": DEFAULT_NUMBER, "To": "+15557773001"},
    ),
    BadRequest(
        "a message over 1600 characters",
        "POST",
        "{account}/Messages.json",
        400,
        21617,
        "1600",
        {"From": DEFAULT_NUMBER, "To": "+15557773001", "Body": "x" * 1601},
    ),
    BadRequest(
        "a number that is none",
        "POST",
        "{account}/IncomingPhoneNumbers.json",
        400,
        None,
        "call me",
        {"PhoneNumber": "call me"},
    ),
    # Credentials.
    BadRequest("no credentials", "GET", "/studio/v2/Flows", 401, 20003, auth=()),
    BadRequest("a wrong token", "GET", "/studio/v2/Flows", 401, 20003, auth=("{account_sid}", "wrong")),
    BadRequest(
        "a wrong token to write with",
        "POST",
        "{workspace}",
        401,
        20003,
        form={"FriendlyName": "Mine"},
        auth=("{account_sid}", "wrong"),
    ),
    BadRequest("an unknown account", "GET", "/studio/v2/Flows", 401, 20003, auth=("AC" + GONE, "wrong")),
    BadRequest("an unknown key", "GET", "/studio/v2/Flows", 401, 20003, auth=("SK" + GONE, "wrong")),
    # Addresses.
    BadRequest("an unknown flow", "GET", "/studio/v2/Flows/FW" + GONE, 404, 20404),
    BadRequest(
        "an unknown flow's execution",
        "POST",
        f"/studio/v2/Flows/FW{GONE}/Executions",
        404,
        20404,
        form={"To": "+15557773001", "From": DEFAULT_NUMBER},
    ),
    BadRequest("an unknown execution", "GET", "/studio/v2/Flows/{flow_sid}/Executions/FN" + GONE, 404, 20404),
    BadRequest("an unknown workspace", "GET", f"/taskrouter/v1/Workspaces/WS{GONE}", 404, 20404),
    BadRequest(
        "an unknown workspace's tasks", "GET", f"/taskrouter/v1/Workspaces/WS{GONE}/Tasks", 404, 20404
    ),
    BadRequest("an unknown task", "GET", "{workspace}/Tasks/WT" + GONE, 404, 20404),
    BadRequest(
        "an unknown worker", "POST", "{workspace}/Workers/WK" + GONE, 404, 20404, form={"FriendlyName": "W"}
    ),
    BadRequest(
        "an unknown reservation",
        "POST",
        "{workspace}/Workers/{worker_sid}/Reservations/WR" + GONE,
        404,
        20404,
        form={"ReservationStatus": "accepted"},
    ),
    BadRequest("an unknown queue to delete", "DELETE", "{workspace}/TaskQueues/WQ" + GONE, 404, 20404),
    BadRequest("an unknown message", "GET", f"{{account}}/Messages/SM{GONE}.json", 404, 20404),
    BadRequest("a SID of another kind", "GET", "{workspace}/Tasks/{worker_sid}", 404, 20404),
    BadRequest("a SID that is none", "GET", "/studio/v2/Flows/not-a-sid", 404, 20404),
    BadRequest("an unknown path", "GET", "/studio/v2/Nothing", 404, 20404),
    BadRequest("a method that the path has not", "PUT", "/studio/v2/Flows", 405, 20004),
    BadRequest("a list to delete", "DELETE", "{workspace}/Tasks", 405, 20004),
    # Versions.
    BadRequest(
        "a stale version",
        "POST",
        "{workspace}/Tasks/{task_sid}",
        412,
        20412,
        form={"Priority": "9"},
        headers={"If-Match": '"999"'},
    ),
    # Deletions that would leave something hanging.
    BadRequest(
        "the deletion of a queue with tasks", "DELETE", "{workspace}/TaskQueues/{queue_sid}", 400, None
    ),
    BadRequest("the deletion of a default channel", "DELETE", "{workspace}/TaskChannels/chat", 400, None),
    BadRequest(
        "the deletion of an available worker", "DELETE", "{workspace}/Workers/{available_sid}", 400, None
    ),
]
