"""``crm.outbox``: what changed in the tables for systems that act, told once and in order."""
