"""Reads of the two-way selection."""
