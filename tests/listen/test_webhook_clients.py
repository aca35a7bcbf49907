"""The libraries of Segment send to a receiver in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

NODE_LIBRARY = "@segment/analytics-node@3.1.0"
NODE_PROGRAM = """
const { Analytics } = require('@segment/analytics-node')
const analytics = new Analytics({ writeKey: process.argv[2], host: process.argv[3] })
analytics.on('error', (error) => { console.error(error); process.exitCode = 1 })
const who = { userId: '17', anonymousId: 'a1' }
analytics.identify({ ...who, traits: { email: 'jane@customer.example' } })
analytics.track({ ...who, event: 'Order Completed', properties: { total: 12.5, note: 'Grüße' } })
analytics.page({ ...who, name: 'Lamps', properties: { url: 'https://shop.example/lamps' } })
analytics.screen({ ...who, name: 'Basket' })
analytics.group({ ...who, groupId: 'g1', traits: { name: 'Acme' } })
analytics.alias({ userId: '17', previousId: '0f8fad5b-d9cb-469f-a165-70867728950e' })
for (let n = 0; n < 50; n++) analytics.track({ ...who, event: 'Seen', properties: { n } })
analytics.closeAndFlush()
"""


def check(home, seen: int) -> None:
    """Require one event of every type and ``seen`` more, whole and each once."""
    rows = home.parsed("segment", "web")
    events = rows["web_event"]
    assert len(events) == len({event["event_id"] for event in events}) == 6 + seen
    by_type = {event["event_type"]: event for event in events if event["event_name"] != "Seen"}
    assert set(by_type) == {"identify", "track", "page", "screen", "group", "alias"}
    assert by_type["identify"]["email"] == "jane@customer.example"
    assert by_type["track"]["event_name"] == "Order Completed"
    assert json.loads(by_type["track"]["attributes"])["properties"]["note"] == "Grüße"
    assert by_type["page"]["url"] == "https://shop.example/lamps"
    assert by_type["screen"]["event_name"] == "Basket"
    assert json.loads(by_type["group"]["attributes"])["group_id"] == "g1"
    assert all(event["recorded_at"] >= event["event_at"] for event in events)
    (alias,) = rows["identifier"]
    assert alias["id_value"] == "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert home.rejected() == []


@pytest.mark.parametrize("gzip", [False, True])
def test_the_python_library_sends_what_the_format_reads(home, receive, gzip):
    from segment.analytics.client import Client

    running = receive(home)
    failures: list[Exception] = []
    client = Client(
        "web-key",
        host=running.url,
        gzip=gzip,
        on_error=lambda error, batch: failures.append(error),
    )
    client.identify("17", {"email": "jane@customer.example"}, anonymous_id="a1")
    client.track("17", "Order Completed", {"total": 12.5, "note": "Grüße"}, anonymous_id="a1")
    client.page("17", None, "Lamps", {"url": "https://shop.example/lamps"})
    client.screen("17", None, "Basket")
    client.group("17", "g1", {"name": "Acme"})
    client.alias("0f8fad5b-d9cb-469f-a165-70867728950e", "17")
    for number in range(50):
        client.track("17", "Seen", {"number": number})
    client.shutdown()
    running.process.terminate()
    running.process.join(10)

    assert failures == []
    check(home, seen=50)


def test_the_python_library_waits_when_it_is_told_to(home, receive):
    from segment.analytics.client import Client

    home.configure(web=home.segment(events_per_second=10))
    running = receive(home)
    client = Client("web-key", host=running.url, upload_size=10)
    for number in range(30):
        client.track("17", "Seen", {"number": number})
    client.flush()
    client.shutdown()
    running.process.terminate()
    running.process.join(10)

    assert len(home.landed()) == 30
    assert {trace["reason_code"] for trace in home.rejected()} == {"too_many_events"}


@pytest.fixture(scope="session")
def node_library() -> Path:
    """Return a folder with Segment's library for Node, or skip."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "crm-warehouse" / NODE_LIBRARY.replace("/", "-").removeprefix("@")
    if not (folder / "node_modules" / "@segment" / "analytics-node" / "package.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", NODE_LIBRARY]
        done = subprocess.run(
            install, cwd=folder, capture_output=True, text=True, timeout=120, check=False
        )
        if done.returncode != 0:
            pytest.skip(f"npm could not install {NODE_LIBRARY}: {done.stderr[-200:]}")
    return folder


@pytest.mark.pipeline
def test_the_node_library_sends_what_the_format_reads(home, receive, node_library, tmp_path):
    running = receive(home)
    program = node_library / "send.js"
    program.write_text(NODE_PROGRAM, encoding="utf-8")
    done = subprocess.run(
        ["node", program, "web-key", running.url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    running.process.terminate()
    running.process.join(10)

    assert (done.returncode, done.stderr) == (0, "")
    check(home, seen=50)
