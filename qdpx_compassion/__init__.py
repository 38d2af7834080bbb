"""Link what people said to a theory: REFI-QDA projects, a framework of compassion, the study's tables.

>>> import qdpx_compassion as qc
>>> project = qc.open_project("study.qdpx")
>>> project.quotations("mapping.xlsx")
>>> project.counts(["construct", "group"], "mapping.xlsx")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from qdpx_compassion.version import __version__

if TYPE_CHECKING:
    from qdpx_compassion.api import check_mapping, enrich, new_mapping, open_project, strip, summarise, update_mapping
    from qdpx_compassion.errors import QdpxError
    from qdpx_compassion.findings import Finding
    from qdpx_compassion.frameworks import Framework, load_framework
    from qdpx_compassion.opened import OpenedProject
    from qdpx_compassion.study.summary import Options

__all__ = [
    "Finding",
    "Framework",
    "OpenedProject",
    "Options",
    "QdpxError",
    "__version__",
    "check_mapping",
    "enrich",
    "load_framework",
    "new_mapping",
    "open_project",
    "strip",
    "summarise",
    "update_mapping",
]

_HOMES = {
    "Finding": "findings",
    "Framework": "frameworks",
    "OpenedProject": "opened",
    "Options": "study.summary",
    "QdpxError": "errors",
    "load_framework": "frameworks",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when they are used: the version alone is asked for more often than anything."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'api')}"), name)
