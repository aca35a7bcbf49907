from __future__ import annotations

from pathlib import Path

import pytest

from ingest.collect.listen.settings import read_webhooks
from ingest.errors import ConfigError

ENVIRONMENT = {"KEY": "k1", "OTHER": "k2", "EMPTY": " "}
HOOK = "{kind: webhook, api: segment, write_key: env:KEY%s}"

INTERCOM = "{kind: webhook, api: intercom, client_secret: env:KEY, path: %s}"
TWILIO = "{kind: webhook, api: twilio, auth_token: env:KEY%s}"
SLACK = "{kind: webhook, api: slack, signing_secret: env:KEY, channels: %s}"


def entry(collect: str, name: str = "web", format_: str = "segment", path: str = "") -> str:
    path = path or f"{name}/**/*.jsonl"
    return f"  {name}: {{format: {format_}, path: '{path}', collect: {collect}}}\n"


def read(tmp_path: Path, *entries: str):
    file = tmp_path / "sources.yml"
    file.write_text("sources:\n" + "".join(entries), encoding="utf-8")
    return read_webhooks(file, ENVIRONMENT)


def test_only_sources_of_kind_webhook_are_received(tmp_path):
    (webhook,) = read(
        tmp_path,
        entry(HOOK % ""),
        entry("{kind: imap, host: mail.example}", "mail", "email"),
        "  files: {format: csv, path: 'x/*.csv'}\n",
    )

    assert (webhook.source, webhook.api, webhook.path) == ("web", "segment", "/v1")
    assert webhook.secret == b"k1"
    assert webhook.keep_ip is False
    assert "k1" not in repr(webhook)


def test_every_api_has_its_settings(tmp_path):
    twilio = "{kind: webhook, api: twilio, auth_token: env:KEY, public_url: 'https://x.example/c'}"
    slack = "{kind: webhook, api: slack, signing_secret: env:KEY, channels: {C1: ext-acme}}"
    intercom = "{kind: webhook, api: intercom, client_secret: env:KEY, path: /hooks/chat}"
    found = read(
        tmp_path,
        entry(HOOK % ", origins: 'https://shop.example/', events_per_second: 100, path: /s/v1"),
        entry(twilio, "calls", "twilio"),
        entry(slack, "team", "slack", "team/*/*.jsonl"),
        entry(intercom, "chat", "intercom"),
    )

    assert [one.path for one in found] == ["/s/v1", "/calls", "/team", "/hooks/chat"]
    assert found[0].origins == ("https://shop.example",)
    assert found[0].events_per_second == 100
    assert found[1].public_url == "https://x.example/c"
    assert found[2].channels == {"C1": "ext-acme"}


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([entry("{kind: imap}")], "no source is received"),
        ([entry("{kind: webhook}")], "needs the key api: one of segment"),
        ([entry("{kind: webhook, api: segmet}")], "did you mean segment"),
        ([entry("{kind: webhook, api: segment}")], "needs the key write_key"),
        ([entry("{kind: webhook, api: segment, write_key: k1}")], "must not stand here"),
        ([entry("{kind: webhook, api: segment, write_key: env:NONE}")], "NONE is not set"),
        ([entry("{kind: webhook, api: segment, write_key: env:EMPTY}")], "EMPTY is not set"),
        ([entry(HOOK % ", channels: {}")], "unknown key 'channels'"),
        ([entry(HOOK % ", path: /healthz")], "is no path"),
        ([entry(HOOK % ", path: '/a/b?c'")], "is no path"),
        ([entry(HOOK % ", path: /a/../b")], "is no path"),
        ([entry(HOOK % ", keep_ip: maybe")], "must be true or false"),
        ([entry(HOOK % ", events_per_second: 0")], "more than 0 events"),
        ([entry(HOOK % ", origins: '*'")], "is no web site"),
        ([entry(HOOK % "", format_="slack")], "are read by format segment"),
        ([entry(HOOK % "", path="web/*.jsonl.gz")], r"use web/\*\*/\*\.jsonl"),
        ([entry(HOOK % ""), entry(HOOK % "", "app")], "write_key is that of source web too"),
        (
            [
                entry(INTERCOM % "/x", "a", "intercom"),
                entry(INTERCOM % "/x", "b", "intercom"),
            ],
            "path /x is that of source a too",
        ),
        (
            [entry(HOOK % ""), entry(INTERCOM % "/v1/track", "chat", "intercom")],
            "lies below that of source web",
        ),
        (
            [entry(INTERCOM % "/v1/track", "chat", "intercom"), entry(HOOK % "")],
            "lies below that of source web",
        ),
        ([entry(TWILIO % "", format_="twilio")], "needs the key public_url"),
        (
            [entry(TWILIO % ", public_url: x", format_="twilio")],
            "is no address",
        ),
        (
            [entry(SLACK % "{C1: ../x}", format_="slack")],
            "plain name",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_remedy(tmp_path, entries, message):
    with pytest.raises(ConfigError, match=message):
        read(tmp_path, *entries)


def test_a_secret_that_stands_in_the_file_is_not_repeated_in_the_error(tmp_path):
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, entry("{kind: webhook, api: segment, write_key: hunter2}"))

    assert "hunter2" not in str(caught.value)
