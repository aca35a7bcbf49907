from __future__ import annotations

import json
from datetime import datetime

import pytest

at = datetime.fromisoformat


@pytest.fixture
def acme(read, fixtures):
    path = fixtures / "slack" / "ext-acme" / "2025-06-02.json"
    return read("slack", path, customer_channels="^ext-")


def by_position(outcome):
    return {row["position"]: row for row in outcome.rows["interaction"]}


def test_a_customer_in_a_shared_channel_writes_to_us(acme):
    message = by_position(acme)[1]

    assert message["interaction_id"] == "ext-acme|1748850000.000200"
    assert (message["channel"], message["sub_channel"]) == ("chat", "slack")
    assert message["direction"] == "inbound"
    assert message["customer_ref"] == "email:jane@customer.example"
    assert message["started_at"] == at("2025-06-02 07:40:00.000200")
    assert message["body_text"] == (
        "Is the shop (https://shop.nordlicht.example) down, @Anna Berg? 1 < 2"
    )


def test_an_answer_in_a_thread_belongs_to_who_asked(acme):
    answer = by_position(acme)[2]

    assert answer["conversation_ref"] == by_position(acme)[1]["conversation_ref"]
    assert answer["direction"] == "outbound"
    assert answer["agent_ref"] == "U1"
    assert answer["customer_ref"] == "email:jane@customer.example"
    assert answer["recorded_at"] == at("2025-06-02 07:40:20")
    assert answer["body_text"] == "No & yes"


def test_an_answer_that_is_sent_to_the_channel_too_belongs_to_who_asked(read, fixtures, tmp_path):
    folder = tmp_path / "ext-acme"
    folder.mkdir()
    (tmp_path / "users.json").write_bytes((fixtures / "slack" / "users.json").read_bytes())
    day = fixtures / "slack" / "ext-acme" / "2025-06-02.json"
    question = json.loads(day.read_text())[0]
    answer = {
        "type": "message", "subtype": "thread_broadcast", "user": "U1", "text": "Yes",
        "ts": "1748850900.000100", "thread_ts": question["ts"], "root": question,
    }  # fmt: skip
    (folder / "2025-06-03.json").write_text(json.dumps([answer]))

    outcome = read("slack", folder / "2025-06-03.json", customer_channels="^ext-")

    (row,) = outcome.rows["interaction"]
    assert (row["direction"], row["customer_ref"]) == ("outbound", "email:jane@customer.example")


def test_notices_of_the_system_are_notes_between_colleagues(acme):
    joined = by_position(acme)[3]

    assert (joined["interaction_type"], joined["direction"]) == ("note", "internal")
    assert joined["is_automated"] is True


def test_a_bot_is_a_machine_on_our_side(acme):
    deployed = by_position(acme)[4]

    assert deployed["is_automated"] is True
    assert deployed["direction"] == "outbound"
    assert deployed["agent_ref"] is None


def test_a_stranger_in_a_shared_channel_is_a_contact_known_by_id(acme):
    stranger = by_position(acme)[5]
    (file,) = acme.rows["attachment"]

    assert stranger["direction"] == "inbound"
    assert stranger["customer_ref"] == "contact:U9"
    assert stranger["attachment_count"] == 1
    assert file["interaction_ref"] == stranger["interaction_id"]
    assert (file["file_name"], file["size_bytes"]) == ("photo.jpg", 12)


def test_a_deleted_message_is_marked_as_deleted(acme):
    assert by_position(acme)[6]["is_deleted"] is True
    assert by_position(acme)[5]["is_deleted"] is False


def test_a_message_without_time_is_rejected(acme):
    assert acme.reasons() == {7: "missing_date"}


def test_in_other_channels_colleagues_are_among_themselves(read, fixtures):
    path = fixtures / "slack" / "general" / "2025-06-02.json"
    rows = by_position(read("slack", path, customer_channels="^ext-"))

    assert [rows[position]["direction"] for position in (1, 2, 3)] == [
        "internal",
        "inbound",
        "internal",
    ]
    assert rows[3]["agent_ref"] == "U9"


def test_members_are_colleagues_by_their_address_else_unless_guests(read, fixtures):
    outcome = read("slack", fixtures / "slack" / "users.json")

    assert [agent["agent_id"] for agent in outcome.rows["agent"]] == ["U1", "U4"]
    jane, guest = outcome.rows["contact"]
    assert (jane["first_name"], jane["last_name"]) == ("Jane", "van Dyk")
    assert (jane["email"], jane["title"]) == ("jane@customer.example", "Buyer")
    assert jane["recorded_at"] == at("2023-11-14 22:13:21")
    assert guest["contact_id"] == "U3"
    assert outcome.reasons() == {5: "missing_id"}


@pytest.mark.parametrize("name", ["channels.json", "integration_logs.json"])
def test_lists_of_the_export_hold_no_records(read, fixtures, name):
    assert read("slack", fixtures / "slack" / name).read == 0


def test_an_export_without_members_still_loads(read, fixtures, tmp_path):
    (tmp_path / "general").mkdir()
    day = tmp_path / "general" / "2025-06-02.json"
    day.write_text((fixtures / "slack" / "general" / "2025-06-02.json").read_text())

    assert len(read("slack", day).rows["interaction"]) == 3


RICH = {"type": "rich_text", "elements": [
    {"type": "rich_text_section", "elements": [
        {"type": "text", "text": "Order 7 & 8 of "},
        {"type": "user", "user_id": "U1"},
        {"type": "emoji", "name": "tada"},
        {"type": "link", "url": "https://shop.example/7", "text": "see"},
    ]},
    {"type": "rich_text_list", "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "lamp <b>"}]},
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "bulb"}]},
    ]},
]}  # fmt: skip
KIT = [
    {"type": "header", "text": {"type": "plain_text", "text": "Alert <1>"}},
    {"type": "section", "text": {"type": "mrkdwn", "text": "a &amp; b"},
     "fields": [{"type": "mrkdwn", "text": "cpu"}]},
    {"type": "divider"},
    {"type": "actions", "elements": [{"type": "button", "text": {"text": "OK"}}]},
]  # fmt: skip


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"text": "said", "blocks": KIT}, "said"),
        ({"text": "", "blocks": [RICH]},
         "Order 7 & 8 of @U1:tada:see (https://shop.example/7)\nlamp <b>\nbulb"),
        ({"blocks": KIT}, "Alert <1>\na & b\ncpu"),
        ({"text": "", "attachments": [{"fallback": "down"}, {"text": "up", "fallback": "no"}]},
         "down\nup"),
        ({"text": "", "blocks": "x", "attachments": [7]}, None),
    ],
)  # fmt: skip
def test_the_text_of_an_app_is_in_its_blocks(read, tmp_path, message, text):
    path = tmp_path / "general" / "2025-06-02.json"
    path.parent.mkdir()
    path.write_text(
        json.dumps([{"type": "message", "ts": "1748850000.1", "bot_id": "B", **message}])
    )

    (row,) = read("slack", path).rows["interaction"]

    assert row["body_text"] == text


THREAD = {
    "type": "message", "user": "U9", "text": "hello", "ts": "1748850000.000100",
    "reply_count": 2, "reply_users": ["U1", "U9"], "reply_users_count": 2,
    "replies": [{"user": "U1", "ts": "1748850010.0"}, {"user": "U9", "ts": "1748850020.0"}],
    "user_profile": {
        "real_name": "Grace van Dyk", "display_name": "grace", "name": "gvd", "team": "T2",
        "is_restricted": False, "image_72": "https://a.example/1.png", "avatar_hash": "g1",
    },
}  # fmt: skip


def day(tmp_path, fixtures, channel, *messages):
    (tmp_path / channel).mkdir()
    users = (fixtures / "slack" / "users.json").read_text()
    (tmp_path / "users.json").write_text(users)
    path = tmp_path / channel / "2025-06-02.json"
    path.write_text(json.dumps(messages))
    return path


def test_who_answered_in_a_thread_is_kept(read, fixtures, tmp_path):
    path = day(tmp_path, fixtures, "ext-acme", THREAD)
    (message,) = read("slack", path, customer_channels="^ext-").rows["interaction"]

    kept = json.loads(message["attributes"])
    assert kept["reply_users"] == ["U1", "U9"]
    assert kept["replies"] == [
        {"user": "U1", "ts": "1748850010.0"}, {"user": "U9", "ts": "1748850020.0"},
    ]  # fmt: skip


def test_a_customer_of_another_workspace_is_named_by_their_message(read, fixtures, tmp_path):
    known = THREAD | {"user": "U2", "ts": "1748850030.000100"}
    path = day(tmp_path, fixtures, "ext-acme", THREAD, known)
    outcome = read("slack", path, customer_channels="^ext-")

    (contact,) = outcome.rows["contact"]
    assert (contact["contact_id"], contact["first_name"], contact["last_name"]) == (
        "U9", "Grace", "van Dyk",
    )  # fmt: skip
    assert contact["recorded_at"] == at("2025-06-02 07:40:00.000100")
    stranger, listed = (json.loads(row["attributes"]) for row in outcome.rows["interaction"])
    assert stranger["user_profile"] == {"team": "T2", "is_restricted": False}
    assert "user_profile" not in listed


def test_a_colleague_who_left_the_export_is_no_customer(read, fixtures, tmp_path):
    outcome = read("slack", day(tmp_path, fixtures, "general", THREAD), customer_channels="^ext-")

    assert "contact" not in outcome.rows
    assert "Grace" not in outcome.rows["interaction"][0]["attributes"]


def with_members(tmp_path, name, *members):
    (tmp_path / name).write_text(json.dumps(members))


ANNA = {"id": "U1", "team_id": "T1", "profile": {"email": "anna@nordlicht.example"}}
GRACE = {"id": "U9", "team_id": "T2", "is_stranger": False, "profile": {"real_name": "Grace Hop"}}


def test_a_member_of_another_workspace_without_an_address_is_a_customer(read, fixtures, tmp_path):
    path = day(tmp_path, fixtures, "ext-acme", THREAD)
    with_members(tmp_path, "users.json", ANNA, GRACE, {"id": "U5", "team_id": "T1"}, {"id": "U6"})
    (message,) = read("slack", path, customer_channels="^ext-").rows["interaction"]
    members = read("slack", tmp_path / "users.json")

    assert (message["direction"], message["customer_ref"]) == ("inbound", "contact:U9")
    assert message["agent_ref"] is None
    assert [agent["agent_id"] for agent in members.rows["agent"]] == ["U1", "U5", "U6"]
    assert [contact["contact_id"] for contact in members.rows["contact"]] == ["U9"]


def test_workspaces_tell_nothing_where_no_member_has_an_address_of_ours(read, tmp_path):
    with_members(tmp_path, "users.json", {**ANNA, "profile": {}}, GRACE)

    members = read("slack", tmp_path / "users.json")

    assert [agent["agent_id"] for agent in members.rows["agent"]] == ["U1", "U9"]


def test_workspaces_of_one_organisation_are_all_ours(read, tmp_path):
    grid = {"enterprise_user": {"enterprise_id": "E1", "teams": ["T1", "T3"]}}
    other = {"id": "U5", "team_id": "T4", "enterprise_user": {"enterprise_id": "E1"}}
    guest = {"id": "U6", "team_id": "T2", "is_restricted": True,
             "profile": {"email": "temp@nordlicht.example"}}  # fmt: skip
    with_members(tmp_path, "users.json", ANNA | grid, other, GRACE, guest)

    members = read("slack", tmp_path / "users.json")

    assert [agent["agent_id"] for agent in members.rows["agent"]] == ["U1", "U5", "U6"]
    assert [contact["contact_id"] for contact in members.rows["contact"]] == ["U9"]


def test_the_members_of_an_organisation_are_known(read, fixtures, tmp_path):
    path = day(tmp_path, fixtures, "ext-acme", THREAD | {"user": "U2"})
    (tmp_path / "users.json").rename(tmp_path / "org_users.json")

    (message,) = read("slack", path, customer_channels="^ext-").rows["interaction"]

    assert message["customer_ref"] == "email:jane@customer.example"


def test_slackbot_is_nobody(read, fixtures, tmp_path):
    gone = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "hidden": True,
            "text": "This message was deleted.", "ts": "1748850000.1"}  # fmt: skip
    reminder = {"type": "message", "user": "USLACKBOT", "text": "Reminder: x", "ts": "1748850001.1",
                "user_profile": {"real_name": "Slackbot"}}  # fmt: skip
    path = day(tmp_path, fixtures, "ext-acme", gone, reminder)

    outcome = read("slack", path, customer_channels="^ext-")

    assert "contact" not in outcome.rows
    for row in outcome.rows["interaction"]:
        assert (row["from_ref"], row["customer_ref"], row["agent_ref"]) == (None, None, None)
        assert (row["direction"], row["is_automated"]) == ("outbound", True)
    assert [row["is_deleted"] for row in outcome.rows["interaction"]] == [True, False]


@pytest.mark.parametrize(("team_id", "direction"), [("T1", "outbound"), ("T2", "inbound")])
def test_an_app_of_another_workspace_writes_to_us(read, fixtures, tmp_path, team_id, direction):
    said = {"type": "message", "subtype": "bot_message", "bot_id": "B1", "text": "Alert",
            "ts": "1748850000.1", "bot_profile": {"id": "B1", "team_id": team_id}}  # fmt: skip
    path = day(tmp_path, fixtures, "ext-acme", said)

    (row,) = read("slack", path, customer_channels="^ext-").rows["interaction"]

    assert (row["direction"], row["is_automated"], row["customer_ref"]) == (direction, True, None)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://files.slack.com/files-pri/T1-F1/a.png?t=xoxe-1-2-0ab", "/T1-F1/a.png"),
        ("https://files.slack.com/files-pri/T1-F1/a.png?t=xoxe-1&pub=1", "/T1-F1/a.png?pub=1"),
        ("https://files.slack.com/files-pri/T1-F1/a.png?t=12", "/T1-F1/a.png?t=12"),
    ],
)
def test_the_address_of_a_file_is_kept_without_the_token_of_the_export(
    read, fixtures, tmp_path, address, kept
):
    said = THREAD | {"files": [{"id": "F1", "name": "a.png", "url_private": address}]}

    (file,) = read("slack", day(tmp_path, fixtures, "ext-acme", said)).rows["attachment"]

    assert json.loads(file["attributes"])["url"] == f"https://files.slack.com/files-pri{kept}"


def test_a_comment_on_a_file_is_of_who_wrote_it(read, fixtures, tmp_path):
    # as exports until 2018 have it
    said = {"type": "message", "subtype": "file_comment", "ts": "1748850000.1", "text": "fine",
            "comment": {"id": "Fc1", "user": "U2", "comment": "fine"}}  # fmt: skip
    path = day(tmp_path, fixtures, "ext-acme", said)

    (row,) = read("slack", path, customer_channels="^ext-").rows["interaction"]

    assert (row["direction"], row["is_automated"]) == ("inbound", False)
    assert row["customer_ref"] == "email:jane@customer.example"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<!subteam^S1|@sales> hi", "@sales hi"),
        ("<!subteam^S1> hi", "@subteam hi"),
        ("<!here|here> <!channel>", "@here @channel"),
        ("until <!date^1392734382^{date_num}|2014-02-18>", "until 2014-02-18"),
    ],
)
def test_marks_for_groups_and_days_are_what_a_reader_saw(read, fixtures, tmp_path, written, text):
    path = day(tmp_path, fixtures, "ext-acme", THREAD | {"text": written})

    assert read("slack", path).rows["interaction"][0]["body_text"] == text


def test_a_huddle_is_a_note_that_says_who_talked_and_how_long(read, fixtures, tmp_path):
    room = {"created_by": "U1", "date_start": 1748850000, "date_end": 1748850600, "name": "",
            "participant_history": ["U1", "U2"], "media_server": "x"}  # fmt: skip
    said = {"type": "message", "subtype": "huddle_thread", "user": "USLACKBOT", "text": "",
            "ts": "1748850000.1", "room": room}  # fmt: skip

    (row,) = read("slack", day(tmp_path, fixtures, "ext-acme", said)).rows["interaction"]

    assert (row["interaction_type"], row["direction"]) == ("note", "internal")
    assert json.loads(row["attributes"])["huddle"] == {
        "created_by": "U1", "date_start": 1748850000, "date_end": 1748850600,
        "participant_history": ["U1", "U2"],
    }  # fmt: skip


def export(landing, name, lists, *folders):
    """Put an export there; every folder has the same two messages, one in the other's thread."""
    for file, channels in lists.items():
        (landing / name).mkdir(parents=True, exist_ok=True)
        (landing / name / file).write_text(json.dumps(channels))
    for folder in folders:
        (landing / name / folder).mkdir(parents=True, exist_ok=True)
        question = {"type": "message", "user": "U2", "text": "Hello", "ts": "1748850000.000200"}
        answer = {**question, "ts": "1748850060.000100", "thread_ts": question["ts"],
                  "files": [{"id": "F1", "name": "a.pdf"}]}  # fmt: skip
        (landing / name / folder / "2025-06-02.json").write_text(json.dumps([question, answer]))


def keys(read, landing, name, folder):
    outcome = read("slack", landing / name / folder / "2025-06-02.json", customer_channels="^ext-")
    first, second = outcome.rows["interaction"]
    (file,) = outcome.rows["attachment"]
    assert file["interaction_ref"] == second["interaction_id"]
    assert second["conversation_ref"] == first["interaction_id"]
    assert file["attachment_id"] == f"{second['interaction_id']}|F1"
    assert {first["queue"], second["queue"]} == {folder}
    return [first["interaction_id"], second["interaction_id"]]


@pytest.mark.parametrize("listed", ["channels.json", "groups.json", "mpims.json"])
def test_a_channel_that_was_renamed_between_two_exports_has_its_messages_once(
    read, tmp_path, listed
):
    export(tmp_path, "2025-06", {listed: [{"id": "C1", "name": "ext-acme"}]}, "ext-acme")
    export(tmp_path, "2025-09", {listed: [{"id": "C1", "name": "ext-acme-corp"}]}, "ext-acme-corp")
    export(tmp_path, "2025-12", {listed: [{"id": "C1", "name": "acme"}]}, "acme")

    first = keys(read, tmp_path, "2025-06", "ext-acme")

    assert first == ["ext-acme|1748850000.000200", "ext-acme|1748850060.000100"]
    assert keys(read, tmp_path, "2025-09", "ext-acme-corp") == first
    assert keys(read, tmp_path, "2025-12", "acme") == first


def test_a_new_channel_takes_nothing_but_the_name_of_a_renamed_one(read, tmp_path):
    export(tmp_path, "1", {"channels.json": [{"id": "C1", "name": "acme"}]}, "acme")
    later = [{"id": "C1", "name": "old"}, {"id": "C2", "name": "acme"}, {"id": "C3", "name": "b"}]
    export(tmp_path, "2", {"channels.json": later}, "old", "acme", "b")
    last = [{"id": "C1", "name": "b"}, {"id": "C2", "name": "old"}, {"id": "C3", "name": "acme"}]
    export(tmp_path, "3", {"channels.json": last}, "old", "acme", "b")

    def first_name(name, folder):
        return keys(read, tmp_path, name, folder)[0].partition("|")[0]

    assert [first_name("2", one) for one in ("old", "acme", "b")] == ["acme", "acme", "b"]
    assert [first_name("3", one) for one in ("b", "old", "acme")] == ["acme", "acme", "b"]


@pytest.mark.parametrize(
    "lists",
    [
        {},
        {"channels.json": [{"id": "C9", "name": "other"}]},
        {"channels.json": [{"id": "C1", "name": "new"}, {"id": "C2", "name": "new"}]},
        {
            "channels.json": [{"id": "C1", "name": "new"}],
            "groups.json": [{"id": "G", "name": "new"}],
        },
        {"channels.json": [{"id": ["C1"], "name": "new"}, {"name": "new"}, 7]},
        {"channels.json": "new"},
    ],
)
def test_a_channel_of_which_no_list_tells_is_known_by_its_folder(read, tmp_path, lists):
    export(tmp_path, "1", {"channels.json": [{"id": "C1", "name": "old"}]}, "old")
    export(tmp_path, "2", lists, "new")

    assert keys(read, tmp_path, "2", "new")[0] == "new|1748850000.000200"


def test_a_list_of_channels_outside_of_landing_is_not_read(read, tmp_path):
    export(tmp_path, "elsewhere", {"channels.json": [{"id": "C1", "name": "old"}]})
    export(tmp_path / "landing", "2", {"channels.json": [{"id": "C1", "name": "new"}]}, "new")
    (tmp_path / "landing" / "1").symlink_to(tmp_path / "elsewhere")
    assert keys(read, tmp_path / "landing", "2", "new")[0] == "new|1748850000.000200"
