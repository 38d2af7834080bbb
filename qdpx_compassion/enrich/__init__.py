"""Enriching: the team's decisions as codings in a copy of the project, and out again. Never imports pandas."""

from qdpx_compassion.enrich.own import own_guids
from qdpx_compassion.enrich.projects import Enriched, enrich_project, strip_project
from qdpx_compassion.enrich.stripping import Stripped

__all__ = ["Enriched", "Stripped", "enrich_project", "own_guids", "strip_project"]
