"""Which users of several copies are one coder.

A GUID is proof, a name is not: one person's exports from two computers bring other GUIDs, and two people may be called
alike. So a name will do, and is told; but not where it is what programs call somebody who gave none. NVivo goes by
name, ATLAS.ti by GUID and writes “Tom (2)” for the second Tom, as is done here.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import replace
from functools import cache
from typing import Literal, get_args

from qdpx_compassion.code_tree import CodeTree
from qdpx_compassion.enrich.own import own_guids
from qdpx_compassion.errors import UsageError
from qdpx_compassion.findings import Finding, Severity
from qdpx_compassion.tables import TABLES, normalise_guid
from qdpx_compassion.teams.keys import text_of
from qdpx_compassion.teams.kinds import Kind
from qdpx_compassion.teams.matching import Matched, Pass
from qdpx_compassion.teams.same_sources import SameSources
from qdpx_compassion.teams.side import Side

#: How users of one name, but other GUIDs, are taken: by what the name is; for one coder; for several.
Coders = Literal["auto", "same", "apart"]

#: Names of users and accounts that programs and systems come with, in lower case.
DEFAULT_NAMES = frozenset(
    (
        "admin", "administrator", "administrador", "administrateur", "beheerder", "super", "superuser", "root",
        "user", "users", "windows user", "nvivo user", "default", "default user", "current user", "new user", "me",
        "user1", "user 1", "coder", "coder1", "coder 1", "guest", "owner", "unknown", "unknown user", "anonymous",
        "benutzer", "gast", "gebruiker", "utilisateur", "usuario", "usuário", "utente", "student", "pc", "laptop",
    )
)  # fmt: skip
_NUMBER = re.compile(r" \(\d+\)$")
_USER = TABLES["users"].position
_name, _id = text_of("users", "name"), text_of("users", "id")


class SameCoders:
    """Users of several copies.

    Args:
        same: which sources of the copies are one.
        how: how users of one name are taken.

    Attributes:
        findings: users that only their name made one, and those that are kept apart.

    Raises:
        UsageError: there is no such way.
    """

    def __init__(self, same: SameSources, how: Coders = "auto") -> None:
        if how not in get_args(Coders):
            raise UsageError(f"“{how}” is no way to take coders.", remedy="Give auto, same or apart.")
        self._same, self._copies, self._how = same, same.copies, how
        self.findings: list[Finding] = []
        self._one_export = cache(self._are_of_one_export)

    def kind(self, kind: Kind, first: Side, number: int, origins: Sequence[int]) -> Kind:
        """How users are recognised after their GUIDs.

        Args:
            kind: users.
            first: what was merged so far.
            number: of the copy that comes to it.
            origins: number of the copy that each user of the first comes from.
        """

        def named(side: Side, row: int) -> Hashable:
            name, other = _name(side, row), _id(side, row)
            found = ("name", name) if name is not None else ("id", other) if other is not None else None
            return found if self._may(side is first, name, row, number, origins) else None

        def nobody(side: Side, row: int) -> Hashable:
            unnamed = _name(side, row) is None and _id(side, row) is None
            return True if unnamed and self._may(side is first, None, row, number, origins) else None

        values = tuple(replace(one, key=_plain_name) if one.name == "name" else one for one in kind.values)
        passes = () if self._how == "apart" else (Pass(named), Pass(nobody, unique=True))
        return replace(kind, passes=passes, values=values)

    def _may(self, is_first: bool, name: Hashable, row: int, number: int, origins: Sequence[int]) -> bool:
        """Whether a user may be somebody of another GUID."""
        if self._how == "same" or not is_first or not is_default("" if name is None else str(name)):
            return True
        return not self._one_export(origins[row], number)

    def _are_of_one_export(self, one: int, other: int) -> bool:
        """Whether two copies have GUIDs in common: then another GUID of a user is another user."""
        groups = [group for group in self._same.pairs() if one in group.rows and other in group.rows]
        for group in groups:
            both = [(number, group.rows[number]) for number in (one, other)]
            guids = {normalise_guid(self._same.source(place, "guid") or "") for place in both}
            if len(guids) == 1 and "" not in guids and not self._same.is_record(*both[0]):
                return True
        return not groups and not self._codes(one).isdisjoint(self._codes(other))

    def _codes(self, number: int) -> set[str]:
        project = self._copies[number].project
        tree = CodeTree.of(project)
        return {code.key for code in tree} - own_guids(project, tree)

    def tell(self, first: Side, matched: Matched, number: int, origins: Sequence[int]) -> None:
        """Say which users only their names made one."""
        for row, _, by in matched.pairs:
            if by < 2:  # by GUID, or by that of an earlier merge
                continue
            name = first.cell("users", row, "name") or first.cell("users", row, "id") or "a user without a name"
            copies = f"{self._copies[origins[row]].name} and in {self._copies[number].name}"
            message = f"“{name}” has one GUID in {copies} another; both are taken for one coder. "
            one_export = self._one_export(origins[row], number)
            message += (
                "If they are two people, keep them apart: merge takes --coders apart, agreement --between projects."
                if one_export
                else "The two have no GUID in common, as exports of different programs or systems."
            )
            severity = Severity.WARNING if one_export else Severity.NOTE
            self.findings.append(Finding("merge-one-coder", message, severity=severity))

    def name_apart(self, users: Sequence[list[object]], origins: Sequence[int]) -> None:
        """Give users of one name that stay apart names that tell them apart."""
        taken: dict[str, int] = {}
        names = {str(user[_USER["name"]] or "") for user in users}
        for row, user in enumerate(users):
            name = str(user[_USER["name"]] or "")
            known = taken.setdefault(name, origins[row])
            if not name or known == origins[row]:
                continue
            plain = _NUMBER.sub("", name)
            new = next(one for at in range(2, len(users) + 3) if (one := f"{plain} ({at})") not in names)
            names.add(new)
            user[_USER["name"]] = new
            copies = f"{self._copies[known].name} and in {self._copies[origins[row]].name}"
            message = f"“{name}” has one GUID in {copies} another; they are two coders here, the second is “{new}”."
            if self._how == "auto":
                message += " If they are one person, say --coders same."
            self.findings.append(Finding("merge-coders-apart", message))


def is_default(name: str) -> bool:
    """Whether a name is what programs call somebody who gave none; so is no name."""
    return not name or _NUMBER.sub("", name).strip().casefold() in DEFAULT_NAMES


def _plain_name(side: Side, row: int) -> Hashable:
    name = _name(side, row)
    return _NUMBER.sub("", name) if isinstance(name, str) else None
