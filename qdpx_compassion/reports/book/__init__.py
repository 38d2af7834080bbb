"""The book of quotations, for writing the paper: a Word document by element, value and group."""

from qdpx_compassion.reports.book.writing import write_book

__all__ = ["write_book"]
