"""Screens of the directory: posts, people, logins."""
