"""Characters that XML 1.0 cannot hold, and what stands in for them."""

import re

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROL_PICTURES = 0x2400


def xml_text(text: str) -> str:
    """The text with every character that XML cannot hold replaced, so that nothing disappears unseen.

    Control characters become their Unicode control pictures (U+0000 is shown as ␀), lone surrogates and the
    non-characters U+FFFE and U+FFFF become U+FFFD. Tab, line feed and carriage return stay.
    """
    return _FORBIDDEN.sub(_stand_in, text)


def _stand_in(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(_CONTROL_PICTURES + code) if code < 0x20 else "\ufffd"
