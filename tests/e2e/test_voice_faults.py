"""What goes wrong around calls: stops, nonsense on the wire, callers who vanish."""

import os
import random
import signal
import socket
import threading
from collections.abc import Callable

from support.call_centre import CallCentre, Script
from support.phone import CALLER_TONE, Phone, needs_phone
from support.waiting import eventually

pytestmark = needs_phone

PROMPT = 1500


def test_a_stop_hangs_up_and_ends_what_waits(call_centre: CallCentre, phone: Phone) -> None:
    phone.call(call_centre.uri())
    task = call_centre.wait_for_call()
    assert call_centre.server.stop(signal.SIGTERM) == 0
    phone.until("CALL_CLOSED")
    call_centre.server.start()
    ended = call_centre.wait_for_status(task.sid, "canceled")
    assert ended.reason == "hangup"


def test_nonsense_on_the_wire_disturbs_no_call(call_centre: CallCentre, phone: Phone) -> None:
    with Script({"/voice": "<Echo/>"}) as script:
        phone.call(call_centre.number_for(f"{script.url}/voice"))
        phone.hears(CALLER_TONE)
        stop = threading.Event()
        shooter = threading.Thread(target=shoot, args=(stop, [call_centre.sip, *udp_ports(call_centre)]))
        shooter.start()
        heard = phone.heard().seconds
        eventually("three more seconds are heard", lambda: phone.heard().seconds > heard + 3)
        stop.set()
        shooter.join()
        sound = phone.heard()
        shares = [sound.share(CALLER_TONE, start=heard + at, end=heard + at + 0.5) for at in (0, 1, 2)]
        assert min(shares) > 0.8, shares
        phone.hang_up()


def test_a_caller_who_gives_up_at_once_leaves_nothing_behind(
    call_centre: CallCentre, buy_phone: Callable[..., Phone]
) -> None:
    phones = [buy_phone(user=f"+1555123000{number}") for number in range(3)]
    for phone in phones:
        for _ in range(4):
            phone.command("dial", call_centre.uri())
            phone.hang_up()
    for phone in phones:
        phone.until("CALL_CLOSED")

    def open_tasks() -> list[str]:
        tasks = call_centre.workspace.tasks.list()
        return [task.sid for task in tasks if task.assignment_status not in ("canceled", "completed")]

    eventually("no task is left", lambda: not open_tasks())
    phones[0].call(call_centre.uri())
    eventually("the next call waits", lambda: len(open_tasks()) == 1)


def udp_ports(call_centre: CallCentre) -> list[int]:
    """The UDP ports of a server's media."""
    assert call_centre.server.process is not None
    folder = f"/proc/{call_centre.server.process.pid}"
    inodes = {os.readlink(f"{folder}/fd/{name}") for name in os.listdir(f"{folder}/fd")}
    with open("/proc/net/udp", encoding="ascii") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return [int(row[1].split(":")[1], 16) for row in rows if f"socket:[{row[9]}]" in inodes]


def shoot(stop: threading.Event, ports: list[int]) -> None:
    """Sends nonsense to UDP ports, some of it nearly right."""
    choices = random.Random(7)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gun:
        while not stop.wait(0.002):
            kinds = [
                choices.randbytes(choices.randrange(1, 1400)),
                b"\x80\x00" + choices.randbytes(10 + choices.randrange(200)),
                b"\x80\xc8" + choices.randbytes(26),
                b"INVITE sip:+15555550100@127.0.0.1 SIP/2.0\r\nVia: " + choices.randbytes(40) + b"\r\n\r\n",
                b"BYE sip:x SIP/2.0\r\nContent-Length: 99999999\r\n\r\n",
            ]
            gun.sendto(choices.choice(kinds), ("127.0.0.1", choices.choice(ports)))
