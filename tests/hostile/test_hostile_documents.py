"""XML that was made to do harm: it reads no file, reaches no network, hangs nothing, and every run ends in words."""

import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from bounded import COMMANDS, MAPPING, QUICK, Bounded, run_all
from command_line import FIRST_STEPS, run
from hostile_documents import CANARY, DOCUMENTS
from outputs import written
from small_project import document

from qdpx_compassion.refi.names import CHILDREN

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="bounds of memory are a matter of POSIX")

#: Read as any other, with a finding.
HARMLESS = {
    *("harmless-doctype", "internal-entity", "defaults-of-attributes", "stylesheet", "dtd-of-the-network"),
    *("dtd-of-a-file", "external-entity", "parameter-entity"),
}
#: Too slow for every day: they take all that the limits allow.
SLOW = {"many-unknown-names", "many-attributes", "long-comment", "selections-of-everything", "quadratic-in-attributes"}
#: Exit with 1 for what they found, without an error of their own.
FIND = ("validate", "diff", "repair")
#: Seconds that one command may take, on a machine that does other things too.
PATIENCE = 20


@pytest.fixture
def port() -> Iterator[int]:
    """A port at which somebody listens; whoever knocks there fails the test."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def _run(name: str, port: int, folder: Path, commands: tuple[str, ...]) -> list[Bounded]:
    given, out = folder / "given" / "project", folder / "out"
    given.mkdir(parents=True)
    out.mkdir()
    data = DOCUMENTS[name](folder / "given", port)
    project = given / "study.qdpx"
    # what is long is not packed: it would be refused for its ratio
    with zipfile.ZipFile(project, "w", zipfile.ZIP_STORED if len(data) > 16 << 20 else zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", data)
    return run_all(project, out, commands, seconds=PATIENCE * len(commands))


def _judge(ran: list[Bounded], folder: Path) -> None:
    for one in ran:
        assert one.code in (0, 1), one
        assert "should not have happened" not in one.err, one
        assert "Traceback" not in one.err, one
        assert "not enough memory" not in one.err, one
        assert CANARY not in one.out + one.err, one
        assert one.seconds < PATIENCE, one
        if one.code and one.command not in FIND:
            assert "Error: " in one.err, one
    for name, data in written(folder / "out"):
        assert CANARY.encode() not in data, name
        assert not name.endswith(".qdpx-part"), name


@pytest.mark.parametrize("name", [name[:60] for name in DOCUMENTS if name not in SLOW and len(name) < 60])
def test_a_hostile_document(name: str, port: int, tmp_path: Path) -> None:
    ran = _run(name, port, tmp_path, QUICK)
    _judge(ran, tmp_path)
    if name in HARMLESS:
        assert [one.code for one in ran if one.command != "validate"] == [0, 0, 0], ran
    if name == "harmless-doctype":
        assert "xml-doctype" in ran[0].out


@pytest.mark.parametrize("command", ["show", "validate", "enrich", "strip", "repair", "share", "merge", "convert"])
def test_any_element_of_the_standard_may_come_first(command: str, tmp_path: Path) -> None:
    path, out = tmp_path / "study.qde", tmp_path / "out.qde"
    arguments = {
        "show": (path,), "validate": (path,), "enrich": (path, MAPPING, "-o", out), "strip": (path, "-o", out),
        "repair": (path, "-o", out), "share": (path, "-o", tmp_path / "names.xlsx"),
        "merge": (FIRST_STEPS, path, "-o", tmp_path / "out.qdpx"), "convert": (path, tmp_path / "out.json"),
    }  # fmt: skip
    for name in sorted(CHILDREN.keys() - {"Project"}):
        first = document().replace(b"<Project ", f"<{name} ".encode(), 1).replace(b"</Project>", f"</{name}>".encode())
        path.write_bytes(first)
        ran = run(command, *arguments[command])
        assert ran.code == 1, (name, ran)
        assert "should not have happened" not in ran.err, (name, ran)


@pytest.mark.long
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_hostile_document_under_every_command(name: str, port: int, tmp_path: Path) -> None:
    _judge(_run(name, port, tmp_path, tuple(COMMANDS)), tmp_path)


@pytest.mark.long
def test_an_attribute_of_500_megabytes(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    path = tmp_path / "study.qde"
    with path.open("wb") as file:
        file.write(b'<Project xmlns="urn:QDA-XML:project:1.0" name="')
        for _ in range(500):
            file.write(b"x" * (1 << 20))
        file.write(b'"/>')
    _judge(ran := run_all(path, tmp_path / "out", QUICK, seconds=PATIENCE * len(QUICK)), tmp_path)
    assert all("--limit tag_bytes=32M" in " ".join((one.err + one.out).split()) for one in ran)
