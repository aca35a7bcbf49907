"""Who answers for the assets; ``meta.dagster.owners`` of a dbt model says otherwise."""

OWNERS = ["team:data"]
