"""Splink's scoring as SQL text: written once per change of the comparisons, read in every run.

    python -m models_ml.identity.matching.scoring_sql

writes ``scoring_person.sql`` and ``scoring_account.sql`` anew. Splink takes a second to import
and another to put its statements together, which is what a day's few hundred pairs would cost;
the text depends on nothing but ``comparisons`` and Splink itself.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models_ml.identity.matching.comparisons import (
    ACCOUNT,
    OF_ONE_RECORD,
    PERSON,
    SMALLEST_FREQUENCY,
    Relation,
    not_stated,
)
from models_ml.identity.matching.frequencies import ACCOUNT as OF_ACCOUNT
from models_ml.identity.matching.frequencies import PERSON as OF_PERSON

if TYPE_CHECKING:
    from splink import SettingsCreator
    from splink.internals.comparison_creator import ComparisonCreator

_NAME = "models_ml.identity.matching.scoring_sql"

MODELS = {OF_PERSON: PERSON, OF_ACCOUNT: ACCOUNT}

PAIRS_TO_SCORE = "pairs_to_score"
"""Table that the text reads: ``profile_l``, ``profile_r`` and ``<column>_l``, ``<column>_r`` of
all that is compared, of ``OF_ONE_RECORD`` and of ``nicknames.asked_of_names``, with the frequencies
``tf_<column>_l`` and ``tf_<column>_r``."""


@cache
def scoring_sql(record_type: str) -> str:
    """Return the text that scores pairs of one type of records.

    It gives ``profile_l``, ``profile_r``, and of each column the number of the relation
    (``gamma_``), its weight in bits (``mw_``) and what its frequency adds (``mw_tf_adj_``).
    """
    return _file(record_type).read_text(encoding="utf-8")


def written_by_splink(record_type: str) -> str:
    """Return the text that the Splink installed writes for the comparisons of today."""
    from splink import __version__
    from splink.internals.comparison_vector_values import (
        compute_comparison_vector_values_from_id_pairs_sqls,
    )
    from splink.internals.predict import predict_from_comparison_vectors_sqls_using_settings

    settings = splink_settings(record_type, 0.5).get_settings("duckdb")
    _, relations = compute_comparison_vector_values_from_id_pairs_sqls(
        settings._columns_to_select_for_blocking,
        settings._columns_to_select_for_comparison_vector_values,
        input_tablename_l="",
        input_tablename_r="",
        source_dataset_input_column=settings.column_info_settings.source_dataset_input_column,
        unique_id_input_column=settings.column_info_settings.unique_id_input_column,
        link_type=settings._link_type,
        sql_dialect_str="duckdb",
    )
    weights, _ = predict_from_comparison_vectors_sqls_using_settings(settings)
    header = f"-- Written by Splink {__version__} ({_NAME}), never by hand.\n"
    text = f"with {relations['output_table_name']} as ({relations['sql']}){weights['sql']}"
    text = text.replace("from blocked_with_cols", f"from {PAIRS_TO_SCORE}")
    for name, asked in OF_ONE_RECORD.items():
        for side in "lr":
            text = text.replace(asked.replace('_l"', f'_{side}"'), f'"{name}_{side}"')
    # which of Splink's blocking rules found a pair; ours did
    text = re.sub(r",\s*match_key", "", text)
    lines = (line.rstrip() for line in text.splitlines())
    return header + "".join(f"{line}\n" for line in lines if line)


def splink_settings(record_type: str, prior: float) -> SettingsCreator:
    """Return the comparisons of today as Splink takes them."""
    from splink import SettingsCreator

    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="profile",
        comparisons=_comparisons(MODELS[record_type]),
        blocking_rules_to_generate_predictions=[],
        probability_two_random_records_match=prior,
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
    )


def _comparisons(model: dict[str, list[Relation]]) -> list[ComparisonCreator | dict[str, Any]]:
    import splink.comparison_level_library as levels
    import splink.comparison_library as comparisons

    def level(relation: Relation) -> levels.CustomLevel | levels.ElseLevel:
        made = (
            levels.ElseLevel()
            if relation.condition is None
            else levels.CustomLevel(relation.condition, relation.label)
        )
        made.configure(m_probability=relation.m, u_probability=relation.u)
        if relation.counted:
            made.configure(
                tf_adjustment_column=relation.counted,
                tf_adjustment_weight=1.0,
                tf_minimum_u_value=SMALLEST_FREQUENCY,
            )
        return made

    return [
        comparisons.CustomComparison(
            [
                levels.CustomLevel(not_stated(column)).configure(is_null_level=True),
                *map(level, relations),
            ],
            output_column_name=column,
        )
        for column, relations in model.items()
    ]


def _file(record_type: str) -> Path:
    return Path(__file__).with_name(f"scoring_{record_type}.sql")


def main() -> None:
    """Write the texts anew."""
    for record_type in MODELS:
        _file(record_type).write_text(written_by_splink(record_type), encoding="utf-8")


if __name__ == "__main__":
    main()
