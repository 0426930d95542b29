"""The map's part of the API."""
