"""All truth tables: a simulated company in, Parquet files out."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from demo.company.experiments import experiments
from demo.company.world import World
from demo.truth import marketing, sales, service
from demo.truth.identity import identities, shared_identifiers
from demo.truth.identity_errors import identity_errors, organizations, person_organizations
from demo.truth.scores import (
    campaigns,
    churn,
    churn_probabilities,
    lead_probabilities,
    leads,
    segments,
)


def write_truth(folder: Path, world: World, dirt: pl.DataFrame) -> None:
    """Write every truth table as Parquet below ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in truth_tables(world).items():
        table.write_parquet(folder / f"{name}.parquet")
    dirt.write_parquet(folder / "dirt.parquet")


def truth_tables(world: World) -> dict[str, pl.DataFrame]:
    """Return all truth tables by name."""
    return {
        "identity": identities(world),
        "shared_identifiers": shared_identifiers(world),
        "identity_errors": identity_errors(world),
        "organizations": organizations(world),
        "person_organizations": person_organizations(world),
        "leads": leads(world),
        "lead_probabilities": lead_probabilities(world),
        "churn": churn(world),
        "churn_probabilities": churn_probabilities(world),
        "segments": segments(world),
        "campaigns": campaigns(world),
        "first_orders": marketing.first_orders(world),
        "campaign_first_orders": marketing.campaign_first_orders(world),
        "experiments": experiments(),
        "experiment_units": marketing.experiment_units(world),
        "opportunity_states": sales.opportunity_states(world),
        "win_chances": sales.win_chances(world),
        "win_effects": sales.win_effects(),
        "loss_reasons": sales.loss_reasons(),
        "products": sales.products(world),
        "territories": sales.territories(world),
        "queued_leads": sales.queued_lead_territories(world),
        "ticket_targets": service.ticket_targets(world),
    }
