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
            ("profile", "bigint not null", "Number of the profile; a record has one per version."),
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
        "block_keys",
        "Which profiles are compared: those that share a key few have.",
        (
            ("profile", "bigint not null", "Number of the profile."),
            ("key", "ubigint not null", "Hash of a rule and what it reads; odd if coarse."),
        ),
    ),
    Table(
        "identity",
        "full_keys",
        "Keys of block_keys that so many profiles share that none of their pairs is compared.",
        (("key", "ubigint not null", "The key, each once."),),
    ),
    Table(
        "identity",
        "trait_counts",
        "How many records state a name, place, company or date: what is common tells little.",
        (
            ("record_type", "varchar not null", "person or account."),
            ("trait", "varchar not null", "Column of profiles; record counts all of them."),
            ("value", "varchar", "What is stated; null where trait is record."),
            ("record_count", "bigint not null", "Records that state it."),
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
