"""Screens of appointments and agreements."""
