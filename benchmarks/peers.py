"""Other programs' reading of the same project, each in an environment of its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Peer:
    """A package on PyPI.

    Attributes:
        name: of the package. version: the one that is measured.
        reads: Python that reads the project whose path is in ``sys.argv[1]``; ``sys.argv[2]`` is an empty folder.
    """

    name: str
    version: str
    reads: str


PEERS = (
    Peer("qdapy", "0.1.0", "import sys; from qdapy.qdpx import read_qdpx; read_qdpx(sys.argv[1])"),
    Peer(
        "pyrefiqda", "0.3.1",
        "import sys; from pyrefiqda import RefiProject; RefiProject.load(sys.argv[1], extract_dir=sys.argv[2])",
    ),
    Peer("pyqdpx", "0.1.8", "import sys; from pyqdpx import QDPX; QDPX(sys.argv[1]).qde"),
)  # fmt: skip


def environment(peer: Peer, folder: Path) -> str | None:
    """The Python of an environment with the peer; None, with a word, where it cannot be installed."""
    python = folder / peer.name / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder / peer.name], check=True)
    install = [
        str(python),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        f"{peer.name}=={peer.version}",
    ]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{peer.name} {peer.version} cannot be installed here: {done.stderr.strip().splitlines()[-1:]}")
        return None
    return str(python)
