"""The pages of the map and its trails, and what programs read."""
