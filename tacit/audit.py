"""`tacit audit`: everything a ledger says, checked from its first entry to its last."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from tacit.audit_summary import show
from tacit.console import (
    BackendOption,
    JsonOption,
    announced,
    err,
    out,
    progress_bar,
)
from tacit.options import LedgerArgument
from tacit.refusal import print_refusal
from verifier import AuditReport, ExpectedHead, Options, SignedVerdict, audit_file
from verifier.books import Books, Reader, Stopped, load_reader, open_books
from verifier.log import open_log
from verifier.options import parse_cross_check, parse_epochs
from verifier.page import history_in, render
from verifier.pins import pinned
from verifier.verdicts import parse_public_key, read_signing_key
from zk.backends import Backend, Choice
from zk.errors import Conflict, Malformed, ZkError
from zk.formats.files import write_files, write_secret_files
from zk.progress import Progress
from zk.signatures import SigningKey


def audit(
    ledger: LedgerArgument,
    head: Annotated[
        str | None,
        typer.Option(help="A head from elsewhere: a hash, or a JSON file with number and hash."),
    ] = None,
    start: Annotated[
        Path | None, typer.Option("--from", help="A signed verdict to continue from.")
    ] = None,
    auditor: Annotated[
        str | None, typer.Option(help="The public key of who signed it, in hexadecimal.")
    ] = None,
    verdict: Annotated[
        Path | None, typer.Option(help="Write a signed verdict here; needs --sign.")
    ] = None,
    sign: Annotated[
        Path | None, typer.Option(help="The auditor's key: a file with 64 hexadecimal digits.")
    ] = None,
    cross_check: Annotated[
        str, typer.Option(help="How many proofs to verify again on the other backend, or `all`.")
    ] = "0",
    seed: Annotated[int | None, typer.Option(help="Draws the same sample of proofs again.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes that verify proofs.")] = 1,
    pin: Annotated[
        list[str] | None,
        typer.Option(help="STATEMENT=DIGEST of a verifying key that the ceremony published."),
    ] = None,
    keys: Annotated[
        Path | None, typer.Option(help="The same from the file that `tacit keys import` wrote.")
    ] = None,
    patience: Annotated[
        int | None,
        typer.Option(min=0, help="Seconds that an account may be overdue without a remark."),
    ] = None,
    live: Annotated[
        bool,
        typer.Option("--live", help="The ledger is in use: compare its clocks with the one here."),
    ] = False,
    escrow_key: Annotated[
        list[Path] | None,
        typer.Option(
            help="Open the books: an escrow key, or points that guardians agreed to give."
        ),
    ] = None,
    account: Annotated[
        list[int] | None, typer.Option(min=0, help="With --escrow-key: only this account's books.")
    ] = None,
    epochs: Annotated[
        str | None, typer.Option(help="With --escrow-key: only these epochs, as FIRST-LAST.")
    ] = None,
    books: Annotated[
        Path | None,
        typer.Option(help="With --escrow-key: write the books here, as JSON; they are secret."),
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--report", help="Write the report as a page of HTML.")
    ] = None,
    backend: BackendOption = Choice.AUTO,
    as_json: JsonOption = False,
) -> None:
    """Replay a ledger, check everything, and name the first entry that is not in order.

    Exit status: 0 where it is valid, with or without remarks; 1 where it is not; 2 where it
    cannot be read, or the audit itself failed.

    Example: tacit audit demo.ledger
    """
    chosen = announced(backend)
    try:
        _check_belongs("--escrow-key", escrow_key, account=account, epochs=epochs, books=books)
        _check_belongs("--cross-check", cross_check != "0", seed=seed)
        signer, span = _signer(sign, verdict), parse_epochs(epochs)
        earlier = _earlier(start, auditor)
        drawn = secrets.randbits(32) if seed is None else seed
        with progress_bar() as progress:
            pins = pinned(pin or [], keys)
            now = int(time.time()) if live else None
            options = _options(
                chosen, earlier, jobs, cross_check, drawn, head, pins, patience, now, progress
            )
            reader = _reader(escrow_key)
            report = audit_file(ledger, options)
            opened = _open_books(ledger, reader, chosen, account, span)
            _write_pages(ledger, report, opened, chosen, page, books)
        if verdict is not None and signer is not None and report.is_valid:
            _write(report, verdict, signer)
    except ZkError as error:
        print_refusal(error)
        raise typer.Exit(2) from None
    except Exception as error:
        print_refusal(_defect(error))
        raise typer.Exit(2) from None
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        show(report, out)
        _show_books(opened)
    raise typer.Exit(max(report.exit_status, opened.exit_status if opened else 0))


def _check_belongs(main: str, is_given: object, **options: object) -> None:
    """An option that only means something beside another one is not ignored without it."""
    lost = [f"--{name}" for name, value in options.items() if value is not None]
    if lost and not is_given:
        raise Conflict(", ".join(lost), expected=f"{main} as well", actual="none")


def _defect(error: Exception) -> str:
    """What is not ours to raise judges nothing: it says that this program is wrong, and where."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = "" if place is None else f" in {place.tb_frame.f_globals['__name__']}"
    line = "" if place is None else f", line {place.tb_lineno}"
    what = f"{type(error).__name__}: {error}"[:300]
    return f"the auditor failed ({what}{where}{line}); that is its own defect, and no verdict"


def _reader(paths: list[Path] | None) -> Reader | None:
    return load_reader(paths) if paths else None


def _open_books(
    ledger: Path,
    reader: Reader | None,
    backend: Backend,
    accounts: list[int] | None,
    epochs: tuple[int, int] | None,
) -> Books | None:
    """The books, as far as the log can be replayed; what stops it is a finding of the report."""
    if reader is None:
        return None
    with open_log(ledger) as log:
        try:
            return open_books(log.entries(), reader, backend, accounts=accounts, epochs=epochs)
        except Stopped as stopped:
            err.print(f"books: {stopped}", markup=False, soft_wrap=True)
            return None


def _write_pages(
    ledger: Path,
    report: AuditReport,
    opened: Books | None,
    backend: Backend,
    page: Path | None,
    books: Path | None,
) -> None:
    """Whatever shows open books is for its owner's eyes, and its file says so by its mode."""
    contents: dict[Path, bytes] = {}
    if page is not None:
        contents[page] = render(report, opened, history_in(ledger, backend)).encode()
    if books is not None and opened is not None:
        contents[books] = opened.model_dump_json(indent=1).encode() + b"\n"
    (write_files if opened is None else write_secret_files)(contents)


def _show_books(opened: Books | None) -> None:
    if opened is not None:
        out.print(f"books: {opened.summary}", markup=False)
        for finding in opened.findings:
            out.print(f"  {finding.subject}: {finding.explanation}", markup=False)


def _options(
    backend: Backend,
    earlier: SignedVerdict | None,
    jobs: int,
    cross_check: str,
    seed: int,
    head: str | None,
    pins: Mapping[str, str],
    patience: int | None,
    now: int | None,
    progress: Progress,
) -> Options:
    return Options(
        backend=backend,
        start=earlier,
        jobs=jobs,
        cross_check=parse_cross_check(cross_check),
        seed=seed,
        expected_head=None if head is None else ExpectedHead.parse(head),
        pins=pins or None,
        patience=patience,
        now=now,
        progress=progress,
    )


def _earlier(path: Path | None, auditor: str | None) -> SignedVerdict | None:
    if path is None:
        _check_belongs("--from", path, auditor=auditor)
        return None
    if auditor is None:
        raise Malformed("auditor", expected="the public key of who signed", actual="none")
    earlier = SignedVerdict.read(path)
    earlier.check(parse_public_key(auditor))
    return earlier


def _signer(sign: Path | None, verdict: Path | None) -> SigningKey | None:
    if (sign is None) != (verdict is None):
        raise Malformed("verdict", expected="both --sign and --verdict", actual="one of them")
    return None if sign is None else read_signing_key(sign)


def _write(report: AuditReport, path: Path, signer: SigningKey) -> None:
    signed = SignedVerdict.of(report, signer)
    write_files({path: signed.encode() + b"\n"})
    err.print(f"verdict signed by {signed.auditor.hex()}", soft_wrap=True)
