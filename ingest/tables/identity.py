"""The ledger that says which identifiers belong to which customer, and since when."""

from __future__ import annotations

from ingest.tables.table import Table

IDENTITY_TABLES: tuple[Table, ...] = (
    Table(
        "identity",
        "customers",
        "Every customer there is or ever was; an id is never used again.",
        (
            ("customer_id", "varchar not null", "c_ and 16 hex digits."),
            ("customer_type", "varchar not null", "person or organization."),
            ("founder_identifier", "varchar not null", "Identifier the id is derived from."),
            ("first_seen_at", "timestamp", "First time any of its identifiers was seen (UTC)."),
            ("last_seen_at", "timestamp", "Last time any of its identifiers was seen (UTC)."),
            ("identifier_count", "bigint not null", "Identifiers it has now."),
            ("status", "varchar not null", "active, merged or retired."),
            ("merged_into_customer_id", "varchar", "Customer that took its place, if merged."),
        ),
    ),
    Table(
        "identity",
        "identifier_map",
        "Which identifier belonged to which customer, from when to when.",
        (
            ("identifier", "varchar not null", "<id_type>:<value>, as the ref columns hold it."),
            ("id_type", "varchar not null", "email, phone, user_id, contact, account and so on."),
            ("customer_id", "varchar not null", "The customer."),
            ("first_seen_at", "timestamp", "First time the identifier was seen (UTC)."),
            ("last_seen_at", "timestamp", "Last time the identifier was seen (UTC)."),
            ("valid_from", "timestamp", "From when the assignment holds (UTC)."),
            ("valid_to", "timestamp", "Until when it held; null while it holds (UTC)."),
            ("is_current", "boolean not null", "The assignment holds now."),
        ),
    ),
    Table(
        "identity",
        "edges",
        "Evidence that two identifiers belong to one customer.",
        (
            ("identifier_a", "varchar not null", "The smaller identifier of the two."),
            ("identifier_b", "varchar not null", "The larger identifier of the two."),
            ("edge_type", "varchar not null", "Kind of evidence."),
            ("source", "varchar", "Source that gave it."),
            ("evidence", "varchar", "Record or decision that gave it; the reason where stopped."),
            ("first_seen_at", "timestamp", "First time the evidence was seen (UTC)."),
            ("last_seen_at", "timestamp", "Last time the evidence was seen (UTC)."),
            ("status", "varchar not null", "used, or stopped by a guard or a decision."),
        ),
    ),
    Table(
        "identity",
        "events",
        "Every creation, merge and split of customers, with its cause.",
        (
            ("event_id", "varchar not null", "Id of the event."),
            ("event_type", "varchar not null", "created, merged, split, retired or returned."),
            ("customer_id", "varchar not null", "Customer it is about."),
            ("other_customer_id", "varchar", "The other customer of a merge, split or return."),
            ("cause", "varchar", "Why."),
            ("evidence", "varchar", "What it rests on."),
            ("run_id", "varchar", "Run that found it."),
            ("occurred_at", "timestamp", "When the evidence was known (UTC)."),
        ),
    ),
    Table(
        "identity",
        "review_queue",
        "Cases that a person should look at: suspicious identifiers and stopped merges.",
        (
            ("review_id", "varchar not null", "Id of the case."),
            ("reason_code", "varchar not null", "Kind of case."),
            ("reason", "varchar not null", "What is suspicious, in a sentence."),
            ("identifiers", "varchar[]", "Identifiers concerned."),
            ("evidence", "varchar", "What it rests on."),
            ("status", "varchar not null", "open, accepted, rejected or obsolete."),
            ("raised_at", "timestamp", "When it was raised (UTC)."),
        ),
    ),
    Table(
        "identity",
        "person_accounts",
        "Which person belonged to which company, from when to when, and what says so.",
        (
            ("person_customer_id", "varchar not null", "The person."),
            ("account_customer_id", "varchar not null", "The company."),
            ("basis", "varchar not null", "account_ref: a record says so; email_domain."),
            ("valid_from", "timestamp", "From when; null if no source knows (UTC)."),
            ("valid_to", "timestamp", "Until when; null while it holds (UTC)."),
            ("evidence", "varchar not null", "Record or address of the person that says so."),
        ),
    ),
    Table(
        "identity",
        "decisions",
        "What people decided about who is who: as identity/decisions.jsonl in the home says.",
        (
            ("decision_id", "varchar not null", "Id of the decision."),
            ("verdict", "varchar not null", "join: the two are one; split: they never are."),
            ("identifier_a", "varchar not null", "One identifier."),
            ("identifier_b", "varchar not null", "The other identifier."),
            ("author", "varchar not null", "Who decided."),
            ("reason", "varchar not null", "Why."),
            ("decided_at", "timestamp not null", "When (UTC)."),
            ("review_id", "varchar", "Case of identity.review_queue that it answers."),
            ("revoked_by", "varchar", "Decision that took it back; null while it holds."),
        ),
    ),
)
