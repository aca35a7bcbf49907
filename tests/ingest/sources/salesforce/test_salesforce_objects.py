"""Which Salesforce object a file holds, in whatever way it was exported."""

from __future__ import annotations

from datetime import date

import pytest
from salesforce_examples import LEAD, page, put

from ingest.parsed import UnreadableFile


def test_upper_case_headers_of_data_loader_are_understood(read, tmp_path):
    text = (
        '"ID","NAME","STAGENAME","AMOUNT","PROBABILITY","CLOSEDATE","CURRENCYISOCODE","ISWON"\n'
        '"0065g00000A1AAA","Big deal","Negotiation/Review","1000.5","90","2024-05-31","USD","0"\n'
    )

    (row,) = read("salesforce", put(tmp_path, "extract.csv", text)).rows["opportunity"]

    assert (row["stage_name"], row["amount"], row["currency"]) == (
        "Negotiation/Review",
        "1000.5",
        "USD",
    )
    assert float(row["probability"]) == 0.9
    assert row["close_date"] == date(2024, 5, 31)


@pytest.mark.parametrize(
    ("name", "options", "entity"),
    [
        ("Account_2024-01-01.csv", {}, "account"),
        ("Account/part-1.csv", {}, "account"),
        ("extract.csv", {"object": "account"}, "account"),
    ],
)
def test_the_object_is_found_by_name_folder_or_option(read, tmp_path, name, options, entity):
    path = put(tmp_path, name, '"Id","Name"\n"x1","Acme"\n')

    assert set(read("salesforce", path, **options).rows) == {entity}


def test_the_ids_say_what_a_file_of_any_name_holds(read, tmp_path):
    path = put(tmp_path, "extract.csv", '"Id","Name"\n"0015g00000A1AAA","Acme"\n')

    assert set(read("salesforce", path).rows) == {"account"}


def test_a_file_of_a_similar_name_is_not_taken_for_the_object(read, tmp_path):
    path = put(tmp_path, "OpportunityTeamMember.csv", '"Id","Role"\n"00q5g00000A1AAA","SE"\n')

    with pytest.raises(UnreadableFile, match=r"options\.object"):
        read("salesforce", path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Contract.csv", "Id,Name,BillingCountry,Status\n8005g000000A1AAAA2,Frame,Germany,Draft\n"),
        ("Asset.csv", "Id,Name,ProductCode,StockKeepingUnit\n02i5g000000A1AAAA2,Printer,P1,S1\n"),
        ("FeedComment.csv", "Id,ParentId,CommentBody\n0D75g000000A1AAAA2,0015g00000A1AAA,Hi\n"),
        ("LeadStatus.csv", "Id,MasterLabel,IsConverted\n01J5g000000A1AAAA2,Qualified,true\n"),
    ],
)
def test_records_with_ids_of_another_object_are_not_told_by_their_fields(
    read, tmp_path, name, text
):
    with pytest.raises(UnreadableFile, match=r"options\.object"):
        read("salesforce", put(tmp_path, name, text))

    fields, values = (line.split(",") for line in text.splitlines())
    record = dict(zip(fields, values, strict=True))
    outcome = read("salesforce", put(tmp_path, "records.json", page(LEAD, record)))
    assert set(outcome.rows) == {"lead", "identifier"}
    assert outcome.reasons() == {2: "unknown_object"}


def test_a_history_of_any_name_is_told_by_its_fields(read, tmp_path):
    text = (
        "Id,OpportunityId,Field,OldValue,NewValue,CreatedDate\n"
        "0175g000000A1AAAA2,0065g00000A1AAA,StageName,Open,Won,2024-01-05T10:20:30Z\n"
    )

    assert set(read("salesforce", put(tmp_path, "extract.csv", text)).rows) == {
        "opportunity_history"
    }


def test_a_mistaken_option_names_the_remedy(read, tmp_path):
    with pytest.raises(UnreadableFile, match="did you mean Lead"):
        read("salesforce", put(tmp_path, "x.json", page(LEAD)), object="Leda")


def test_an_object_without_a_place_is_refused_as_a_whole(read, tmp_path):
    path = put(tmp_path, "Quote.csv", '"Id","QuoteNumber"\n"0Q05g00000A1AAA","1"\n')

    with pytest.raises(UnreadableFile, match="holds Quote"):
        read("salesforce", path)


def test_the_answer_of_the_command_line_is_a_page_within_a_result(read, tmp_path):
    # sf data query --json
    text = f'{{"status": 0, "result": {page(LEAD, LEAD | {"Id": "00Q2"})}, "warnings": []}}'

    rows = read("salesforce", put(tmp_path, "leads.json", text)).rows["lead"]

    assert [row["lead_id"] for row in rows] == [LEAD["Id"], "00Q2"]


def test_a_page_of_several_objects_is_sorted_out(read, tmp_path):
    quote = {"attributes": {"type": "Quote"}, "Id": "0Q05g00000A1AAA"}
    nonsense = {"a": 1}

    outcome = read("salesforce", put(tmp_path, "search.json", page(LEAD, quote, nonsense)))

    assert len(outcome.rows["lead"]) == 1
    assert outcome.reasons() == {2: "no_place", 3: "unknown_object"}


def test_flags_may_be_written_as_numbers(read, tmp_path):
    mails = (
        "Id,IsDeleted,Incoming,FromAddress,ToAddress,MessageDate\n"
        "02s1,0,1,a@b.example,x@nordlicht.example,2024-01-01 10:00:00\n"
        "02s2,1,0,x@nordlicht.example,a@b.example,2024-01-01 10:00:00\n"
    )
    cases = "Id,Status,IsClosed,CreatedDate\n5001,Done,1,2024-01-01 10:00:00\n"

    rows = read("salesforce", put(tmp_path, "EmailMessage.csv", mails)).rows["interaction"]
    (case,) = read("salesforce", put(tmp_path, "Case.csv", cases)).rows["ticket"]

    assert [r["direction"] for r in rows] == ["inbound", "outbound"]
    assert case["status"] == "closed"


@pytest.mark.parametrize(
    ("label", "category", "status"),
    [
        ("Draft", None, "draft"),
        ("Draft", "Draft", "draft"),
        ("Ready for Review", "Draft", "draft"),
        ("Entwurf", "D", "draft"),
        ("Activated", "A", "placed"),
        ("Draft", "Activated", "placed"),
        (None, "Activated", "placed"),
        ("Shipped", "Activated", "shipped"),
        ("Canceled", "Canceled", "cancelled"),
        ("Storniert", "Canceled", "cancelled"),
        ("Replaced", "Superseded", "cancelled"),
        ("Run out", "Expired", "run_out"),
        ("Canceled", None, "cancelled"),
        ("Ready for Review", None, "ready_for_review"),
    ],
)
def test_an_order_is_what_the_category_of_its_status_says(read, tmp_path, label, category, status):
    order = {
        "attributes": {"type": "Order"},
        "Id": "8011",
        "AccountId": "0011",
        "EffectiveDate": "2024-02-01",
        "Status": label,
        "StatusCode": category,
        "TotalAmount": 99.9,
    }

    (row,) = read("salesforce", put(tmp_path, "Order.json", page(order))).rows["order"]

    assert (row["order_id"], row["status"], float(row["total"])) == ("8011", status, 99.9)
