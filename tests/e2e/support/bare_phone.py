"""A SIP phone that a test leads message by message: for what no real phone here can be told to do."""

import re
import socket
from itertools import count

from support.gateway import Message, description, read, reply
from support.sound import from_mu_law
from support.waiting import eventually

HOST = "127.0.0.1"


class BarePhone:
    """One UDP socket with any number of calls; used as a context. Requests that come in are answered by 200."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((HOST, 0))
        self.socket.settimeout(20)
        self.port = self.socket.getsockname()[1]
        self.numbers = count(1)
        self.requests: list[Message] = []
        self.calls: list[BareCall] = []

    def __enter__(self) -> "BarePhone":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
        for call in self.calls:
            call.ear.close()

    def invite(self, uri: str, *fields: str) -> "BareCall":
        """Begins to call somebody, with fields of the test's own."""
        call = self.begin(uri)
        call.offer(*fields)
        return call

    def begin(self, uri: str) -> "BareCall":
        """Prepares a call to somebody."""
        self.socket.connect((HOST, int(uri.rsplit(":", 1)[1])))
        self.calls.append(BareCall(self, uri))
        return self.calls[-1]

    def call(self, uri: str, *fields: str) -> "BareCall":
        """Calls somebody, and returns when they have answered."""
        return self.invite(uri, *fields).confirm()

    def call_without_offer(self, uri: str, *fields: str) -> "BareCall":
        """Calls somebody who has to make the offer, and answers that with the ACK."""
        call = self.begin(uri)
        call.send("INVITE", *fields)
        return call.confirm(*call.description())

    def until(self, start: str, call_id: str) -> Message:
        """Reads until a message begins like this, and returns it."""
        for message in self.requests:
            if message["start"].startswith(start) and message["Call-ID"] == call_id:
                return message
        while True:
            text = self.socket.recv(65_536).decode()
            message = read(text) | {"body": text.partition("\r\n\r\n")[2]}
            if not message["start"].startswith("SIP/2.0"):
                self.requests.append(message)
                self.socket.send(reply(message, "200 OK").encode())
            if message["start"].startswith(start) and message["Call-ID"] == call_id:
                return message


class BareCall:
    """One call of such a phone."""

    def __init__(self, phone: BarePhone, uri: str) -> None:
        self.phone, self.uri = phone, uri
        self.ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.ear.bind((HOST, 0))
        self.ear.settimeout(20)
        self.call_id = f"{phone.port}-{next(phone.numbers)}@bare"
        self.to = f"<{uri}>"
        self.sequence = 0

    def offer(self, *fields: str) -> None:
        """Sends an INVITE with an offer of audio."""
        field, body = self.description()
        self.send("INVITE", *fields, field, body=body)

    def description(self) -> tuple[str, str]:
        """Where this call wants its audio: a field and the body that it is of."""
        return "Content-Type: application/sdp", description(self.ear.getsockname()[1])

    def confirm(self, *described: str) -> "BareCall":
        """Acknowledges the answer when it comes, with a description where that was an offer."""
        self.to = self.phone.until("SIP/2.0 200", self.call_id)["To"]
        self.send("ACK", *described[:1], body="".join(described[1:]))
        return self

    def send(self, method: str, *fields: str, body: str = "") -> None:
        """Sends a request of this call."""
        self.sequence += method != "ACK"
        port = self.phone.port
        lines = [
            f"{method} {self.uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {HOST}:{port};branch=z9hG4bK{port}{next(self.phone.numbers)};rport",
            f"From: <sip:bare@{HOST}>;tag=bare",
            f"To: {self.to}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.sequence} {method}",
            f"Contact: <sip:bare@{HOST}:{port}>",
            "Max-Forwards: 70",
            *fields,
            f"Content-Length: {len(body)}",
        ]
        self.phone.socket.send("\r\n".join([*lines, "", body]).encode())

    def replaces(self) -> str:
        """What names this call in a `Replaces` of the other side's view."""
        tag = re.findall(r";tag=([^;>]+)", self.to)[0]
        return f"{self.call_id};to-tag={tag};from-tag=bare"

    def until(self, start: str) -> Message:
        """Waits for a message of this call that begins like this."""
        return self.phone.until(start, self.call_id)

    def hears(self, hertz: int) -> None:
        """Waits until nearly all that is heard in half a second is this tone."""

        def is_heard() -> bool:
            return from_mu_law(b"".join(self.ear.recv(2_048)[12:] for _ in range(25))).share(hertz) > 0.8

        eventually(f"the phone hears {hertz}", is_heard)
