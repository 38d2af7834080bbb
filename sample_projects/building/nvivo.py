"""A study as NVivo for Windows exports it.

Its habits: ``project.qde`` first, XML with CRLF and unused namespaces, an empty ``<Description />`` wherever one may
stand, lower-case GUIDs, texts with BOM and CRLF beside a Word document, positions in UTF-16 code units (CRLF counts
two, the BOM none), one coding in a selection, selections without names. A participant is an empty Case and a Code of
the same GUID; the participant's text is coded with that code from end to end. Variables are named
``classification:attribute``, and their values hang on the source.
"""

from __future__ import annotations

from sample_projects.building.archive import docx, zipped
from sample_projects.building.elements import Element, Layout
from sample_projects.building.study import Coded, CodeEntry, CodePath, Interview, Memo, Study, stamp

_LAYOUT = Layout('<?xml version="1.0" encoding="utf-8"?>', "\r\n", "  ", " />")
_EMPTY = Element("Description")


def build(study: Study) -> bytes:
    """The project as a .qdpx archive."""
    members = [("project.qde", _LAYOUT.document(_Writer(study).project()))]
    for guid, text in [
        *((study.guid("source", interview.id), interview.text) for interview in study.interviews),
        *((study.guid("memo", memo.name), memo.text) for memo in study.memos),
    ]:
        members.append((f"Sources/{guid}.docx", docx(text)))
        members.append((f"Sources/{guid}.txt", b"\xef\xbb\xbf" + _windows(text).encode("utf-8")))
    return zipped(members)


def position(text: str, index: int) -> int:
    """The position of a character (code points, LF) as NVivo counts it: UTF-16 units, CRLF."""
    return len(_windows(text[:index]).encode("utf-16-le")) // 2


def _windows(text: str) -> str:
    return text.replace("\n", "\r\n")


def _described(text: str) -> Element:
    return Element("Description", text=text or None)


class _Writer:
    """The parts of the document; one study, one writer."""

    def __init__(self, study: Study) -> None:
        self.study = study

    def project(self) -> Element:
        study = self.study
        owner = self.user(study.users[0].name)
        attributes = {
            "xmlns:xsd": "http://www.w3.org/2001/XMLSchema",
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "name": study.name,
            "origin": "NVivo 12.6.0",
            "creatingUserGUID": owner,
            "creationDateTime": stamp(study.created),
            "modifyingUserGUID": owner,
            "modifiedDateTime": stamp(study.modified),
            "basePath": "",
            "xmlns": "urn:QDA-XML:project:1.0",
        }
        users = [Element("User", {"guid": self.user(user.name), "name": user.name}) for user in study.users]
        parts = [
            Element("Users", children=users),
            Element("CodeBook", children=[Element("Codes", children=self.codes())]),
            Element("Variables", children=[self.variable(name) for name in self.variables()]),
            Element("Cases", children=self.cases()),
            Element("Sources", children=[self.source(interview) for interview in study.interviews]),
            Element("Notes", children=[self.note(memo) for memo in study.memos]),
            Element("Sets", children=self.sets()),
            _described(study.description),
            *self.note_references(None, None),
        ]
        return Element("Project", attributes, parts)

    def user(self, name: str) -> str:
        return self.study.guid("user", name)

    def code(self, path: CodePath) -> str:
        return self.study.guid("code", *path)

    def codes(self) -> list[Element]:
        study = self.study
        top = [self.code_element(code) for code in study.codes if len(code.path) == 1]
        cases = [self.case_code(interview.case) for interview in study.interviews]
        return [*top, self.case_code(study.case_folder, cases)]

    def code_element(self, code: CodeEntry) -> Element:
        below = [self.code_element(other) for other in self.study.codes if other.path[:-1] == code.path]
        # NVivo lets every code be coded with, and exports no colours.
        attributes = {"guid": self.code(code.path), "name": code.path[-1], "isCodable": "true"}
        references = self.note_references(code.path, None)
        return Element("Code", attributes, [_described(code.definition), *references, *below])

    def case_code(self, name: str, below: list[Element] | None = None) -> Element:
        attributes = {"guid": self.study.guid("case", name), "name": name, "isCodable": "true"}
        return Element("Code", attributes, [_EMPTY, *(below or [])])

    def cases(self) -> list[Element]:
        names = [self.study.case_folder, *(interview.case for interview in self.study.interviews)]
        return [Element("Case", {"guid": self.study.guid("case", name), "name": name}, [_EMPTY]) for name in names]

    def variables(self) -> list[str]:
        return list(dict.fromkeys(name for interview in self.study.interviews for name in interview.variables))

    def variable(self, name: str) -> Element:
        attributes = {
            "guid": self.study.guid("variable", name),
            "name": f"{self.study.classification}:{name}",
            "typeOfVariable": "Text",
        }
        return Element("Variable", attributes, [_EMPTY])

    def stamped(self, kind: str, guid: str, name: str, by: str, when: str) -> dict[str, str]:
        paths = {"richTextPath": f"internal://{guid}.docx", "plainTextPath": f"internal://{guid}.txt"}
        return {
            "guid": guid,
            "name": name,
            **(paths if kind == "text" else {}),
            "creatingUser": self.user(by),
            "creationDateTime": when,
            "modifyingUser": self.user(by),
            "modifiedDateTime": when,
        }

    def source(self, interview: Interview) -> Element:
        guid = self.study.guid("source", interview.id)
        attributes = self.stamped("text", guid, interview.name, interview.by, stamp(interview.when))
        codings = [coded for coded in self.study.codings if coded.interview == interview.id]
        values = [
            Element(
                "VariableValue",
                children=[
                    Element("VariableRef", {"targetGUID": self.study.guid("variable", name)}),
                    Element("TextValue", text=value),
                ],
            )
            for name, value in interview.variables.items()
        ]
        return Element(
            "TextSource",
            attributes,
            [
                _EMPTY,
                *(self.selection(interview.text, coded) for coded in codings),
                self.membership(interview),
                *self.note_references(None, interview.id),
                *values,
            ],
        )

    def selection(self, text: str, coded: Coded) -> Element:
        key = (coded.interview, coded.start, coded.end, *coded.code, coded.coder)
        start, end = position(text, coded.start), position(text, coded.end)
        return self.selected(key, start, end, self.code(coded.code), coded.coder, stamp(coded.when))

    def membership(self, interview: Interview) -> Element:
        """The participant's whole text, coded with the participant."""
        case = self.study.guid("case", interview.case)
        end = position(interview.text, len(interview.text))
        return self.selected((interview.id, "case"), 0, end, case, interview.by, stamp(interview.when))

    def selected(self, key: tuple[object, ...], start: int, end: int, code: str, coder: str, when: str) -> Element:
        stamped = self.stamped("selection", self.study.guid("selection", *key), "", coder, when)
        guid, name = stamped.pop("guid"), stamped.pop("name")
        attributes = {"guid": guid, "name": name, "startPosition": str(start), "endPosition": str(end), **stamped}
        coding = {
            "guid": self.study.guid("coding", *key),
            "creatingUser": self.user(coder),
            "creationDateTime": when,
        }
        reference = Element("CodeRef", {"targetGUID": code})
        return Element("PlainTextSelection", attributes, [_EMPTY, Element("Coding", coding, [reference])])

    def note(self, memo: Memo) -> Element:
        guid = self.study.guid("memo", memo.name)
        return Element("Note", self.stamped("text", guid, memo.name, memo.by, stamp(memo.when)), [_EMPTY])

    def note_references(self, code: CodePath | None, interview: str | None) -> list[Element]:
        return [
            Element("NoteRef", {"targetGUID": self.study.guid("memo", memo.name)})
            for memo in self.study.memos
            if (memo.code, memo.interview) == (code, interview)
        ]

    def sets(self) -> list[Element]:
        return [
            Element(
                "Set",
                {"guid": self.study.guid("set", name), "name": name},
                [_EMPTY, *(Element("MemberCode", {"targetGUID": self.code(path)}) for path in members)],
            )
            for name, members in self.study.code_sets.items()
        ]
