"""Times written in a transcript, from which the time of a place in it is estimated, as QualCoder does."""

from __future__ import annotations

import re
from bisect import bisect_right

# [12:34] [01:12:34] [12.34] [01.12.34] #01:12:34.5# and the first time of a line of subtitles
_STAMP = re.compile(
    r"\[(?:(?P<h1>\d\d):)?(?P<m1>\d?\d):(?P<s1>\d\d)\]"
    r"|\[(?:(?P<h2>\d\d)\.)?(?P<m2>\d?\d)\.(?P<s2>\d\d)\]"
    r"|#(?P<h3>\d\d):(?P<m3>\d\d):(?P<s3>\d\d)\.(?P<f3>\d{1,3})#"
    r"|(?P<h4>\d\d):(?P<m4>\d\d):(?P<s4>\d\d),(?P<f4>\d{3})\s-->",
    re.ASCII,
)


class Times:
    """The times in one transcript.

    Args:
        text: the transcript.
    """

    def __init__(self, text: str) -> None:
        self._at, self._milliseconds = [0], [0]
        for match in _STAMP.finditer(text):
            time = _milliseconds(match)
            if time >= self._milliseconds[-1]:  # a time that runs backwards is something else in brackets
                self._at.append(match.start())
                self._milliseconds.append(time)

    def at(self, position: int) -> int:
        """Milliseconds of the last time that stands before a position; 0 where there is none."""
        return self._milliseconds[bisect_right(self._at, position) - 1]


def _milliseconds(match: re.Match[str]) -> int:
    number = next(n for n in "1234" if match[f"m{n}"])
    hours, minutes, seconds = (int(match[f"{part}{number}"] or 0) for part in "hms")
    fraction = match[f"f{number}"].ljust(3, "0") if number in "34" else "0"
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int(fraction)
