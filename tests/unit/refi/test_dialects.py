"""Which program wrote a project, and what is expected of it."""

from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from qdpx_compassion.refi.dialects import Dialect, dialect, dialects, recognise
from qdpx_compassion.refi.text import TextReading


@pytest.mark.parametrize(
    ("origin", "identifier"),
    [
        ("NVivo for Mac 20.5.0", "nvivo-mac"),
        ("NVivo 12.7.0 (4041) for Mac", "nvivo-mac"),
        ("NVivo 12.6.1.970", "nvivo-windows"),
        ("NVivo Release 1.7", "nvivo-windows"),
        ("nvivo 20", "nvivo-windows"),
        ("ATLAS.ti 8.4.0 573 , macOS Version 10.14.3 (Build 18D109)", "atlasti-mac"),
        ("ATLAS.ti 9.1.3.0", "atlasti-windows"),
        ("ATLAS.ti 23.2.1.26990", "atlasti-windows"),
        ("MAXQDA 24.7.0", "maxqda"),
        ("QualCoder", "qualcoder"),
        ("Taguette 1.4.1", "taguette"),
        ("Transana 3.22b2-QDE-Win", "transana"),
        ("qualitative-coding 1.3", "qc"),
        ("qc 1.2", "qc"),
        ("QDA Miner 6", "qda-miner"),
        ("Quirkos 2.5", "quirkos"),
        ("Dedoose", "dedoose"),
        ("f4analyse 3", "f4analyse"),
        ("A program of our own", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_programs_are_recognised_by_their_origin(origin: str | None, identifier: str) -> None:
    assert recognise(origin).id == identifier


def test_nvivo_counts_utf16_units_and_crlf_twice() -> None:
    for identifier in ("nvivo-windows", "nvivo-mac"):
        assert dialect(identifier).reading == TextReading("utf16", 2, "exclusive", False)
        assert dialect(identifier).standing == "verified"


def test_every_profile_has_an_id_of_its_own_and_the_last_fits_all() -> None:
    profiles = dialects()
    assert len({profile.id for profile in profiles}) == len(profiles)
    assert profiles[-1].id == "unknown"
    assert all(profile.origin for profile in profiles[:-1])
    assert [profile for profile in profiles if recognise(profile.program).id != profile.id] == []


def test_programs_without_a_known_export_are_not_called_verified() -> None:
    for identifier in ("quirkos", "qda-miner", "dedoose", "f4analyse", "openqda", "requal"):
        assert dialect(identifier).standing == "unknown"


@pytest.mark.parametrize("profile", dialects(), ids=lambda profile: profile.id)
def test_a_profile_says_only_what_can_be_said(profile: Dialect) -> None:
    """A slip in dialects.toml is named here, not by whoever opens a project of that program."""
    for name, kind in get_type_hints(Dialect).items():
        if get_origin(kind) is Literal:
            assert getattr(profile, name) in get_args(kind), f"{name} of {profile.id}"
