"""The coverage-guided fuzzer: ``python tests/fuzz/fuzz.py TARGET SECONDS`` (``make fuzz`` runs all targets).

What it finds lies in ``tests/fuzz/found``; mend the fault, then move the file into ``tests/fuzz/corpus/TARGET``, where
a test tries it for ever after.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOUND = HERE / "found"


def _paths() -> None:
    for folder in (HERE, HERE.parent / "support", HERE.parents[1]):
        sys.path.insert(0, str(folder))


def _seeds(target: str, folder: Path) -> None:
    """What the fuzzer begins with: the fixtures, and what was made to do harm, as long as it is small."""
    _paths()
    from fixture_projects import fixtures, made
    from hostile_archives import ARCHIVES
    from hostile_documents import DOCUMENTS

    from qdpx_compassion.errors import QdpxError
    from qdpx_compassion.files.project_files import open_project_files

    small = {"million-members", "million-members-said-one", "inflates-without-end", "text-of-many-sources"}
    for number, fixture in enumerate(fixtures()):
        with tempfile.TemporaryDirectory() as name, contextlib.suppress(QdpxError):
            path = made(fixture, Path(name))
            with open_project_files(path) as files:
                texts = [files.read(member) for member in files.members if member.name.endswith(".txt")]
                document = files.read(files.document)
            if target == "archive" and path.is_file():
                (folder / f"{number}").write_bytes(path.read_bytes())
            elif target == "document":
                (folder / f"{number}").write_bytes(document)
            elif target == "positions":
                for index, text in enumerate(texts):
                    (folder / f"{number}-{index}").write_bytes(bytes([number, 1, 0, 0, 0, 9, 0, 0, 0]) + text)
    if target == "archive":
        for name in sorted(set(ARCHIVES) - small):
            ARCHIVES[name](folder / name)
    if target == "document":
        for name, maker in DOCUMENTS.items():
            data = maker(folder.parent, 9) if name[:4] not in ("long", "many", "nest") else b""
            if 0 < len(data) < 20_000:
                (folder / name[:40]).write_bytes(data)


def _fuzz(arguments: list[str]) -> None:
    import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

    _paths()
    with atheris.instrument_imports(include=["qdpx_compassion"]):
        from targets import TARGETS
    atheris.Setup([sys.argv[0], *arguments[1:]], TARGETS[arguments[0]])
    atheris.Fuzz()


def main(target: str, seconds: str) -> int:
    """Fuzz one target for so many seconds; 0 where nothing was found."""
    FOUND.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        seeds, grown = Path(name) / "seeds", Path(name) / "grown"
        seeds.mkdir()
        grown.mkdir()
        _seeds(target, seeds)
        options = [f"-max_total_time={seconds}", "-max_len=20000", "-timeout=20", "-rss_limit_mb=2000", "-verbosity=0"]
        options += ["-print_final_stats=1", f"-artifact_prefix={FOUND}/{target}-"]
        command = [sys.executable, str(Path(__file__)), "--run", target, *options]
        command += [str(grown), str(seeds), str(HERE / "corpus" / target)]
        return subprocess.run(command, check=False).returncode  # noqa: S603 (this program)


if __name__ == "__main__":
    if sys.argv[1] == "--run":
        _fuzz(sys.argv[2:])
    else:
        sys.exit(main(*sys.argv[1:]))
