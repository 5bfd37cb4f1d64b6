"""The screens of the applications: right, wrong, and by the wrong person."""
