"""Enriching: the team's decisions as codings in a copy of the project, and out again. Never imports pandas."""

from qdpx_compassion.enrich.projects import Enriched, enrich_project, strip_project
from qdpx_compassion.enrich.stripping import Stripped, own_codes

__all__ = ["Enriched", "Stripped", "enrich_project", "own_codes", "strip_project"]
