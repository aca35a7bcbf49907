"""Countries, currencies and languages as people write them in; their ISO codes out."""
