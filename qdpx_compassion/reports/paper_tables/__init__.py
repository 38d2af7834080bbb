"""The tables that a paper prints, as Markdown and LaTeX: described once, written in either."""

from qdpx_compassion.reports.paper_tables.latex import write_latex
from qdpx_compassion.reports.paper_tables.markdown import write_markdown
from qdpx_compassion.reports.paper_tables.plan import plan_tables
from qdpx_compassion.reports.paper_tables.table import PaperTable

__all__ = ["PaperTable", "plan_tables", "write_latex", "write_markdown"]
