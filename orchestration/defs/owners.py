"""Who answers for the assets; ``owners`` of a dbt model's group says otherwise where it differs."""

OWNERS = ["team:data"]
