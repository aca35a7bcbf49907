"""The command: what it does, and what it says when it cannot."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from ingest.collect.listen.command import collect
from ingest.collect.listen.settings import check_webhook
from ingest.collect.run import Collected
from ingest.config.setting import read_settings
from ingest.errors import ConfigError
from ingest.source import Source


@pytest.fixture
def crm(home):
    """Return a function that runs the command on the home: exit code and output."""
    app = typer.Typer()
    app.command()(collect)

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, [*arguments, "--home", str(home.folder)])
        return result.exit_code, result.output

    return run


def test_a_second_receiver_on_the_home_of_a_running_one_ends_with_a_reason(crm, home, receive):
    running = receive(home)
    code, said = crm("--listen", "--port", "0")

    assert code == 2
    assert f"PID {running.process.pid}" in said


def test_the_command_says_what_stands_in_its_way(crm, home, processes):
    code, said = crm("--listen", "--source", "web")
    assert (code, "does not go with --listen" in said) == (2, True)
    code, said = crm("--listen", "--host", "203.0.113.1")
    assert (code, "cannot be bound" in said) == (2, True)
    (home.folder / "sources.yml").unlink()
    code, said = crm("--listen")
    assert (code, "sources.yml" in said) == (2, True)


def test_without_listen_the_named_source_is_asked_and_its_failure_told(crm, home):
    source = {"format": "jsonl", "path": "x/*.jsonl", "entity": "order"}
    source["columns"] = {"order_id": "id", "placed_at": "at"}
    home.configure(shop=source)

    code, said = crm("--source", "shop")
    assert (code, "no collect section" in said) == (1, True)
    code, said = crm("--source", "shob")
    assert (code, "did you mean shop?" in said) == (2, True)
    assert crm() == (0, "No source has a collect section that is asked for records.\n")


def test_what_nobody_foresaw_in_one_source_costs_no_other(crm, home, monkeypatch, caplog):
    def collected(source: Source, _: Path) -> Collected:
        if source.name == "chats":
            raise KeyError("pages")
        return Collected(source=source.name, files=("landing/1.json",), records=3, cursor={})

    monkeypatch.setattr("ingest.collect.run.collect", collected)
    section = {"kind": "intercom", "token": "env:TOKEN"}
    home.configure(**{
        name: {"format": "intercom", "path": f"{name}/*.json", "collect": section}
        for name in ("chats", "others")
    })  # fmt: skip

    code, said = crm()

    assert code == 1
    assert "crm: chats: KeyError, see above; what was landed before stays." in said
    assert "others: 3 records in 1 files" in said
    assert "not collected: chats." in said
    assert "KeyError: 'pages'" in caplog.text


def test_a_source_that_is_received_is_not_asked_and_told_how_it_comes(crm, home):
    home.configure(web=home.segment(write_key="env:NOT_SET_ANYWHERE"))

    code, said = crm("--source", "web")

    assert (code, "web is received, not asked: crm collect --listen" in said) == (1, True)


def test_loading_needs_the_section_to_be_right_but_no_secret(home):
    home.configure(web=home.segment(write_key="env:NOT_SET_ANYWHERE"))
    entry = read_settings(home.folder / "sources.yml").items()["sources"].items()["web"]

    check_webhook("web", entry)
    home.configure(web=home.segment(write_key="hunter2"))
    entry = read_settings(home.folder / "sources.yml").items()["sources"].items()["web"]
    with pytest.raises(ConfigError, match="must not stand here"):
        check_webhook("web", entry)


def test_a_taken_port_is_named_once(crm, home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = crm("--listen", "--port", str(port))

    assert code == 2
    assert (
        f"crm: 127.0.0.1:{port} cannot be bound (Address already in use); use another --port."
        in said
    )
