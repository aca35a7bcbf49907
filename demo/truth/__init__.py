"""What really is the case: tables to measure the warehouse against."""
