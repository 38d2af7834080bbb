"""Findings for machines: SARIF for code scanning, JUnit XML for continuous integration."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from qdpx_compassion.findings import CODES, Finding, Severity
from qdpx_compassion.version import __version__

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LINE = re.compile(r"\bline (\d+)")
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def sarif(findings: Mapping[Path, Sequence[Finding]]) -> bytes:
    """Findings as SARIF 2.1.0.

    Args:
        findings: of each project, by the path that was given.

    Returns:
        A JSON document in UTF-8. A line number is that of the project document inside the archive.
    """
    codes = sorted({finding.code for found in findings.values() for finding in found})
    rules = [
        {
            "id": code,
            "shortDescription": {"text": CODES[code][1]},
            "defaultConfiguration": {"level": str(CODES[code][0])},
        }
        for code in codes
    ]
    driver = {"name": "qdpx-compassion", "version": __version__, "rules": rules}
    results = [_result(path, finding) for path, found in findings.items() for finding in found]
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def _result(path: Path, finding: Finding) -> dict[str, object]:
    physical: dict[str, object] = {"artifactLocation": {"uri": quote(path.as_posix())}}
    line = _LINE.search(finding.where)
    if line and int(line[1]):
        physical["region"] = {"startLine": int(line[1])}
    location: dict[str, object] = {"physicalLocation": physical}
    if finding.where:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.where}]
    return {
        "ruleId": finding.code,
        "level": str(finding.severity),
        "message": {"text": finding.message},
        "locations": [location],
    }


def junit(findings: Mapping[Path, Sequence[Finding]]) -> bytes:
    """Findings as JUnit XML: a suite a project, a case a code; errors are failures, the rest is output of its case.

    Args:
        findings: of each project, by the path that was given.

    Returns:
        An XML document in UTF-8.
    """
    from lxml import etree

    root = etree.Element("testsuites", name="qdpx-compassion validate")
    for path, found in findings.items():
        cases: dict[str, list[Finding]] = defaultdict(list)
        for finding in found:
            cases[finding.code].append(finding)
        failed = sum(any(one.severity is Severity.ERROR for one in group) for group in cases.values())
        suite = etree.SubElement(
            root, "testsuite", name=_text(str(path)), tests=str(len(cases) or 1), failures=str(failed), errors="0"
        )
        if not cases:
            etree.SubElement(suite, "testcase", name="no findings", classname=_text(path.stem))
        for code, group in cases.items():
            case = etree.SubElement(suite, "testcase", name=code, classname=_text(path.stem))
            errors = [one for one in group if one.severity is Severity.ERROR]
            others = [one for one in group if one.severity is not Severity.ERROR]
            if errors:
                message = f"{CODES[code][1]} ({len(errors)})"
                etree.SubElement(case, "failure", message=message, type=code).text = _lines(errors)
            if others:
                etree.SubElement(case, "system-out").text = _lines(others)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _lines(findings: Sequence[Finding]) -> str:
    return _text("\n".join(f"{one.where}: {one.message}" if one.where else one.message for one in findings))


def _text(text: str) -> str:
    """Text as XML can hold it: control characters are shown as U+FFFD."""
    return _NOT_XML.sub("\ufffd", text)
