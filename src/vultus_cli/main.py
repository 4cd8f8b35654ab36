"""The `vultus` command: its sub-commands, and how errors become exit codes.

0 done; 2 the user's input or options are wrong; 3 a needed asset or service is missing; 1 our bug;
130 interrupted. A reader that leaves early, as `head` does, is no error.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Sequence

import click

from vultus.errors import InputError, VultusError
from vultus_cli.lazy import LazyGroup
from vultus_cli.output import Outlet, error_object, report_error, say

COMMANDS = {
    "demo": "Animate a real photo, evaluate it and write a report.",
    "up": "Start the embedded platform.",
    "fit": "Fit the morphable model to a picture or a video.",
    "animate": "Animate a portrait by a video, a track or a built-in motion.",
    "edit": "Turn the head or change the expression of a portrait.",
    "evaluate": "Measure a generated video against its reference.",
    "leaderboard": "Compare methods on the frozen benchmark split.",
    "data": "Make, divide, pack and look at data sets.",
    "train": "Teach a method on a data set or on the synthetic world.",
    "pipeline": "List, compile and run pipelines, here or on Kubeflow.",
    "model": "Register trained models, promote them, roll back.",
    "assets": "List, fetch and verify model files.",
    "doctor": "Say what works on this machine and how to get what is missing.",
}
"""Sub-commands in the order of `vultus --help`; each is `command` in the module of its name."""

INTERRUPTED = "interrupted; nothing was left half-written"


@click.group(
    cls=LazyGroup,
    modules=COMMANDS,
    package="vultus_cli",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="vultus", message="%(prog)s %(version)s")
def vultus() -> None:
    """Animate portraits: one photo in, a video of that person out."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    # What embedded rooms start must not chatter on the user's terminal.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    # Being ended must not leave half-written files either.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(run(words))


def run(words: list[str]) -> int:
    """Run the command line with `words`; returns the exit code."""
    if sys.stdout is None:  # closed from the start
        return _answered(words)
    outlet = Outlet(sys.stdout)
    with contextlib.redirect_stdout(outlet):
        code = _answered(words)
    outlet.flush()
    if outlet.fault is None:
        return code
    outlet.give_up()
    if isinstance(outlet.fault, BrokenPipeError):
        return code
    say(f"error: the answer cannot be written: {outlet.fault.strerror}; free space, or send it elsewhere")
    return code or InputError.exit_code


def _answered(words: list[str]) -> int:
    """Run the command; errors become what is told of them and the exit code."""
    as_json = "--json" in words
    try:
        return vultus.main(words, prog_name="vultus", standalone_mode=False) or 0
    except VultusError as error:
        report_error(error, as_json=as_json)
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        say(error.format_message())
        return 2
    except click.ClickException as error:
        report_error(_usage_error(error), as_json=as_json)
        return 2
    except (KeyboardInterrupt, click.Abort):
        say(INTERRUPTED)
        if as_json:
            error_object("INTERRUPTED", INTERRUPTED)
        return 130


def _usage_error(error: click.ClickException) -> InputError:
    command = getattr(getattr(error, "ctx", None), "command_path", "vultus")
    return InputError(error.format_message().rstrip("."), remedy=f"see `{command} --help`")


if __name__ == "__main__":
    main()
