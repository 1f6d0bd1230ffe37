"""Commands about the account: sign in and out, sync, status."""

import sys
from typing import Any

import click

from leafdesk.cli import say
from leafdesk.cli.desk import BadInputError, Desk, reports, wait
from leafdesk.cli.passphrase import offer
from leafdesk.records import LAND, TABLES
from leafdesk.workspace import Event, Progress, SignedOutError, SyncReport, Workspace

DONE, OFFLINE, SIGNED_OUT, NEEDS_A_PERSON = 0, 3, 4, 5


@click.command()
@click.option("--username", metavar="U", required=True, help="The API owner's user name at Leaf.")
@click.option("--api-url", metavar="URL", help="The Leaf host, if not the usual one.")
@reports
@click.pass_obj
def login(desk: Desk, username: str, api_url: str | None) -> int:
    """Sign in; the password comes from a prompt or from stdin, never from the command line."""
    password = _password()
    with desk.workspace() as workspace:
        try:
            not_kept = wait(workspace.login(username, password, api_url))
            if not_kept is not None and offer(workspace):
                not_kept = None
        except ValueError as error:
            raise _bad_address(error) from error
        document: dict[str, Any] = {
            "account": workspace.account,
            "api_url": workspace.api_url,
            "signed_in": not_kept is None,
        }
        if not_kept is not None:
            document["error"] = not_kept

        def show() -> None:
            if not_kept is None:
                say.line(f"Signed in as {workspace.account}.")

        desk.answer(document, show)
    if not_kept is None:
        return DONE
    say.aside(
        f"{not_kept} A command cannot stay signed in that way: set LEAFDESK_TOKEN to a Leaf token "
        "for the commands that need Leaf. The account is remembered."
    )
    return SIGNED_OUT


def _password() -> str:
    if sys.stdin.isatty():
        return click.prompt("Password", hide_input=True, err=True)
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise BadInputError("No password came: type it at the prompt or give it on stdin.")
    return password


@click.command()
@reports
@click.pass_obj
def logout(desk: Desk) -> None:
    """Forget the token. Records and queue stay."""
    with desk.workspace() as workspace:
        account = workspace.account
        workspace.logout()
        sentence = f"Signed out {account}. Records and queue stay here." if account else "Nobody was signed in."
        desk.answer({"account": account, "signed_in": False}, lambda: say.line(sentence))


@click.command()
@click.option("--pull-only", is_flag=True, help="Only read from Leaf.")
@click.option("--push-only", is_flag=True, help="Only send what waits.")
@click.option("--leaf-user", metavar="ID", help="Read only this Leaf user's records.")
@click.option("--only", metavar="ID", multiple=True, help="Send only this edit of the queue and what it rests on.")
@click.option("--everything", is_flag=True, help="Read machines and catalogs too, which otherwise come once a day.")
@click.option("--remove-missing", is_flag=True, help="Remove here the many records that the last sync missed at Leaf.")
@reports
@click.pass_obj
def sync(
    desk: Desk,
    pull_only: bool,
    push_only: bool,
    leaf_user: str | None,
    only: tuple[str, ...],
    everything: bool,
    remove_missing: bool,
) -> int:
    """Send what waits and read what is new at Leaf. With --only nothing is read."""
    if only and pull_only:
        raise BadInputError("--only sends, --pull-only does not: they exclude each other.")
    if pull_only and push_only:
        raise BadInputError("--pull-only and --push-only exclude each other.")
    with desk.workspace() as workspace:
        if remove_missing:
            wait(workspace.queue.remove_missing())
        stop = workspace.listen(Teller())
        try:
            report = synced(
                workspace,
                leaf_user,
                only,
                pull=not push_only and not only,
                push=not pull_only,
                stock=everything or None,
            )
        finally:
            stop()
        parked, conflicts = _needing_a_person(workspace)
        heard = len(workspace.queue.notices) if workspace.account is not None else 0
        desk.answer(_document(report), lambda: _show_report(report))
    if report.reason:
        say.aside(report.reason)
    if parked or conflicts:
        say.aside(
            f"{say.counted(parked + conflicts, 'edit needs', 'edits need')} you: `leafdesk queue list` says what."
        )
    if heard:
        say.aside(f"{say.counted(heard, 'thing', 'things')} to hear: `leafdesk queue notices` says what.")
    return _exit_code(report, parked + conflicts)


def synced(
    workspace: Workspace,
    leaf_user: str | None = None,
    only: tuple[str, ...] = (),
    *,
    pull: bool = True,
    push: bool = True,
    stock: bool | None = None,
) -> SyncReport:
    """Sync until it is over; Ctrl+C stops it at the next safe point."""
    live = {item.id for item in workspace.outbox.items()} if only else set[str]()
    for id in only:
        if id not in live:
            raise BadInputError(f"There is no edit {id!r} in the queue. `leafdesk queue list` shows what is.")
    try:
        if leaf_user is not None and workspace.account is not None:
            leaf_user = workspace.catalog.key("users", leaf_user) or leaf_user
            if not workspace.keeping.keeps(leaf_user):
                raise BadInputError(
                    f"The Leaf user {leaf_user!r} is not kept here; `leafdesk users keep` changes that."
                )
        future = workspace.sync(pull=pull, push=push, leaf_user_id=leaf_user, only=only or None, stock=stock)
        try:
            return wait(future)
        except KeyboardInterrupt:
            workspace.cancel_sync()
            wait(future)
            raise
    except ValueError as error:
        raise _bad_address(error) from error
    except SignedOutError as error:
        pushed = {"sent": 0, "parked": 0, "conflicts": 0, "waiting": 0}
        return SyncReport(
            outcome="signed-out", pulled={}, pushed=pushed, requests=0, seconds=0.0, reason=str(error) or None
        )


def _bad_address(error: ValueError) -> Exception:
    """A ValueError about Leaf's address is the world's (LEAFDESK_API_URL, --api-url); any other is a bug of ours."""
    return BadInputError(str(error)) if str(error).startswith("The address of Leaf") else error


def _exit_code(report: SyncReport, needing_a_person: int) -> int:
    if report.outcome == "signed-out":
        return SIGNED_OUT
    if report.outcome == "offline":
        return OFFLINE
    if needing_a_person:
        return NEEDS_A_PERSON
    return DONE if report.outcome == "done" else OFFLINE


def _needing_a_person(workspace: Workspace) -> tuple[int, int]:
    if workspace.account is None:
        return 0, 0
    counts = workspace.outbox.counts()
    return counts.get("parked", 0), counts.get("conflict", 0)


def _document(report: SyncReport) -> dict[str, Any]:
    document: dict[str, Any] = {
        "outcome": report.outcome,
        "pulled": report.pulled,
        "pushed": report.pushed,
        "requests": report.requests,
        "seconds": round(report.seconds, 3),
    }
    return document | ({"reason": report.reason} if report.reason else {})


def _show_report(report: SyncReport) -> None:
    words = {"done": "Done", "partial": "Not everything", "offline": "Offline", "signed-out": "Signed out"}
    requests = say.counted(report.requests, "request")
    say.line(f"{words[report.outcome]}: {requests} in {report.seconds:.1f} s.")
    for kind, numbers in report.pulled.items():
        told = ", ".join(f"{number:,} {what}" for what, number in numbers.items() if number)
        if told:
            say.line(f"Read  {kind}: {told}")
    told = ", ".join(f"{number:,} {what}" for what, number in report.pushed.items() if number)
    if told:
        say.line(f"Sent  {told}")


class Teller:
    """Tells progress on stderr: one line for each new thing that is read or sent."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, event: Event) -> None:
        if isinstance(event, Progress) and event.what != self._last:
            self._last = event.what
            say.aside(event.what + (f" ({event.total:,})" if event.total else "") + " …")


@click.command()
@reports
@click.pass_obj
def status(desk: Desk) -> int:
    """Tell what is here, what waits, and how old it is."""
    with desk.workspace() as workspace:
        known = workspace.account is not None
        live = workspace.outbox.counts() if known else {}
        counts = {kind: count.all for kind, count in workspace.catalog.counts().items()} if known else {}
        document = {
            "account": workspace.account,
            "api_url": workspace.api_url,
            "signed_in": workspace.signed_in,
            "locked": workspace.sealing.locked,
            "last_sync": workspace.last_sync if known else None,
            "counts": {kind: counts.get(kind, 0) for kind in (*reversed(LAND), *TABLES)},
            "pending": sum(live.values()),
            "parked": live.get("parked", 0),
            "conflicts": live.get("conflict", 0),
        }
        desk.answer(document, lambda: _show_status(document))
    return DONE if known else SIGNED_OUT


def _show_status(document: dict[str, Any]) -> None:
    counts = document["counts"]
    say.facts(
        (
            ("Account", document["account"] or "nobody has signed in here yet"),
            ("Leaf", document["api_url"]),
            ("Signed in", "yes" if document["signed_in"] else "under your passphrase" if document["locked"] else "no"),
            ("Last sync", say.age(document["last_sync"])),
            ("Fields", f"{counts['fields']:,}"),
            ("Farms", f"{counts['farms']:,}"),
            ("Growers", f"{counts['growers']:,}"),
            ("Machines", f"{counts['machines']:,}"),
            ("Products", f"{counts['products']:,}"),
            ("Waiting", f"{say.counted(document['pending'], 'edit')}" if document["pending"] else "nothing"),
            ("Parked", str(document["parked"] or "")),
            ("In conflict", str(document["conflicts"] or "")),
        )
    )
