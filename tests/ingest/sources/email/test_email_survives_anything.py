"""Damaged, endless and hostile mail gives messages or reasons, in bounded time."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mail_messages import HEAD, only, said

from ingest.sources.email import mailbox
from ingest.sources.email.parts import Part
from ingest.sources.email.splitting import split
from ingest.sources.email.standard import parsed

at = datetime.fromisoformat


def as_compared(part: Part) -> Iterator[tuple[object, ...]]:
    yield (
        part.headers, part.content_type, part.charset, part.is_flowed, part.deletes_space,
        part.disposition, (part.file_name or "").strip(), part.defects,
        part.content if part.parts is None else b"",
    )  # fmt: skip
    for child in part.parts or []:
        yield from as_compared(child)


SAMPLES = (
    HEAD + 'Content-Type: multipart/mixed; boundary="b"\n\nbefore\n--b\n\nplain\n\n--b\n'
    "Content-Type: multipart/alternative; boundary=bb\n\n--bb\nContent-Type: text/html\n\n"
    "<p>rich</p>\n--bb--\n--b\nContent-Type: application/pdf; name=a.pdf\n"
    "Content-Disposition: attachment;\n filename=b.pdf\n\nSGVs\n--b--\nafter\n",
    HEAD.replace("\n", "\r\n") + "Content-Type: text/plain;\r\n\tcharset=utf-8\r\n\r\nx\r\n",
)
INSERTED = (
    b"\n", b"\r", b"\r\n", b"\n\n", b"--b\n", b"--b", b"--b--\n", b"--bb\n", b" ", b"\t", b":",
    b";", b'"', b"\x00", b"\xff", b"\x85", b"boundary=", b"Content-Type: text/html\n\n",
    b"\x0c", b"\x1c",
    b"multipart/digest", b"message/rfc822", b"Content-Transfer-Encoding: base64\n",
)  # fmt: skip


@settings(
    max_examples=150,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    st.sampled_from(SAMPLES),
    st.lists(
        st.tuples(st.integers(0, 700), st.integers(0, 12), st.sampled_from(INSERTED)), max_size=4
    ),
)
def test_the_fast_way_gives_the_parts_that_the_standard_library_gives(sample, changes):
    raw = bytearray(sample.encode())
    for place, length, inserted in changes:
        raw[place : place + length] = inserted
    fast = split(bytes(raw))

    assert fast is not None or changes
    if fast is not None:
        assert list(as_compared(fast)) == list(as_compared(parsed(bytes(raw))))


def lines_of_mbox(content: bytes) -> list[bytes]:
    """Return the messages of an mbox by reading it line by line."""
    messages: list[list[bytes]] = []
    is_after_blank = True
    for line in re.findall(rb"[^\n]*\n|[^\n]+", content):
        if is_after_blank and mailbox._SEPARATOR.match(line):
            messages.append([])
            is_after_blank = False
            continue
        messages[-1].append(line[1:] if re.match(rb">+From ", line) else line)
        is_after_blank = line in (b"\n", b"\r\n")
    return [b"".join(message) for message in messages]


PIECES = (
    b"From a Mon Jun  2 10:00:00 2025\n", b"From b 10:00 2025\r\n", b"From here on\n", b"\n",
    b"\r\n", b"\r", b"text\n", b">From c Mon Jun  2 10:00:00 2025\n", b"a: b", b"From ",
)  # fmt: skip


@settings(
    max_examples=100,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(st.sampled_from(PIECES), max_size=25), st.integers(40, 90))
def test_messages_are_found_wherever_blocks_of_a_file_end(tmp_path_factory, pieces, block):
    content = PIECES[0] + b"".join(pieces)
    path = tmp_path_factory.getbasetemp() / "blocks.mbox"
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mailbox, "_BLOCK_BYTES", block)
        found = [message.raw for message in mailbox.raw_messages(path)]
    assert found == lines_of_mbox(content)


def test_a_message_above_the_limit_is_rejected_and_the_next_one_read(read, tmp_path):
    head = "From jane Mon Jun  2 10:00:00 2025\n" + HEAD + "\n"
    with (tmp_path / "big.mbox").open("w") as file:
        file.write(head + "x" * 26 * 1024 * 1024 + "\n\n" + head + "small\n")

    outcome = read("email", tmp_path / "big.mbox")

    assert outcome.reasons() == {1: "message_too_large"}
    assert outcome.rejected[0]["reason"] == "message is larger than 25 MB"
    assert only(outcome)["body_text"] == "small"


def nested(depth):
    part = 'Content-Type: multipart/mixed; boundary="b{0}"\n\n--b{0}\n'
    return "".join(part.format(level) for level in range(depth))


def test_endless_nesting_of_parts_is_not_followed(mail):
    row = only(mail(HEAD + nested(40) + "Content-Type: text/plain\n\ndeep\n"))

    assert "more than 16 levels of parts; the others were not read" in said(row)["notes"]


def test_nesting_that_exhausts_the_stack_is_rejected(mail):
    assert mail(HEAD + nested(2_000) + "\nx\n").reasons() == {1: "nested_too_deep"}


@pytest.mark.parametrize(
    "head",
    [
        "To: " + "a" * 200_000,
        "To: " + "(" * 200_000,
        "To: " + '"\\' * 100_000,
        "To: " + "(\\" * 100_000,
        "To: " + "<a@b" * 50_000,
        "Subject: " + "=?a?q?" * 30_000,
        "Subject: " + "re " * 60_000,
        "References: " + "<" * 200_000,
        "Received: " + ";(" * 100_000,
        "Content-Type: text/plain; format=flowed\n\n" + "a \n" * 300_000,
        "Content-Type: text/html\n\n" + "<blockquote>" * 100_000,
        "X: x\n\n" + "On 1 x wrote:\n" * 30_000 + "\n> x\nx",
        "X: x\n\n" + "From: x\n\n" * 50_000,
        "X: x\n\n" + ("-" * 260 + "1" * 250 + "\n") * 2_000,
        "X: x\n\n" + "1" * 700 + ":\n" + ("2" * 700 + ":\n") * 1_000,
        "Subject: unsubscribe " + "-_" * 9_000,
        "To: " + '"a@b' * 50_000,
        "Subject: Delivery failure\nSender: x\n\n" + "-" * 1_000_000,
    ],
    ids=lambda head: repr(head[:45]),
)
def test_hostile_headers_and_texts_take_no_more_than_seconds(mail, head):
    start = time.process_time()

    assert mail(HEAD + head + "\n\nbody").read == 1

    assert time.process_time() - start < 8


@pytest.mark.parametrize(
    "text",
    [
        "deliver" * 200_000,
        "deliver to " * 100_000,
        "-" * 60 + " x\n",
        "a@" * 500_000,
        " " * 500_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_bounces_take_no_more_than_seconds(mail, text):
    head = "From: mailer-daemon@x.example\nSubject: Delivery failure\n"
    start = time.process_time()

    assert mail(head + "Date: Mon, 2 Jun 2025 10:00:00 +0200\n\n" + text).read == 1

    assert time.process_time() - start < 8


def test_a_line_of_a_hundred_megabytes_costs_no_more_than_the_limit(read, tmp_path):
    block = b"a" * 10_000_000
    head = HEAD.encode() + b"\n"
    with (tmp_path / "one.eml").open("wb") as one, (tmp_path / "many.mbox").open("wb") as many:
        many.write(b"From jane Mon Jun  2 10:00:00 2025\n")
        for file in (one, many):
            file.write(head)
            for _ in range(10):
                file.write(block)
        many.write(b"\n\nFrom jane Mon Jun  2 10:00:00 2025\n" + head + b"small\n")
    start = time.process_time()

    assert read("email", tmp_path / "one.eml").reasons() == {1: "message_too_large"}
    outcome = read("email", tmp_path / "many.mbox")

    assert outcome.reasons() == {1: "message_too_large"}
    assert only(outcome)["body_text"] == "small"
    assert time.process_time() - start < 5


def test_lines_without_end_within_parts_without_end_are_not_compared_for_hours(mail):
    body = nested(200) + "\n" * 1_000_000

    assert mail(HEAD + body).reasons() == {1: "nested_too_deep"}


def test_a_receipt_at_the_end_of_the_calendar_is_survived(mail):
    row = only(mail(HEAD + "Received: by x; Fri, 31 Dec 9999 23:00:00 +0000\n\nbody"))

    assert row["started_at"] == at("2025-06-02 08:00")


def test_nul_bytes_do_not_reach_the_warehouse(mail):
    row = only(mail(HEAD.encode() + b"Subject: a\x00b\n\nbo\x00dy"))

    assert (row["subject"], row["body_text"]) == ("ab", "body")
