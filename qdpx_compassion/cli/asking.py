"""Questions on the terminal, each with an answer that Enter takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import click

from qdpx_compassion.cli.output import console, printable, say
from qdpx_compassion.errors import QdpxError


@contextmanager
def _own_line() -> Iterator[None]:
    """After an interruption, what is said next stands on a line of its own, not behind the question."""
    try:
        yield
    except click.Abort:
        click.echo()
        raise


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks, or takes the proposed answers.

    Attributes:
        yes: ask nothing.
    """

    yes: bool

    def confirm(self, question: str, *, proposed: bool = True) -> bool:
        """A question of yes or no."""
        if self.yes:
            return proposed
        with _own_line():
            return click.confirm(printable(question), default=proposed)

    def wait(self, what: str) -> bool:
        """Wait for Enter; False where the person would rather stop, and at once where nothing is asked."""
        if self.yes:
            return False
        with _own_line():
            answer = click.prompt(f"{what} (Enter goes on, q stops)", default="", show_default=False)
        return not str(answer).strip().lower().startswith("q")

    def choose(self, question: str, names: Sequence[str]) -> int:
        """The number of one of several things; the first is proposed."""
        for number, name in enumerate(names, 1):
            say(console(), printable(name), indent=5, first=(f"{number:>3}", ""))
        if self.yes:
            return 0
        with _own_line():
            return int(click.prompt(question, type=click.IntRange(1, len(names)), default=1)) - 1

    def text(self, question: str, understand: Callable[[str], object]) -> str | None:
        """A word; None for Enter alone. Asked again until it is understood.

        Args:
            question: what to say.
            understand: raises a QdpxError for a word that it does not know.
        """
        while not self.yes:
            with _own_line():
                answer = str(click.prompt(question, default="", show_default=False)).strip()
            if not answer:
                return None
            try:
                understand(answer)
            except QdpxError as error:
                say(console(), str(error))
                continue
            return answer
        return None
