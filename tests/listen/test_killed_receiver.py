"""A receiver is killed while it is busy; what it acknowledged is there afterwards."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time

import pytest

SENDERS = 8
KILLS = 10


def send_until_it_dies(port: int, name: str, acknowledged: list[str]) -> None:
    """Send events on one connection and note the ids of those that were answered with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Authorization": "Basic d2ViLWtleTo=", "Content-Type": "application/json"}
    number = 0
    try:
        while True:
            message_id = f"{name}-{number}"
            said = {"userId": "17", "event": "Seen", "messageId": message_id, "x": "y" * 500}
            connection.request("POST", "/v1/track", json.dumps(said), headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                acknowledged.append(message_id)
            number += 1
    except (OSError, http.client.HTTPException):
        return
    finally:
        connection.close()


@pytest.mark.pipeline
def test_nothing_acknowledged_is_missing_after_ten_kills_under_load(home, receive):
    chance = random.Random(7)
    acknowledged: list[str] = []
    for kill in range(KILLS):
        running = receive(home)
        before = len(acknowledged)
        senders = [
            threading.Thread(
                target=send_until_it_dies, args=(running.port, f"{kill}-{number}", acknowledged)
            )
            for number in range(SENDERS)
        ]
        for sender in senders:
            sender.start()
        deadline = time.monotonic() + 20
        while len(acknowledged) < before + 20 and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.1))
        running.process.kill()
        running.process.join()
        for sender in senders:
            sender.join()
        assert len(acknowledged) >= before + 20
        assert len(list((home.folder / "landing" / "web").glob(".*.part"))) == 1

    last = receive(home)
    last.process.terminate()
    last.process.join()

    landed = [event["event_id"] for event in home.parsed("segment", "web")["web_event"]]
    assert set(acknowledged) - set(landed) == set()
    assert len(landed) == len(set(landed))
    assert not list((home.folder / "landing" / "web").glob(".*"))
