"""A report of an advertising platform (CSV) in; ``ad_spend`` rows out."""
