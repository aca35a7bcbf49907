"""The semantic models and metrics of the dbt project in; each metric as one SQL expression out.

    python -m orchestration.dbt.metric_definitions      writes the seed and the page

dbt checks the definitions when it reads the project. A metric here is always made of one table and
one time, so its expression is a single aggregate that any grouping of that table may use; what is
published with it (``meta.metrics``) is all that a reader needs to compute it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.dbt.documents import read_document
from orchestration.errors import Refused
from orchestration.home import ROOT

FOLDER = ROOT / "dbt_project" / "models" / "metrics"
SEED = ROOT / "dbt_project" / "seeds" / "metrics.csv"
PAGE = ROOT / "docs" / "metrics.md"

AGGREGATES = {
    "sum": "sum({})",
    "min": "min({})",
    "max": "max({})",
    "count": "count({})",
    "count_distinct": "count(distinct {})",
    "average": "avg({})",
    "median": "quantile_cont({}, 0.5)",
    "percentile": "quantile_cont({}, {percentile})",
}


class BadMetric(Refused):
    """A definition cannot be computed from one table; the text names it and says why."""


@dataclass(frozen=True, slots=True, order=True)
class Metric:
    """One metric, as it is published."""

    name: str
    label: str
    description: str
    formula: str
    table_name: str
    time_column: str
    dimensions: tuple[str, ...]
    expression: str


def read_metrics() -> list[Metric]:
    """Return every metric by name.

    Raises
    ------
    BadMetric
        If a metric mixes tables or times, or needs what is not there.
    """
    models: dict[str, dict[str, Any]] = {}
    metrics: dict[str, dict[str, Any]] = {}
    for file in sorted(FOLDER.glob("*.yml")):
        document = read_document(file)
        models |= {model["name"]: model for model in document.get("semantic_models", [])}
        metrics |= {metric["name"]: metric for metric in document.get("metrics", [])}
    measures = {
        measure["name"]: (measure, model)
        for model in models.values()
        for measure in model["measures"]
    }
    return sorted(_metric(metric, metrics, measures) for metric in metrics.values())


def _metric(
    metric: Mapping[str, Any],
    metrics: Mapping[str, Mapping[str, Any]],
    measures: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]],
) -> Metric:
    expression, formula, homes = _expand(metric, metrics, measures)
    if len(homes) != 1:
        raise BadMetric(
            f"The metric {metric['name']} is made of {', '.join(sorted(homes))}: take its measures "
            "from one semantic model."
        )
    home = next(model for _, model in measures.values() if model["name"] in homes)
    time = home["defaults"]["agg_time_dimension"]
    return Metric(
        name=metric["name"],
        label=metric["label"],
        description=metric["description"],
        formula=formula,
        table_name="marts." + home["model"].removeprefix("ref('").removesuffix("')"),
        time_column=time,
        dimensions=tuple(one["name"] for one in home["dimensions"] if one["name"] != time),
        expression=expression,
    )


def _expand(
    metric: Mapping[str, Any],
    metrics: Mapping[str, Mapping[str, Any]],
    measures: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]],
) -> tuple[str, str, set[str]]:
    """Return the SQL of a metric, its formula in words of others, and its semantic models."""
    settings = metric["type_params"]
    if metric["type"] == "simple":
        measure, model = measures[settings["measure"]]
        text = AGGREGATES[measure["agg"]].format(measure["expr"], **measure.get("agg_params", {}))
        return text, text, {model["name"]}
    if metric["type"] == "ratio":
        names = [settings["numerator"], settings["denominator"]]
        formula = f"{names[0]} / {names[1]}"
        text = "cast({} as double) / nullif({}, 0)"
    elif metric["type"] == "derived":
        names = [part["name"] for part in settings["metrics"]]
        formula = text = str(settings["expr"])
        for number, name in enumerate(names):
            text = re.sub(rf"\b{name}\b", f"({{{number}}})", text)
    else:
        raise BadMetric(
            f"The metric {metric['name']} is of type {metric['type']}; simple, ratio and derived "
            "can be computed from one table."
        )
    parts = [_expand(metrics[name], metrics, measures) for name in names]
    return (
        text.format(*(part[0] for part in parts)),
        formula,
        set().union(*(part[2] for part in parts)),
    )


def render_seed(metrics: list[Metric]) -> str:
    """Return the seed that is published as ``meta.metrics``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(Metric.__dataclass_fields__)
    for metric in metrics:
        writer.writerow(
            "|".join(value) if isinstance(value, tuple) else value
            for value in (getattr(metric, name) for name in Metric.__dataclass_fields__)
        )
    return out.getvalue()


def render_page(metrics: list[Metric]) -> str:
    """Return ``docs/metrics.md``."""
    parts = [
        "# Metrics\n\nWritten by `orchestration.dbt.metric_definitions` from "
        "`dbt_project/models/metrics`; a test compares the two. Each has one definition, as a dbt "
        "metric; `crm metrics` computes it from what is published, for any grouping by time and by "
        "the columns named here. Shares are from 0 to 1, amounts in the base currency, times UTC "
        "unless the column is a local day.\n"
    ]
    for table in sorted({metric.table_name for metric in metrics}):
        of_table = [metric for metric in metrics if metric.table_name == table]
        grouped_by = ", ".join(f"`{name}`" for name in of_table[0].dimensions)
        parts.append(
            f"## {table}\n\nTime: `{of_table[0].time_column}`. By: {grouped_by}.\n\n"
            "| Metric | Meaning | Formula |\n|---|---|---|"
        )
        parts.extend(
            f"| `{metric.name}` ({metric.label}) | {metric.description} "
            f"| `{metric.formula.replace('|', chr(92) + '|')}` |"
            for metric in of_table
        )
        parts.append("")
    return "\n".join(parts)


def main() -> None:
    """Write the seed and the page."""
    metrics = read_metrics()
    SEED.write_text(render_seed(metrics), encoding="utf-8")
    PAGE.write_text(render_page(metrics), encoding="utf-8")


if __name__ == "__main__":
    main()
