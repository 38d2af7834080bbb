"""A study as ATLAS.ti exports it.

Its habits: members in ``sources/`` under GUIDs of their own, ``project.qde`` last, upper-case GUIDs, a schema location
with a URL, a user "ATLAS.ti" that is the same in all projects, colours on codes, descriptions only where there are
any, texts with LF, positions in code points, one selection for a passage with all its codings, the quotation as the
selection's name (cut at 100 characters), memos inside the document, and no variables: documents with the same value
of a variable are a Set named ``variable: value``.
"""

from __future__ import annotations

from sample_projects.building.archive import docx, zipped
from sample_projects.building.elements import Element, Layout
from sample_projects.building.study import Coded, CodeEntry, CodePath, Interview, Memo, Study, stamp

_LAYOUT = Layout('<?xml version="1.0" encoding="utf-8" standalone="yes"?>', "\n", "", "/>")
#: The GUID of the user that ATLAS.ti adds to every project.
_PROGRAM_USER = "C32A2BD5-537F-4838-8B17-DF9EFBAFDF4B"
_SCHEMA = "urn:QDA-XML:project:1.0 http://schema.qdasoftware.org/versions/Project/v1.0/Project.xsd"
#: Length of a quotation's name in characters, before the ellipsis.
NAME_LENGTH = 100


def build(study: Study) -> bytes:
    """The project as a .qdpx archive."""
    writer = _Writer(study)
    members = []
    for interview in study.interviews:
        members.append((f"sources/{writer.guid('rich text', interview.id)}.docx", docx(interview.text)))
        members.append((f"sources/{writer.guid('plain text', interview.id)}.txt", interview.text.encode("utf-8")))
    return zipped([*members, ("project.qde", _LAYOUT.document(writer.project()))])


def quotation_name(quotation: str) -> str:
    """A quotation as the name of its selection: white space folded, cut at 100 characters."""
    name = " ".join(quotation.split())
    return name if len(name) <= NAME_LENGTH else name[:NAME_LENGTH] + "…"


def _described(text: str) -> list[Element]:
    return [Element("Description", text=text)] if text else []


class _Writer:
    """The parts of the document; one study, one writer."""

    def __init__(self, study: Study) -> None:
        self.study = study

    def guid(self, kind: str, *parts: object) -> str:
        """GUIDs differ from those of the other dialect: no program keeps another's."""
        return self.study.guid("atlas.ti " + kind, *parts).upper()

    def project(self) -> Element:
        study = self.study
        owner = self.user(study.users[0].name)
        attributes = {
            "xmlns": "urn:QDA-XML:project:1.0",
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "name": study.name,
            "origin": "ATLAS.ti 9.1.7 , macOS Version 12.6.3",
            "creatingUserGUID": owner,
            "creationDateTime": stamp(study.created),
            "modifyingUserGUID": owner,
            "modifiedDateTime": stamp(study.modified),
            "xsi:schemaLocation": _SCHEMA,
        }
        users = [Element("User", {"guid": self.user(user.name), "name": user.name}) for user in study.users]
        program = Element("User", {"guid": _PROGRAM_USER, "name": "ATLAS.ti"})
        top = [self.code_element(code) for code in study.codes if len(code.path) == 1]
        parts = [
            Element("Users", children=[program, *users]),
            Element("CodeBook", children=[Element("Codes", children=top)]),
            Element("Sources", children=[self.source(interview) for interview in study.interviews]),
            Element("Notes", children=[self.note(memo) for memo in study.memos]),
            Element("Sets", children=[*self.document_groups(), *self.code_groups()]),
            *_described(study.description),
            *self.note_references(None, None),
        ]
        return Element("Project", attributes, parts)

    def user(self, name: str) -> str:
        return self.guid("user", name)

    def code_element(self, code: CodeEntry) -> Element:
        below = [self.code_element(other) for other in self.study.codes if other.path[:-1] == code.path]
        attributes = {
            "guid": self.guid("code", *code.path),
            "name": code.path[-1],
            **({"color": code.color} if code.color else {}),
            "isCodable": "true" if code.codable else "false",
        }
        references = self.note_references(code.path, None)
        return Element("Code", attributes, [*_described(code.definition), *references, *below])

    def dated(self, by: str, created: str, modified: str) -> dict[str, str]:
        user = self.user(by)
        return {
            "creatingUser": user,
            "creationDateTime": created,
            "modifyingUser": user,
            "modifiedDateTime": modified,
        }

    def source(self, interview: Interview) -> Element:
        when = stamp(interview.when)
        attributes = {
            "guid": self.guid("source", interview.id),
            "name": interview.name,
            "richTextPath": f"internal://{self.guid('rich text', interview.id)}.docx",
            "plainTextPath": f"internal://{self.guid('plain text', interview.id)}.txt",
            **self.dated(interview.by, when, when),
        }
        passages: dict[tuple[int, int], list[Coded]] = {}
        for coded in self.study.codings:
            if coded.interview == interview.id:
                passages.setdefault((coded.start, coded.end), []).append(coded)
        selections = [self.selection(interview, *passage, passages[passage]) for passage in sorted(passages)]
        return Element("TextSource", attributes, [*selections, *self.note_references(None, interview.id)])

    def selection(self, interview: Interview, start: int, end: int, codings: list[Coded]) -> Element:
        key = (interview.id, start, end)
        moments = [stamp(coded.when) for coded in codings]
        attributes = {
            "guid": self.guid("selection", *key),
            "name": quotation_name(interview.text[start:end]),
            "startPosition": str(start),
            "endPosition": str(end),
            **self.dated(codings[0].coder, min(moments), max(moments)),
        }
        comment = "\n".join(dict.fromkeys(coded.comment for coded in codings if coded.comment))
        return Element("PlainTextSelection", attributes, [*_described(comment), *map(self.coding, codings)])

    def coding(self, coded: Coded) -> Element:
        attributes = {
            "guid": self.guid("coding", coded.interview, coded.start, coded.end, *coded.code, coded.coder),
            "creatingUser": self.user(coded.coder),
            "creationDateTime": stamp(coded.when),
        }
        return Element("Coding", attributes, [Element("CodeRef", {"targetGUID": self.guid("code", *coded.code)})])

    def note(self, memo: Memo) -> Element:
        attributes = {
            "guid": self.guid("memo", memo.name),
            "name": memo.name,
            **self.dated(memo.by, stamp(memo.when), stamp(memo.when)),
        }
        return Element("Note", attributes, [Element("PlainTextContent", text=memo.text)])

    def note_references(self, code: CodePath | None, interview: str | None) -> list[Element]:
        return [
            Element("NoteRef", {"targetGUID": self.guid("memo", memo.name)})
            for memo in self.study.memos
            if (memo.code, memo.interview) == (code, interview)
        ]

    def document_groups(self) -> list[Element]:
        groups: dict[str, list[Element]] = {}
        for interview in self.study.interviews:
            member = Element("MemberSource", {"targetGUID": self.guid("source", interview.id)})
            for variable, value in interview.variables.items():
                groups.setdefault(f"{variable}: {value}", []).append(member)
        return [self.set_of(name, groups[name]) for name in sorted(groups)]

    def code_groups(self) -> list[Element]:
        return [
            self.set_of(name, [Element("MemberCode", {"targetGUID": self.guid("code", *path)}) for path in members])
            for name, members in self.study.code_sets.items()
        ]

    def set_of(self, name: str, members: list[Element]) -> Element:
        return Element("Set", {"guid": self.guid("set", name), "name": name}, members)
