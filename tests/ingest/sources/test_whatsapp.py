from __future__ import annotations

import json
import zipfile
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingest.loading.load_source import load_source
from ingest.parsed import UnreadableFile
from ingest.source import Company, Source
from ingest.sources.whatsapp import lines as whatsapp_lines
from ingest.sources.whatsapp.archive import chat_name
from ingest.sources.whatsapp.calls import missed_texts
from ingest.sources.whatsapp.headers import halves
from ingest.sources.whatsapp.media import attached_texts, notice_texts, omitted_texts
from ingest.sources.whatsapp.reading import parse

at = datetime.fromisoformat

IPHONE = """\
\u200e[13.03.23, 14:05:30] Anna Berg: \u200eNachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt.
[13.03.23, 14:05:33] Anna Berg: Hallo
zweite Zeile

vierte: Zeile
\u200e[13.03.23, 14:06:00] Nordlicht Support: \u200e<Anhang: 00000012-PHOTO-2023-03-13-14-06-00.jpg>
[13.03.23, 14:06:00] Nordlicht Support: gleich
[13.03.23, 14:06:00] Nordlicht Support: gleich
\u200e[13.03.23, 14:07:00] Anna Berg: \u200eBild weggelassen
"""
ANDROID = """\
12/31/23, 2:05\u202fPM - Messages and calls are end-to-end encrypted. Tap to learn more.
12/31/23, 2:05\u202fPM - +49 170 1234567: hi
1/1/24, 12:00\u202fAM - Support: IMG-20240101-WA0001.jpg (file attached)
1/1/24, 12:30\u202fPM - Support: <Media omitted>
"""
OURS = ["Nordlicht Support", "Support"]


@pytest.fixture
def parsed(read, tmp_path):
    def parse(text, name="WhatsApp Chat with Anna Berg.txt", agents=OURS, **options):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read("whatsapp", path, agents=agents, **options)

    return parse


def starts(outcome):
    return [row["started_at"] for row in outcome.rows["interaction"]]


def test_an_iphone_chat_is_read_with_its_marks_and_lines(parsed):
    notice, hello, photo, *_, omitted = parsed(IPHONE).rows["interaction"]

    assert (notice["interaction_type"], notice["direction"]) == ("note", "internal")
    assert hello["body_text"] == "Hallo\nzweite Zeile\n\nvierte: Zeile"
    assert (hello["direction"], hello["channel"], hello["sub_channel"]) == (
        "inbound", "chat", "whatsapp",
    )  # fmt: skip
    assert hello["started_at"] == at("2023-03-13 13:05:33")
    assert (photo["direction"], photo["agent_ref"]) == ("outbound", "Nordlicht Support")
    assert photo["to_refs"] == [hello["from_ref"]] == [photo["customer_ref"]]
    assert (photo["attachment_count"], omitted["attachment_count"]) == (1, 1)
    assert json.loads(omitted["attributes"])["media_omitted"] is True


def test_an_android_chat_has_hours_of_half_a_day_and_lines_of_the_system(parsed):
    outcome = parsed(ANDROID)
    system, hello, photo, omitted = outcome.rows["interaction"]

    assert starts(outcome) == [
        at("2023-12-31 13:05"), at("2023-12-31 13:05"), at("2023-12-31 23:00"),
        at("2024-01-01 11:30"),
    ]  # fmt: skip
    assert (system["interaction_type"], system["from_ref"]) == ("note", None)
    assert hello["customer_ref"] == "phone:+49 170 1234567"
    assert photo["attachment_count"] == omitted["attachment_count"] == 1
    assert outcome.rows["attachment"][0]["file_name"] == "IMG-20240101-WA0001.jpg"


def test_a_file_left_out_is_known_in_every_language_of_the_list(parsed):
    texts = omitted_texts()["text"].to_list()
    lines = [f"13/12/2023, 14:05 - Anna: <{text.capitalize()}>" for text in texts]
    lines += [
        "13/12/2023, 14:05 - Anna: \u200egörüntü dahil edilmedi",
        "13/12/2023, 14:05 - Anna: < Média vynechána >",
        "13/12/2023, 14:05 - Anna: my <Media omitted> says nothing",
        "13/12/2023, 14:06 - Support: ok",
    ]

    rows = parsed("\n".join(lines) + "\n").rows["interaction"]

    assert [row["attachment_count"] for row in rows] == [1] * (len(texts) + 2) + [0, 0]
    assert {"ko", "ja", "zh", "tr", "pl", "ru"} <= set(omitted_texts()["language"])


def test_a_document_with_a_name_that_people_gave_is_a_file_in_every_language_of_the_list(parsed):
    texts = attached_texts()["text"].to_list()
    lines = [f"13/12/2023, 14:05 - Anna: Plan 2 (neu).pdf ({text})" for text in texts]
    lines += [
        "13/12/2023, 14:05 - Anna: Berg.vcf (file attached)",
        "my card",
        "13/12/2023, 14:05 - Anna: see plan.pdf (page twelve)",
        "13/12/2023, 14:05 - Anna: plan.pdf (file attached) is wrong",
        "13/12/2023, 14:06 - Support: ok",
    ]

    outcome = parsed("\n".join(lines) + "\n")

    rows = outcome.rows["interaction"]
    assert [row["attachment_count"] for row in rows] == [1] * (len(texts) + 1) + [0] * 3
    files = [row["file_name"] for row in outcome.rows["attachment"]]
    assert files == ["Plan 2 (neu).pdf"] * len(texts) + ["Berg.vcf"]
    assert rows[len(texts)]["body_text"] == "Berg.vcf (file attached)\nmy card"
    assert {"de", "en", "es", "fr", "it", "nl", "pt"} <= set(attached_texts()["language"])


def test_senders_are_contacts_or_agents_known_since_they_wrote(parsed):
    outcome = parsed(IPHONE)

    (contact,) = outcome.rows["contact"]
    assert (contact["first_name"], contact["last_name"]) == ("Anna", "Berg")
    assert contact["recorded_at"] == at("2023-03-13 13:05:33")
    assert outcome.rows["interaction"][1]["from_ref"] == f"contact:{contact['contact_id']}"
    assert outcome.rows["agent"][0]["name"] == "Nordlicht Support"
    assert parsed(ANDROID).rows["contact"][0]["phone"] == "+49 170 1234567"


def test_the_same_message_has_the_same_id_in_every_export(parsed):
    whole = {row["interaction_id"] for row in parsed(IPHONE).rows["interaction"]}
    later = parsed(
        "".join(IPHONE.splitlines(keepends=True)[1:]), "WhatsApp Chat with Anna Berg (1).txt"
    )

    assert len(whole) == 6
    assert {row["interaction_id"] for row in later.rows["interaction"]} < whole


@pytest.mark.parametrize("mark", ["~ ", "~\u202f", "~\u00a0"])
def test_the_mark_of_a_name_that_is_not_in_the_address_book_is_no_part_of_it(parsed, mark):
    (contact,) = parsed(f"13.03.23, 14:05 - {mark}Anna Berg: hi\n").rows["contact"]

    assert (contact["first_name"], contact["last_name"]) == ("Anna", "Berg")


def test_an_anna_of_another_chat_is_somebody_else(parsed):
    one, other = (parsed(IPHONE, f"{chat}.txt").rows["contact"][0] for chat in ("A", "B"))

    assert one["contact_id"] != other["contact_id"]


@pytest.mark.parametrize(
    ("header", "moment"),
    [
        ("[12.03.23, 14:05:33] ", "2023-03-12 14:05:33"),
        ("[13/03/2023, 14:05:33] ", "2023-03-13 14:05:33"),
        ("13/03/2023, 2:05 pm - ", "2023-03-13 14:05"),
        ("13/03/2023, 2:05\u202fp.\u00a0m. - ", "2023-03-13 14:05"),
        ("13.03.23, 14:05 - ", "2023-03-13 14:05"),
        ("13.03.23 г., 14:05 ч. - ", "2023-03-13 14:05"),
        ("2023-03-13, 14:05 - ", "2023-03-13 14:05"),
        ("2023-03-13, 14 h 05 - ", "2023-03-13 14:05"),
        ("[2023-03-13, 14 h 05 min 33 s] ", "2023-03-13 14:05:33"),
        ("13/3/2023, 14:05 น. - ", "2023-03-13 14:05"),
        ("13. 3. 2023, 2:05 pop. - ", "2023-03-13 14:05"),
        ("[13.03.2023, 2:05:33 ÖS] ", "2023-03-13 14:05:33"),
        ("13/3/2023, 2:05 CH - ", "2023-03-13 14:05"),
        ("13.3.2023., 2:05 po\u202fpodne - ", "2023-03-13 14:05"),
        ("2023/3/13, 2:05 ق.ظ. - ", "2023-03-13 02:05"),
        ("2023-03-13, 12:05 fm - ", "2023-03-13 00:05"),
        ("[2023-03-12, 2:05:33 PM] ", "2023-03-12 14:05:33"),
        ("[2023/3/13 下午2:05:33] ", "2023-03-13 14:05:33"),
        ("2023. 3. 13. 오전 2:05 - ", "2023-03-13 02:05"),
        ("2023. 3. 13. 오후 2:05, ", "2023-03-13 14:05"),
        ("2023년 3월 12일 오후 2:05, ", "2023-03-12 14:05"),
        ("2023년 3월 12일 오전 12:05 - ", "2023-03-12 00:05"),
        ("[2023. 3. 12. 오후 12:05:33] ", "2023-03-12 12:05:33"),
        ("[2023/03/12 14:05:33] ", "2023-03-12 14:05:33"),
        ("2023/03/12 14:05 - ", "2023-03-12 14:05"),
        ("2023年3月12日 14:05 - ", "2023-03-12 14:05"),
        ("[2023年3月12日 午後2:05:33] ", "2023-03-12 14:05:33"),
        ("2023年3月12日下午2:05 - ", "2023-03-12 14:05"),
        ("[2023/3/12, 晚上8:05:33] ", "2023-03-12 20:05:33"),
        ("[2023/3/12 中午12:05:33] ", "2023-03-12 12:05:33"),
        ("2023/3/12 凌晨12:05 - ", "2023-03-12 00:05"),
        ("[13.3.2023 klo 14.05.33] ", "2023-03-13 14:05:33"),
        ("13/03/2023 14:05 - ", "2023-03-13 14:05"),
        ("13-03-2023 14:05 - ", "2023-03-13 14:05"),
        ("3/13/23, 12:05 AM - ", "2023-03-13 00:05"),
        ("13\u200f/3\u200f/2023, 2:05 م - ", "2023-03-13 14:05"),
        ("\u200f[13\u200f/3\u200f/2023، 2:05:07 ص] ", "2023-03-13 02:05:07"),
        ("\ufeff\u200e[3/13/23, 12:05:00\u202fPM] ", "2023-03-13 12:05"),
        ("[14:05:33, 13/3/2023] ", "2023-03-13 14:05:33"),
        ("\u200e[14:05:33, 3/13/23] ", "2023-03-13 14:05:33"),
        ("14:05, 13/03/2023 - ", "2023-03-13 14:05"),
        ("3/13/23, 2:05:33 PM: ", "2023-03-13 14:05:33"),
        ("[3/13/2566 BE, 14:05:33] ", "2023-03-13 14:05:33"),
        ("[13/3/2566 14:05:33] ", "2023-03-13 14:05:33"),
        ("13/3/66 14:05 - ", "2023-03-13 14:05"),
    ],
)
def test_dates_are_read_as_phones_of_many_countries_write_them(parsed, header, moment):
    outcome = parsed(f"{header}Anna: hi\n{header}Support: ho\n")

    # in March before the clocks change, Berlin is an hour ahead of UTC
    assert starts(outcome) == [at(moment) - timedelta(hours=1)] * 2
    assert outcome.rows["interaction"][0]["body_text"] == "hi"


def test_a_leap_day_by_the_buddhist_calendar_is_one(parsed):
    assert starts(parsed("29/2/67 14:05 - Anna: hi\n")) == [at("2024-02-29 13:05")]


def test_a_time_before_a_date_begins_a_message_where_the_phone_writes_it_so(parsed):
    first, second = parsed(
        "13/03/2023, 14:05 - Anna: meet me\n14:05, 14/03/2023 - Bo: at noon\n"
        "13/03/2023, 14:06 - Anna: ?\n"
    ).rows["interaction"]

    assert first["body_text"] == "meet me\n14:05, 14/03/2023 - Bo: at noon"
    assert second["body_text"] == "?"


def test_what_the_app_tells_under_a_name_is_no_message_of_theirs_in_any_language(parsed):
    texts = list(notice_texts()["text"])
    lines = "".join(f"[13.03.23, 14:05:33] Anna: \u200eX {text} Y\n" for text in texts)

    *told, typed = parsed(f"{lines}[13.03.23, 14:06:00] Anna: end-to-end encrypted?\n").rows[
        "interaction"
    ]

    assert len(texts) > 60
    assert {(row["interaction_type"], row["from_ref"]) for row in told} == {("note", None)}
    assert (typed["interaction_type"], typed["direction"]) == ("message", "inbound")


def test_a_call_that_nobody_took_is_the_callers_in_any_language(parsed):
    texts = list(missed_texts()["text"])
    lines = "".join(f"[13.03.23, 14:05:33] Anna: \u200e{text.capitalize()}\n" for text in texts)
    chat = f"{lines}[13.03.23, 14:06:00] Support: ok\n[13.03.23, 14:06:01] Anna: Hi\n"

    *calls, answer, typed = parsed(chat).rows["interaction"]

    assert len(calls) == len(texts) > 60
    told = ("interaction_type", "channel", "direction", "outcome", "body_text", "duration_s")
    assert {tuple(row[name] for name in told) for row in calls} == {
        ("call", "phone", "inbound", "no_answer", None, None)
    }
    assert {row["from_ref"] for row in calls} == {typed["from_ref"]} == {answer["customer_ref"]}
    assert [row["disposition"] for row in calls] == [text.capitalize() for text in texts]
    assert len({row["interaction_id"] for row in calls}) == len(texts)


@pytest.mark.parametrize(
    ("sender", "text", "told"),
    [
        ("Anna", "\u200eMissed video call, \u200eTap to call back",
         ("call", "inbound", "no_answer", None)),
        ("Anna", "\u200eChiamata vocale persa. \u200eTocca per richiamare",
         ("call", "inbound", "no_answer", None)),
        ("Support", "\u200eVoice call, \u200eNo answer", ("call", "outbound", "no_answer", None)),
        ("Support", "\u200eVoice call, \u200e4 min", ("call", "outbound", "answered", 240)),
        ("Anna", "\u200eVideo call, \u200e1 hr 5 min", ("call", "inbound", "answered", 3900)),
        ("Anna", "\u200eVideo call, \u200e25 sec", ("call", "inbound", "answered", 25)),
        ("Anna", "\u200eVoice call", ("call", "inbound", None, None)),
        ("Anna", "\u200eVoice call, \u200eAnswered on other device",
         ("call", "inbound", None, None)),
        # typed by somebody, or something else
        ("Anna", "Missed voice call", ("message", "inbound", None, None)),
        ("Anna", "Voice call, 4 min", ("message", "inbound", None, None)),
        ("Anna", "\u200eMissed voice calls are bad", ("message", "inbound", None, None)),
        ("Anna", "\u200eMissed voice call" + " \u200e," * 30_000 + "\nx",
         ("message", "inbound", None, None)),
    ],
)  # fmt: skip
def test_a_call_says_who_called_and_how_it_ended(parsed, sender, text, told):
    chat = f"[13.03.23, 14:05:32] Anna: Hi\n[13.03.23, 14:05:33] {sender}: {text}\n"

    _, row = parsed(chat).rows["interaction"]

    assert (
        tuple(row[name] for name in ("interaction_type", "direction", "outcome", "duration_s"))
        == told
    )
    assert (row["agent_ref"] == "Support") is (sender == "Support")
    assert row["customer_ref"] is not None
    assert (row["body_text"] is None) is (told[0] == "call")


def test_a_group_is_nobody_though_iphones_write_notices_under_its_name(parsed):
    group = (
        "[12.3.2022 klo 14.08.18] Space Rocket: \u200eViestit ja puhelut ovat täysin salattuja.\n"
        "[12.3.2022 klo 14.08.19] Space Rocket: \u200eOlet nyt ylläpitäjä\n"
        "[12.3.2022 klo 14.08.20] Anna: hei\n"
        "[13.3.2022 klo 14.08.21] Support: hei\n"
    )
    outcome = parsed(group, "WhatsApp Chat - Space Rocket.txt")

    assert [row["first_name"] for row in outcome.rows["contact"]] == ["Anna"]
    assert [row["direction"] for row in outcome.rows["interaction"]] == [
        "internal", "internal", "inbound", "outbound",
    ]  # fmt: skip
    assert outcome.rows["interaction"][3]["customer_ref"] is not None
    # of a customer who sends pictures alone it is not the name of the chat
    sent = parsed(group.replace("Olet nyt ylläpitäjä", "<liite: 00000007-PHOTO-2022.jpg>"))
    assert len(sent.rows["contact"]) == 2


def test_a_korean_sender_stands_apart_from_the_colon(parsed):
    outcome = parsed(
        "2023년 1월 5일 오후 3:04, 김지민 : 안녕하세요\n"
        "2023년 1월 6일 우리\n"
        "2023년 1월 5일 오후 3:05, Support : 네, 오후 4:00, 그때 : 봐요\n"
        "2023년 1월 5일 오후 3:06, Support님이 나갔습니다.\n"
    )
    hello, answer, left = outcome.rows["interaction"]

    assert hello["body_text"] == "안녕하세요\n2023년 1월 6일 우리"
    assert outcome.rows["contact"][0]["first_name"] == "김지민"
    assert (answer["direction"], answer["body_text"]) == ("outbound", "네, 오후 4:00, 그때 : 봐요")
    assert (left["interaction_type"], left["from_ref"]) == ("note", None)


def test_a_comma_after_a_time_begins_a_message_in_korean_only(parsed):
    first, second = parsed(
        "[2023/3/12 14:05:33] Anna: hi\n2023/3/12 14:05, Bo : hi\n[2023/3/12 14:06:33] Anna: ho\n"
    ).rows["interaction"]

    assert first["body_text"] == "hi\n2023/3/12 14:05, Bo : hi"
    assert second["body_text"] == "ho"


def test_the_order_of_the_chat_proves_which_number_is_the_day(parsed):
    months_first = "1/2/23, 10:00 - Anna: a\n1/3/23, 10:00 - Anna: b\n2/1/23, 10:00 - Anna: c\n"
    days_first = (
        "01/02/2023, 10:00 - Anna: a\n02/02/2023, 10:00 - Anna: b\n01/03/2023, 10:00 - Anna: c\n"
    )

    assert starts(parsed(months_first))[2] == at("2023-02-01 09:00")
    assert starts(parsed(days_first))[2] == at("2023-03-01 09:00")


def test_messages_of_the_afternoon_are_no_part_of_those_of_the_morning(parsed):
    # Slovenian shares its word for the morning with Czech, not that for the afternoon
    outcome = parsed("13. 3. 2023, 9:05 dop. - Anna: a\n13. 3. 2023, 2:05 pop. - Bob: b\n")

    assert [row["body_text"] for row in outcome.rows["interaction"]] == ["a", "b"]


def test_no_word_means_both_halves_of_a_day():
    of = {half: set(words["text"]) for (half,), words in halves().group_by("half")}

    assert of.keys() == {"am", "pm"}
    assert not of["am"] & of["pm"]


@pytest.mark.parametrize("day", ["05/03/2023", "05/03/23", "10-11-12"])
def test_a_chat_that_proves_no_order_is_refused_with_the_option(parsed, day):
    with pytest.raises(UnreadableFile, match=r"options\.date_order"):
        parsed(f"{day}, 10:00 - Anna: a\n")


def test_the_option_says_what_the_chat_does_not_prove(parsed):
    text = "05/03/2023, 10:00 - Anna: a\n"

    assert starts(parsed(text, date_order="dmy")) == [at("2023-03-05 09:00")]
    assert starts(parsed(text, date_order="mdy")) == [at("2023-05-03 08:00")]


def test_an_option_that_the_chat_refutes_is_refused(parsed):
    with pytest.raises(UnreadableFile, match="most dates of the chat are none in it"):
        parsed("31/03/2023, 10:00 - Anna: a\n", date_order="mdy")


def test_dates_that_contradict_each_other_need_the_option(parsed):
    text = "31/03/2023, 10:00 - Anna: a\n04/13/2023, 10:00 - Anna: b\n01/04/2023, 1:00 - Anna: c\n"

    with pytest.raises(UnreadableFile, match="others the month"):
        parsed(text)
    assert parsed(text, date_order="dmy").reasons() == {2: "missing_date"}


@pytest.mark.parametrize("sign", [".", "-"])
def test_months_before_days_need_the_option_where_no_country_writes_them_so(parsed, sign):
    text = "05/10/2023, 10:00 - Anna: a\n05/13/2023, 10:00 - Anna: b\n".replace("/", sign)

    with pytest.raises(UnreadableFile, match=r"options\.date_order"):
        parsed(text)
    assert starts(parsed(text, date_order="mdy")) == [
        at("2023-05-10 08:00"),
        at("2023-05-13 08:00"),
    ]


def test_without_the_names_of_our_side_the_chat_is_refused(parsed):
    with pytest.raises(UnreadableFile, match=r"options\.agents"):
        parsed(IPHONE, agents=None)


def test_a_chat_in_which_nobody_of_ours_wrote_says_so(read, tmp_path):
    (tmp_path / "c.txt").write_text(IPHONE)
    source = Source(name="w", format="whatsapp", path="*", namespace="w", company=Company(),
                    options={"agents": ["Bob"]})  # fmt: skip
    chunks = list(parse(tmp_path / "c.txt", source))

    assert "none of options.agents (Bob)" in chunks[0].notes[0]


def test_a_pasted_header_of_another_phone_is_part_of_the_message(parsed):
    text = (
        "13.03.23, 14:05 - Anna: look\n[12/31/23, 1:00:00 PM] Bob: old\n13.03.23, 14:06 - Anna: ?\n"
    )
    first, _ = parsed(text).rows["interaction"]

    assert first["body_text"] == "look\n[12/31/23, 1:00:00 PM] Bob: old"


def test_what_cannot_be_a_message_is_rejected_with_a_reason(parsed):
    text = (
        b"exported by me\n13.03.23, 14:05 - Anna: ok\n13.03.23, 25:05 - Anna: late\n"
        b"31.02.23, 14:05 - Anna: never\n13.03.23, 14:05 - Anna: \xff\xfe\n"
        b"13.03.23, 14:06 - Anna: " + b"a" * 1_000_001 + b"\nrest\n14.03.23, 1:00 - Anna: x\n"
    )
    outcome = parsed(text)

    assert outcome.reasons() == {
        1: "no_header", 3: "missing_date", 4: "missing_date", 5: "not_utf8", 6: "unreadable_line",
    }  # fmt: skip
    assert [row["position"] for row in outcome.rows["interaction"]] == [2, 7]


def test_a_text_that_is_no_chat_is_refused(parsed):
    with pytest.raises(UnreadableFile, match="no line of"):
        parsed("Dear all,\n10:00 - nothing\n")


def test_a_chat_cut_into_blocks_is_read_as_one(parsed, monkeypatch):
    text = "".join(
        f"13.03.23, 14:{minute // 4:02d} - {who}: same words\nand a second line {minute % 3}\n"
        for minute in range(60)
        for who in ("Anna", "Support")
    )
    whole = parsed(text)
    monkeypatch.setattr(whatsapp_lines, "CHUNK_MESSAGES", 7)
    monkeypatch.setattr("ingest.sources.line_bodies.BLOCK_BYTES", 1_500)
    cut = parsed(text)

    assert cut.read == whole.read == 120
    assert cut.rows == whole.rows
    assert len({row["interaction_id"] for row in cut.rows["interaction"]}) == 120


def zipped(folder, entries, name="WhatsApp Chat - Anna Berg.zip"):
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in entries.items():
            archive.writestr(entry, content)
    return folder / name


def test_a_zip_is_read_with_the_sizes_of_its_media(read, tmp_path, parsed):
    photo = "00000012-PHOTO-2023-03-13-14-06-00.jpg"
    path = zipped(tmp_path, {"_chat.txt": IPHONE, photo: b"12345", "list.txt": "a list"})
    outcome = read("whatsapp", path, agents=OURS)

    assert outcome.rows["interaction"] == parsed(IPHONE).rows["interaction"]
    assert outcome.rows["attachment"][0]["size_bytes"] == 5


def test_a_text_that_somebody_sent_is_not_the_chat_in_any_language(read, tmp_path):
    name = "Чат WhatsApp с контактом Анна"
    archive = zipped(
        tmp_path, {"notes.txt": "Dear all", f"{name}.txt": ANDROID}, name=f"{name} (1).zip"
    )

    assert len(read("whatsapp", archive, agents=OURS).rows["interaction"]) == 4


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ({"_chat.txt": IPHONE, "../../x.jpg": b""}, "leads out of it"),
        ({"/etc/_chat.txt": IPHONE}, "leads out of it"),
        ({"..\\_chat.txt": IPHONE}, "leads out of it"),
        ({"a.jpg": b""}, "it holds none"),
        ({"a.txt": IPHONE, "b.txt": IPHONE}, "it holds a.txt, b.txt"),
        ({"_chat.txt": b"0" * 10_000_000}, "packed 200 times"),
    ],
)
def test_an_archive_that_is_no_chat_is_refused(read, tmp_path, entries, reason):
    with pytest.raises(UnreadableFile, match=reason):
        read("whatsapp", zipped(tmp_path, entries), agents=OURS)


def test_an_archive_larger_than_the_limit_is_refused(read, tmp_path):
    path = zipped(tmp_path, {"_chat.txt": IPHONE})

    with pytest.raises(UnreadableFile, match="more than 100 bytes unpacked"):
        read("whatsapp", path, agents=OURS, max_bytes=100)


def test_a_damaged_archive_is_refused(read, tmp_path):
    path = zipped(tmp_path, {"_chat.txt": IPHONE * 50})
    path.write_bytes(path.read_bytes()[:-30])

    with pytest.raises(UnreadableFile, match="damaged or no zip"):
        read("whatsapp", path, agents=OURS)


def test_the_loader_takes_every_row_once(warehouse, landing, put):
    put("a/WhatsApp Chat with Anna Berg.txt", IPHONE)
    put("b/WhatsApp Chat with Anna Berg.txt", IPHONE + "[14.03.23, 9:00:00] Anna Berg: later\n")
    source = Source(name="chats", format="whatsapp", path="**/*.txt", namespace="wa",
                    options={"agents": OURS}, company=Company())  # fmt: skip
    result = load_source(warehouse, source, landing)

    assert (result.status, result.rows_quarantined) == ("loaded", 0)
    count = "select count(*), count(distinct record_key) from raw."
    assert warehouse.execute(count + "interaction").fetchone() == (7, 7)
    assert warehouse.execute(count + "contact").fetchone() == (1, 1)
    assert warehouse.execute(count + "attachment").fetchone() == (1, 1)


def test_a_chat_is_named_by_its_file(tmp_path):
    names = ["WhatsApp Chat with Anna Berg.txt", "WhatsApp Chat - Anna Berg.zip",
             "WhatsApp-Chat mit Anna Berg (2).zip", "Anna Berg/_chat.txt",
             "Chat de WhatsApp con Anna Berg.txt.gz"]  # fmt: skip

    assert {chat_name(tmp_path / name) for name in names} == {"Anna Berg"}


PIECES = st.sampled_from([
    "13.03.23, 14:05 - ", "[13.03.23, 14:05:33] ", "1/2/23, 1:00 PM - ", "Anna: ", "\u200e", "\n",
    "\r\n", "\n\n", "<Anhang: a.jpg>", "99/99/99, 99:99 - ", "2023-03-12, 1:00 - ", ":", "\x00",
    "Support: \u200e", "image omitted", "\u202f", "+49 170 1234567: ",
    "IMG-20230101-WA0001.jpg (x)",
])  # fmt: skip


@settings(
    max_examples=15, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(
    st.lists(PIECES | st.text(max_size=4), max_size=25).map("".join),
    st.sampled_from([None, "dmy", "mdy"]),
)
@example("", None)
def test_whatever_a_chat_holds_each_message_comes_out(read, tmp_path, text, order):
    options = {} if order is None else {"date_order": order}
    (tmp_path / "c.txt").write_bytes(text.encode("utf-8", "surrogatepass"))

    with suppress(UnreadableFile):
        read("whatsapp", tmp_path / "c.txt", agents=OURS, **options)


@settings(
    max_examples=5, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(st.binary(max_size=60), st.integers(0, 400))
def test_a_damaged_chat_or_archive_gives_rows_or_reasons(read, tmp_path, noise, place):
    path = zipped(tmp_path, {"_chat.txt": IPHONE})
    data = path.read_bytes()
    path.write_bytes(data[:place] + noise + data[place + len(noise) :])
    (tmp_path / "c.txt").write_bytes(IPHONE.encode()[:place] + noise + IPHONE.encode()[place:])

    for name in (path.name, "c.txt"):
        with suppress(UnreadableFile):
            read("whatsapp", tmp_path / name, agents=OURS)
