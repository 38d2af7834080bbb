"""Mending documents: bytes are spliced, all else stays as it is, and every mend is said."""

from qdpx_compassion.refi.repair.project import Repaired, repair_project

__all__ = ["Repaired", "repair_project"]
