"""The screens of writing: a form page by page, its check page, its receipt, its documents."""
