"""The engine of the allocation: plain Python, no database."""
