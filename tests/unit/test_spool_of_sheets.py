"""The files in which sheets wait while a workbook is written."""

import tempfile
from pathlib import Path

import pytest

from qdpx_compassion.errors import OutputError
from qdpx_compassion.spreadsheets.spool import Spool


def test_a_folder_that_may_not_be_written_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(OutputError) as error:
        Spool(tmp_path)
    assert str(error.value) == (f"{tmp_path}: You may not write into this folder. Choose another one for the output.")
