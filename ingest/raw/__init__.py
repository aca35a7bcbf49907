"""Checked rows of one entity in; those that ``raw`` does not have yet, stored, out."""
