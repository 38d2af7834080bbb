"""The command line: the group of commands, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import contextvars
import os
import sys
import traceback
from importlib import import_module

import click

from qdpx_compassion.cli.everywhere import common_options, is_verbose, with_common_options
from qdpx_compassion.cli.mistakes import tell, tell_usage
from qdpx_compassion.cli.output import Group
from qdpx_compassion.errors import QdpxError
from qdpx_compassion.version import __version__

#: Commands in the order of the work: name → module and what it does in a line. Modules are imported when used.
COMMANDS = {
    "start": ("start", "Do the main job step by step, with questions."),
    "show": ("show", "Show what is in a project, and what was noticed."),
    "validate": ("validate", "Check projects: the schema, and what no schema sees."),
    "repair": ("repair", "Mend what is wrong in a project, and say what is left."),
    "frameworks": ("frameworks", "List, show and export the frameworks that codes are linked to."),
    "mapping": ("mapping", "Make, check and update the workbook in which you map your codes."),
    "enrich": ("enrich", "Write a copy of a project with the framework in it."),
    "summarise": ("summarise", "Write the Excel workbook with the study's tables."),
    "strip": ("strip", "Take the framework out of a project again."),
    "convert": ("convert", "Convert a project or codebook to another format."),
    "targets": ("targets", "Show what of a project would survive in which program."),
    "formats": ("formats", "List the formats that are read and written."),
    "merge": ("merge", "Merge several coders' copies of one project."),
    "agreement": ("agreement", "Measure how far coders agree."),
    "share": ("share", "Write a copy for others, with pseudonyms for names."),
    "diff": ("diff", "Show what was lost, is new or differs between two projects."),
    "corpus": ("corpus", "Read many projects as one dataset, and ask it."),
    "dialects": ("dialects", "Show what is known of each program's files, and how we know."),
    "doctor": ("doctor", "Say whether the program works here; for asking for help."),
    "completion": ("completion", "Let the Tab key complete commands and options."),
}


class Commands(Group):
    """The commands in the order of the work, imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Names in the order of the work."""
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant; ``help mapping new`` is ``mapping new --help``."""
        if args[:1] == ["help"]:
            if not args[1:]:
                click.echo(ctx.get_help())
                ctx.exit()
            args = [*args[1:], "--help"]
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click's)
        """The command of a name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"qdpx_compassion.cli.{COMMANDS[cmd_name][0]}")
        command = getattr(module, cmd_name)
        if not isinstance(command, click.Command):
            return None
        command.short_help = COMMANDS[cmd_name][1]  # what the completion of shells shows
        return with_common_options(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (click's)
        """The list of commands, without importing any of them."""
        with formatter.section("Commands, in the order of the work"):
            formatter.write_dl([(name, help_) for name, (_, help_) in COMMANDS.items()])


@click.group(
    cls=Commands,
    params=list(common_options()),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: qdpx-compassion start study.qdpx\n\nNothing is sent anywhere; the project "
    "that you give is never changed.",
)
@click.version_option(__version__, prog_name="qdpx-compassion")
def cli() -> None:
    """Link the codes of a qualitative study to a framework of compassion.

    Reads a REFI-QDA project (.qdpx) from NVivo, ATLAS.ti, MAXQDA or another program, helps you map your codes, and
    writes an enriched project and the workbook for your co-authors.
    """


def run() -> None:
    """Run the command line; the program's entry point."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    # a context of its own: what options change for this run does not hold for the next in one process
    sys.exit(contextvars.copy_context().run(_run))


def _run() -> int:
    if "_QDPX_COMPASSION_COMPLETE" in os.environ:
        from qdpx_compassion.cli.shells import add_powershell

        add_powershell()
    try:
        result = cli.main(standalone_mode=False, prog_name="qdpx-compassion")
    except click.exceptions.Abort:
        return _say("Stopped. What was being written is gone; what existed before is as it was.", 1)
    except click.ClickException as error:
        tell_usage(error)
        return error.exit_code
    except QdpxError as error:
        return _say(f"Error: {error}", error.exit_code)
    except KeyboardInterrupt:
        return _say("Stopped. What was being written is gone; what existed before is as it was.", 1)
    except BrokenPipeError:
        # The reader went away (`… | head`); there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _say(
            f"Error: {where}The system says: {error.strerror or error}. Nothing was written over. Check the free space "
            "and the permissions of the folder and of the folder for temporary files, and try again.",
            1,
        )
    except MemoryError:
        return _say(
            "Error: There is not enough memory for this project. Your files are as they were. Close other programs, or "
            "use a computer with more memory.",
            1,
        )
    except Exception as error:  # the one place where a fault of the program becomes a message
        if os.environ.get("QDPX_TRACEBACK"):
            raise
        # What an error of Python says may hold words of an interview, and people send such messages to strangers.
        said = f": {error}" if is_verbose() else ""
        return _say(
            f"Error: This should not have happened ({type(error).__name__} in {_place(error)}{said}). Your files are "
            "as they were. Please report it with the command that you gave. With --verbose it says more, but that may "
            "hold words of an interview.",
            1,
        )
    return result if isinstance(result, int) else 0


def _place(error: Exception) -> str:
    """Module and line of this program in which an error came up."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "qdpx_compassion" in frame.filename] or list(frames)
    name = ours[-1].filename.replace("\\", "/").rpartition("qdpx_compassion/")[2]
    return f"{name}, line {ours[-1].lineno}"


def _say(message: str, code: int) -> int:
    tell(message)
    return code
