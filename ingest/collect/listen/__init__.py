"""Webhooks of live systems in, over HTTP; synced JSON lines in ``landing/`` out."""
