"""The manual page, from the command line's own help."""

from collections.abc import Iterator
from datetime import UTC, datetime

import click

_ABOUT = "fields, boundaries and farms of Leaf Agriculture, with or without a connection"
_VARIABLES = {
    "LEAFDESK_DATA": "The workspace folder, like --data.",
    "LEAFDESK_API_URL": "The Leaf host; plain http only for this machine.",
    "LEAFDESK_TOKEN": "A Leaf token for unattended use; it is used and never stored.",
    "LEAFDESK_REQUESTS_PER_MINUTE": "At most so many requests to Leaf a minute; without it as many as Leaf bears.",
    "LEAFDESK_SETTLE_SECONDS": "How long a request without an answer may still arrive before it is repeated.",
}
_CODES = {
    0: "Done.",
    1: "A bug; one sentence, and where the log is.",
    2: "Wrong usage or bad input; stderr says what and where.",
    3: "Offline, or Leaf could not answer everything; nothing is lost, try again later.",
    4: "Signed out, or the sign-in waits for its passphrase.",
    5: "Done, but an edit needs a person (parked or in conflict).",
    6: "Another Leafdesk uses the folder.",
}
_FILES = {
    "~/.local/share/leafdesk/": "The workspace folder, unless LEAFDESK_DATA or --data name another.",
    "accounts/*/leafdesk.db": "In it: the records of an account, and its edits that Leaf does not have yet.",
    "accounts/*/journal.ndjson": "In it: those edits a second time, should the database be lost.",
    "accounts/*/backups/, damaged/": "In it: copies of the database, one a week; a damaged one that was made anew.",
    "accounts/*/sign-in": "In it: the sign-in, where a passphrase was chosen because there is no key store.",
    "logs/leafdesk.log": "In it: what went wrong, without tokens and passwords.",
}


def manual(root: click.Group, version: str, epoch: int) -> str:
    """The page leafdesk(1) in roff: every command that is not hidden, with its options and its help."""
    day = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d")
    context = click.Context(root, info_name="leafdesk")
    lines = [
        f'.TH LEAFDESK 1 "{day}" "Leafdesk {version}" "User Commands"',
        ".SH NAME",
        f"leafdesk \\- {_text(_ABOUT)}",
        ".SH SYNOPSIS",
        *_synopsis(context),
        ".SH DESCRIPTION",
        *_paragraphs(root.help or ""),
        ".SH OPTIONS",
        *_options(context),
        ".SH COMMANDS",
        *_commands(context),
        ".SH ENVIRONMENT",
    ]
    for name, meaning in _VARIABLES.items():
        lines += [".TP", f".B {name}", _text(meaning)]
    lines.append(".SH EXIT STATUS")
    for code, meaning in _CODES.items():
        lines += [".TP", f".B {code}", _text(meaning)]
    lines.append(".SH FILES")
    for place, meaning in _FILES.items():
        lines += [".TP", f".I {_text(place)}", _text(meaning)]
    return "\n".join(lines) + "\n"


def _commands(context: click.Context) -> Iterator[str]:
    group = context.command
    assert isinstance(group, click.Group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, parent=context, info_name=name)
        if isinstance(command, click.Group):
            yield from _commands(inner)
            continue
        yield f".SS {_text(inner.command_path)}"
        yield from _synopsis(inner)
        yield from _paragraphs(command.help or "")
        yield from _options(inner)


def _synopsis(context: click.Context) -> Iterator[str]:
    pieces = " ".join(context.command.collect_usage_pieces(context))
    yield f".B {_text(context.command_path)}"
    yield _text(pieces)


def _options(context: click.Context) -> Iterator[str]:
    for parameter in context.command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None:
            yield ".TP"
            yield f".B {_text(record[0])}"
            yield _text(record[1]) or "\\&"


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        yield ".PP"
        yield _text(" ".join(paragraph.split()))


def _text(words: str) -> str:
    """Words as roff prints them: no control character at the start of a line, hyphens that can be copied."""
    safe = words.replace("\\", "\\e").replace("-", "\\-").replace("\b\n", "")
    return f"\\&{safe}" if safe[:1] in (".", "'") else safe
