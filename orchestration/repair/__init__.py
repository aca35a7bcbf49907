"""Asking why two are one, and deciding that they are, or are not."""
