"""The notebooks of the documentation: run them, compare or renew their outputs, and show them on a page.

``python tools/notebooks.py`` compares, ``--write`` puts the present outputs into the notebooks. What is compared is
text; pictures differ between versions of the library that draws them.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "notebooks"
#: Seconds that a cell may take.
_PATIENCE = 300
# pandas' own styles would hold for the whole page, and Material's only for tables without a class.
_STYLES = re.compile(r"<style scoped>.*?</style>\s*", re.DOTALL)
_TABLE = re.compile(r'<table border="[01]" class="dataframe">')


def notebooks() -> list[Path]:
    """All notebooks of the documentation."""
    return sorted(FOLDER.glob("*.ipynb"))


def renewed(path: Path) -> dict[str, Any]:
    """The notebook with the outputs that its cells give now.

    Raises:
        CellExecutionError: a cell fails.
    """
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(
        notebook, timeout=_PATIENCE, record_timing=False, resources={"metadata": {"path": str(path.parent)}}
    )
    client.execute()
    plain: dict[str, Any] = json.loads(nbformat.writes(notebook))  # type: ignore[no-untyped-call]
    plain["metadata"]["language_info"] = {"name": "python"}  # not of which version
    for cell in plain["cells"]:
        for output in cell.get("outputs", ()):
            if "text/html" in output.get("data", {}):
                output["data"]["text/html"] = _lines(_STYLES.sub("", "".join(output["data"]["text/html"])))
    return plain


def texts(notebook: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Each cell with the texts that it gave: the same wherever it is run."""
    return [
        ("".join(cell["source"]), [_text(output) for output in cell.get("outputs", ()) if _text(output)])
        for cell in notebook["cells"]
    ]


def _text(output: dict[str, Any]) -> str:
    """What an output says; of a picture nothing."""
    data = output.get("data", {})
    if any(kind.startswith("image/") for kind in data):
        return ""
    return "".join(output.get("text") or data.get("text/plain") or "")


def as_markdown(path: Path) -> str:
    """A notebook with its outputs as a page of the documentation."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return "\n\n".join(part for cell in notebook["cells"] for part in _cell(cell)) + "\n"


def _cell(cell: dict[str, Any]) -> Iterator[str]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        yield source
        return
    yield f"```python\n{source}\n```"
    for output in cell["outputs"]:
        data = output.get("data", {})
        if "image/png" in data:
            picture = "".join(data["image/png"]).replace("\n", "")
            yield f'<img alt="The figure that the code above draws" src="data:image/png;base64,{picture}">'
        elif "text/html" in data:
            # one block without empty lines, so that Markdown leaves it as it is
            table = "\n".join(line for line in "".join(data["text/html"]).splitlines() if line.strip())
            yield f'<div class="output">\n{_TABLE.sub("<table>", table)}\n</div>'
        else:
            yield f"```text\n{_text(output).rstrip()}\n```"


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def main(*, write: bool) -> int:
    """Compare all notebooks, or write them; the number of those that differed."""
    different = 0
    for path in notebooks():
        new = renewed(path)
        if texts(new) != texts(json.loads(path.read_text(encoding="utf-8"))):
            different += 1
            print(f"{path.relative_to(ROOT).as_posix()}: {'renewed' if write else 'its cells give something else'}")
        if write:
            path.write_text(json.dumps(new, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    return 0 if write else different


if __name__ == "__main__":
    sys.exit(main(write="--write" in sys.argv[1:]))
