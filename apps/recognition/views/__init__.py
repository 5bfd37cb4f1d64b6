"""Screens of the recognition of hosts."""
