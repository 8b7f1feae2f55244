"""What the commands in script/ do, in plain Python ≥ 3.11: it runs before any package is installed."""
