"""A carrier's SIP gateway: answers OPTIONS, and takes or refuses calls as it is told."""

import re
import socket
import threading
from hashlib import md5

from support.sound import Sound, from_mu_law

Message = dict[str, str]

REALM, NONCE = "carrier.example.com", "0123456789abcdef"


class Gateway:
    """One UDP socket that speaks enough SIP to take a call; used as a context.

    `answers` is what an INVITE gets: a status such as `503 Service Unavailable`, or nothing at all.
    With a password, an INVITE is challenged first.
    """

    def __init__(self, answers: str | None = "200 OK", *, user: str = "", password: str = "") -> None:
        self.answers = answers
        self.user, self.password = user, password
        self.calls: list[Message] = []
        self.proved: list[bool] = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.media.bind(("127.0.0.1", 0))
        self.uri = f"sip:127.0.0.1:{self.socket.getsockname()[1]}"

    def __enter__(self) -> "Gateway":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
        self.media.close()

    def call_from(self, message: Message) -> str:
        """The URI that a call came from."""
        return re.findall(r"<(.*?)>", message["From"])[0]

    def _serve(self) -> None:
        while True:
            try:
                data, peer = self.socket.recvfrom(65_536)
                for answer in self._take(read(data.decode())):
                    self.socket.sendto(answer.encode(), peer)
            except OSError:
                return

    def _take(self, message: Message) -> list[str]:
        method = message["start"].split(" ")[0]
        if method == "INVITE" and self.answers is None:
            return self._note(message, [])
        if method == "INVITE" and self.password and "Authorization" not in message:
            challenge = f'WWW-Authenticate: Digest realm="{REALM}", nonce="{NONCE}", algorithm=MD5, qop="auth"'
            return [reply(message, "401 Unauthorized", challenge)]
        if method == "INVITE":
            self.proved.append(self._is_right(message))
            body = description(self.media.getsockname()[1]) if self.answers == "200 OK" else ""
            return self._note(message, [reply(message, "100 Trying"), reply(message, str(self.answers), body=body)])
        if method in ("OPTIONS", "BYE", "CANCEL") and self.answers is not None:
            return [reply(message, "200 OK")]
        return []

    def _note(self, message: Message, answers: list[str]) -> list[str]:
        if message["Call-ID"] not in [call["Call-ID"] for call in self.calls]:
            self.calls.append(message)
        return answers

    def _is_right(self, message: Message) -> bool:
        if not self.password:
            return True
        given = dict(re.findall(r'(\w+)="?([^",]*)"?', message["Authorization"]))
        own = digest(f"{self.user}:{REALM}:{self.password}")
        asked = digest(f"INVITE:{given['uri']}")
        expected = digest(f"{own}:{NONCE}:{given['nc']}:{given['cnonce']}:auth:{asked}")
        return given["username"] == self.user and given["response"] == expected


def call_proving(uri: str, user: str, password: str) -> str:
    """Calls as a carrier that proves itself by a password; returns the last answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.settimeout(10)
        own.connect(("127.0.0.1", int(uri.rsplit(":", 1)[1])))
        proof, status = "", "401"
        for number in (1, 2):
            own.send(invitation(uri, own.getsockname()[1], number, proof).encode())
            answers = (own.recv(65_536).decode() for _ in range(10))
            answer = next(answer for answer in answers if not answer.startswith("SIP/2.0 1"))
            status = answer.split(" ")[1]
            challenge = re.search(r'Digest realm="(.*?)", nonce="(.*?)", algorithm=MD5', answer)
            if challenge:
                realm, nonce = challenge.groups()
                response = digest(f"{digest(f'{user}:{realm}:{password}')}:{nonce}:{digest(f'INVITE:{uri}')}")
                asked = f'realm="{realm}", nonce="{nonce}", uri="{uri}", algorithm=MD5'
                proof = f'Authorization: Digest username="{user}", {asked}, response="{response}"\r\n'
        return status


def call_without_offer(uri: str) -> Sound:
    """Calls without an offer, answers the one that comes with the answer, and returns two seconds of what is heard."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        for one in (own, ear):
            one.settimeout(10)
        own.connect(("127.0.0.1", int(uri.rsplit(":", 1)[1])))
        port = own.getsockname()[1]
        invite = invitation(uri, port, 1, "")
        own.send(invite.encode())
        answers = (own.recv(65_536).decode() for _ in range(10))
        accepted = next(answer for answer in answers if answer.startswith("SIP/2.0 200"))
        assert "m=audio" in accepted, accepted
        to = re.findall(r"\r\nTo: (.*)\r\n", accepted)[0]
        ack = invite.replace("INVITE", "ACK").replace(f"To: <{uri}>", f"To: {to}").replace(f"{port}1;", f"{port}a;")
        body = description(ear.getsockname()[1])
        fields = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}"
        own.send((ack.replace("Content-Length: 0", fields) + body).encode())
        return from_mu_law(b"".join(ear.recv(2_048)[12:] for _ in range(100)))


def invitation(uri: str, port: int, number: int, proof: str) -> str:
    """Writes an INVITE that asks for an offer."""
    return (
        f"INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{port}{number};rport\r\n"
        f"From: <sip:carrier@127.0.0.1>;tag=c\r\nTo: <{uri}>\r\nCall-ID: {port}@carrier\r\n"
        f"CSeq: {number} INVITE\r\nContact: <sip:carrier@127.0.0.1:{port}>\r\nMax-Forwards: 70\r\n"
        f"{proof}Content-Length: 0\r\n\r\n"
    )


def description(port: int) -> str:
    """Describes audio by µ-law at a port."""
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"]
    return "\r\n".join([*lines, f"m=audio {port} RTP/AVP 0", ""])


def digest(text: str) -> str:
    """Returns the MD5 of a text, as digest authentication writes it."""
    return md5(text.encode()).hexdigest()


def read(text: str) -> Message:
    """Returns the first line and the fields of a message."""
    head = text.split("\r\n\r\n")[0].split("\r\n")
    fields = (line.split(":", 1) for line in head[1:])
    return {"start": head[0]} | {name.strip(): value.strip() for name, value in fields}


def reply(request: Message, status: str, *fields: str, body: str = "") -> str:
    """Writes the answer to a request."""
    copied = [f"{name}: {request[name]}" for name in ("Via", "From", "Call-ID", "CSeq")]
    to = request["To"] if "tag=" in request["To"] else f"{request['To']};tag=gateway"
    more = ["Contact: <sip:gateway@127.0.0.1>", "Content-Type: application/sdp"] if body else []
    lines = [f"SIP/2.0 {status}", *copied, f"To: {to}", *fields, *more, f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", body])
