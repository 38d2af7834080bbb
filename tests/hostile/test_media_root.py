"""Files outside the project: without --media-root none is touched, with it none outside of that folder."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import members, run, run_process
from outputs import written
from small_project import coding, document, selection

from qdpx_compassion.errors import InputError, UsageError
from qdpx_compassion.files.limits import Limits, limited
from qdpx_compassion.files.media_root import MediaRoot, media_root
from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.refi.reader import read_project

CANARY = "canary of another folder"
TEXT = "Nobody listened to me until then."
#: Runs that follow the paths of sources; the project and the folder come last.
READING = {
    "show": ("show", "--json"),
    "validate": ("validate", "--json"),
    "summarise": ("summarise", "-o", "OUT/summary.xlsx"),
    "summarise html": ("summarise", "-o", "OUT/report.html"),
    "mapping new": ("mapping", "new", "-o", "OUT/mapping.xlsx"),
    "agreement": ("agreement", "-o", "OUT/agreement.xlsx"),
}


def study(folder: Path, *paths: str, attribute: str = "plainTextPath") -> Path:
    """A project whose texts or recordings lie at these paths."""
    kind = "TextSource" if attribute == "plainTextPath" else "AudioSource"
    sources = ""
    for number, path in enumerate(paths, 2):
        inner = selection(coding(number), guid=f"dddddddd-0000-4000-8000-{number:012}", start=0, end=15)
        sources += (
            f'<{kind} guid="cccccccc-0000-4000-8000-{number:012}" name="Talk {number}" {attribute}="{path}">'
            f"{inner if kind == 'TextSource' else ''}</{kind}>"
        )
    target = folder / "study.qdpx"
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("project.qde", document(sources=sources))
    return target


def talks(folder: Path, *names: str) -> Path:
    """A folder with a text at each of these names."""
    root = folder / "talks"
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(TEXT, encoding="utf-8", newline="")
    root.mkdir(exist_ok=True)
    return root


def quoted(project: Path, root: Path | None) -> tuple[list[str | None], list[str]]:
    """The quotations of the texts outside, and the codes of findings about files outside."""
    with media_root(*([root] if root else [])):
        read = read_project(project)
    quotations = [row["quotation"] for row in read.records("selections")]
    return quotations, [one.code for one in read.findings if one.code.startswith("external-")]


# -- what it is for --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("relative:///talk.txt", "talk.txt"),
        ("relative://talk.txt", "deep/down/talk.txt"),
        ("relative://wave%201/talk.txt", "wave 1/talk.txt"),
        ("relative:///../wave/talk.txt", "wave/talk.txt"),
        ("absolute:///C:/Users/anna/study/talk.txt", "talk.txt"),
        ("absolute://C:\\Users\\anna\\study\\talk.txt", "study/talk.txt"),
        ("absolute:////server/share/study/Talk.TXT", "study/talk.txt"),
        ("absolute://\\\\server\\share\\talk.txt", "talk.txt"),
        ("file:///home/anna/talk.txt", "talk.txt"),
        ("absolute:///home/Zoe\u0308.txt", "Zo\u00eb.txt"),
    ],
)
def test_a_text_that_was_moved_is_found_by_the_end_of_its_path(path: str, name: str, tmp_path: Path) -> None:
    root, project = talks(tmp_path, name), study(tmp_path, path)
    assert quoted(project, root) == ([TEXT[:15]], ["external-found"])
    assert quoted(project, None)[1] == ["external-source"]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("absolute:///C:/a/talk.txt", ["one/talk.txt", "two/talk.txt"]),
        ("relative://talk.txt", ["one/talk.txt", "two/TALK.txt"]),
        ("absolute:///C:/P01/talk.txt", ["P02/talk.txt"]),  # the folders say that it is another
    ],
)
def test_where_it_is_not_certain_nothing_is_taken(path: str, names: list[str], tmp_path: Path) -> None:
    quotations, codes = quoted(study(tmp_path, path), talks(tmp_path, *names))
    assert (quotations, codes) == ([None], ["external-unsure"])


def test_the_folders_decide_between_files_of_one_name(tmp_path: Path) -> None:
    root = talks(tmp_path, "P01/talk.txt", "P02/talk.txt", "talk.txt")
    (root / "P02" / "talk.txt").write_text("Another text of the same name.", encoding="utf-8")
    project = study(tmp_path, "absolute:///D:/x/P01/talk.txt", "absolute:///D:/x/P02/talk.txt")
    assert quoted(project, root) == ([TEXT[:15], "Another text of"], ["external-found"] * 2)


def test_one_file_is_not_taken_for_two(tmp_path: Path) -> None:
    project = study(tmp_path, "absolute:///D:/x/P01/talk.txt", "absolute:///D:/x/P02/talk.txt")
    assert quoted(project, talks(tmp_path, "talk.txt")) == ([TEXT[:15], None], ["external-found", "external-unsure"])


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    project = study(tmp_path, "relative:///talk.wav", attribute="path")
    ran = run("validate", project, "--media-root", talks(tmp_path, "other.wav"))
    assert "external-missing" in ran.out
    assert "talk.wav is not in --media-root" in ran.out


def test_the_files_are_gathered_into_the_project(tmp_path: Path) -> None:
    root = talks(tmp_path, "talk.txt")
    (root / "talk.wav").write_bytes(b"RIFF" * 100_000)
    project = study(tmp_path, "absolute:///C:/anna/talk.txt", "absolute:///C:/anna/gone.txt")
    gathered = tmp_path / "gathered.qdpx"
    assert run("convert", project, gathered, "--media-root", root).code == 0
    with open_project_files(gathered) as files:
        assert [files.read(one) for one in files.members if one is not files.document] == [TEXT.encode()]
    quotations, codes = quoted(gathered, None)
    assert quotations == [TEXT[:15], None]
    assert codes == ["external-source"]  # what was not found keeps its path
    recording = study(tmp_path, "relative:///talk.wav", attribute="path")
    assert run("convert", recording, gathered, "--media-root", root, "--force").code == 0
    with open_project_files(gathered) as files:
        assert [one.size for one in files.members if one is not files.document] == [400_000]


def test_the_log_names_what_was_read_outside(tmp_path: Path) -> None:
    root, project = talks(tmp_path, "talk.txt", "private.txt"), study(tmp_path, "relative:///talk.txt")
    log = tmp_path / "log.json"
    ran = run("convert", project, tmp_path / "new.qdpx", "--media-root", root, "--log", log)
    assert ran.code == 0, ran.err
    said = log.read_text(encoding="utf-8")
    assert '"talk.txt"' in said
    assert "private" not in said
    assert str(tmp_path) not in said


def test_reports_hold_the_quotations_of_texts_outside(tmp_path: Path) -> None:
    root, project = talks(tmp_path, "talk.txt"), study(tmp_path, "absolute:///C:/anna/talk.txt")
    report, mapping, newer = (tmp_path / name for name in ("report.html", "mapping.xlsx", "newer.xlsx"))
    assert run("summarise", project, "-o", report, "--media-root", root).code == 0
    assert TEXT[:15] in report.read_text(encoding="utf-8")
    assert run("mapping", "new", project, "-o", mapping, "--media-root", root).code == 0
    assert run("mapping", "update", project, mapping, "-o", newer, "--media-root", root).code == 0
    for workbook in (mapping, newer):
        assert TEXT[:15].encode() in b"".join(members(workbook).values())
    told = run("agreement", project, "-o", tmp_path / "table.xlsx", "--media-root", root)
    assert "should not have happened" not in told.err


def test_sharing_says_that_the_file_is_not_in_the_copy(tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("name,replacement\nAnna,P01\n", encoding="utf-8")
    ran = run("share", study(tmp_path, "relative:///talk.wav", attribute="path"), "--names", names,
              "-o", tmp_path / "copy.qdpx")  # fmt: skip
    assert ran.code == 0, ran.err
    assert "lies outside the project and is not shared" in " ".join(ran.out.split())


# -- what it never does ----------------------------------------------------------------------------------------------


def _symlink(link: Path, target: Path | str) -> None:
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("links cannot be made here")


@pytest.mark.parametrize("command", READING)
def test_nothing_outside_the_folder_is_read(command: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "canary.txt").write_text(CANARY, encoding="utf-8")
    root = talks(tmp_path, "talk.txt")
    _symlink(root / "link.txt", secret / "canary.txt")
    _symlink(root / "linked", secret)
    _symlink(root / "loop.txt", "loop.txt")
    paths = [
        *("relative:///../secret/canary.txt", "relative:///talks/../../secret/canary.txt", "relative:///link.txt"),
        *(f"absolute://{secret.as_posix()}/canary.txt", f"file://{secret.as_posix()}/canary.txt"),
        *("relative:///linked/canary.txt", "relative:///loop.txt", "relative:///linked\\..\\linked\\canary.txt"),
        *("relative:///%2e%2e/secret/canary.txt", "relative:///talk.txt/../../secret/canary.txt"),
        *("relative:///talk.txt&#xFFFD;", "relative:///", "relative://.", "relative:///..", "absolute://C:"),
        *("file://localhost/etc/passwd", "absolute:///dev/zero", "absolute:///proc/self/environ", "relative://CON"),
    ]
    project = study(tmp_path, *paths)
    out = tmp_path / "out"
    out.mkdir()
    for given in ([], ["--media-root", str(root)]):
        words = [word.replace("OUT", str(out)) for word in READING[command]]
        ran = run(*words, project, *given, *(["--force"] if "-o" in words else []))
        assert "should not have happened" not in ran.err, ran
        assert "Traceback" not in ran.err, ran
        assert CANARY not in ran.out + ran.err
        for name, data in written(out):
            assert CANARY.encode() not in data, (name, given)


def test_a_path_never_reaches_the_operating_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows the name of a server alone sends it the user's password hash."""
    asked: list[str] = []

    def watch(name: str) -> Callable[..., object]:
        real: Callable[..., object] = getattr(os, name)

        def watched(path: object, *arguments: object, **options: object) -> object:
            asked.append(str(path))
            return real(path, *arguments, **options)

        return watched

    for name in ("stat", "lstat", "open", "scandir", "listdir", "readlink"):
        monkeypatch.setattr(os, name, watch(name))
    paths = ["absolute://\\\\server\\share\\talk.txt", "absolute:////server/share/other.txt", "relative:///../up.txt",
             "file://server/share/talk.txt"]  # fmt: skip
    project = study(tmp_path, *paths)
    for root in (None, talks(tmp_path, "talk.txt")):
        quoted(project, root)
    assert asked
    assert not [one for one in asked if "server" in one or ".." in one or "other.txt" in one or "up.txt" in one]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes are a matter of POSIX")
def test_pipes_and_devices_are_no_files(tmp_path: Path) -> None:
    root = talks(tmp_path)
    os.mkfifo(root / "pipe.txt")
    (root / "zero.txt").symlink_to("/dev/zero")
    project = study(tmp_path, "relative:///pipe.txt", "relative:///zero.txt")
    assert quoted(project, root) == ([None, None], ["external-missing"] * 2)


def test_a_file_that_is_replaced_meanwhile_is_not_read(tmp_path: Path) -> None:
    root = MediaRoot(talks(tmp_path, "talk.txt"))
    file = root.find("relative:///talk.txt").file
    assert file is not None
    (tmp_path / "canary.txt").write_text(CANARY, encoding="utf-8")
    (tmp_path / "talks" / "talk.txt").unlink()
    _symlink(tmp_path / "talks" / "talk.txt", tmp_path / "canary.txt")
    with pytest.raises((InputError, OSError)):
        file.open()
    (tmp_path / "talks" / "talk.txt").unlink()
    (tmp_path / "talks" / "talk.txt").write_text("A longer text than it was before.\n", encoding="utf-8")
    with pytest.raises(InputError, match="changed"):
        file.open()


def test_a_text_that_is_too_large_is_refused_with_its_limit(tmp_path: Path) -> None:
    root, project = talks(tmp_path, "talk.txt"), study(tmp_path, "relative:///talk.txt")
    (root / "talk.txt").write_bytes(b"x" * 3_000_000)
    ran = run("show", project, "--media-root", root, "--limit", "text_bytes=1M")
    assert ran.code == 1
    assert "talk.txt" in ran.message
    assert "--limit text_bytes=" in ran.message


def test_a_folder_with_too_many_files_is_refused(tmp_path: Path) -> None:
    root = talks(tmp_path, *(f"{number}.txt" for number in range(5)))
    with limited(Limits(members=4)), pytest.raises(InputError, match="more than 4 files"):
        MediaRoot(root).find("relative:///1.txt")


@pytest.mark.parametrize("name", ["gone", "talks/talk.txt", "\x00"])
def test_what_is_no_folder_is_refused(name: str, tmp_path: Path) -> None:
    talks(tmp_path, "talk.txt")
    with pytest.raises(UsageError, match="no such folder"):
        MediaRoot(tmp_path / name)
    if name == "gone":
        ran = run_process("show", study(tmp_path, "relative:///a.txt"), "--media-root", tmp_path / name)
        assert (ran.code, "no such folder" in ran.message) == (2, True)


@pytest.mark.parametrize(
    "words",
    [("share", "-o", "copy.qdpx", "--names", "names.csv"), ("merge", "-o", "merged.qdpx", "second.qdpx"),
     ("repair", "-o", "repaired.qdpx"), ("strip", "-o", "stripped.qdpx"), ("enrich", "map.csv", "-o", "e.qdpx")],
)  # fmt: skip
def test_a_copy_for_others_never_takes_files_from_outside(words: tuple[str, ...], tmp_path: Path) -> None:
    root, project = talks(tmp_path, "talk.txt"), study(tmp_path, "relative:///talk.txt")
    (tmp_path / "second.qdpx").write_bytes(project.read_bytes())
    (tmp_path / "names.csv").write_text("name,replacement\nAnna,P01\n", encoding="utf-8")
    (tmp_path / "map.csv").write_text("code,construct,mark\nOpenness,acting-to-alleviate,x\n", encoding="utf-8")
    arguments = [str(tmp_path / word) if "." in word else word for word in words]
    if words[0] == "enrich":
        arguments.insert(1, str(project))
    else:
        arguments.append(str(project))
    refused = run(*arguments, "--media-root", root)
    assert (refused.code, "No such option" in refused.message) == (2, True)
    with media_root(root):
        ran = run(*arguments)
    assert ran.code == 0, ran.err
    made = tmp_path / arguments[arguments.index("-o") + 1]
    with open_project_files(made) as files:
        assert all(TEXT.encode() not in files.read(one) for one in files.members)
