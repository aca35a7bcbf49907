"""Mail that real clients wrote, beside what others found in it."""

from __future__ import annotations

import pytest
from mail_messages import only, said

from ingest.sources.email.bodies import contents_of
from ingest.sources.email.replies import unquoted
from ingest.sources.email.signatures import without_signature
from ingest.sources.email.splitting import split
from ingest.sources.email.standard import parsed
from ingest.sources.html_text import html_to_text


@pytest.mark.real_data
def test_each_real_message_is_loaded_or_says_why(read, real_data):
    paths = sorted(path for path in (real_data / "email").rglob("*") if path.is_file())
    outcomes = {path: read("email", path) for path in paths}

    assert len(paths) == 201
    reasons: dict[str, int] = {}
    for outcome in outcomes.values():
        assert outcome.read == 1
        assert len(outcome.rows.get("interaction", [])) + len(outcome.rejected) == 1
        for reason in outcome.reasons().values():
            reasons[reason] = reasons.get(reason, 0) + 1
    loaded = sum("interaction" in outcome.rows for outcome in outcomes.values())
    assert loaded == 138
    assert reasons == {"not_a_message": 38, "missing_date": 22, "empty_message": 3}
    (bounce,) = (outcome for path, outcome in outcomes.items() if path.name == "report_530.eml")
    assert only(bounce)["customer_ref"] == "email:edwin@zzzzzzz.com"


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("client", "expected"),
    [
        *((name, "Hello") for name in ("android", "aol", "apple_mail", "apple_mail_2", "comcast")),
        *((name, "Hello") for name in ("gmail", "hotmail", "thunderbird", "yahoo")),
        *((name, "Hello") for name in ("iphone", "sparrow")),
    ],
)
def test_real_clients_quote_in_ways_that_are_recognised(read, real_data, client, expected):
    path = real_data / "email" / "talon" / "standard_replies" / f"{client}.eml"

    assert said(only(read("email", path)))["reply_text"] == expected


@pytest.mark.real_data
def test_talon_states_the_same_replies_and_signatures(real_data):
    talon = real_data / "email" / "talon"
    wrong, checked = [], 0

    def compare(name, found, expected):
        nonlocal checked
        checked += 1
        if "".join((found or "").split()) != "".join(expected.split()):
            wrong.append(name)

    for path in sorted((talon / "standard_replies").glob("*.eml")):
        stated = path.with_name(f"{path.stem}_reply_text")
        raw = path.read_bytes()
        text = contents_of(split(raw) or parsed(raw)).text()
        compare(path.name, unquoted(text), stated.read_text() if stated.exists() else "Hello")
    for path in sorted((talon / "html_replies").glob("*.html")):
        shown = html_to_text(path.read_text(errors="replace"))
        compare(path.name, unquoted(shown), "Hi. I am fine.\n\nThanks,\nAlex")
    for name, expected in (
        ("reply-separated-by-hr", "Hi there"),
        ("OLK_SRC_BODY_SECTION", "Reply"),
    ):
        shown = html_to_text((talon / f"{name}.html").read_text())
        compare(name, unquoted(shown), expected)
    folder = talon / "signature" / "emails" / "stripped"
    for path in sorted(folder.glob("*_body")):
        text, sender, expected = (
            path.with_name(path.name.replace("body", kind)).read_text().replace("#sig#", "")
            for kind in ("body", "sender", "signature")
        )
        is_address = "@" in sender
        found = without_signature(
            text.strip(), None if is_address else sender, sender if is_address else None
        )
        compare(path.name, found[1], expected)

    assert checked == 29
    # talon takes the name above a rule for part of the quotation; the author wrote it
    assert wrong == ["reply-separated-by-hr"]
