"""Screens of the two-way selection."""
