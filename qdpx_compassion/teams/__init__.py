"""What teams need who pass projects on: what changed between two of them."""

from qdpx_compassion.teams.diff import Change, Changed, Difference, Item, KindDifference, compare, diff_projects

__all__ = ["Change", "Changed", "Difference", "Item", "KindDifference", "compare", "diff_projects"]
