"""What agents and the customer do with one conversation that is given to agents, by REST."""

import json
from typing import Any

import requests

from support.contact_centre import ContactCentre
from support.waiting import eventually


class Talk:
    """A conversation with its interaction, as the task of its first agent names them."""

    def __init__(self, centre: ContactCentre, task_attributes: str) -> None:
        self.centre = centre
        self.attributes = json.loads(task_attributes)
        self.sid = str(self.attributes["conversationSid"])
        interaction, channel = (self.attributes[f"flexInteraction{name}Sid"] for name in ("", "Channel"))
        self.channel_path = f"/flex-api/v1/Interactions/{interaction}/Channels/{channel}"

    @property
    def here(self) -> Any:
        """The conversation in the official library."""
        return self.centre.client.conversations.v1.conversations(self.sid)

    def bodies(self) -> list[str]:
        """Returns what was written, in its order."""
        return [str(message.body) for message in self.here.messages.list()]

    def identities(self) -> list[str]:
        """Returns which agents take part."""
        return [str(one.identity) for one in self.here.participants.list() if one.identity]

    def status(self) -> str:
        """Returns the status of the channel."""
        return str(self.get("")["status"])

    def standing(self) -> tuple[str, str]:
        """Returns the statuses of channel and conversation."""
        return self.status(), str(self.here.fetch().state)

    def wait_until(self, channel: str, conversation: str) -> None:
        """Waits until channel and conversation stand so."""
        expected = (channel, conversation)
        eventually(f"{self.sid} is {expected}", lambda: self.standing() == expected)

    def say(self, author: str, body: str) -> None:
        """Has an agent write, as their page does."""
        self.here.messages.create(author=author, body=body, x_twilio_webhook_enabled="true")

    def get(self, below: str) -> dict[str, Any]:
        """Reads something of the channel."""
        return self._json(self.centre.server.request("GET", self.channel_path + below))

    def post(self, below: str, **form: str) -> dict[str, Any]:
        """Changes something of the channel."""
        return self._json(self.centre.server.request("POST", self.channel_path + below, data=form))

    def close(self) -> None:
        """Ends it for all, whose tasks are wrapped up."""
        self.post("", Status="closed", Routing=json.dumps({"status": "wrapup"}))

    def seat_of(self, identity: str) -> str:
        """Returns the interaction's participant who is this agent."""

        def found() -> list[str]:
            seats = self.get("/Participants")["participants"]
            return [it["sid"] for it in seats if it["media_properties"]["identity"] == identity]

        return eventually(f"{identity} takes part", found)[0]

    def hand_on(self, identity: str, to: str, how: str, note: str) -> dict[str, Any]:
        """Has an agent hand the conversation on."""
        return self.post("/Transfers", From=self.seat_of(identity), To=to, Type=how, Note=note)

    def invite(self, worker_sid: str) -> dict[str, Any]:
        """Asks one more agent to join."""
        properties = {
            "workspace_sid": self.centre.workspace_sid,
            "workflow_sid": self.centre.workflow_sid,
            "worker_sid": worker_sid,
            "queue_sid": self.centre.queue_sid,
            "task_channel_unique_name": "chat",
            "attributes": {"name": "One more agent"},
        }
        return self.post("/Invites", Routing=json.dumps({"properties": properties}))

    @staticmethod
    def _json(response: requests.Response) -> dict[str, Any]:
        assert response.ok, response.text
        body: dict[str, Any] = response.json()
        return body


class Agent:
    """A worker who takes conversations."""

    def __init__(self, centre: ContactCentre, name: str) -> None:
        self.centre = centre
        self.name = name
        self.sid = str(centre.hire(name).sid)

    def accept(self) -> tuple[str, Talk]:
        """Takes the next offer; returns the task and the conversation once the agent takes part in it."""
        offer = self.centre.wait_for_offer(self.sid)
        self._set(str(offer.sid), "accepted")
        task = str(offer.task_sid)
        talk = Talk(self.centre, str(self.centre.workspace.tasks(task).fetch().attributes))
        eventually(f"{self.name} takes part", lambda: self.name in talk.identities())
        return task, talk

    def wrap_up(self, task: str) -> None:
        """Completes a task whose conversation is over."""
        self.centre.wait_for_status(task, "wrapping")
        [own] = [it for it in self._reservations("wrapping") if it.task_sid == task]
        self._set(str(own.sid), "completed")
        self.centre.wait_for_status(task, "completed")

    def _reservations(self, status: str) -> Any:
        return self.centre.workspace.workers(self.sid).reservations.list(reservation_status=status)

    def _set(self, reservation: str, status: str) -> None:
        here = self.centre.workspace.workers(self.sid).reservations(reservation)
        here.update(reservation_status=status)
