"""Enriching: the team's decisions as codings in a copy of the project, and out again. Never imports pandas."""
