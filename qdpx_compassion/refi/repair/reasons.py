"""Why what a repair leaves was not mended."""

from __future__ import annotations

import re
from dataclasses import replace

from qdpx_compassion.findings import Finding

_MUST_BE = re.compile(r" (?:is “.*”|is empty); it must be (?P<form>.+)\.", re.DOTALL)
#: What is asked of a value that was not mended, by how what it must be begins.
_ASKED = (
    ("a whole number", "what number was meant"),
    ("a number", "what number was meant"),
    ("a date and time", "what date and time was meant"),
    ("a date", "what date was meant"),
    ("true or false", "whether true or false was meant"),
    ("a colour", "what colour was meant"),
    ("a GUID", "what GUID was meant"),
)

#: Why findings that are about no value stay, by code.
_OTHERWISE = {
    "reference-dangling": "It stays as it is: what was meant cannot be known; --assume takes such references out.",
    "guid-twice": "It stays as it is: which of the two a reference means cannot be known.",
    "file-missing": "It stays as it is: the file is not in the project; export it again with its files.",
    "position-past-end": "It stays as it is: where the selection ends cannot be known.",
    "position-reversed": "It stays as it is: whether its ends were changed round or are wrong cannot be known.",
}


def with_reason(finding: Finding) -> Finding:
    """A finding that is left after a repair; where it is about a value, its message says why the value stays.

    Args:
        finding: about the result of the repair.
    """
    if finding.code in _OTHERWISE:
        return replace(finding, message=f"{finding.message} {_OTHERWISE[finding.code]}")
    if finding.code == "value-type":
        return _because(finding, "whether its value or the variable's type is wrong")
    said = _MUST_BE.search(finding.message) if finding.code == "schema" else None
    if said is None:
        return finding
    asked = (words for form, words in _ASKED if said["form"].startswith(form))
    return _because(finding, next(asked, "which of these was meant"))


def _because(finding: Finding, unknown: str) -> Finding:
    return replace(finding, message=f"{finding.message} It stays as it is: {unknown} cannot be known.")
