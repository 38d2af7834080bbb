"""A framework as a codebook (.qdc) that any program of the standard imports."""

from qdpx_compassion.frameworks.codes import FrameworkCode, framework_codes
from qdpx_compassion.frameworks.framework import Framework
from qdpx_compassion.refi.codebook import CodebookCode, write_codebook


def framework_codebook(framework: Framework) -> bytes:
    """The codebook of a framework: top code and dimensions (not codable), constructs with definition and colour.

    Returns:
        A REFI-QDA 1.0 codebook document in UTF-8; the same bytes for the same framework and program version.
    """
    from qdpx_compassion.version import __version__

    return write_codebook([_codebook_code(framework_codes(framework))], origin=f"qdpx-compassion {__version__}")


def _codebook_code(code: FrameworkCode) -> CodebookCode:
    return CodebookCode(
        guid=code.guid,
        name=code.name,
        is_codable=code.is_codable,
        description=code.description,
        color=code.color,
        children=tuple(_codebook_code(child) for child in code.children),
    )
