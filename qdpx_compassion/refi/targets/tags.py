"""Tags written anew: attributes changed, added or taken out, everything else in them as it was."""

from __future__ import annotations

import re
from collections.abc import Mapping

from qdpx_compassion.refi.characters import in_attribute

_ATTRIBUTE = re.compile(r"""(\s+)([^\s=/>"'<]+)(\s*=\s*)("[^"]*"|'[^']*')""")


def rewritten(tag: str, changes: Mapping[str, str | None]) -> str:
    """A tag with other attributes.

    Args:
        tag: from ``<`` to ``>``.
        changes: attribute as written → its value (not escaped); None takes it out. What is not there is added.
    """
    left = dict(changes)

    def change(match: re.Match[str]) -> str:
        if match[2] not in left:
            return match[0]
        value = left.pop(match[2])
        return "" if value is None else f'{match[1]}{match[2]}{match[3]}"{in_attribute(value)}"'

    new = _ATTRIBUTE.sub(change, tag)
    added = "".join(f' {name}="{in_attribute(value)}"' for name, value in left.items() if value is not None)
    if not added:
        return new
    at = len(new) - (2 if new.endswith("/>") else 1)
    at = len(new[:at].rstrip())
    return new[:at] + added + new[at:]
