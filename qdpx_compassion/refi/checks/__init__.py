"""Everything that can be wrong with a project: the schema, and what no schema sees."""

from qdpx_compassion.refi.checks.project import validate_project

__all__ = ["validate_project"]
