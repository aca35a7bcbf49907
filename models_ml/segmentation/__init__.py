"""Parts of the customer segments: how many, which is which since last time, what to call them."""
