"""The errors of the package: one base, few children, each a paragraph that a researcher can act on."""


class QdpxError(Exception):
    """Something could not be done. The message says what, where, and what to do about it.

    Args:
        what: what went wrong, a sentence.
        where: the file and the place in it, e.g. ``study.qdpx, project.qde, line 12``.
        remedy: what the user can do, a sentence.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.where}:" if self.where else "", self.what, self.remedy) if part)


class InputError(QdpxError):
    """A project, archive, document or spreadsheet cannot be read."""


class FrameworkError(QdpxError):
    """A framework file does not say what a framework must say."""


class MappingError(QdpxError):
    """A mapping cannot be used with this project or framework."""


class OutputError(QdpxError):
    """A result cannot be written."""


class UsageError(QdpxError):
    """What was asked for makes no sense (an option's value, two options together)."""

    exit_code = 2
