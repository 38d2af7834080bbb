"""Audio and video: nothing in them is changed; a name that is written in the file is found."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from qdpx_compassion.teams.share.names import Name

AUDIO_VIDEO = frozenset(
    [
        "aac",
        "aif",
        "aiff",
        "amr",
        "avi",
        "dss",
        "ds2",
        "flac",
        "m4a",
        "m4v",
        "mka",
        "mkv",
        "mov",
        "mp3",
        "mp4",
        "mpeg",
        "mpg",
        "oga",
        "ogg",
        "ogv",
        "opus",
        "wav",
        "webm",
        "wma",
        "wmv",
        "3gp",
    ]
)
#: Shorter names occur by chance in so many bytes.
_SHORTEST = 6
_OVERLAP = 400


def name_in_bytes(chunks: Iterable[bytes], names: Sequence[Name]) -> str | None:
    """The first name that is written somewhere in a file, in the tags of a recording for instance.

    Args:
        chunks: the file.
        names: looked for as they are written, in UTF-8, Windows' and UTF-16 encodings.
    """
    wanted = [(data, name.name) for name in names for data in _forms(name.name)]
    before = b""
    for chunk in chunks:
        window = before + chunk
        for data, name in wanted:
            if data in window:
                return name
        before = window[-_OVERLAP:]
    return None


def _forms(name: str) -> set[bytes]:
    spaced = {name, name.replace(" ", "_"), name.replace(" ", "-"), name.replace(" ", "")}
    cased = {form for one in spaced for form in (one, one.lower(), one.upper(), one.title())}
    forms = {unicodedata.normalize(form, one) for one in cased for form in ("NFC", "NFD")}
    found = {form.encode(code, "ignore") for form in forms for code in ("utf-8", "cp1252", "utf-16-le", "utf-16-be")}
    return {data for data in found if len(data) >= _SHORTEST and len(data) >= len(name)}
