"""Mail that reached the company through a service: a group, a calendar, a form, a journal."""

from __future__ import annotations

import pytest
from mail_messages import HEAD, only, said

GROUP = (
    "Precedence: list\nMailing-list: list support@nordlicht.example\n"
    "List-ID: <support.nordlicht.example>\n"
    "List-Unsubscribe: <mailto:googlegroups-manage+1+unsubscribe@googlegroups.com>\n"
)


@pytest.mark.parametrize(
    ("head", "automated"),
    [
        (HEAD, False),
        (HEAD + "Feedback-ID: 1:campaign:esp\n", True),
        (HEAD.replace("jane@customer", "anna@nordlicht") + "In-Reply-To: <q@x.example>\n", False),
        # our newsletter is a list of ours, too
        (HEAD.replace("jane@customer", "anna@nordlicht"), True),
    ],
)
def test_who_writes_to_a_shared_inbox_is_no_machine(mail, head, automated):
    assert only(mail(f"{head}{GROUP}\nWhere is my order?"))["is_automated"] is automated


def test_the_list_of_somebody_else_is_a_machine(mail):
    theirs = GROUP.replace("nordlicht.example", "customer.example")

    assert only(mail(f"{HEAD}{theirs}\nNews"))["is_automated"] is True


@pytest.mark.parametrize(
    ("sender", "text", "kind"),
    [
        ("", "", "auto_reply"),
        ("", "Can we meet an hour later?", "message"),
        (
            "Sender: Google Calendar <calendar-notification@google.com>\n",
            "jane@customer.example has accepted this invitation.",
            "auto_reply",
        ),
    ],
)
def test_nobody_owes_an_answer_to_who_only_accepts_an_invitation(mail, sender, text, kind):
    calendar = "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n"
    parts = (
        f"Content-Type: multipart/alternative; boundary=b\n\n--b\n\n{text}\n"
        f"--b\nContent-Type: text/calendar; method=REPLY\n\n{calendar}--b--"
    )

    assert only(mail(HEAD + sender + parts))["interaction_type"] == kind


@pytest.mark.parametrize(
    ("head", "customer", "form"),
    [
        ("From: Shop (Shopify) <mailer@shopify.com>", "max@mail.example", "mailer@shopify.com"),
        ("From: Jotform <noreply@jotform.com>", "max@mail.example", "noreply@jotform.com"),
        (
            "From: Shop <noreply@shop.example>\nList-Unsubscribe: <https://shop.example/>",
            "noreply@shop.example",
            None,
        ),
        ("From: Shop <noreply@mail.mail.example>", "noreply@mail.mail.example", None),
        ("From: Jane <jane@customer.example>", "jane@customer.example", None),
    ],
)
def test_a_form_that_others_host_is_from_whom_it_says_to_answer(mail, head, customer, form):
    date = "Date: Mon, 2 Jun 2025 10:00:00 +0000"

    row = only(
        mail(f"{head}\nTo: info@nordlicht.example\nReply-To: Max <max@mail.example>\n{date}\n\nHi")
    )

    assert row["customer_ref"] == row["from_ref"] == f"email:{customer}"
    assert said(row).get("form_email") == form
    assert row["sub_channel"] == (form and "form")


def test_our_own_letter_from_an_address_that_takes_no_answers_stays_ours(mail):
    head = HEAD.replace("jane@customer", "noreply@nordlicht").replace("support@", "info@")

    row = only(mail(f"{head}Cc: jane@customer.example\nReply-To: max@mail.example\n\nHi"))

    assert (row["direction"], row["customer_ref"]) == ("outbound", "email:jane@customer.example")


def test_of_a_journal_the_message_is_read_that_it_keeps(mail):
    kept = HEAD + "\nWhere is my order?"

    row = only(
        mail(
            "From: <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@nordlicht.example>\n"
            "To: journal@nordlicht.example\nDate: Mon, 2 Jun 2025 10:00:05 +0200\n"
            "X-MS-Journal-Report:\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"
            "Sender: jane@customer.example\n--b\nContent-Type: message/rfc822\n\n"
            f"{kept}\n--b--"
        )
    )

    assert row["interaction_id"] == "1@customer.example"
    assert (row["direction"], row["body_text"]) == ("inbound", "Where is my order?")
    assert row["customer_ref"] == "email:jane@customer.example"


@pytest.mark.parametrize(
    ("begin", "advice"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .eml"),
        (b"!BDN", "readpst"),
        (b"PK\x03\x04", "unpack it"),
    ],
)
def test_what_keeps_mail_in_another_form_says_what_to_do(read, tmp_path, begin, advice):
    path = tmp_path / "mail.bin"
    path.write_bytes(begin + bytes(600))

    (reject,) = read("email", path).rejected

    assert reject["reason_code"] == "not_a_message"
    assert advice in reject["reason"]
