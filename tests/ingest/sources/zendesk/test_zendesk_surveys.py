"""Zendesk ratings and answers to surveys."""

from __future__ import annotations

import json

from zendesk_examples import at


def test_ratings_are_survey_responses_of_nought_or_one(parsed):
    rating = {"id": 35436, "assignee_id": 135, "group_id": 44, "requester_id": 7881,
              "ticket_id": 208, "score": "good", "comment": "... {{ comment }}",
              "created_at": "2011-07-20T22:55:29Z",
              "updated_at": "2011-07-20T23:55:29Z"}  # fmt: skip
    page = {"satisfaction_ratings": [
        rating, {**rating, "id": 2, "score": "bad"}, {**rating, "id": 3, "score": "offered"},
        {**rating, "id": 4, "score": "unoffered"},
    ]}  # fmt: skip
    outcome = parsed(page)

    good, bad, offered = outcome.rows["survey_response"]
    assert (good["score"], bad["score"], offered["score"]) == (1, 0, None)
    assert (good["ticket_ref"], good["agent_ref"]) == ("208", "135")
    assert good["person_ref"] == "contact:7881"
    assert good["responded_at"] == at("2011-07-20 23:55:29")
    assert offered["responded_at"] is None
    assert outcome.reasons() == {4: "not_offered"}


def test_answers_to_surveys_count_as_what_zendesk_counts_them(parsed):
    question = {"sub_type": "customer_satisfaction", "type": "rating_scale_emoji"}
    rated = {"type": "rating_scale", "rating": 2, "rating_category": "bad", "question": question,
             "updated_at": "2026-03-02T09:05:00Z"}  # fmt: skip
    other = {**rated, "rating_category": "good", "question": {**question, "sub_type": "other"}}
    reason = {"type": "closed_ended", "selections": [{"type": "predefined", "option_id": "01J5"}],
              "updated_at": "2026-03-02T09:06:00Z"}  # fmt: skip
    response = {"id": "01A", "responder_id": 7881, "subject_zrns": ["zen:ticket:99"],
                "answers": [other, rated, reason]}  # fmt: skip
    chat = {"id": "01B", "responder_id": 7881, "answers": [],
            "subjects": [{"type": "conversation", "zrn": "zen:conversation:42-a"}]}  # fmt: skip

    for page in ({"survey_responses": [response, chat]}, [response, chat]):
        bad, unanswered = parsed(page).rows["survey_response"]
        assert (bad["score"], bad["ticket_ref"], bad["conversation_ref"]) == (0, "99", "99")
        assert bad["responded_at"] == at("2026-03-02 09:05:00")
        assert bad["recorded_at"] == at("2026-03-02 09:06:00")
        assert json.loads(bad["attributes"])["selections"] == ["01J5"]
        assert (unanswered["score"], unanswered["responded_at"]) == (None, None)
        assert (unanswered["ticket_ref"], unanswered["conversation_ref"]) == (None, "42-a")
