"""The pictures of the documentation, made anew from the samples: ``python tools/pictures.py``.

Needs LibreOffice (``soffice``), poppler (``pdftoppm``), Chromium and, for emoji, a font that has them.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooter
from openpyxl.worksheet.pagebreak import ColBreak

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
FIRST = ROOT / "sample_projects" / "first-steps"
#: Columns of the mapping workbook that are left out of its picture, so that the rest can be read.
HIDDEN = frozenset(
    {
        "Path",
        "Participants",
        "Example 2",
        "Example 3",
        "Since last time",
        "Theme",
        "Sub-codes too",
        "Decided by",
        "GUID",
    }
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of one sheet: width in pixels, at most ``ratio`` times as high as wide."""

    name: str
    sheet: str
    width: int
    ratio: float
    hidden: Collection[str] = ()


PICTURES = (
    Picture("mapping.png", "Mapping", 1500, 0.5, HIDDEN),
    Picture("summary.png", "Overview", 1200, 0.75),
)


def main() -> None:
    """Make the workbooks, then the pictures: the small sample's mapping, and the summary of ``make demo``."""
    with tempfile.TemporaryDirectory() as name:
        mapping = Path(name) / "mapping.xlsx"
        decide = ["mapping", "update", str(FIRST / "first-steps.qdpx"), str(FIRST / "mapping.csv"), "-o", str(mapping)]
        subprocess.run([sys.executable, "-m", "qdpx_compassion", *decide], check=True)
        subprocess.run([sys.executable, str(ROOT / "tools" / "demo.py")], check=True)
        for picture in PICTURES:
            workbook = mapping if picture.sheet == "Mapping" else ROOT / "demo" / "summary.xlsx"
            alone = Path(name) / f"{picture.sheet}-alone.xlsx"
            _take(_page(workbook, alone, picture), IMAGES / picture.name, picture)
            print(f"{picture.name}: {(IMAGES / picture.name).stat().st_size >> 10} kB")
        _take_report(Path(name) / "report.html")


def _take_report(page: Path) -> None:
    """The report page of the values study, at two of its sections."""
    from playwright.sync_api import sync_playwright

    study = ROOT / "sample_projects" / "values-study"
    inputs = [str(study / "values-study-nvivo.qdpx"), str(study / "mapping.csv")]
    subprocess.run([sys.executable, "-m", "qdpx_compassion", "summarise", *inputs, "-o", str(page)], check=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1280, "height": 860}, reduced_motion="reduce", color_scheme="light")
        tab.goto(page.as_uri())
        tab.wait_for_timeout(1_000)  # until the charts are drawn
        tab.screenshot(path=IMAGES / "report-overview.png")
        tab.goto(f"{page.as_uri()}#quotations?in.element=recognising-suffering&search=time")
        tab.wait_for_timeout(500)
        tab.screenshot(path=IMAGES / "report-quotations.png")
        browser.close()


def _page(workbook: Path, alone: Path, picture: Picture) -> Path:
    """One sheet as a PDF."""
    book = load_workbook(workbook)
    for sheet in book.worksheets:
        if sheet.title != picture.sheet:
            sheet.sheet_state = "hidden"
    sheet = book[picture.sheet]
    book.active = book.worksheets.index(sheet)
    for number, cell in enumerate(sheet[1], start=1):
        if cell.value in picture.hidden:
            sheet.column_dimensions[get_column_letter(number)].hidden = True
    sheet.HeaderFooter = HeaderFooter()
    # one page, also of what is printed on two side by side
    sheet.print_title_cols, sheet.col_breaks = None, ColBreak()
    sheet.page_setup.fitToWidth = 1
    book.save(alone)
    convert = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(alone.parent), str(alone)]
    subprocess.run(convert, check=True, capture_output=True)
    return alone.with_suffix(".pdf")


def _take(page: Path, target: Path, picture: Picture) -> None:
    """The first page without its margins, at the width that is wanted."""
    ask = ["pdftoppm", "-f", "1", "-l", "1", "-singlefile", str(page)]
    gray = page.with_suffix("")
    subprocess.run([*ask, str(gray), "-gray", "-r", "72"], check=True)
    left, top, width, height = _inked(gray.with_suffix(".pgm"))
    scale = picture.width / width
    area = [round(scale * value) for value in (left, top, width, min(height, width * picture.ratio))]
    options = [part for pair in zip(("-x", "-y", "-W", "-H"), map(str, area), strict=True) for part in pair]
    subprocess.run([*ask, str(target.with_suffix("")), "-png", "-r", str(72 * scale), *options], check=True)


def _inked(picture: Path) -> tuple[int, int, int, int]:
    """Left, top, width and height of what is not white, with a little margin, in pixels."""
    _, width_, height_, _, pixels = picture.read_bytes().split(maxsplit=4)
    width, height = int(width_), int(height_)
    rows = [pixels[start : start + width] for start in range(0, width * height, width)]
    inked = [number for number, row in enumerate(rows) if min(row) < 250]
    left = min(next(x for x, value in enumerate(rows[y]) if value < 250) for y in inked)
    right = max(next(x for x in range(width - 1, -1, -1) if rows[y][x] < 250) for y in inked)
    left, top = max(left - 6, 0), max(inked[0] - 6, 0)
    return left, top, min(right + 7, width) - left, min(inked[-1] + 7, height) - top


if __name__ == "__main__":
    main()
