"""A contact centre that can be called, and the applications that say what its calls do."""

import io
import re
import wave
from collections.abc import Callable
from typing import Any

from twilio.request_validator import RequestValidator
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

from support.application import Application, Asked
from support.contact_centre import DEFAULT_NUMBER, ContactCentre
from support.server import AUTH_TOKEN, Server, free_port
from support.sound import tone_frames
from support.waiting import eventually

NUMBER = "+15555550188"
TWIML = "text/xml"
Document = str | Callable[[Asked], str]


class CallCentre(ContactCentre):
    """A contact centre that can be called."""

    def __init__(self, start_server: Callable[..., Server], *options: str) -> None:
        self.sip, self.https = free_port(), free_port()
        addresses = ["--sip", f"127.0.0.1:{self.sip}", "--https", f"127.0.0.1:{self.https}"]
        super().__init__(start_server(*addresses, *options))

    def uri(self, number: str = DEFAULT_NUMBER, transport: str = "udp") -> str:
        """The SIP URI of one of our numbers."""
        suffix = "" if transport == "udp" else f";transport={transport}"
        return f"sip:{number}@127.0.0.1:{self.sip}{suffix}"

    def token(self, login: str) -> str:
        """An access token for an agent."""
        response = self.server.request("POST", "/v1/tokens", data={"Login": login})
        return str(response.json()["token"])

    def agent_token(self) -> str:
        """An access token for the agent of the first start."""
        return self.token("agent")

    @property
    def agent_sid(self) -> str:
        """The worker of the first start's agent."""
        [worker] = self.workspace.workers.list(friendly_name="agent")
        return str(worker.sid)

    def wait_for_call(self) -> TaskInstance:
        """Returns the one task of a call."""

        def tasks() -> list[TaskInstance]:
            return self.workspace.tasks.list()

        return eventually("a call waits", tasks)[0]

    def number_for(self, url: str, number: str = NUMBER, **options: Any) -> str:
        """Provisions a number whose calls an application answers; returns its SIP URI."""
        self.client.incoming_phone_numbers.create(phone_number=number, voice_url=url, **options)
        return self.uri(number)


class Script(Application):
    """An application that answers calls: each path has its document, `/tone-440.wav` is a second of that tone.

    Every request that it gets must carry a valid signature.
    """

    def __init__(self, documents: dict[str, Document] | None = None) -> None:
        self.documents: dict[str, Document] = documents or {}
        self.unsigned: list[Asked] = []
        super().__init__(self._answer)

    def told(self, path: str) -> list[dict[str, str]]:
        """The parameters of all requests for a path so far."""
        return [asked.form for asked in self.asked if asked.path.split("?")[0] == path]

    def wait_for(self, path: str, count: int = 1) -> dict[str, str]:
        """Returns the parameters of the request for a path with this number."""
        return eventually(f"{path} is requested", lambda: self.told(path)[count - 1 :])[0]

    def _answer(self, asked: Asked) -> tuple[int, str, str | bytes]:
        path = asked.path.split("?")[0]
        if tone := re.fullmatch(r"/tone-(\d+)\.wav", path):
            return 200, "audio/wav", tone_file(int(tone[1]))
        self._check_signature(asked)
        document = self.documents.get(path, "")
        text = document if isinstance(document, str) else document(asked)
        if text.isdecimal():
            return int(text), "text/plain", "out of order"
        return 200, TWIML, f"<Response>{text}</Response>"

    def _check_signature(self, asked: Asked) -> None:
        signature = asked.headers.get("x-twilio-signature", "")
        form = asked.form if asked.body else {}
        if not RequestValidator(AUTH_TOKEN).validate(self.url + asked.path, form, signature):
            self.unsigned.append(asked)

    def __exit__(self, *of_what: object) -> None:
        super().__exit__(*of_what)
        assert not self.unsigned, "requests without a valid signature"


def tone_file(hertz: int) -> bytes:
    """Returns a second of a tone as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(8000)
        wav.writeframes(tone_frames(hertz))
    return file.getvalue()
