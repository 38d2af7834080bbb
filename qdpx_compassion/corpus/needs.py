"""What the extra ``corpus`` brings, imported when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from qdpx_compassion.errors import UsageError
from qdpx_compassion.installed import how_to_add

_EXTRAS = {"distributed": "dask", "dask": "dask"}


def need(module: str) -> Any:
    """A module of the extra, imported now.

    Args:
        module: its name, such as ``pyarrow.parquet``.

    Raises:
        UsageError: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        extra = _EXTRAS.get(package, "corpus")
        raise UsageError(
            f"A corpus needs the package {package}, which is not installed.",
            remedy=how_to_add(extra=extra),
        ) from error
