"""The manual page says what the command line says."""

import re

import click
from manual import manual
from places import ROOT

from leafdesk.cli.root import leafdesk


def test_every_command_and_option_of_ours_is_in_the_page() -> None:
    page = manual(leafdesk, "1.2.3", 0)
    assert page.startswith('.TH LEAFDESK 1 "1970-01-01" "Leafdesk 1.2.3" "User Commands"\n')
    for command in ("demo", "sandbox", "sync", "fields create", "queue resolve", "doctor"):
        assert f"\n.SS leafdesk {command}\n" in page
    assert "\\-\\-selftest" in page
    assert "LEAFDESK_TOKEN" in page


def test_words_cannot_become_roff_commands() -> None:
    @click.group(help=".SH not a heading\n\n'quoted\n\nback\\slash, a-b")
    def root() -> None: ...

    @root.command(hidden=True)
    def secret() -> None: ...

    lines = manual(root, "1", 0).splitlines()
    assert "\\&.SH not a heading" in lines
    assert "\\&'quoted" in lines
    assert "back\\eslash, a\\-b" in lines
    assert ".SS leafdesk secret" not in lines


def test_variables_and_exit_codes_are_those_of_the_readme() -> None:
    page, readme = manual(leafdesk, "1.2.3", 0), (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"^\| `(LEAFDESK_\w+)`", readme, re.M)) - {"LEAFDESK_REAL_DATA"}  # that one is for tests
    assert set(re.findall(r"^\.B (LEAFDESK_\w+)$", page, re.M)) == named
    codes = re.findall(r"^\| (\d) \|", readme.partition("| exit code |")[2].partition("\n\n")[0], re.M)
    assert re.findall(r"^\.B (\d)$", page, re.M) == codes == ["0", "1", "2", "3", "4", "5", "6"]
