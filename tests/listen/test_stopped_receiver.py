"""A receiver that is told to stop ends within seconds, and says so to whoever is still sending."""

from __future__ import annotations

import os
import signal
import socket
import time

import pytest

HALF = (
    b"POST /v1/track HTTP/1.1\r\nHost: crm\r\nAuthorization: Basic d2ViLWtleTo=\r\n"
    b"Content-Length: 1000\r\n\r\n{"
)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_that_is_still_on_its_way_is_answered_and_not_waited_for(
    home, receive, number, times
):
    running = receive(home)
    with socket.create_connection(("127.0.0.1", running.port), timeout=30) as line:
        line.sendall(HALF)
        time.sleep(0.5)
        began = time.monotonic()
        for _ in range(times):
            os.kill(running.process.pid, number)
            time.sleep(0.3)
        answer = line.recv(1_000)
        running.process.join(30)

    assert answer.startswith(b"HTTP/1.1 503 ")
    assert time.monotonic() - began < 15
