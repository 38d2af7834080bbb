"""What other programs marked in texts: annotations of any writer, and Hypothesis' rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from qdpx_compassion.errors import InputError
from qdpx_compassion.findings import Finding, count
from qdpx_compassion.formats.base import Content, MediaFile
from qdpx_compassion.formats.beside import folder_beside
from qdpx_compassion.formats.codes import empty_rows
from qdpx_compassion.formats.taguette.html import DocumentText
from qdpx_compassion.formats.web_annotation.locating import Passage, PassageFinder
from qdpx_compassion.formats.web_annotation.selectors import fragment_columns, of_type
from qdpx_compassion.formats.web_annotation.terms import guid_of, identifier, listed
from qdpx_compassion.refi.guids import derive
from qdpx_compassion.refi.text import decode_text
from qdpx_compassion.tables import TABLES, Project

_TAGS = ("tagging", "classifying")
_POSITION = {name: table.position for name, table in TABLES.items()}
_SOUND = frozenset((".mp3", ".wav", ".m4a", ".ogg", ".flac", ".aac"))
#: What a target is where nothing but its name tells.
_BY_NAME = {
    **dict.fromkeys(_SOUND, "AudioSource"),
    **dict.fromkeys((".mp4", ".mov", ".webm", ".avi", ".mkv", ".m4v"), "VideoSource"),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp"), "PictureSource"),
}
#: The largest text that is looked for beside the file.
_LIMIT = 64 << 20


def items_of(found: Any) -> Iterator[Any]:
    """The annotations of a list, a page, a collection or a single one; rows of Hypothesis as annotations."""
    if isinstance(found, list):
        for one in found:
            yield from items_of(one)
    elif isinstance(found, dict):
        kinds = listed(found.get("type", found.get("@type")))
        if isinstance(found.get("rows"), list):
            yield from map(_from_hypothesis, found["rows"])
        elif "items" in found:
            yield from items_of(found["items"])
        elif "AnnotationCollection" in kinds:
            yield from items_of(found.get("first"))
        elif "target" in found:
            yield found if "body" in found or "tags" not in found else _from_hypothesis(found)


def annotations_of(found: Any, path: Path) -> list[dict[str, Any]]:
    """The annotations of a file.

    Raises:
        InputError: there are none.
    """
    try:
        annotations = [one for one in items_of(found) if isinstance(one, dict) and one.get("target")]
    except RecursionError as error:
        raise InputError("The lists in the file are nested too deeply.", where=path.name) from error
    if not annotations:
        raise InputError(
            "The file holds no annotations.",
            where=path.name,
            remedy="It must be a Web Annotation, a list or collection of them, or an export of Hypothesis.",
        )
    return annotations


def _from_hypothesis(row: Any) -> Any:
    """A row of Hypothesis' interface, with its tags and text as bodies."""
    if not isinstance(row, dict):
        return row
    bodies = [{"type": "TextualBody", "purpose": "tagging", "value": tag} for tag in listed(row.get("tags"))]
    if row.get("text"):
        bodies.append({"type": "TextualBody", "purpose": "commenting", "value": row["text"]})
    info = row.get("user_info")
    name = info.get("display_name") if isinstance(info, dict) else None
    user = row.get("user")
    creator = {"id": user, "name": name or str(user).removeprefix("acct:").partition("@")[0]} if user else None
    return {
        "id": row.get("id"), "target": row.get("target"), "body": bodies, "creator": creator,
        "created": row.get("created"), "modified": row.get("updated"),
    }  # fmt: skip


def read_foreign(annotations: list[dict[str, Any]], path: Path) -> Content:
    """A project of what was marked: a source for each target, a code for each tag.

    Args:
        annotations: at least one.
        path: the file; texts are looked for beside it.
    """
    return _Reader(annotations, path).content()


@dataclass
class _Source:
    """What is marked in one target."""

    iri: str
    kind: str
    marked: list[tuple[dict[str, Any], list[Any]]] = field(default_factory=list)


class _Reader:
    def __init__(self, annotations: list[dict[str, Any]], path: Path) -> None:
        self._path = path
        self._rows = empty_rows("Web Annotation")
        self._rows["project"][0][_POSITION["project"]["name"]] = path.stem
        self._findings: list[Finding] = []
        self._media: dict[str, MediaFile] = {}
        self._codes: dict[str, int] = {}  # tag → row
        self._users: dict[str, str] = {}
        self._left: Counter[str] = Counter()
        targets = [
            (annotation, *_target(target)) for annotation in annotations for target in listed(annotation.get("target"))
        ]
        # What is said of the whole of something is of what others mark places in.
        known = {iri: kind for _, iri, selectors in reversed(targets) if (kind := _kind(iri, selectors))}
        sources: dict[tuple[str, str], _Source] = {}
        for annotation, iri, selectors in targets:
            kind = _kind(iri, selectors) or known.get(iri, "TextSource")
            sources.setdefault((iri, kind), _Source(iri, kind)).marked.append((annotation, selectors))
        self._sources = list(sources.values())

    def content(self) -> Content:
        """The project."""
        for source in self._sources:
            self._source(source)
        said = {
            "passage-not-found": "of passages that are not in their text",
            "selector-unknown": "with selectors that are not read (shapes, paths in web pages)",
        }
        for code, text in said.items():
            if self._left[code]:
                number = count(self._left[code], "annotation", "annotations")
                self._findings.append(Finding(code, f"Left out: {number} {text}.", self._path.name))
        return Content(Project(self._rows, findings=self._findings, name=self._path.name), self._media)

    def _row(self, table: str, **values: Any) -> int:
        row: list[Any] = [None] * len(TABLES[table].columns)
        for name, value in values.items():
            row[_POSITION[table][name]] = value
        self._rows[table].append(row)
        return len(self._rows[table]) - 1

    # -- sources ------------------------------------------------------------------------------------------------------

    def _source(self, source: _Source) -> None:
        name = unquote(PurePosixPath(urlsplit(source.iri).path).name) or source.iri
        guid = guid_of(source.iri) or derive("annotation", "source", source.iri, source.kind)
        row = self._row("sources", kind=source.kind, guid=guid, name=name)
        values, at = self._rows["sources"][row], _POSITION["sources"]
        if source.kind != "TextSource":
            values[at["path"]] = f"relative:///{name}"
            for annotation, selectors in source.marked:
                self._area(row, annotation, selectors)
            return
        text = self._text_beside(name)
        places = self._places(source, text) if text is not None else None
        if text is None:
            text, places = _gathered(source)
            message = "The text is not beside the file; it was made of the passages that were marked."
            self._findings.append(Finding("text-of-passages", message, name))
        data = text.encode("utf-8", "replace")
        values[at["plain_text_path"]] = path = f"internal://{guid}.txt"
        values[at["text_length"]] = len(text)
        self._media[path] = MediaFile(f"{guid}.txt", len(data), partial(_once, data))
        for (annotation, selectors), place in zip(source.marked, places or [], strict=True):
            if not selectors:
                self._bodies(annotation, "source", row)
            elif place is not None:
                self._passage(row, annotation, text, place)
            else:
                known = of_type(selectors, "TextQuoteSelector") or of_type(selectors, "TextPositionSelector")
                self._left["passage-not-found" if known else "selector-unknown"] += 1

    def _text_beside(self, name: str) -> str | None:
        """The text of that name in the same folder, or in that beside the file; web pages as their text."""
        if not name or name in (".", "..") or any(sign in name for sign in "/\\:\0"):
            return None
        folders = (self._path.parent, folder_beside(self._path), folder_beside(self._path) / "sources")
        for file in (folder / one for folder in folders for one in (name, f"{name}.txt")):
            try:
                if file == self._path or file.is_symlink() or not file.is_file() or file.stat().st_size > _LIMIT:
                    continue
                text = decode_text(file.read_bytes())[0]
            except (OSError, ValueError):
                continue
            return DocumentText(text).text if file.suffix.lower() in (".html", ".htm", ".xhtml") else text
        return None

    def _places(self, source: _Source, text: str) -> list[tuple[int, int] | None]:
        finder = PassageFinder(text)
        return [finder.find(passage) if (passage := _passage(selectors)) else None for _, selectors in source.marked]

    # -- selections ---------------------------------------------------------------------------------------------------

    def _passage(self, source: int, annotation: dict[str, Any], text: str, place: tuple[int, int]) -> None:
        first, last = place
        row = self._selection(
            "PlainTextSelection", source, annotation, start_position=first, end_position=last, start_index=first,
            end_index=last, quotation=text[first:last], place=f"characters {first} to {last}",
        )  # fmt: skip
        self._bodies(annotation, "selection", row)

    def _area(self, source: int, annotation: dict[str, Any], selectors: list[Any]) -> None:
        columns = fragment_columns(selectors)
        if not selectors:
            self._bodies(annotation, "source", source)
        elif not columns:
            self._left["selector-unknown"] += 1
        else:
            kind = self._rows["sources"][source][0].replace("Source", "Selection")
            self._bodies(annotation, "selection", self._selection(kind, source, annotation, **columns))

    def _selection(self, kind: str, source: int, annotation: dict[str, Any], **more: Any) -> int:
        comments = [
            _written(body) for body in listed(annotation.get("body")) if not _is_tag(body) and _written(body).strip()
        ]
        number = len(self._rows["selections"])
        return self._row(
            "selections",
            kind=kind,
            source_row=source,
            guid=guid_of(annotation.get("id")) or derive("annotation", str(identifier(annotation)), str(number)),
            creating_user=self._user(annotation.get("creator")),
            creation_date_time=_date(annotation.get("created")),
            modified_date_time=_date(annotation.get("modified")),
            description="\n\n".join(comments) or None,
            **more,
        )

    def _bodies(self, annotation: dict[str, Any], kind: str, owner: int) -> None:
        """Tags as codings; what is said of a whole source as its description."""
        tags = [_written(body) for body in listed(annotation.get("body")) if _is_tag(body)]
        for tag in dict.fromkeys(" ".join(tag.split()) for tag in tags):
            if tag:
                self._row(
                    "codings",
                    owner_kind=kind,
                    owner_row=owner,
                    guid=derive("annotation", "coding", str(len(self._rows["codings"])), tag),
                    creating_user=self._user(annotation.get("creator")),
                    creation_date_time=_date(annotation.get("created")),
                    code_guid=self._rows["codes"][self._code(tag)][0],
                    code_row=self._code(tag),
                )
        if kind == "source":
            at = _POSITION["sources"]["description"]
            values = self._rows["sources"][owner]
            said = [_written(body) for body in listed(annotation.get("body")) if not _is_tag(body)]
            values[at] = "\n\n".join(text for text in (values[at], *said) if text) or None

    def _code(self, tag: str) -> int:
        if tag not in self._codes:
            guid = derive("annotation", "code", tag)
            self._codes[tag] = self._row("codes", guid=guid, name=tag, is_codable=True)
        return self._codes[tag]

    def _user(self, creator: Any) -> str | None:
        creator = next(iter(listed(creator)), None)
        iri = identifier(creator)
        name = creator.get("name") or creator.get("nickname") if isinstance(creator, dict) else None
        key = iri or name
        if not isinstance(key, str) or not key:
            return None
        if key not in self._users:
            self._users[key] = guid_of(iri) or derive("annotation", "user", key)
            self._row("users", guid=self._users[key], name=str(name or key))
        return self._users[key]


def _target(target: Any) -> tuple[str, list[Any]]:
    """The address of a target, and its selectors."""
    about = target if isinstance(target, dict) else {"source": target}
    iri = identifier(about.get("source")) or identifier(about) or "source"
    iri, _, fragment = iri.partition("#")
    selectors = listed(about.get("selector"))
    if fragment and not selectors:  # a fragment of the address itself
        selectors = [{"type": "FragmentSelector", "value": fragment}]
    return iri, selectors


def _kind(iri: str, selectors: list[Any]) -> str | None:
    """What kind of source a target is: by how it is marked, then by its name; None where neither tells."""
    suffix = PurePosixPath(urlsplit(iri).path).suffix.lower()
    columns = fragment_columns(selectors)
    if of_type(selectors, "TextQuoteSelector") or of_type(selectors, "TextPositionSelector"):
        return "TextSource"
    if "begin" in columns or "end" in columns:
        return "AudioSource" if suffix in _SOUND else "VideoSource"
    if "page" in columns or suffix == ".pdf":
        return "PDFSource"
    return "PictureSource" if "first_x" in columns else _BY_NAME.get(suffix)


def _passage(selectors: list[Any]) -> Passage | None:
    words, place = of_type(selectors, "TextQuoteSelector") or {}, of_type(selectors, "TextPositionSelector") or {}
    exact, start, end = words.get("exact"), place.get("start"), place.get("end")
    numbers = isinstance(start, int) and isinstance(end, int) and 0 <= start <= end
    if not isinstance(exact, str) and not numbers:
        return None
    prefix, suffix = (one if isinstance(one := words.get(name), str) else "" for name in ("prefix", "suffix"))
    exact = exact if isinstance(exact, str) else None
    return Passage(exact, prefix, suffix, start, end) if numbers else Passage(exact, prefix, suffix)


def _gathered(source: _Source) -> tuple[str, list[tuple[int, int] | None]]:
    """A text of the passages, one below the other; the same passage once."""
    at: dict[str, int] = {}
    places: list[tuple[int, int] | None] = []
    length = 0
    for _, selectors in source.marked:
        passage = _passage(selectors)
        exact = passage.exact.replace("\r\n", "\n") if passage and passage.exact else ""
        if not exact:
            places.append(None)
            continue
        if exact not in at:
            at[exact] = length
            length += len(exact) + 1
        places.append((at[exact], at[exact] + len(exact)))
    return "\n".join(at), places


def _is_tag(body: Any) -> bool:
    return isinstance(body, dict) and any(purpose in _TAGS for purpose in listed(body.get("purpose")))


def _written(body: Any) -> str:
    """The words of a body; of a thing that it names, its label or the end of its address."""
    if isinstance(body, str):
        return body
    if not isinstance(body, dict):
        return ""
    for key in ("value", "label", "chars"):
        if isinstance(body.get(key), str):
            return str(body[key])
    about = body.get("source")
    if isinstance(about, dict) and isinstance(about.get("label"), str):
        return str(about["label"])
    iri = identifier(about) or ""
    return unquote(iri.rstrip("/").replace("#", "/").rsplit("/", 1)[-1])


def _date(written: Any) -> str | None:
    return written if isinstance(written, str) and written else None


def _once(data: bytes) -> Iterator[bytes]:
    return iter((data,))
