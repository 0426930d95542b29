"""Lending's pages, one class each, and its calls for programs."""
