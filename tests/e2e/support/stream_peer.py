"""An application of the user's that takes media streams: a WebSocket server in a thread."""

import asyncio
import base64
import json
import threading
from typing import Any

from aiohttp import WSMsgType, web
from twilio.request_validator import RequestValidator

from support.server import AUTH_TOKEN
from support.sound import Sound, from_mu_law
from support.waiting import eventually


class StreamPeer:
    """Keeps what it is told, and says what the test wants; used as a context."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.is_signed = False
        self._socket: web.WebSocketResponse | None = None
        self._loop = asyncio.new_event_loop()
        self._port = 0
        self._is_up = threading.Event()

    @property
    def url(self) -> str:
        """Where streams go."""
        return f"ws://127.0.0.1:{self._port}/stream"

    def __enter__(self) -> "StreamPeer":
        threading.Thread(target=self._serve, daemon=True).start()
        assert self._is_up.wait(timeout=10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    def told(self, event: str) -> list[dict[str, Any]]:
        """All frames of one kind so far."""
        return [frame for frame in list(self.frames) if frame["event"] == event]

    def wait_for(self, event: str) -> dict[str, Any]:
        """Waits for a frame of this kind."""
        return eventually(f"the stream says {event}", lambda: self.told(event))[0]

    def heard(self, track: str = "inbound") -> Sound:
        """What was heard on a track so far."""
        media = [frame["media"] for frame in self.told("media")]
        return from_mu_law(b"".join(base64.b64decode(each["payload"]) for each in media if each["track"] == track))

    def say(self, event: str, **body: object) -> None:
        """Says something into the stream."""
        assert self._socket is not None
        frame = json.dumps({"event": event, "streamSid": self.frames[1]["streamSid"], **body})
        asyncio.run_coroutine_threadsafe(self._socket.send_str(frame), self._loop).result(timeout=5)

    def close(self) -> None:
        """Closes the stream."""
        assert self._socket is not None
        asyncio.run_coroutine_threadsafe(self._socket.close(), self._loop).result(timeout=5)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        application = web.Application()
        application.router.add_get("/stream", self._stream)
        runner = web.AppRunner(application)
        self._loop.run_until_complete(runner.setup())
        self._loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", 0).start())
        self._port = runner.addresses[0][1]
        self._is_up.set()
        self._loop.run_forever()

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        signature = request.headers.get("X-Twilio-Signature", "")
        self.is_signed = RequestValidator(AUTH_TOKEN).validate(self.url, {}, signature)
        self._socket = web.WebSocketResponse()
        await self._socket.prepare(request)
        async for message in self._socket:
            if message.type == WSMsgType.TEXT:
                self.frames.append(json.loads(message.data))
        return self._socket
