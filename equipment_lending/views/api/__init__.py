"""Lending for programs: the same rules, services and queries as the pages, in JSON."""
