"""Areas on the pages of PDFs: QualCoder counts points from the top of a page, the tables from the bottom."""

from __future__ import annotations

from io import BytesIO

from qdpx_compassion.formats.base import MediaFile

#: Why an area keeps the numbers that it had.
UNTURNED = (
    "QualCoder counts from the top of a page, not from the bottom; how high the page is is not known (the PDF is "
    "missing or damaged, or the package pypdf is), so the numbers stayed."
)
#: What is read to find how high pages are, at most.
_MOST = 1 << 30


def page_heights(file: MediaFile | None) -> list[int]:
    """How high each page is as it is shown, in whole points; empty where that cannot be found out."""
    if file is None or file.size > _MOST:
        return []
    try:
        import logging

        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError:
        return []
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        pages = PdfReader(BytesIO(b"".join(file.chunks()))).pages
        return [round(float(page.cropbox.width if page.rotation % 180 else page.cropbox.height)) for page in pages]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError):
        return []


def turned(y: tuple[int, int], page: int | None, heights: list[int]) -> tuple[int, int]:
    """Two distances from the one edge of a page as distances from the other, the smaller first; its own inverse.

    Where the height of the page is not known the numbers stay.
    """
    if page is None or not 0 <= page < len(heights):
        return min(y), max(y)
    return heights[page] - max(y), heights[page] - min(y)
