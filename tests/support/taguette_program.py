"""Taguette's own code, in an environment of its own: it wants another SQLAlchemy than others may."""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("run_taguette.py")


@cache
def interpreter() -> Path | None:
    """Python with Taguette: that of ``TAGUETTE_PYTHON``, or of ``make taguette``."""
    named = os.environ.get("TAGUETTE_PYTHON")
    places = (
        (Path(named),)
        if named
        else (ROOT / ".venv-taguette" / folder for folder in ("bin/python", "Scripts/python.exe"))
    )
    return next((place for place in places if place.exists()), None)


needs_taguette = pytest.mark.skipif(
    interpreter() is None, reason="Taguette is not installed; `make taguette` puts it into an environment of its own"
)


def run_taguette(*arguments: str | Path) -> dict[str, Any]:
    """What Taguette's code says; its database is migrated where it is old, so give a copy."""
    command = [str(interpreter()), str(SCRIPT), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stdout)
    return result
