"""Sharing a project outside the team: names become pseudonyms, traces go, and a person gets lists of what to check."""

from qdpx_compassion.teams.share.project import Options, Shared, share_project
from qdpx_compassion.teams.share.proposal import propose_names

__all__ = ["Options", "Shared", "propose_names", "share_project"]
