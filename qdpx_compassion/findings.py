"""Findings: problems and losses as data, each with a stable code that the documentation lists."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters: an error is wrong, a warning may be, a note is good to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was noticed.

    Attributes:
        code: a key of ``CODES``; stable between versions.
        message: a sentence for people.
        where: file and place, a cell, a line or a GUID; empty when the finding is about the whole.
        severity: taken from ``CODES`` unless said otherwise.
    """

    code: str
    message: str
    where: str = ""
    severity: Severity | None = None

    def __post_init__(self) -> None:
        if self.severity is None:
            object.__setattr__(self, "severity", CODES[self.code][0])

    def as_dict(self) -> dict[str, str]:
        """The finding as plain strings, for ``--json``."""
        return {key: str(value) for key, value in asdict(self).items()}


def count(number: int, one: str, several: str = "") -> str:
    """A number with its noun, in the right grammatical number: ``1 coding``, ``1,200 codings``."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The most severe severity among findings, or None when there are none."""
    order = [Severity.ERROR, Severity.WARNING, Severity.NOTE]
    return min((f.severity for f in findings if f.severity), key=order.index, default=None)


_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

#: Every code, its severity and what it means in one line. `docs/reference/findings.md` is made from this.
CODES: dict[str, tuple[Severity, str]] = {
    # files
    "file-missing": (_E, "A source's file is named in the project but not in the archive."),
    "file-name-case": (_N, "A file was found under a name in another letter case."),
    "file-path-form": (_N, "A path is not written as the standard says; it was understood all the same."),
    "file-clutter": (_N, "The archive holds files that a Mac added when it was packed again."),
    "qdpx-renamed": (_N, "The archive's name does not end in .qdpx."),
    "schema-departures": (_N, "The document departs from the schema; `validate` tells where."),
    "file-stray": (_N, "The archive holds a member that no source refers to."),
    "file-twice": (_W, "Two members of the archive have the same name."),
    "qde-name": (_N, "The project document is not called project.qde."),
    "qde-nested": (_N, "The project document lies one folder too deep in the archive."),
    "file-too-large": (_E, "A file in the project is larger than the standard allows (2,147,483,647 bytes)."),
    "file-type": (_E, "A file is not what its name or its source says, or is empty."),
    "file-extension": (_W, "A file has an extension that the standard does not have for its kind of source."),
    "path-leak": (_N, "A path tells the folders, and perhaps the name, of somebody's computer."),
    "external-source": (_N, "A source is a file outside the project; only its path is known."),
    "external-found": (_N, "A source's file outside the project was found in the folder that --media-root names."),
    "external-missing": (_W, "A source's file outside the project is not in the folder that --media-root names."),
    "external-unsure": (_W, "Which file outside the project a path means is not certain; none was taken."),
    "external-too-large": (_N, "A file outside the project is too large to lie inside one; it stays where it is."),
    # document
    "xml-namespace": (_W, "The document's namespace is not that of REFI-QDA 1.0."),
    "xml-schema-location": (_N, "The document names the schema of another namespace than its own."),
    "xml-unknown-element": (_W, "An element that the standard does not know; it is kept, not read."),
    "xml-unknown-attribute": (_N, "An attribute that the standard does not know; it is kept, not read."),
    "xml-encoding": (_N, "The document is in an encoding that had to be transcoded."),
    "xml-doctype": (_N, "The document has a DOCTYPE; nothing outside the document was read for it."),
    "value-unreadable": (_W, "A number, boolean or colour is not written as one."),
    "guid-form": (_W, "An identifier is not a GUID."),
    # texts
    "text-encoding": (_W, "A text is not UTF-8; it was read as another encoding."),
    "text-missing": (_W, "A source with text selections has no text."),
    "position-past-end": (_W, "A selection reaches past the end of its text; it was cut there."),
    "position-reversed": (_W, "A selection ends before it starts."),
    "position-inside-character": (_W, "A position falls inside a character."),
    "selection-empty": (_N, "A selection holds no characters."),
    "quotation-cuts-word": (
        _N,
        "Many quotations begin or end inside a word, though no way of counting fits better; they may have been shifted "
        "before this export.",
    ),
    "name-not-quotation": (_W, "Selections carry their quotation as name, and it is not the text at their positions."),
    "reading-by-evidence": (
        _W,
        "The file itself shows that positions are counted otherwise than its program usually does.",
    ),
    "reading-uncertain": (
        _N,
        "How positions are counted makes a difference, and the file hardly shows which is right.",
    ),
    "program-by-habits": (_N, "The project does not say which program wrote it; it was recognised by its habits."),
    "reading-doubtful": (_W, "The file itself supports another reading of positions than the one that was asked for."),
    # schema
    "schema": (_E, "The document does not follow the REFI-QDA schema."),
    # places
    "area-outside": (_W, "A selection of a picture reaches beyond the picture."),
    "page-outside": (_W, "A selection of a PDF is on a page that the PDF does not have."),
    "pdf-not-checked": (_N, "Pages of PDFs were not compared with the selections on them."),
    "sync-point-order": (_W, "The sync points of a transcript do not run on in time and text."),
    "sync-point-incomplete": (_W, "A sync point has no time or no position."),
    # names and values
    "name-twice": (_W, "Two sources, or two codes below one parent, have the same name; some programs refuse that."),
    "value-type": (_W, "The value of a variable is not of the variable's type."),
    # the letter of the standard
    "letter": (_E, "Something is not as the letter of the standard has it (only with --strict)."),
    # what could not be checked
    "unreadable": (_E, "A file cannot be read as a project."),
    # references
    "guid-forms": (_N, "One GUID is written in several ways (braces, letter case); some programs take them for two."),
    "guid-twice": (_E, "Two elements of one kind have the same GUID."),
    "reference-form": (_N, "A reference is not written as the standard says; it was understood all the same."),
    "reference-dangling": (_W, "A reference points to nothing of its kind in the project."),
    # repairing
    "mended-order": (_N, "Children of an element were put in the order of the standard."),
    "mended-empty": (_N, "An empty container or value, which the standard forbids, was taken out."),
    "mended-guid": (_N, "Identifiers were written in one form."),
    "mended-path": (_N, "A path was written as the standard has it."),
    "mended-color": (_N, "A colour was written as #RRGGBB."),
    "mended-value": (_N, "A number, date, boolean or keyword was written as the standard has it, or taken out."),
    "mended-namespace": (_N, "The document got the namespace of REFI-QDA 1.0."),
    "mended-missing": (_N, "A required attribute was missing and was guessed (--assume)."),
    "mended-reference": (_N, "A reference was put into its right form, or named nothing and was taken out (--assume)."),
    "mended-unknown": (_N, "Something that the standard does not know was taken out (--drop-unknown)."),
    # framework and mapping
    "framework-name-taken": (_N, "The team has a top code of the framework's name; ours got another name."),
    "mapping-code-gone": (_E, "The mapping names a code that the project does not have."),
    "mapping-code-ambiguous": (_E, "A code path in the mapping fits two codes."),
    "mapping-code-disagrees": (_E, "GUID and path of a row in the mapping name different codes."),
    "mapping-code-twice": (_E, "A code stands in two rows of the mapping."),
    "mapping-code-new": (_N, "The project has codes that the mapping has no row for."),
    "mapping-mark-unknown": (_E, "A mark in the mapping is neither yes nor no."),
    "mapping-construct-unknown": (_E, "The mapping names a construct that the framework does not have."),
    "mapping-contradiction": (_E, "A row of the mapping says two things that exclude each other."),
    "mapping-undecided": (_W, "A code with codings has no decision."),
    "mapping-empty": (_W, "The mapping marks no code at all."),
    "mapping-case-code": (_E, "The mapping marks a code that is a case (a participant)."),
    "mapping-own-code": (_E, "The mapping marks a code of the framework itself."),
    "mapping-exception-gone": (_E, "An exception names a selection that the project does not have."),
    "mapping-exception-incomplete": (_E, "An exception does not say which selection, which construct, or which way."),
    "mapping-column-unknown": (_N, "A column of the mapping is not known and was not read."),
    "mapping-participant": (_E, "A row of the sheet Participants cannot be used."),
    # enriching and stripping
    "enrich-nothing": (_W, "No coding was added: no mapped code has codings."),
    "enrich-replaced": (_N, "Framework elements of an earlier run were replaced."),
    "strip-kept": (_W, "Something made by hand uses a framework code; both were kept."),
    "strip-by-place": (_N, "Another program rewrote the file; framework elements were recognised by their place."),
    "strip-nothing": (_N, "The project holds nothing of the framework."),
    "program-drops": (_N, "What the program is known to drop when it imports."),
    # workbooks
    "cell-control-characters": (_N, "Characters that Excel cannot hold are shown by their symbols."),
    "cell-cut": (_W, "A text longer than an Excel cell was cut."),
    "sheet-continued": (_N, "A table longer than an Excel sheet goes on in a second sheet."),
    "sheet-links": (_N, "A sheet has more links than Excel allows; the rest is plain text."),
    "page-left-out": (_N, "The report page is not to grow without end; it says what it leaves to the workbook."),
    "page-cut": (_N, "A quotation is so long that the report page shows its beginning only."),
    "cell-error": (_E, "A cell shows an error of a formula (#VALUE!, #REF!, …), so it was read as empty."),
    "cell-formula": (_W, "A formula has no stored value, so its cell was read as empty."),
    # other reports
    "report-shortened": (_W, "A report leaves out quotations because there are too many; it says how many and where."),
    "report-characters": (_N, "Characters that a report cannot hold are shown by their symbols."),
    "tex-letters": (_N, "A LaTeX file holds letters that pdfLaTeX lacks; LuaLaTeX and XeLaTeX have them."),
    # tables that were read from spreadsheets and the like
    "table-missing": (_W, "A table of the project is missing; it was read as empty."),
    "table-swapped": (_W, "A sheet or file is called otherwise than the table that it holds."),
    "table-column-unknown": (_N, "A column that the table does not have; it was not read."),
    "table-column-missing": (_W, "A column of a table is missing; it was read as empty."),
    "table-cell": (_E, "A cell holds what its column cannot hold."),
    "table-cell-retyped": (_W, "A spreadsheet made a number or date of a text, or shows an error."),
    "table-cell-computed": (_W, "Somebody wrote into a computed cell; that was not read."),
    "table-codes-merged": (_N, "Codes were merged as the column merge_into says."),
    "table-reference": (_E, "A cell refers to a row that is not there."),
    "table-row-added": (_N, "Rows without a number were added."),
    "table-guid-twice": (_W, "Two codes have one GUID."),
    "code-level-empty": (_W, "A level of a code in a list has no name; it was left out."),
    "code-twice": (_W, "A list of codes holds a code twice."),
    "table-text-file": (_E, "A text stands in a file that is not there."),
    # formats of other programs
    "database-version": (_N, "A database is of another version of its program than is known here."),
    "passage-not-found": (_W, "The words of a passage that was marked are not in its text."),
    "selector-unknown": (_W, "A place was marked in a way that is not read."),
    "passage-ambiguous": (_W, "The words of a passage stand in its text more than once; nothing tells which is meant."),
    "segment-date": (_N, "The dates of coded segments were not read: they are written so that they could be two days."),
    "segment-incomplete": (_W, "A row of a spreadsheet lacks the document, code or text of a coded segment."),
    "text-of-passages": (_N, "A file holds passages without their texts; each text was made of its passages."),
    "text-looks": (_N, "Headings, lists, tables and emphasis of a styled text were read as text alone."),
    # projects of QualCoder
    "qualcoder-older": (_N, "The database of a QualCoder project is of an earlier version; it was read as it is."),
    "qualcoder-newer": (_W, "The database of a QualCoder project is of a later version than is known."),
    "qualcoder-positions": (_N, "QualCoder counted passages in UTF-16 units, as it does where a person marks them."),
    "qualcoder-areas": (_W, "Areas on pages of PDFs are counted from the top, because the page's height is not known."),
    "qualcoder-left": (_N, "What a QualCoder project holds and was not read: graphs, stored queries and the like."),
    "qualcoder-orphan": (_W, "A QualCoder project names codes, files or cases that it does not hold."),
    # written for a program
    "target-written": (_N, "What was changed in the project so that the program reads it."),
    "target-loses": (_W, "The program is known to drop this."),
    "target-changes": (_N, "The program is known to make something else of this."),
    "target-refuses": (_W, "The program is known to refuse the whole file for this."),
    "target-bare": (_W, "A bare .qde has its texts beside it: they, and positions in them, were left as they are."),
    "target-unknown": (_N, "Nobody says what the program does with this."),
    # study
    "study-repeated": (_N, "Codings that repeat another at the same place with the same code count once."),
    "study-in-note": (_N, "Codings in notes are no numbers of the study: a note is nobody's text."),
    "study-left-out": (_N, "Codings of participants who are left out are not counted."),
    "study-nobody": (_W, "Codings lie in parts of a shared source that no participant holds; they are not counted."),
    "study-joint-source": (_W, "A source belongs as a whole to several participants; it counts for one of them."),
    "study-case-empty": (_N, "Cases without any text, and without a source of their name, are no participants."),
    "study-cases-are-groups": (_W, "Few cases hold many sources each; they were read as groups, not as people."),
    "study-many-groups": (_W, "The participants are divided into many groups."),
    "study-one-group": (_N, "All participants are of one group, so there is nothing to compare."),
    "study-never-coded": (_N, "Codes without codings, of their own or of sub-codes."),
    "study-label-twice": (_W, "Two participants have the same label; reports do not tell them apart."),
    "study-nothing": (_W, "The project has no coding that counts."),
    # agreement
    "agreement-one-coder": (_W, "Sources or coders that cannot be compared, because only one person coded there."),
    "agreement-idle": (_N, "Users of the project who coded nothing."),
    "agreement-never-used": (_N, "Codes that one coder never used and another did."),
    # merging
    "merge-conflict": (_W, "Copies say different things of one element; both are listed, and which holds."),
    "merge-unplaced": (_W, "A coding whose words are not in the merged text; it is listed, and not in the project."),
    "merge-apart": (_W, "A copy shares codes with the others, but no source."),
    "merge-moved": (_N, "Selections mark other words than before, because a text was edited."),
    "merge-one-coder": (_W, "Users of one name, but other GUIDs, in two copies were taken for one coder."),
    "merge-coders-apart": (_W, "Users of one name, but other GUIDs, in two copies were kept apart."),
    "merge-versions": (_N, "A note in the merged project keeps what was made of what."),
    "merge-known": (_N, "A copy is in another already, so nothing more was taken from it."),
    "merge-guid-reused": (_W, "One GUID stands for different things in two copies; one of them got a new GUID."),
    # sharing
    "share-outside": (_N, "A source's file lies outside the project; the copy has its name alone."),
    "share-not-listed": (_W, "The list of names lacks coders, cases or sources; pseudonyms were made for them."),
    "share-left-out": (_W, "A file is not in the shared project, because names in it cannot be found or changed."),
    "share-not-searched": (_W, "A file is shared although nobody can search all of it for names."),
    "share-encoding": (_N, "A text is written in another encoding, because a pseudonym needs it."),
    "share-withdrawn": (_N, "A participant who withdrew was taken out, with all that refers to the participant."),
    "share-guids": (_N, "GUIDs are those of the original project, which they link to."),
    # corpora
    "corpus-nothing-there": (_W, "A folder or pattern holds no projects."),
    "corpus-addresses-alike": (_W, "Addresses of projects differ in passwords alone, and only one is read."),
    "corpus-damaged": (_W, "Files of a corpus were missing or damaged; their projects were read again."),
    "corpus-mapping-fits-nothing": (_W, "No row of the mapping for all fits a code of a project of a corpus."),
    "corpus-mapping-row": (_W, "A row of the mapping for all fits no code of any project of a corpus."),
    "corpus-not-mapped": (_W, "A project of a corpus has no mapping."),
    "corpus-same-document": (_W, "Projects of a corpus are the very same document under several names."),
    "corpus-copies": (_W, "Projects of a corpus have the same sources: copies of one project that differ."),
}
