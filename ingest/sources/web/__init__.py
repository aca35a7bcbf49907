"""What the web formats share: addresses, bots, visitors, orders."""
