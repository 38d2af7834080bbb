"""Projects behind addresses: S3 (a local server), zip archives, servers that refuse; what is written down of them."""

import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path

import pytest
from command_line import FIRST_STEPS, VALUES_STUDY
from corpus_projects import Here, built, column

from qdpx_compassion.corpus.places import find_places, is_url, without_secrets
from qdpx_compassion.corpus.query import open_corpus
from qdpx_compassion.errors import UsageError

boto3 = pytest.importorskip("boto3")
moto_server = pytest.importorskip("moto.server")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


def _point_at(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    for name, value in (
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", "nobody"),
        ("AWS_SECRET_ACCESS_KEY", "nothing"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_MAX_ATTEMPTS", "1"),
    ):
        monkeypatch.setenv(name, value)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket with two projects on a server of this computer."""
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    _point_at(f"http://{host}:{port}", monkeypatch)
    client = boto3.client("s3")
    client.create_bucket(Bucket="archive")
    for name in ("a/one.qdpx", "b/two.qdpx"):
        client.upload_file(str(FIRST_STEPS), "archive", name)
    client.put_object(Bucket="archive", Key="b/readme.txt", Body=b"no project")
    yield "s3://archive"
    server.stop()


def test_a_bucket_is_read_and_read_again_only_where_it_changed(bucket: str, tmp_path: Path) -> None:
    target = tmp_path / "c"
    assert built(f"{bucket}/**/*.qdpx", into=target).read == 2
    assert sorted(column(target, "projects", "location")) == ["s3://archive/a/one.qdpx", "s3://archive/b/two.qdpx"]
    assert column(target, "projects", "codings") == [53, 53]
    assert list((target / ".staging").iterdir()) == []
    engine = Here()
    assert built(bucket, into=target, engine=engine).unchanged == 2  # a folder is what lies in it
    assert engine.done == 0
    boto3.client("s3").put_object(Bucket="archive", Key="b/two.qdpx", Body=b"no project any more")
    assert built(bucket, f"{bucket}/a/one.qdpx", into=target).failed == 1
    missing = built(f"{bucket}/c/three.qdpx", "s3://nowhere/x.qdpx", into=target)
    assert missing.failed == 2


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    class Refuse(BaseHTTPRequestHandler):
        def _refuse(self) -> None:
            self.send_response(403)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_HEAD = _refuse

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Refuse)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    _point_at(f"http://127.0.0.1:{server.server_port}", monkeypatch)
    yield "s3://closed/*.qdpx"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_bucket_that_may_not_be_read_is_a_row_and_not_the_end(refusing: str, tmp_path: Path) -> None:
    result = built(refusing, FIRST_STEPS, into=tmp_path / "c")
    assert (result.read, result.failed) == (1, 1)
    assert "refuses" in column(tmp_path / "c", "failures", "message")[0]


def test_projects_in_a_zip_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        archive.write(FIRST_STEPS, "in/one.qdpx")
        archive.write(FIRST_STEPS, "in/two.qdpx")
    result = built(f"zip://in/*.qdpx::{tmp_path / 'many.zip'}", into=tmp_path / "c")
    assert result.read == 2
    assert column(tmp_path / "c", "projects", "file") == ["one.qdpx", "two.qdpx"]


def test_an_archive_is_the_same_wherever_the_command_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for name in ("one.qdpx", "in/two.qdpx"):
            archive.write(FIRST_STEPS, name)
    monkeypatch.chdir(tmp_path)
    result = built("zip://::many.zip", into=tmp_path / "c")
    assert (result.read, [one.message for one in result.findings]) == (
        2,
        ["2 projects are the very same document under several names: two.qdpx, one.qdpx."],
    )
    monkeypatch.chdir(tmp_path.parent)
    assert built(f"zip://::{tmp_path.name}/many.zip", into=tmp_path / "c").unchanged == 2
    assert (
        built(f"zip://::{(tmp_path / 'nowhere.zip')}", FIRST_STEPS.as_uri(), FIRST_STEPS, into=tmp_path / "c").found
        == 2
    )


def test_an_unpacked_project_in_a_bucket_brings_its_texts(bucket: str, tmp_path: Path) -> None:
    client = boto3.client("s3")
    with zipfile.ZipFile(VALUES_STUDY) as archive:
        for name in archive.namelist():
            client.put_object(Bucket="archive", Key=f"unpacked/{name}", Body=archive.read(name))
    assert built(f"{bucket}/unpacked", VALUES_STUDY, into=tmp_path / "c").read == 2
    with open_corpus(tmp_path / "c") as corpus:
        asked = "SELECT DISTINCT quotation FROM quotations WHERE project = '{}' ORDER BY ALL"
        local = corpus.sql(asked.format(VALUES_STUDY.name)).fetchall()
        assert corpus.sql(asked.format("project.qde")).fetchall() == local
        assert len(local) > 100
    assert built(f"{bucket}/unpacked", into=tmp_path / "c").unchanged == 1
    text = next(name for name in archive.namelist() if name.endswith(".txt"))
    client.put_object(Bucket="archive", Key=f"unpacked/{text}", Body=b"another text")
    assert built(f"{bucket}/unpacked", into=tmp_path / "c").read == 1


class _Web(BaseHTTPRequestHandler):
    """A server of one project, and of what goes wrong."""

    def do_GET(self) -> None:
        said = {"/a.qdpx": 200, "/closed.qdpx": 403, "/broken.qdpx": 500}.get(self.path.partition("?")[0], 404)
        body = FIRST_STEPS.read_bytes() if said == 200 else b""
        self.send_response(said)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Web)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_web_is_read_and_what_goes_wrong_is_told_rightly(web: str, tmp_path: Path) -> None:
    names = ("a.qdpx?version=2&token=secret", "nowhere.qdpx", "closed.qdpx", "broken.qdpx")
    result = built(*(f"http://{web}/{name}" for name in names), f"https://{web}/a.qdpx", "http://127.0.0.1:9/a.qdpx",
                   into=tmp_path / "c")  # fmt: skip
    assert (result.read, result.failed) == (1, 5)
    assert column(tmp_path / "c", "projects", "location") == [f"http://{web}/a.qdpx?version=2"]
    with open_corpus(tmp_path / "c") as corpus:
        said = dict(corpus.sql("SELECT location, message FROM failures").fetchall())
    for address, words in (
        (f"http://{web}/nowhere.qdpx", "There is no such file."),
        (f"http://{web}/closed.qdpx", "the server refuses"),
        (f"http://{web}/broken.qdpx", "answers 500"),
        (f"https://{web}/a.qdpx", "no safe connection"),
        ("http://127.0.0.1:9/a.qdpx", "cannot be reached"),
    ):
        assert words in said[address], said
    assert built(f"http://{web}/a.qdpx?version=2&token=other", into=tmp_path / "c").unchanged == 1
    twice = built(f"http://{web}/a.qdpx?key=1", f"http://{web}/a.qdpx?key=2", into=tmp_path / "d")
    assert [finding.code for finding in twice.findings] == ["corpus-addresses-alike"]


def test_an_address_that_needs_a_package_or_is_none_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(UsageError, match="gcsfs") as error:
        built("gs://bucket/a.qdpx", into=tmp_path / "c")
    assert "install gcsfs" in error.value.remedy
    with pytest.raises(UsageError, match="foo://"):
        built("foo://bucket/a.qdpx", into=tmp_path / "c")


def test_no_password_is_written_down() -> None:
    given = "https://anna:secret@example.org/x.qdpx?version=2&X-Amz-Signature=abc&token=t"
    assert without_secrets(given) == "https://example.org/x.qdpx?version=2"
    assert without_secrets(f"zip://a.qdpx::{given}") == "zip://a.qdpx::https://example.org/x.qdpx?version=2"
    assert without_secrets("s3://bucket/a@b.qdpx") == "s3://bucket/a@b.qdpx"


def test_a_drive_letter_is_no_address() -> None:
    assert not is_url(r"C:\exports\a.qdpx")
    assert not is_url("C:/exports/a.qdpx")
    assert is_url("s3://bucket/a.qdpx")
    assert is_url("zip://a.qdpx::b.zip")


def test_what_a_mac_added_and_hidden_files_are_no_projects(tmp_path: Path) -> None:
    for name in ("a.qdpx", "._a.qdpx", "__MACOSX/a.qdpx", "deep/er/b.QDPX", "notes.txt", "unpacked/project.qde"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [place.file for place in find_places([str(tmp_path)]).places] == ["a.qdpx", "b.QDPX", "project.qde"]
