"""What identity resolution keeps between two runs, so that a day's arrivals cost a day's work."""

from __future__ import annotations

from ingest.tables.table import Table

IDENTITY_STATE_TABLES: tuple[Table, ...] = (
    Table(
        "identity",
        "read_batches",
        "Fingerprint of everything the last run rests on; without it the next one starts anew.",
        (
            ("entity", "varchar not null", "Entity, or the name of a setting."),
            ("batch_id", "varchar", "Batch of raw rows."),
            ("fingerprint", "varchar not null", "Rows and hash of all that is read of them."),
        ),
    ),
    Table(
        "identity",
        "sightings",
        "Which identifiers were seen together in which record.",
        (
            ("identifier", "varchar not null", "The identifier."),
            ("id_type", "varchar not null", "Its type."),
            ("record", "varchar not null", "<entity>:<record>."),
            ("source", "varchar", "Source of the record."),
            ("first_seen_at", "timestamp", "First time (UTC)."),
            ("last_seen_at", "timestamp", "Last time (UTC)."),
        ),
    ),
    Table(
        "identity",
        "profiles",
        "What contacts, leads and accounts state of themselves, in the form that is compared.",
        (
            ("identifier", "varchar not null", "The record."),
            ("first_name", "varchar", "Given name."),
            ("last_name", "varchar", "Family name."),
            ("birth_date", "varchar", "Date of birth."),
            ("email", "varchar", "E-mail address of one person."),
            ("phone", "varchar", "Phone number, digits."),
            ("company", "varchar", "Company without its legal form."),
            ("domain", "varchar", "Web domain."),
            ("street", "varchar", "Street and number."),
            ("city", "varchar", "City."),
            ("postal_code", "varchar", "Postal code."),
        ),
    ),
    Table(
        "identity",
        "matches",
        "Records that are alike, with the weight of each column.",
        (
            ("identifier_a", "varchar not null", "The smaller record."),
            ("identifier_b", "varchar not null", "The larger record."),
            ("weight", "double not null", "Sum of all weights, bits."),
            ("probability", "double not null", "Probability that the two are one."),
            ("waterfall", "varchar not null", "Weights as JSON."),
        ),
    ),
    Table(
        "identity",
        "reach",
        "Identifiers that any evidence connects, held or stopped.",
        (
            ("identifier", "varchar not null", "The identifier."),
            ("reached_from", "varchar not null", "One of them all, the same for all."),
        ),
    ),
)
