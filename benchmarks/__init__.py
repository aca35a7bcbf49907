"""Figures, each beside its peer or its limit; JSON on standard output and in ``results/``."""
