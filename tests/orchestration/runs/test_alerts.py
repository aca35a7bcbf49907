from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from orchestration.runs import alerts

TOKEN = "T0K3N-nobody-may-read"


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[dict]]]:
    """Return the address of a server and what it has been sent; it fails on the path /broken."""
    received: list[dict] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(500 if self.path.startswith("/broken") else 200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", received
    server.shutdown()


def test_a_failed_run_is_posted_and_logged(
    webhook: tuple[str, list[dict]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    address, received = webhook
    monkeypatch.setenv("CRM_ALERT_WEBHOOK", f"{address}/{TOKEN}")

    assert alerts.send("run-1", "step dbt") is True

    assert received == [{"text": "crm run run-1 failed: step dbt", "run_id": "run-1"}]
    assert "run run-1 failed: step dbt" in caplog.text
    assert TOKEN not in caplog.text


def test_without_an_address_it_is_only_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.delenv("CRM_ALERT_WEBHOOK", raising=False)

    assert alerts.send("run-1", "step dbt") is False
    assert "step dbt" in caplog.text


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    "address",
    ["{server}/broken/" + TOKEN, "http://127.0.0.1:{free}/" + TOKEN, "ftp://x/" + TOKEN,
     "http://[::1/" + TOKEN, "http://127.0.0.1:port/" + TOKEN],
)  # fmt: skip
def test_a_webhook_that_fails_neither_raises_nor_shows_its_address(
    webhook: tuple[str, list[dict]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    address: str,
):
    server, _ = webhook
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv(
        "CRM_ALERT_WEBHOOK", address.replace("{server}", server).replace("{free}", str(free_port()))
    )

    assert alerts.send("run-1", "step dbt") is False

    assert "no alert was sent" in caplog.text or "cannot be reached" in caplog.text
    assert TOKEN not in caplog.text
