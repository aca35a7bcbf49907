"""What a message says, and who said it to whom."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pytest
from mail_messages import HEAD, only, said

from ingest.sources.email.replies import unquoted
from ingest.sources.email.signatures import without_signature

at = datetime.fromisoformat


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


def test_a_form_of_the_site_is_from_whom_it_says_to_answer(mail):
    form = (
        "From: Site <site@nordlicht.example>\nTo: info@nordlicht.example\n"
        "Date: Mon, 2 Jun 2025 10:00:00 +0000\n"
    )

    row = only(mail(form + 'Reply-To: "Berg, Anna" <anna@customer.example>\n\nA question'))
    colleague = only(mail(form + "Reply-To: a@x.example, ben@nordlicht.example\n\nA question"))
    letter = only(
        mail(form.replace("info@nordlicht", "anna@customer") + "Reply-To: a@y.example\n\nAn answer")
    )

    assert (row["direction"], row["sub_channel"]) == ("inbound", "form")
    assert row["from_ref"] == row["customer_ref"] == "email:anna@customer.example"
    assert said(row)["from_name"] == "Berg, Anna"
    assert said(row)["form_email"] == "site@nordlicht.example"
    assert (colleague["direction"], colleague["customer_ref"]) == ("internal", None)
    assert letter["direction"] == "outbound"


def test_a_list_that_hides_the_sender_still_names_the_customer(mail):
    # Google Groups, where the sender's domain forbids others to send for it
    head = (
        "From: 'Jane Doe' via Support <support@nordlicht.example>\n"
        "To: support@nordlicht.example\nCc: ben@customer.example\n"
        "Reply-To: support@nordlicht.example\nDate: Mon, 2 Jun 2025 10:00:00 +0200\n"
    )

    row = only(mail(head + "X-Original-From: Jane Doe <jane@customer.example>\n\nHelp"))

    assert row["customer_ref"] == row["from_ref"] == "email:jane@customer.example"
    assert (row["direction"], row["sub_channel"]) == ("inbound", None)
    assert said(row)["from_name"] == "Jane Doe"


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


@pytest.mark.parametrize(
    ("headers", "reasons"),
    [
        ("X-Gmail-Labels: Drafts,Important\n", {1: "draft"}),
        ("X-Gmail-Labels: =?UTF-8?Q?Entw=C3=BCrfe?=\n", {1: "draft"}),
        ("X-Unsent: 1\n", {1: "draft"}),
        ("X-Unsent: 1\nReceived: from a by b; Mon, 2 Jun 2025 10:00:09 +0200\n", {}),
        ("X-Gmail-Labels: Sent,Opened\n", {}),
        # stays in what Thunderbird sends
        ("X-Mozilla-Draft-Info: internal/draft; vcard=0\n", {}),
    ],
)
def test_a_draft_in_an_export_was_never_sent(mail, headers, reasons):
    assert mail(HEAD + headers + "\nbody").reasons() == reasons


def test_labels_of_gmail_are_kept(mail):
    row = only(mail(HEAD + "X-Gmail-Labels: Inbox,=?UTF-8?Q?K=C3=BCndigung?=\n\nbody"))

    assert said(row)["gmail_labels"] == ["Inbox", "Kündigung"]


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
        ("Subject: new subject\nReferences: <r@a> <p@a>\nIn-Reply-To: <p@a>\n", "r@a"),
        ("Subject: new topic\nReferences: <r@a>\nIn-Reply-To: <other@a>\n", "other@a"),
        ("Subject: WG: x\nReferences: <r@a> <p@a>\n", "r@a"),
        ("Subject: Re:x\nReferences: <1@customer.example> <r@a>\n", "r@a"),
        ("Subject: Re: x\nIn-Reply-To: <p@a> (your mail of Monday)\n", "p@a"),
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
        ("Mon, 2 Jun 2025 10:00:00 +05:30", "2025-06-02 04:30"),
        ("Mon, 2 Jun 2025 10:00:00 -07", "2025-06-02 17:00"),
        ("Mon, 2 Jun 2025 10:00:00 GMT+3", "2025-06-02 07:00"),
        ("Mon, 2 Jun 2025 10:00:00 UTC -0400", "2025-06-02 14:00"),
        ("Mon, 2 Jun 2025 10:00:00 JST", "2025-06-02 01:00"),
        ("Mon Jun 2 10:00:00 EEST 2025", "2025-06-02 07:00"),
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
        ("A <a@b(comment).  example>", ["a@b.example"]),
        ('"A \\"B\\" <x@y.example>" <a@b.example>', ["a@b.example"]),
        ("Jane :( <a@b.example>, c@d.example", ["a@b.example", "c@d.example"]),
        ('A <"a.b"@c.example>, "a..b"@d.example', ["a.b@c.example", "a..b@d.example"]),
        ('"a b"@c.example', ['"a b"@c.example']),
        ("=?utf-8?B?SsO2cmcgPGpAZC5leGFtcGxlPg==?=", ["j@d.example"]),
        ("=?utf-8?q?x=40y.example?= <j@d.example>", ["j@d.example"]),
        ("a@b.example c@d.example", ["a@b.example", "c@d.example"]),
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
        ("win-1251", "Привет".encode("cp1251"), "Привет", None),
        ("x-cp1250", "Łódź".encode("cp1250"), "Łódź", None),
        ("windows1253", "Γειά".encode("cp1253"), "Γειά", None),
        ("x-mac-cyrillic", "Привет".encode("mac-cyrillic"), "Привет", None),
        ("koi8-ru", "Привет".encode("koi8-u"), "Привет", None),
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


def test_raw_bytes_in_a_name_are_read_as_the_text_is(mail):
    head = (
        "From: Иван <ivan@customer.example>\nDate: Mon, 2 Jun 2025 10:00:00 +0200\nSubject: Счёт\n"
    )
    typed = (
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain; charset={}\n'
    )

    for charset in ("windows-1251", "koi8-r"):
        text = head + typed.format(charset) + "\nПривет\n--b--\n"
        row = only(mail(text.encode(charset)))

        assert (said(row)["from_name"], row["subject"]) == ("Иван", "Счёт")

    # UTF-8 is not mistaken for what the text is in
    row = only(mail(head.encode() + typed.format("koi8-r").encode() + b"\nx\n--b--\n"))
    assert said(row)["from_name"] == "Иван"


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([("html", "<p>Question?</p>"), ("plain", "-- list footer")], "Question?\n-- list footer"),
        ([("plain", "Question?"), ("html", "<p>Question?</p>")], "Question?"),
        ([("html", "<p>one</p>"), ("pdf", ""), ("html", "<p>two</p>")], "one\ntwo"),
        ([("plain", " \n"), ("html", "<p>Question?</p>")], "Question?"),
    ],
)
def test_no_text_is_lost_to_what_a_list_adds_below(mail, parts, text):
    shown = "".join(
        f"--b\nContent-Type: {'application' if kind == 'pdf' else 'text'}/{kind}\n\n{body}\n"
        for kind, body in parts
    )

    row = only(mail(HEAD + f'Content-Type: multipart/mixed; boundary="b"\n\n{shown}--b--\n'))

    assert row["body_text"] == text


def test_html_before_its_plain_version_is_not_read_twice(mail):
    inner = (
        'Content-Type: multipart/alternative; boundary="a"\n\n--a\nContent-Type: text/html\n\n'
        "<p>Question?</p>\n--a\nContent-Type: text/plain\n\nQuestion?\n--a--\n"
    )

    row = only(
        mail(
            HEAD + f'Content-Type: multipart/mixed; boundary="b"\n\n--b\n{inner}'
            "--b\nContent-Type: text/plain\n\nfooter\n--b--\n"
        )
    )

    assert row["body_text"] == "Question?\nfooter"


def test_an_answer_to_an_invitation_is_no_text(mail):
    outcome = mail(HEAD + "Content-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\n")

    assert only(outcome)["body_text"] is None
    assert only(outcome)["attachment_count"] == 1


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


def test_an_invitation_is_an_attachment_beside_the_text(mail):
    event = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nATTENDEE:mailto:ben@x.example\nEND:VCALENDAR\n"
    for kind, text in (("text/plain", "Meet?"), ("text/html", "<p>Meet?</p>")):
        outcome = mail(
            HEAD + 'Content-Type: multipart/alternative; boundary="b"\n\n'
            f"--b\nContent-Type: {kind}\n\n{text}\n"
            "--b\nContent-Type: text/x-amp-html\n\n<html amp4email>Meet?</html>\n"
            f"--b\nContent-Type: text/calendar; method=REQUEST\n\n{event}--b--\n"
        )

        assert only(outcome)["body_text"] == "Meet?"
        (attachment,) = outcome.rows["attachment"]
        assert (attachment["mime_type"], attachment["file_name"]) == ("text/calendar", None)


def test_a_text_of_an_unknown_kind_that_is_the_whole_mail_is_its_text(mail):
    assert only(mail(HEAD + "Content-Type: text/x-note\n\nhello"))["body_text"] == "hello"


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


def test_a_receipt_belongs_to_what_was_read(mail):
    row = only(
        mail(
            HEAD + "Content-Type: multipart/report; report-type=disposition-notification;"
            " boundary=b\n\n--b\n\nread\n--b\nContent-Type: message/disposition-notification\n\n"
            "Final-Recipient: rfc822; jane@customer.example\n"
            "Original-Message-ID: <m3@nordlicht.example>\n"
            "Disposition: manual-action/MDN-sent-manually; displayed\n\n--b--"
        )
    )

    assert said(row)["original_message_id"] == row["conversation_ref"] == "m3@nordlicht.example"


@pytest.mark.parametrize(
    ("header", "kind", "automated"),
    [
        ("Precedence: auto_reply", "auto_reply", True),
        ("X-Autoreply: yes", "auto_reply", True),
        ("Subject: Out of Office: holiday", "auto_reply", True),
        ("Subject: Out of Office: holiday\nAuto-Submitted: no", "message", False),
        ("Subject: Re: Automatic reply: holiday", "message", False),
        ("Subject: Vacation home on your web site", "message", False),
        ("X-Auto-Response-Suppress: All", "message", True),
        (
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=b"
            "\n\n--b\n\nread\n--b\nContent-Type: message/disposition-notification\n\n"
            "Disposition: manual-action/MDN-sent-manually; displayed\n\n--b--",
            "auto_reply",
            True,
        ),
        ("Auto-Submitted: auto-replied", "auto_reply", True),
        ("Subject: Abwesenheitsnotiz: Urlaub", "auto_reply", True),
        ("Auto-Submitted: auto-generated", "message", True),
        # what Exchange writes on behalf of absent people
        (
            "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n"
            "Subject: Automatische Antwort: News",
            "auto_reply",
            True,
        ),
        ("Subject: [EXTERNAL] Automatic reply: News", "auto_reply", True),
        ("X-POST-MessageClass: 9; Autoresponder\nSubject: Gone fishing", "auto_reply", True),
        ("Subject: Automatisk svar: Nyheder", "auto_reply", True),
        ("Subject: Odpowiedź automatyczna: News", "auto_reply", True),
        ("Subject: Automatická odpoveď: News", "auto_reply", True),
        ("Subject: Αυτόματη απάντηση: News", "auto_reply", True),
        ("Subject: Automatski odgovor: News", "auto_reply", True),
        ("Subject: Fuera de la oficina Re: News", "auto_reply", True),
        ("Auto-Submitted: no\nSubject: Automatic reply: who answers?", "message", False),
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
        ("Content-Type: text/plain\n\nbody", "not_a_message"),
        ("From: a@b.example\n\nbody", "missing_date"),
    ],
)
def test_what_is_no_message_says_so(mail, text, reason):
    assert mail(text).reasons() == {1: reason}


def test_a_part_without_a_sender_is_told_from_text_without_headers(mail):
    (reject,) = mail("Content-Type: text/plain\n\nbody").rejected

    assert reject["reason"].endswith("no sender, date or subject: a part of a mail, not a mail")


@pytest.mark.parametrize("name", ["Delivery-date", "Resent-Date"])
def test_the_time_of_delivery_stands_in_for_a_missing_date(mail, name):
    row = only(mail(f"From: a@b.example\n{name}: Mon, 2 Jun 2025 10:00:09 +0200\n\nbody"))

    assert row["started_at"] == at("2025-06-02 08:00:09")


def test_headers_after_a_line_of_mere_punctuation_are_read(mail):
    row = only(mail("To  : A\n__\n  <a@b.example>\nDate  : Mon, 2 Jun 2025 10:00 +0200\n\nx"))

    assert row["to_refs"] == ["email:a@b.example"]
    assert row["body_text"] == "x"


def test_a_multipart_without_boundary_is_the_text_it_holds(mail):
    outcome = mail(HEAD + "Content-Type: multipart/mixed\n\nhello")

    assert only(outcome)["body_text"] == "hello"
    assert "attachment" not in outcome.rows


def test_damaged_base64_is_read_as_far_as_it_goes(mail):
    row = only(mail(HEAD + "Content-Transfer-Encoding: base64\n\nSGVs*bG8gd\n"))

    assert row["body_text"] == "Hello"
    assert said(row)["notes"] == ["base64 is damaged"]


@pytest.mark.parametrize(
    ("text", "reply", "signature"),
    [
        ("Yes.\n\n-- \nJane", "Yes.", "-- \nJane"),
        ("Yes.\n\nBest regards,\nJane\n+49 30 12", "Yes.", "Best regards,\nJane\n+49 30 12"),
        ("Ja.\nMit freundlichen Grüßen\nJ. Doe", "Ja.", "Mit freundlichen Grüßen\nJ. Doe"),
        ("Yes.\n\nJane Doe\nACME Ltd.", "Yes.", "Jane Doe\nACME Ltd."),
        ("Yes.\n\nSent from my iPhone", "Yes.", "Sent from my iPhone"),
        ("STOP\n\nSendt fra min iPhone", "STOP", "Sendt fra min iPhone"),
        ("Sim.\n\nEnviado do meu iPhone", "Sim.", "Enviado do meu iPhone"),
        ("Да.\n\nОтправлено с iPhone", "Да.", "Отправлено с iPhone"),
        ("Yes.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>", "Yes.",
         "Get Outlook for iOS<https://aka.ms/o0ukef>"),
        ("Ja.\n\nOutlook für Android<https://aka.ms/A> beziehen", "Ja.",
         "Outlook für Android<https://aka.ms/A> beziehen"),
        ("Wysłane z magazynu wczoraj", "Wysłane z magazynu wczoraj", None),
        ("Отправлено из Москвы", "Отправлено из Москвы", None),
        ("Hei.\n\nLähetetty iPhonesta", "Hei.", "Lähetetty iPhonesta"),
        ("はい。\n\niPhoneから送信", "はい。", "iPhoneから送信"),
        ("We use Outlook for iOS and it fails", "We use Outlook for iOS and it fails", None),
        ("Thanks,\nit works.", "Thanks,\nit works.", None),
        ("When does it arrive?\nThank you", "When does it arrive?\nThank you", None),
        ("one\ntwo\nthree", "one\ntwo\nthree", None),
        ("Dear Jane,\nyes.", "Dear Jane,\nyes.", None),
    ],
)  # fmt: skip
def test_a_signature_is_told_from_what_was_written(text, reply, signature):
    assert without_signature(text, "Jane Doe", "jane@x.example") == (reply, signature)


@pytest.mark.parametrize(
    "quoted",
    [
        "Od: Shop\nWysłano: poniedziałek, 1 września 2025 09:00\nDo: A <a@x.de>\nTemat: Order",
        "Od: Shop\nOdesláno: pondělí 1. září 2025 9:00\nKomu: A <a@x.de>\nPředmět: Order",
        "Fra: Shop <shop@x.de>\nSendt: 1. september 2025 09:00\nTil: A <a@x.de>\nEmne: Order",
        "Lähettäjä: Shop\nLähetetty: ma 1. syyskuuta 2025 9.00\nVastaanottaja: A\nAihe: Order",
        "Kimden: Shop <shop@x.de>\nGönderildi: 1 Eylül 2025 09:00\nKime: A <a@x.de>\nKonu: Order",
        "差出人: Shop <shop@x.de>\n送信日時: 2025年9月1日 9:00\n宛先: A <a@x.de>\n件名: Order",
        "发件人： Shop <shop@x.de>\n发送时间： 2025年9月1日\n收件人： A <a@x.de>\n主题： Order",
        "发件人: Shop <shop@x.de>\n发送时间: 2025年9月1日 9:00\n收件人: A <a@x.de>\n主题: Order",
        "pon., 1 wrz 2025 o 09:00 Shop <shop@x.de> napisał(a):",
        "W dniu 1.09.2025 o 09:00, Shop pisze:",
        "Wiadomość napisana przez Shop <shop@x.de> w dniu 1 wrz 2025, o godz. 09:00:",
        "Shop <shop@x.de> escreveu no dia segunda, 1/09/2025 à(s) 09:00:",
        "Shop <shop@x.de> 于2025年9月1日周一 09:00写道：",
        "Shop <shop@x.de> 於 2025年9月1日 週一 上午9:00寫道：",
        "Shop <shop@x.de>, 1 Eyl 2025 Pzt, 09:00 tarihinde şunu yazdı:",
        "Shop <shop@x.de> ezt írta (időpont: 2025. szept. 1., H, 9:00):",
        "ma 1.9.2025 klo 9.00 Shop (shop@x.de) kirjoitti:",
        "\u202bבתאריך יום ב׳, 1 בספט׳ 2025 ב-9:00 מאת "
        "\u202aShop\u202c\u200f <\u202ashop@x.de\u202c\u200f>:\u202c",
        "Shop/DE/ACME wrote on 01.09.2025 09:00:12:",
        "Από: Shop <shop@x.de>\nΣτάλθηκε: Δευτέρα 1 Σεπ 2025\nΠρος: A\nΘέμα: Order",
        "Від: Shop <shop@x.de>\nНадіслано: 1 вересня 2025\nКому: A\nТема: Order",
        "Od: Shop <shop@x.de>\nOdoslané: 1. septembra 2025\nKomu: A\nPredmet: Order",
        "Šalje: Shop <shop@x.de>\nPoslano: 1. rujna 2025.\nPrima: A\nPredmet: Order",
        "\u200fמאת: Shop <shop@x.de>\n\u200fנשלח: 1 ספטמבר 2025\n\u200fאל: A\n\u200fנושא: Order",
        "-----Ursprungligt meddelande-----",
        "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐",
        "---- On Mon, 01 Sep 2025 09:00:00 +0200 Shop <shop@x.de> wrote ---",
        "---- Am Mo., 01 Sept. 2025 09:00:00 +0200 Shop <shop@x.de> schrieb ----",
        "-----Original-Nachricht-----\nBetreff: Order\nDatum: 2025-09-01T09:00\nVon: Shop",
        "-------- Messaggio Inoltrato --------\nOggetto: Order\nData: 1 set 2025\nA: anna@x.de",
        "Anfang der weitergeleiteten Nachricht:\n\nVon: Shop\nBetreff: Order\nDatum: 1. Sept.",
        "-----Message d’origine-----",
    ],
)  # fmt: skip
def test_quoted_mails_are_known_in_the_language_of_the_client(quoted):
    below = "\n> Hello\n" if quoted.rstrip("\u202c").endswith((":", "：")) else "\n\nHello\n"

    assert unquoted(f"Agreed.\n\n{quoted}{below}") == "Agreed."
    # one such line alone is what somebody wrote
    assert unquoted("Do: 3 sztuki\nAgreed.") == "Do: 3 sztuki\nAgreed."


def test_a_sentence_that_ends_like_an_introduction_is_what_somebody_wrote():
    text = "On Monday we wrote:\nplease send the keys\n\nThey have not come."

    assert unquoted(text) == text
    assert unquoted("Yes.\n\nOn Monday Anna wrote:\n\n> the keys?") == "Yes."


def test_a_file_name_in_raw_utf_8_is_kept(mail):
    (file,) = mail(
        "From: jane@customer.example\nTo: anna@nordlicht.example\n"
        "Date: Mon, 2 Jun 2025 10:00:00 +0200\nContent-Type: multipart/mixed; boundary=b\n\n"
        '--b\n\nhi\n--b\nContent-Type: application/zip; name="Отчёт.zip"\n'
        'Content-Disposition: attachment; filename="Отчёт.zip"\n\nabc\n--b--\n'
    ).rows["attachment"]

    assert file["file_name"] == "Отчёт.zip"
