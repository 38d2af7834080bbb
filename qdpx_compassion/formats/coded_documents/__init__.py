"""Coded documents for reading: the texts of a project with what is marked in them, as a page (HTML) or as Markdown."""
