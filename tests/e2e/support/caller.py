"""A phone call as its carrier sees it: asks a flow's webhook what to do, and performs the TwiML of the answer."""

from dataclasses import dataclass, field
from xml.etree import ElementTree

import requests

from support.contact_centre import DEFAULT_NUMBER, ContactCentre
from support.server import ACCOUNT_SID, REQUEST_SECONDS

# What stops a document: the caller answers, or somebody else has the call.
STOPS = {"Gather", "Dial", "Record", "Enqueue"}


@dataclass
class Caller:
    """One call; `heard` holds what was said, `waits_at` the verb that waits for somebody."""

    centre: ContactCentre
    webhook_url: str
    number: str = "+15551230009"
    call_sid: str = "CA" + "c" * 32
    heard: list[str] = field(default_factory=list)
    waits_at: ElementTree.Element | None = None
    is_up: bool = True

    def dial(self, **more: str) -> "Caller":
        """Lets the call come in."""
        self._perform(self.webhook_url, {"CallStatus": "ringing"} | more)
        return self

    def answer(self, **parameters: str) -> None:
        """Reports what became of the verb at which the call waits."""
        assert self.waits_at is not None, f"nothing waits; heard: {self.heard}"
        self._perform(self.waits_at.attrib["action"], parameters)

    def redial(self) -> None:
        """Asks the same question again, as a carrier does whose answer was lost."""
        self._perform(self.webhook_url, {})

    def return_from_application(self, **parameters: str) -> None:
        """Lets the application to which the call was redirected give it back."""
        self._perform(f"{self.webhook_url}?FlowEvent=return", parameters)

    def hang_up(self) -> None:
        """Ends the call and reports that to the flow."""
        self.is_up = False
        self.ask(self.webhook_url, {"CallStatus": "completed"})

    def ask(self, url: str, parameters: dict[str, str], **options: object) -> requests.Response:
        """Sends one request as the carrier."""
        form = {
            "CallSid": self.call_sid,
            "AccountSid": ACCOUNT_SID,
            "From": self.number,
            "To": DEFAULT_NUMBER,
            "CallStatus": "in-progress",
            "Direction": "inbound",
            "ApiVersion": "2010-04-01",
        }
        return requests.post(url, data=form | parameters, timeout=REQUEST_SECONDS, **options)  # type: ignore[arg-type]

    def _perform(self, url: str, parameters: dict[str, str]) -> None:
        response = self.ask(url, parameters)
        assert response.status_code == 200, response.text
        self.waits_at = None
        for verb in ElementTree.fromstring(response.content):
            self.heard += [spoken.text or "" for spoken in verb.iter("Say")]
            if verb.tag in STOPS:
                self.waits_at = verb
                return
            if verb.tag == "Redirect" and (verb.text or "").startswith(self.webhook_url):
                return self._perform(verb.text or "", {})
            if verb.tag == "Redirect":
                self.waits_at = verb
                return
        self.is_up = False
