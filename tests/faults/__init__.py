"""Approvals through the real screens while processes are killed, the database restarts and Redis is wiped."""
