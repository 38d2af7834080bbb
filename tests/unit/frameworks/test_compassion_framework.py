"""The built-in framework: what it asks, what it says of each construct, and GUIDs that never change."""

import itertools
import re
from pathlib import Path

from qdpx_compassion.frameworks import builtin_frameworks, framework_codes, load_framework, loading
from qdpx_compassion.frameworks.framework import construct_guid, dimension_guid, framework_guid
from qdpx_compassion.frameworks.loading import read_framework

#: Pinned: projects that were enriched, and codebooks that were imported, hold these GUIDs.
GUIDS = {
    "Compassion": "b96844fb-28b7-5525-95c6-baa78ada43ce",
    "Elements of compassion": "e759ea93-8651-5d38-bd49-82ec158d8494",
    "Recognising suffering": "d5de9724-0001-5218-8d33-e681dfddb5d0",
    "Universality of suffering": "04afe000-f496-5a98-aac4-99724e81bd5a",
    "Emotional resonance": "c60ea006-d276-5730-ac8a-a3b93c50093e",
    "Tolerating discomfort": "77fc67cd-fc10-5b0d-8f49-0821608ac813",
    "Acting to alleviate suffering": "3077fd09-0a15-5050-b293-020eba39eeae",
    "Effect of technology": "0ff40e23-77ab-5309-b3ca-d1ba55a93992",
    "Enhances compassion": "9dcecf35-cd82-5aca-925f-8b8076f04506",
    "Detracts from compassion": "0144ef83-4be9-59fb-aba2-f6e4e320d622",
    "Fit with the organisation": "700e8c22-dfa4-508f-873f-54b5e40888a0",
    "Match": "24141b66-0886-5ece-80bb-3d13d1908ef9",
    "Mismatch": "2799c5a2-6255-593c-aed8-eaa2878a6488",
}


def test_compassion_is_the_built_in_default() -> None:
    assert builtin_frameworks()[0] == "compassion"
    folder = Path(loading.__file__).parent
    assert sorted(builtin_frameworks()) == sorted(file.stem for file in folder.glob("*.toml"))
    assert load_framework() == load_framework("compassion")


def test_the_guids_of_the_compassion_framework_never_change() -> None:
    assert {code.name: code.guid for code in framework_codes(load_framework()).walk()} == GUIDS


def test_guids_follow_from_framework_id_and_own_id_alone() -> None:
    framework = load_framework()
    assert framework.guid == framework_guid("compassion")
    assert {d.guid for d in framework.dimensions} == {dimension_guid("compassion", d.id) for d in framework.dimensions}
    assert {c.guid for c in framework.constructs} == {construct_guid("compassion", c.id) for c in framework.constructs}
    assert framework.code_guids == frozenset(GUIDS.values())


def test_three_dimensions_ask_what_the_study_asked() -> None:
    framework = load_framework()
    assert (framework.id, framework.title, framework.version) == ("compassion", "Compassion", "1.0")
    assert {d.id: (d.several, d.themes, tuple(c.id for c in d.constructs)) for d in framework.dimensions} == {
        "element": (
            True,
            False,
            (
                "recognising-suffering",
                "universality-of-suffering",
                "emotional-resonance",
                "tolerating-discomfort",
                "acting-to-alleviate",
            ),
        ),
        "technology-effect": (False, False, ("enhances", "detracts")),
        "organisational-fit": (False, True, ("match", "mismatch")),
    }
    assert all(dimension.question.endswith("?") for dimension in framework.dimensions)


def test_the_elements_cite_the_publications_they_come_from() -> None:
    element = load_framework().dimension("element")
    assert element is not None
    for doi in ("10.1016/j.cpr.2016.05.004", "10.1371/journal.pone.0172471", "10.2196/42403"):
        assert doi in element.citation
    assert "10.1371/journal.pone.0320710" in load_framework().citation


def test_each_definition_says_what_counts_and_what_does_not() -> None:
    for construct in load_framework().constructs:
        sentences = re.findall(r"[^.]+\.", construct.definition)
        assert 2 <= len(sentences) <= 3, construct.id
        assert re.search(r"does not count|do not count", construct.definition), construct.id
        assert "\n" not in construct.definition and "  " not in construct.definition, construct.id


def test_colours_differ_for_people_who_do_not_see_red_or_green() -> None:
    colors = {construct.id: construct.color for construct in load_framework().constructs}
    for simulation in (_SEEN_BY_ALL, _PROTANOPIA, _DEUTERANOPIA):
        for one, other in itertools.combinations(colors, 2):
            assert _distance(colors[one], colors[other], simulation) > 15, (one, other)
        for positive, negative in (("enhances", "detracts"), ("match", "mismatch")):
            assert _distance(colors[positive], colors[negative], simulation) > 20, (positive, negative)


def test_the_built_in_file_obeys_its_own_form_with_any_line_ends() -> None:
    from importlib.resources import files

    data = (files("qdpx_compassion.frameworks") / "compassion.toml").read_bytes().replace(b"\r\n", b"\n")
    assert read_framework(data.replace(b"\n", b"\r\n"), "copy.toml") == load_framework()


Matrix = tuple[tuple[float, float, float], ...]

# Machado, Oliveira & Fernandes (2009), severity 1.0, on linear RGB.
_SEEN_BY_ALL: Matrix = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
_PROTANOPIA: Matrix = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
_DEUTERANOPIA: Matrix = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881))
_TO_XYZ: Matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))


def _times(matrix: Matrix, vector: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def _lab(color: str, simulation: Matrix) -> tuple[float, float, float]:
    """CIE L*a*b* of a colour as seen under a simulation."""
    channels = tuple(int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    seen = tuple(min(1.0, max(0.0, c)) for c in _times(simulation, linear))
    scaled = [value / white for value, white in zip(_times(_TO_XYZ, seen), (0.9505, 1.0, 1.089), strict=True)]
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in scaled)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _distance(one: str, other: str, simulation: Matrix) -> float:
    pairs = zip(_lab(one, simulation), _lab(other, simulation), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)
