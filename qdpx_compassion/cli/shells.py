"""Completion in PowerShell, which click does not know, and where each shell looks for completion."""

from __future__ import annotations

import codecs
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, get_completion_class

from qdpx_compassion.errors import OutputError, UsageError

PROGRAM = "qdpx-compassion"
VARIABLE = "_QDPX_COMPASSION_COMPLETE"
SHELLS = ("bash", "zsh", "fish", "powershell")
#: The last words of the lines that are added to a shell's own file, by which they are found again.
MARK = f"# {PROGRAM} completion"

# Where nothing is completed PowerShell offers files by itself.
_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = $commandAst.ToString()
    $length = [Math]::Min($before.Length, $cursorPosition - $commandAst.Extent.StartOffset)
    $env:COMP_WORDS = $before.Substring(0, $length)
    $env:COMP_WORD = $wordToComplete
    $env:%(complete_var)s = "powershell_complete"
    try {
        & %(prog_name)s | ForEach-Object {
            $type, $value, $help = $_ -split "`t", 3
            if ($type -eq "plain") {
                if (-not $help) { $help = $value }
                [System.Management.Automation.CompletionResult]::new($value, $value, "ParameterValue", $help)
            }
        }
    } finally {
        Remove-Item Env:COMP_WORDS, Env:COMP_WORD, Env:%(complete_var)s -ErrorAction SilentlyContinue
    }
}
"""


# A path may hold backslashes, and spaces within quotation marks.
_WORDS = re.compile(r"""\"[^"]*\"?|'[^']*'?|\S+""")


class PowerShellComplete(ShellComplete):
    """Completion in Windows PowerShell and PowerShell."""

    name = "powershell"
    source_template = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor without the program, and the one that is being written."""
        # an empty variable is none in PowerShell
        word = os.environ.get("COMP_WORD", "")
        words = [one.strip("\"'") for one in _WORDS.findall(os.environ.get("COMP_WORDS", ""))][1:]
        return (words[:-1] if word and words else words), word

    def format_completion(self, item: CompletionItem) -> str:
        """A line for the script: what it is, the word, what it means."""
        return "\t".join((item.type, item.value, " ".join((item.help or "").split())))


def add_powershell() -> None:
    """Make click know PowerShell."""
    add_completion_class(PowerShellComplete)


def script(shell: str) -> str:
    """What the shell must run once in each session."""
    from qdpx_compassion.cli.main import cli

    add_powershell()
    known = get_completion_class(shell)
    if known is None:
        raise UsageError(f"There is no completion for “{shell}”.", remedy=f"Say one of: {', '.join(SHELLS)}.")
    return known(cli, {}, PROGRAM, VARIABLE).source_template % known(cli, {}, PROGRAM, VARIABLE).source_vars()


def this_shell() -> str:
    """The shell that people here most likely use.

    Raises:
        UsageError: it cannot be told.
    """
    if os.name == "nt":
        return "powershell"
    name = Path(os.environ.get("SHELL", "")).name
    found = "powershell" if name == "pwsh" else name
    if found not in SHELLS:
        raise UsageError("It does not show which shell you use.", remedy=f"Say it: {PROGRAM} completion bash --install")
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """Where completion goes.

    Attributes:
        script: the file that holds the script.
        startup: the shell's own file that must mention it; None: the shell finds it by itself.
        line: what is added there, a line.
    """

    script: Path
    startup: Path | None = None
    line: str = ""


def places(shell: str) -> list[Place]:
    """Where the script goes for a shell: for PowerShell one place for each that is installed.

    Raises:
        OutputError: no PowerShell is found.
    """
    home = Path.home()
    if shell == "fish":
        config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
        return [Place(config / "fish" / "completions" / f"{PROGRAM}.fish")]
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / PROGRAM
    if shell == "bash":
        path = data / "completion.bash"
        return [Place(path, home / ".bashrc", f'[ -f "{path}" ] && . "{path}" {MARK}')]
    if shell == "zsh":
        path = data / "completion.zsh"
        ready = "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }"
        startup = Path(os.environ.get("ZDOTDIR") or home) / ".zshrc"
        return [Place(path, startup, f'[ -f "{path}" ] && {{ {ready}; . "{path}"; }} {MARK}')]
    profiles = [profile for profile in map(_profile, ("pwsh", "powershell")) if profile]
    if not profiles:
        raise OutputError(
            "No PowerShell is found.", remedy=f"Add what `{PROGRAM} completion powershell` prints to your profile."
        )
    name = f"{PROGRAM}-completion.ps1"
    # without the folder's name: Windows PowerShell would read the letters of a user's name in it wrongly
    line = f'. "$PSScriptRoot/{name}" {MARK}'
    return [Place(one.with_name(name), one, line) for one in dict.fromkeys(profiles)]


def _profile(command: str) -> Path | None:
    """The file that a PowerShell runs when it starts, as it says itself."""
    program = shutil.which(command)
    if program is None:
        return None
    # It answers in the console's code page otherwise.
    question = "[Console]::OutputEncoding = [Text.Encoding]::UTF8; $PROFILE.CurrentUserCurrentHost"
    asked = [program, "-NoProfile", "-Command", question]
    done = subprocess.run(asked, capture_output=True, check=False, timeout=60)  # noqa: S603 (no word of a user's)
    answer = done.stdout.decode("utf-8-sig", "replace").strip()
    return Path(answer) if done.returncode == 0 and answer else None


def install(shell: str) -> list[Place]:
    """Write the script where the shell finds it; done again, it changes nothing but the script.

    Raises:
        OutputError: a file cannot be written.
    """
    from qdpx_compassion.files.atomic import write_atomically

    found = places(shell)
    text = script(shell)
    for place in found:
        try:
            place.script.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(place.script, text.encode(), force=True)
            if place.startup is not None:
                _mention(place.startup, place.line)
        except OSError as error:
            raise OutputError(f"It cannot be written: {error.strerror}.", where=str(place.script)) from error
    return found


def _mention(startup: Path, line: str) -> None:
    """Add the line at the end of the shell's own file; all else in it stays, byte for byte."""
    before = startup.read_bytes() if startup.exists() else b""
    marks = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}  # profiles of Windows PowerShell
    encoding = marks.get(before[:2], "utf-8")
    if line.encode(encoding) in before:
        return
    startup.parent.mkdir(parents=True, exist_ok=True)
    with startup.open("ab") as file:
        ended = not before or before.endswith("\n".encode(encoding))
        file.write(f"{'' if ended else chr(10)}{line}\n".encode(encoding))
