"""Codes' colours, made so that a line in them can be seen on a light and on a dark page."""

from __future__ import annotations

import re

_HEX = re.compile(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")
#: For codes without a colour: hues that people who see colours otherwise can tell apart (after Okabe and Ito, 2008).
_PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a6d3b", "#6a5acd")
_PAGES = {"light": (0xFD, 0xFC, 0xFA), "dark": (0x14, 0x19, 0x1C)}
#: What lines and areas need against their background (WCAG 2.2, 1.4.11).
_CONTRAST = 3.0
_STEPS = 40


def is_color(written: str | None) -> bool:
    """Whether a colour is one that can be shown: #rrggbb or #rgb."""
    return bool(written and _HEX.fullmatch(written.strip()))


def shades(written: str | None, number: int) -> tuple[str, str]:
    """A code's colour on a light page and on a dark one.

    Args:
        written: as the project says; another is chosen where it is none.
        number: of the code, which chooses.

    Returns:
        #rrggbb each, nothing else.
    """
    color = (written or "").strip() if is_color(written) else _PALETTE[number % len(_PALETTE)]
    digits = color[1:] if len(color) == 7 else "".join(2 * digit for digit in color[1:])
    channels = (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16))
    return _seen(channels, _PAGES["light"], 0), _seen(channels, _PAGES["dark"], 255)


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """The ratio of two colours' luminances (WCAG 2.2), from 1 to 21."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _seen(color: tuple[int, ...], page: tuple[int, ...], towards: int) -> str:
    """The colour, as much darker or lighter as it must be."""
    made = color
    for step in range(_STEPS + 1):
        made = tuple(round(channel + (towards - channel) * step / _STEPS) for channel in color)
        if contrast(made, page) >= _CONTRAST:
            break
    return "#{:02x}{:02x}{:02x}".format(*made)


def _luminance(color: tuple[int, ...]) -> float:
    parts = [channel / 255 for channel in color]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
