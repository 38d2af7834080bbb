"""Link what people said to a theory: REFI-QDA projects, a framework of compassion, the study's tables.

>>> import qdpx_compassion as qc
>>> project = qc.open("study.qdpx")
>>> project.codes
>>> project.quotations("mapping.xlsx", brief=True)
>>> project.counts(["construct", "group"], "mapping.xlsx")
>>> qc.enrich(project, "mapping.xlsx").save("enriched.qdpx")
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from qdpx_compassion.version import __version__

if TYPE_CHECKING:
    from qdpx_compassion.api import check_mapping, enrich, new_mapping, open_project, strip, summarise, update_mapping
    from qdpx_compassion.api import open_project as open
    from qdpx_compassion.corpus.query import open_corpus
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
    "open",
    "open_corpus",
    "open_project",
    "strip",
    "summarise",
    "update_mapping",
]

#: Where a name lives, if not in ``api``.
_HOMES = {
    "Finding": "findings",
    "Framework": "frameworks",
    "OpenedProject": "opened",
    "Options": "study.summary",
    "QdpxError": "errors",
    "load_framework": "frameworks",
    "open_corpus": "corpus.query",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when they are used: the version alone is asked for more often than anything."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = import_module(f"{__name__}.{_HOMES.get(name, 'api')}")
    return getattr(home, "open_project" if name == "open" else name)


class _Package(ModuleType):
    """A function and a folder are both called ``enrich``; who imports the folder must not hide the function."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __dir__() -> list[str]:
    """The public names, which a notebook completes before any of them was used."""
    return list(__all__)
