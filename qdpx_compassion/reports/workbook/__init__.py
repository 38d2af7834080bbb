"""The summary workbook: what the study's tables show, for co-authors. A sheet a file."""

from qdpx_compassion.reports.workbook.writing import write_summary
from qdpx_compassion.study.summary import Options, Summary, summarise

__all__ = ["Options", "Summary", "summarise", "write_summary"]
