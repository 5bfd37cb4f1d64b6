"""The screens of writing: right, wrong, and by the wrong person."""
