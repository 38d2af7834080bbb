"""What the doctor says: whether the program works, and nothing that tells who somebody is."""

import getpass
import json
import socket
from pathlib import Path

import pytest
from command_line import run, run_process

from qdpx_compassion import __version__, installed
from qdpx_compassion.api import health


def test_a_healthy_installation_is_called_so() -> None:
    ran = run("doctor")
    assert ran.code == 0, ran.out
    assert f"qdpx-compassion  {__version__}, " in ran.out
    assert ran.out.count("works  ") == 5
    assert "Everything works." in ran.out
    assert "When you ask for help, send all of the above" in ran.out


def test_no_path_and_no_name_is_said() -> None:
    said = run("doctor").out + run("doctor", "--json").out
    assert str(Path.home()) not in said or str(Path.home()) == "/"
    assert "/tmp" not in said  # noqa: S108
    assert "site-packages" not in said
    assert socket.gethostname() not in said or len(socket.gethostname()) < 4
    user = getpass.getuser()
    assert f"/{user}" not in said


def test_programs_read_it() -> None:
    told = json.loads(run("doctor", "--json").out)
    assert told["well"] is True
    assert {"parquet", "pdf"} <= set(told["extras"])
    assert all(not trial["problem"] for trial in told["trials"])


def test_what_fails_is_named_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: object, **__: object) -> None:
        raise PermissionError(13, "denied", "/home/ada/secret.qdpx")

    monkeypatch.setattr("qdpx_compassion.api.writing.enrich_project", fault)
    ran = run("doctor")
    assert ran.code == 1
    assert "fails  enrich: PermissionError" in ran.out
    assert "Something does not work" in ran.out
    assert "secret" not in ran.out


def test_a_package_that_is_not_there_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = installed.version_of
    gone = {"pyarrow", "lxml"}
    for module in (health, installed):
        monkeypatch.setattr(module, "version_of", lambda name: "" if name in gone else versions(name))
    ran = run("doctor")
    assert ran.code == 1
    assert "lxml is missing" in " ".join(ran.out.split())
    assert "Add it: python -m pip install pyarrow" in " ".join(ran.out.split())


def test_a_terminal_of_few_letters_is_remarked() -> None:
    ran = run_process("doctor", PYTHONIOENCODING="cp1252", PYTHONUTF8="0")
    assert ran.code == 0
    assert "The terminal's character set is cp1252" in ran.out
