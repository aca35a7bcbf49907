"""A receiver on a socket, and senders that are slow, loud or many."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
import uvicorn

from ingest.collect.listen import bodies
from ingest.collect.listen import rejections as traces
from ingest.collect.listen.app import Receiver
from ingest.collect.listen.connections import BoundedConnection
from ingest.collect.listen.exchange import Rejection
from ingest.collect.listen.journal import Journal
from ingest.collect.listen.rejections import Rejections
from ingest.collect.listen.webhook import Webhook

HEAD = b"POST /v1/track HTTP/1.1\r\nHost: crm\r\nAuthorization: Basic azo=\r\n"
EVENT = b'{"userId":"1","event":"a"}'
REQUEST = HEAD + b"Content-Length: %d\r\n\r\n" % len(EVENT) + EVENT


class Impatient(BoundedConnection):
    max_connections = 3
    request_s = 0.3


def serve(folder: Path, work: Callable[[int], Awaitable[None]]) -> None:
    """Do something with a receiver that listens on a port."""

    async def main() -> None:
        journal = Journal(folder / "landing")
        journal.start()
        rejections = Rejections(folder / "rejected.jsonl")
        webhook = Webhook(source="web", api="segment", path="/v1", secret=b"k")
        app = Receiver([webhook], journal, rejections)
        config = uvicorn.Config(
            app, http=Impatient, ws="none", lifespan="off", log_config=None, proxy_headers=False
        )
        server = uvicorn.Server(config)
        sock = socket.create_server(("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve(sockets=[sock]))
        while not server.started:
            await asyncio.sleep(0.005)
        try:
            await asyncio.wait_for(work(sock.getsockname()[1]), 10)
        finally:
            server.should_exit = True
            await serving
            await journal.close()
            rejections.close()

    asyncio.run(main())


async def exchange(port: int, *parts: bytes, pause_s: float = 0.0) -> bytes:
    """Send parts with pauses in between and return all that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = asyncio.create_task(reader.read())
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause_s)
            if answer.done():
                break
        return await answer
    except ConnectionError:
        return await answer
    finally:
        writer.close()


def test_events_on_one_connection_are_answered_one_by_one(tmp_path):
    async def work(port: int) -> None:
        last = REQUEST.replace(b"Host", b"Connection: close\r\nHost")
        answer = await exchange(port, REQUEST * 3 + last)
        assert answer.count(b"200 OK") == 4

    serve(tmp_path, work)

    (file,) = (tmp_path / "landing" / "web").iterdir()
    assert len(file.read_bytes().splitlines()) == 4


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [HEAD[:20], HEAD[20:40], b"X", b"X", b"X", b"X", b"X", b"X"],
        [HEAD + b"Content-Length: 1000\r\n\r\n", b"{", b" ", b" ", b" ", b" ", b" "],
    ],
    ids=["says nothing", "drips its head", "drips its body"],
)
def test_a_sender_that_is_too_slow_is_cut_off(tmp_path, parts):
    async def work(port: int) -> None:
        began = asyncio.get_running_loop().time()
        assert b" 408 " in await exchange(port, *parts, pause_s=0.1)
        assert asyncio.get_running_loop().time() - began < 1.0

    serve(tmp_path, work)

    assert not (tmp_path / "landing").exists()


@pytest.mark.parametrize(
    "parts",
    [
        [HEAD, *[b"X-%d: %s\r\n" % (n, b"x" * 1000) for n in range(20)], b"\r\n"],
        [HEAD + b"X: " + b"x" * 17_000 + b"\r\n\r\n"],
        [b"POST /" + b"x" * 17_000],
        [HEAD + b"X: ", *[b"x" * 1_000] * 20],
    ],
    ids=["many headers", "one header", "a path", "a header without end"],
)
def test_a_head_that_is_too_large_is_431(tmp_path, parts):
    async def work(port: int) -> None:
        assert b" 431 " in await exchange(port, *parts, pause_s=0.005)

    serve(tmp_path, work)


def test_what_is_no_http_is_400(tmp_path):
    async def work(port: int) -> None:
        assert b" 400 " in await exchange(port, b"\x16\x03\x01 hello\r\n\r\n")

    serve(tmp_path, work)


def test_one_connection_too_many_is_503_and_the_others_go_on(tmp_path):
    async def work(port: int) -> None:
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        assert b" 503 " in await exchange(port, REQUEST)
        reader, writer = idle[0]
        writer.write(REQUEST)
        assert b"200 OK" in await reader.readline()
        for _, one in idle:
            one.close()

    serve(tmp_path, work)


def test_health_and_counters_are_plain_text_for_this_machine_only(tmp_path):
    async def work(port: int) -> None:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            await client.post("/v1/track", content=EVENT, auth=("k", ""))
            await client.post("/v1/track", content=EVENT, auth=("x", ""))
            health = await client.get("/healthz")
            counters = (await client.get("/metrics")).text
            forwarded = {"x-forwarded-for": "203.0.113.9"}
            hidden = await client.get("/metrics", headers=forwarded)
        assert (health.status_code, health.text) == (200, "ok\n")
        assert 'crm_webhooks_events_total{source="web"} 1' in counters
        assert 'crm_webhooks_requests_total{source="web",status="200"} 1' in counters
        assert 'crm_webhooks_rejections_total{source="",reason="unknown_write_key"} 1' in counters
        assert hidden.status_code == 404

    serve(tmp_path, work)


def test_health_says_when_the_disk_does_not_take_events(tmp_path):
    (tmp_path / "landing").write_text("a file where the folder should be")

    async def work(port: int) -> None:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            answer = await client.post("/v1/track", content=EVENT, auth=("k", ""))
            health = await client.get("/healthz")
        assert (answer.status_code, answer.json()["code"]) == (503, "not_stored")
        assert answer.headers["retry-after"] == "5"
        assert health.status_code == 503

    serve(tmp_path, work)


def test_bodies_that_are_on_their_way_share_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(bodies, "HELD_BYTES", 1_500)

    async def work(port: int) -> None:
        half = HEAD + b"Content-Length: 2000\r\n\r\n" + b"x" * 1_000
        first = asyncio.create_task(exchange(port, half, pause_s=0.2))
        await asyncio.sleep(0.05)
        assert b" 503 " in await exchange(port, half, pause_s=0.05)
        assert b" 408 " in await first
        last = REQUEST.replace(b"Host", b"Connection: close\r\nHost")
        assert b"200 OK" in await exchange(port, last)

    serve(tmp_path, work)


def test_a_disk_that_takes_no_trace_does_not_cost_the_answer(tmp_path, caplog):
    rejections = Rejections(tmp_path / "rejected.jsonl")
    rejections.close()
    rejections._out = open("/dev/full", "ab", buffering=0)  # noqa: PTH123, SIM115

    rejections.add("/v1/track", "web", Rejection("unknown_type", "no such type"), "192.0.2.1")
    rejections.close()

    assert "No space left on device" in caplog.text


def test_traces_never_fill_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(traces, "MAX_FILE_BYTES", 1_000)
    rejections = Rejections(tmp_path / "rejected.jsonl")
    for _ in range(100):
        rejections.add("/x" * 5_000, "web", Rejection("unknown_type", "no such type"), None)
    rejections.close()

    assert {file.name for file in tmp_path.iterdir()} == {"rejected.jsonl", "rejected.1.jsonl"}
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 3_000
