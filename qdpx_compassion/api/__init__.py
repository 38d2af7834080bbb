"""The facade: what notebooks and commands share. A function a job; heavy imports wait until they are needed."""

from qdpx_compassion.api.comparing import diff, diff_tables, write_difference
from qdpx_compassion.api.converting import convert
from qdpx_compassion.api.mappings import check_mapping, new_mapping, update_mapping
from qdpx_compassion.api.projects import Overview, describe, open_codebook, open_project, validate, write_findings
from qdpx_compassion.api.reporting import summarise, summarise_as
from qdpx_compassion.api.sharing import propose_names, share
from qdpx_compassion.api.targets import survival, write_for
from qdpx_compassion.api.teams import agreement, compare_mappings, merge
from qdpx_compassion.api.writing import Enrichment, enrich, repair, strip
from qdpx_compassion.enrich.projects import Enriched
from qdpx_compassion.enrich.stripping import Stripped
from qdpx_compassion.files.atomic import refuse_existing
from qdpx_compassion.refi.codebook_reading import Codebook
from qdpx_compassion.reports.registry import SUFFIXES as REPORT_SUFFIXES

__all__ = [
    "REPORT_SUFFIXES",
    "Codebook",
    "Enriched",
    "Enrichment",
    "Overview",
    "Stripped",
    "agreement",
    "check_mapping",
    "compare_mappings",
    "convert",
    "describe",
    "diff",
    "diff_tables",
    "enrich",
    "merge",
    "new_mapping",
    "open_codebook",
    "open_project",
    "propose_names",
    "refuse_existing",
    "repair",
    "share",
    "strip",
    "summarise",
    "summarise_as",
    "survival",
    "update_mapping",
    "validate",
    "write_difference",
    "write_findings",
    "write_for",
]
