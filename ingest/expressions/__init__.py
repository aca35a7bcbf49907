"""Columns in, columns out: small steps that every reader and mapping takes."""
