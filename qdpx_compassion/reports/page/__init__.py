"""The report page: one HTML file with the workbook's tables, charts and a browser of quotations, for a look."""

from qdpx_compassion.reports.page.writing import write_page

__all__ = ["write_page"]
