"""A mail server in a few lines: it takes mails as the test wants, and brings others."""

import asyncio
import smtplib
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailServer:
    """Takes mails on a free port of this machine; what begins with `no` is nobody's mailbox."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.is_busy = False
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        threading.Thread(target=self._run, args=(started,), daemon=True).start()
        assert started.wait(30)

    def stop(self) -> None:
        """Ends it."""
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _run(self, started: threading.Event) -> None:
        serving = self._loop.run_until_complete(asyncio.start_server(self._talk, "127.0.0.1", 0))
        self.port = serving.sockets[0].getsockname()[1]
        started.set()
        self._loop.run_forever()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mx ESMTP\r\n")
        while command := await reader.readline():
            writer.write(await self._answer(command.upper(), reader, writer) + b"\r\n")
        writer.close()

    async def _answer(
        self, command: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bytes:
        if command.startswith(b"EHLO"):
            return b"250-mx\r\n250 8BITMIME"
        if command.startswith(b"MAIL") and self.is_busy:
            self.is_busy = False
            return b"451 4.7.1 later"
        if command.startswith(b"RCPT TO:<NO"):
            return b"550 5.1.1 no such user"
        if command.startswith(b"DATA"):
            writer.write(b"354 go on\r\n")
            text = await reader.readuntil(b"\r\n.\r\n")
            self.mails.append(message_from_bytes(text[:-3], policy=policy.default))
        return b"250 2.0.0 fine"


def bring(port: int, mail: EmailMessage) -> None:
    """Brings a mail to whoever listens on a port of this machine."""
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as line:
        line.send_message(mail)
