from __future__ import annotations

import hashlib
import json
import time
from datetime import datetime

import pytest

at = datetime.fromisoformat

HEAD = (
    "Message-ID: <1@customer.example>\n"
    "From: jane@customer.example\n"
    "To: support@nordlicht.example\n"
    "Date: Mon, 2 Jun 2025 10:00:00 +0200\n"
)


@pytest.fixture
def mail(read, tmp_path):
    """Return a reader of one message given as text or bytes."""

    def read_mail(content, **options):
        path = tmp_path / "m.eml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read("email", path, **options)

    return read_mail


@pytest.fixture
def mbox(read, fixtures):
    return read("email", fixtures / "email" / "team.mbox")


def only(outcome):
    (row,) = outcome.rows["interaction"]
    return row


def said(row):
    return json.loads(row["attributes"] or "{}")


def test_an_mbox_is_split_at_from_lines_and_unquoted(mbox):
    first = mbox.rows["interaction"][0]

    assert mbox.read == 4
    assert first["body_text"].splitlines()[2:] == [
        "From the start the lamp was dark.",
        "From me this is all.",
        ">From here it was quoted twice.",
    ]


def test_mail_from_a_customer_is_inbound(mbox):
    row = mbox.rows["interaction"][0]

    assert row["interaction_id"] == row["conversation_ref"] == "q1@customer.example"
    assert (row["channel"], row["direction"]) == ("email", "inbound")
    assert row["interaction_type"] == "message"
    assert row["from_ref"] == row["customer_ref"] == "email:Jane@customer.example"
    assert row["to_refs"] == ["email:support@nordlicht.example"]
    assert row["subject"] == "Lampe defekt?"
    assert row["started_at"] == at("2025-06-02 08:00")
    assert row["recorded_at"] == at("2025-06-02 08:00:05")
    assert said(row)["from_name"] == "van Dyk, Jane"
    assert said(row)["agent_email"] == "support@nordlicht.example"
    assert row["agent_ref"] is None


def test_an_answer_is_outbound_and_in_the_same_conversation(mbox):
    row = mbox.rows["interaction"][1]

    assert row["direction"] == "outbound"
    assert row["conversation_ref"] == "q1@customer.example"
    assert row["customer_ref"] == "email:jane@customer.example"
    assert said(row)["reply_text"] == "We send a new one."
    assert "the lamp was dark" in row["body_text"]


def test_mail_among_colleagues_is_internal(mbox):
    row = mbox.rows["interaction"][2]

    assert row["direction"] == "internal"
    assert row["customer_ref"] is None
    assert row["started_at"] == at("2025-06-02 10:40")


def test_a_message_without_any_date_is_rejected(mbox):
    assert mbox.reasons() == {4: "missing_date"}


def test_an_agent_is_known_by_address_where_the_source_says_so(read, fixtures):
    agents = {"Anna@nordlicht.example": "814"}

    outcome = read("email", fixtures / "email" / "team.mbox", agents=agents)

    assert [row["agent_ref"] for row in outcome.rows["interaction"]] == [None, "814", "814"]


def test_a_maildir_file_is_one_message_with_its_flags(read, fixtures):
    path = fixtures / "email" / "maildir" / "cur" / "1748851200.M1P1.host:2,RS"

    row = only(read("email", path))

    assert row["body_text"] == "From Maildir"
    assert said(row)["maildir_flags"] == "RS"


def test_a_draft_was_never_sent(read, tmp_path):
    (tmp_path / "cur").mkdir()
    path = tmp_path / "cur" / "1.M1.host:2,DS"
    path.write_text(HEAD + "\ndraft")

    assert read("email", path).reasons() == {1: "draft"}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("Subject: Re: x\nReferences: <r@a> <p@a>\nIn-Reply-To: <p@a>\n", "r@a"),
        ("Subject: AW: [Ticket 5] x\nReferences: <r@a> <p@a>\n", "r@a"),
        ("Subject: [list] Re: x\nReferences: <r@a>\n", "r@a"),
        ("Subject: new topic\nReferences: <r@a> <p@a>\nIn-Reply-To: <p@a>\n", "p@a"),
        ("Subject: new topic\nReferences: <r@a> <p@a>\n", "1@customer.example"),
        ("Subject: x\nIn-Reply-To: <p@a>\n", "p@a"),
        ("Subject: x\nIn-Reply-To: your message of Monday\n", "1@customer.example"),
        ("Subject: Re: x\n", "1@customer.example"),
    ],
)
def test_the_conversation_is_the_first_message_as_far_as_one_tells(mail, headers, expected):
    assert only(mail(HEAD + headers + "\nbody"))["conversation_ref"] == expected


def test_copies_without_message_id_are_one_message(mail):
    body = "From: jane@customer.example\nDate: Mon, 2 Jun 2025 10:00:00 +0200\n\nbody\n"

    mine = only(mail(body))
    other = only(mail("Received: by x; Mon, 2 Jun 2025 10:00:09 +0200\n" + body))
    crlf = only(mail(body.replace("\n", "\r\n")))

    assert mine["interaction_id"].startswith("sha256:")
    assert mine["interaction_id"] == other["interaction_id"] == crlf["interaction_id"]


@pytest.mark.parametrize("date", ["Date: garbage\n", "", "Date: Mon, 2 Jun 3625 10:00:00 +0200\n"])
def test_the_time_of_receipt_stands_in_for_an_impossible_date(mail, date):
    head = "From: a@b.example\nReceived: from x by y (z; w);\n Mon, 2 Jun 2025 10:00:09 +0200\n"

    row = only(mail(head + date + "\nbody"))

    assert row["started_at"] == row["recorded_at"] == at("2025-06-02 08:00:09")


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Mon, 2 Jun 2025 10:00:00", "2025-06-02 08:00"),
        ("Mon, 2 Jun 2025 10:00:00 -0000", "2025-06-02 10:00"),
        ("2 Jun 25 10:00 EST", "2025-06-02 15:00"),
        ("Mon, 2 Jun 2025 10(x) :  00 : 00 +0200 (MESZ)", "2025-06-02 08:00"),
        ("Sun, 30 Mar 2025 02:30:00", "2025-03-30 01:30"),
    ],
)
def test_dates_are_read_as_people_write_them(mail, date, expected):
    row = only(mail(f"From: a@b.example\nDate: {date}\n\nbody"))

    assert row["started_at"] == at(expected)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('"Doe, J. <x@y>" <j@d.example>', ["email:j@d.example"]),
        ("a@b.example, , c@d.example;e@f.example", ["a@b.example", "c@d.example", "e@f.example"]),
        ("undisclosed-recipients:;", []),
        ("Team: a@b.example, B <b@b.example>;", ["a@b.example", "b@b.example"]),
        ("x (a (nested) comment) <a@B.EXAMPLE>", ["a@b.example"]),
        ("=?utf-8?q?J=C3=B6rg=2C_A?= <j@d.example>", ["j@d.example"]),
        ("'a@b.example' <a@b.example>", ["a@b.example"]),
    ],
)
def test_addresses_are_found_in_malformed_headers(mail, header, expected):
    head = f"From: x@y.example\nTo: {header}\nDate: Mon, 2 Jun 2025 10:00:00 +0200\n"

    row = only(mail(head + "\nbody"))

    assert row["to_refs"] == [f"email:{address.removeprefix('email:')}" for address in expected]


@pytest.mark.parametrize(
    ("charset", "data", "text", "note"),
    [
        ("utf-8", "Grüße".encode(), "Grüße", None),
        ("iso-8859-1", "„Grüße“ 5 €".encode("cp1252"), "„Grüße“ 5 €", None),
        ("us-ascii", "Grüße".encode(), "Grüße", None),
        ("gb2312", "镕基".encode("gbk"), "镕基", None),
        ("x-nonsense", "Grüße".encode(), "Grüße", "x-nonsense: unknown, read as utf-8"),
        ("utf-8", "Grüße".encode("cp1252"), "Grüße", "utf-8: wrong, read as cp1252"),
        ("hex", b"6162", "6162", "hex: unknown"),
        ("punycode", "Grüße".encode(), "Grüße", "punycode: unknown, read as utf-8"),
    ],
)
def test_a_text_is_decoded_whatever_it_claims_to_be(mail, charset, data, text, note):
    head = HEAD + f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n"

    row = only(mail(head.encode() + b"\n" + data))

    assert row["body_text"] == text
    assert said(row).get("notes") == ([note] if note else None)


def test_headers_with_raw_bytes_or_broken_encoding_are_read(mail):
    head = HEAD.encode() + b"Subject: =?utf-8?b?SGVsb?= \xe4\xf6 =?x-y?q?=FC?=\n\nbody"

    assert "äö" in only(mail(head))["subject"]


def test_of_two_versions_of_a_text_the_plain_one_is_read(mail):
    row = only(
        mail(
            HEAD + 'Content-Type: multipart/alternative; boundary="b"\n\n'
            "--b\nContent-Type: text/plain\n\nplain\n"
            "--b\nContent-Type: text/html\n\n<p>rich</p>\n--b--\n"
        )
    )

    assert row["body_text"] == "plain"
    assert row["attachment_count"] == 0


def test_html_alone_becomes_text_with_quotes_marked(mail):
    row = only(
        mail(
            HEAD + "Content-Type: text/html; charset=utf-8\n\n"
            "<style>p{}</style><p>Yes&nbsp;please</p><div>On 1 June 2025 Anna wrote:</div>"
            "<blockquote>Do you<br>want it?</blockquote>"
        )
    )

    assert "\n> Do you\n> want it?" in row["body_text"]
    assert "p{}" not in row["body_text"]
    assert said(row)["reply_text"] == "Yes please"


def test_attachments_are_hashed_and_numbered(mail):
    outcome = mail(
        HEAD + 'Content-Type: multipart/mixed; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nsee file\n"
        "--b\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n"
        "Content-Disposition: attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.pdf\n\nSGVsbG8=\n"
        "--b\nContent-Type: message/rfc822\n\nFrom: a@b.example\n\ninner\n--b--\n"
    )

    pdf, forwarded = outcome.rows["attachment"]
    assert only(outcome)["attachment_count"] == 2
    assert pdf["attachment_id"] == "1@customer.example|1"
    assert pdf["interaction_ref"] == "1@customer.example"
    assert (pdf["file_name"], pdf["mime_type"]) == ("Grüße.pdf", "application/pdf")
    assert (pdf["size_bytes"], pdf["sha256"]) == (5, hashlib.sha256(b"Hello").hexdigest())
    assert forwarded["mime_type"] == "message/rfc822"
    assert only(outcome)["body_text"] == "see file"


def test_flowed_text_gets_its_paragraphs_back(mail):
    head = HEAD + "Content-Type: text/plain; format=flowed\n\n"

    row = only(mail(head + "one \ntwo\n> quoted \n> on\n-- \nsignature"))

    assert row["body_text"] == "one two\n> quoted on\n-- \nsignature"
    assert said(row)["reply_text"] == "one two"


REPORT = (
    "From: Mail Delivery Subsystem <MAILER-DAEMON@nordlicht.example>\n"
    "To: anna@nordlicht.example\nDate: Mon, 2 Jun 2025 10:00:00 +0200\n"
    "Subject: Returned mail\nContent-Type: multipart/report;"
    ' report-type=delivery-status; boundary="b"'
    "\n\n--b\nContent-Type: text/plain\n\nsorry\n--b\nContent-Type: message/delivery-status\n\n"
    "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; jane@customer.example\n"
    "Action: {action}\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 unknown\n\n--b--\n"
)


def test_a_bounce_is_about_the_customer_who_was_not_reached(mail):
    row = only(mail(REPORT.format(action="failed")))

    assert row["interaction_type"] == "bounce"
    assert (row["outcome"], row["disposition"]) == ("bounced", "5.1.1")
    assert row["customer_ref"] == "email:jane@customer.example"
    assert row["is_automated"] is True
    assert said(row)["deliveries"][0]["why"] == "smtp; 550 unknown"


def test_a_delay_is_no_bounce(mail):
    row = only(mail(REPORT.format(action="delayed")))

    assert row["interaction_type"] == "auto_reply"
    assert row["outcome"] is None
    assert row["customer_ref"] == "email:jane@customer.example"


def test_a_bounce_without_a_report_is_known_by_sender_and_subject(mail):
    row = only(
        mail(
            "From: postmaster@isp.example\nTo: anna@nordlicht.example\n"
            "Date: Mon, 2 Jun 2025 10:00:00 +0200\nX-Failed-Recipients: jane@customer.example\n"
            "Subject: Undeliverable: News\n\nsorry"
        )
    )

    assert row["interaction_type"] == "bounce"
    assert row["customer_ref"] == "email:jane@customer.example"


@pytest.mark.parametrize(
    ("header", "kind", "automated"),
    [
        ("Auto-Submitted: auto-replied", "auto_reply", True),
        ("Subject: Abwesenheitsnotiz: Urlaub", "auto_reply", True),
        ("Auto-Submitted: auto-generated", "message", True),
        ("Auto-Submitted: no", "message", False),
        ("List-Unsubscribe: <https://x.example>", "message", True),
        ("Subject: Undeliverable: News", "message", False),
    ],
)
def test_machines_are_told_from_people(mail, header, kind, automated):
    row = only(mail(HEAD + header + "\n\nbody"))

    assert (row["interaction_type"], row["is_automated"]) == (kind, automated)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty_message"),
        ("\n\n", "empty_message"),
        ("just some text\nwithout headers", "not_a_message"),
        ("<html><body>x: y</body></html>", "not_a_message"),
        ("From: a@b.example\n\nbody", "missing_date"),
    ],
)
def test_what_is_no_message_says_so(mail, text, reason):
    assert mail(text).reasons() == {1: reason}


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
        "X: x\n\n" + "1" * 700 + ":\n" + ("2" * 700 + ":\n") * 1_000,
    ],
    ids=lambda head: repr(head[:45]),
)
def test_hostile_headers_and_texts_take_no_more_than_seconds(mail, head):
    start = time.process_time()

    assert mail(HEAD + head + "\n\nbody").read == 1

    assert time.process_time() - start < 8


def test_a_receipt_at_the_end_of_the_calendar_is_survived(mail):
    row = only(mail(HEAD + "Received: by x; Fri, 31 Dec 9999 23:00:00 +0000\n\nbody"))

    assert row["started_at"] == at("2025-06-02 08:00")


def test_nul_bytes_do_not_reach_the_warehouse(mail):
    row = only(mail(HEAD.encode() + b"Subject: a\x00b\n\nbo\x00dy"))

    assert (row["subject"], row["body_text"]) == ("ab", "body")


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
    assert loaded == 137
    assert reasons == {"not_a_message": 38, "missing_date": 23, "empty_message": 3}
    (bounce,) = (outcome for path, outcome in outcomes.items() if path.name == "report_530.eml")
    assert only(bounce)["customer_ref"] == "email:edwin@zzzzzzz.com"


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("client", "expected"),
    [
        *((name, "Hello") for name in ("android", "aol", "apple_mail", "apple_mail_2", "comcast")),
        *((name, "Hello") for name in ("gmail", "hotmail", "thunderbird", "yahoo", "sparrow")),
        ("iphone", "Hello\n\nSent from my iPhone"),
    ],
)
def test_real_clients_quote_in_ways_that_are_recognised(read, real_data, client, expected):
    path = real_data / "email" / "talon" / "standard_replies" / f"{client}.eml"

    assert said(only(read("email", path)))["reply_text"] == expected
