"""A home with webhooks, and two ways to send to it: in this process, and to one of its own."""

from __future__ import annotations

import asyncio
import base64
import json
import multiprocessing
import os
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from ingest.collect.listen.app import Receiver
from ingest.collect.listen.journal import Journal, Rotation
from ingest.collect.listen.rejections import Rejections
from ingest.collect.listen.server import listen
from ingest.collect.listen.settings import read_webhooks
from ingest.source import Company, Source
from ingest.sources import FORMATS

SECRETS = {
    "LISTEN_TEST_KEY": "web-key",
    "LISTEN_TEST_OTHER_KEY": "app-key",
    "LISTEN_TEST_TWILIO": "12345",
    "LISTEN_TEST_INTERCOM": "intercom-secret",
    "LISTEN_TEST_HUBSPOT": "hubspot-secret",
    "LISTEN_TEST_SLACK": "8f742231b10e8888abcd99yyyzzz85a5",
}


@dataclass
class Home:
    """A home folder and what was landed in it."""

    folder: Path

    @staticmethod
    def segment(**settings: Any) -> dict[str, Any]:
        """Return a source of Segment events, as sources.yml has it."""
        collect = {"kind": "webhook", "api": "segment", "write_key": "env:LISTEN_TEST_KEY"}
        collect |= settings
        return {"format": "segment", "path": "web/**/*.jsonl", "collect": collect}

    @staticmethod
    def basic(key: str) -> str:
        """Return the header that says the write key."""
        return "Basic " + base64.b64encode(f"{key}:".encode()).decode()

    def configure(self, **sources: dict[str, Any]) -> Home:
        text = yaml.safe_dump({"sources": sources})
        (self.folder / "sources.yml").write_text(text, encoding="utf-8")
        return self

    def send(self, *requests: httpx.Request) -> list[httpx.Response]:
        """Send requests one after the other to a receiver that lives as long as they do."""
        return asyncio.run(self._send(requests))

    async def _send(self, requests: tuple[httpx.Request, ...]) -> list[httpx.Response]:
        webhooks = read_webhooks(self.folder / "sources.yml", SECRETS)
        journal = Journal(self.folder / "landing")
        journal.start()
        rejections = Rejections(self.folder / "listen" / "rejected.jsonl")
        transport = httpx.ASGITransport(Receiver(webhooks, journal, rejections))  # type: ignore[arg-type]
        try:
            async with httpx.AsyncClient(transport=transport) as client:
                return [await client.send(request) for request in requests]
        finally:
            await journal.close()
            rejections.close()

    def post(self, path: str, said: Any = None, **settings: Any) -> httpx.Response:
        """Send one request, with the write key unless told otherwise."""
        if said is not None:
            settings["json"] = said
        headers = {"authorization": self.basic("web-key"), **settings.pop("headers", {})}
        request = httpx.Request("POST", f"http://crm{path}", headers=headers, **settings)
        return self.send(request)[0]

    def files(self, source: str) -> list[Path]:
        return sorted((self.folder / "landing" / source).rglob("*.jsonl"))

    def landed(self, source: str = "web") -> list[dict[str, Any]]:
        lines = [line for file in self.files(source) for line in file.read_text().splitlines()]
        return [json.loads(line) for line in lines]

    def rejected(self) -> list[dict[str, Any]]:
        text = (self.folder / "listen" / "rejected.jsonl").read_text()
        return [json.loads(line) for line in text.splitlines()]

    def parsed(self, format_: str, source: str) -> dict[str, list[dict[str, Any]]]:
        """Return what the format makes of the landed files; nothing may be rejected."""
        company = Company(domains=("nordlicht.example",))
        entry = Source(name=source, format=format_, path="*", namespace=source, company=company)
        rows: dict[str, list[dict[str, Any]]] = {}
        for file in self.files(source):
            for chunk in FORMATS[format_](file, entry):
                assert chunk.rejected.to_dicts() == []
                for entity, frame in chunk.rows.items():
                    rows.setdefault(entity, []).extend(frame.to_dicts())
        return rows


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home that receives Segment events as source ``web``."""
    return Home(tmp_path).configure(web=Home.segment())


@dataclass
class Running:
    """A receiver in a process of its own."""

    process: ForkServerProcess
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture(scope="session")
def processes() -> Any:
    """Return a maker of processes that have the receiver imported: a start takes no second."""
    os.environ.update(SECRETS)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ingest.collect.listen.server"])
    return context


@pytest.fixture
def receive(processes: Any) -> Iterator[Callable[..., Running]]:
    """Return a function that starts a receiver on a home."""
    started: list[ForkServerProcess] = []

    def start(home: Home, rotation: Rotation | None = None) -> Running:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        process = processes.Process(
            target=listen, args=(home.folder, "127.0.0.1", port, rotation), daemon=True
        )
        process.start()
        started.append(process)
        deadline = time.monotonic() + 30
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/healthz").raise_for_status()
                return Running(process, port)
            except httpx.TransportError:
                assert process.is_alive()
                assert time.monotonic() < deadline
                time.sleep(0.02)

    yield start
    for process in started:
        process.terminate()
        process.join(10)
        if process.is_alive():
            process.kill()
            process.join()
