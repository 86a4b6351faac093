"""`manage.py import_leads FILE --map COLUMN=FIELD …`: bring a file of leads in, and wait until it is in."""

import sys
import threading
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone
from django.utils.dateparse import parse_date

from leads.imports import actions
from leads.imports.actions.preparing import Agreed
from leads.imports.mapping import FOR_ALL, MATCHES, NEW, SKIP, Column, Mapping, targets
from leads.imports.models import Import
from leads.imports.reading.encodings import ENCODINGS
from leads.imports.reading.values import Order
from leads.imports.suggesting import Survey, own_field, own_fields
from workspace.jobs import actions as jobs
from workspace.jobs.models import Job
from workspace.people.models import Person

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
POLL_SECONDS = 0.5


class Command(BaseCommand):
    help = "Bring leads in from a CSV file; prints what became of its rows, and where the refused ones are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--map", action="append", default=[], metavar="COLUMN=FIELD", help="send a column into a field"
        )
        parser.add_argument(
            "--value", action="append", default=[], metavar="COLUMN:FROM=TO", help="say what a text of a column means"
        )
        parser.add_argument(
            "--set", action="append", default=[], metavar="FIELD=VALUE", help="say a value for all rows"
        )
        parser.add_argument("--empty", action="append", default=[], metavar="VALUE", help="a text that means nothing")
        parser.add_argument("--match", choices=list(MATCHES), help="the field by which leads are recognised")
        parser.add_argument("--mode", choices=[str(mode) for mode in Import.Mode], default="both")
        parser.add_argument("--unmapped", choices=["custom", "skip", "suggest"], default="custom", help="other columns")
        parser.add_argument("--date-format", choices=[str(order) for order in Order], help="the order of days in dates")
        parser.add_argument("--decimal-comma", action="store_true", help="numbers are written as 1.234,50")
        parser.add_argument("--delimiter", help="comma, semicolon, tab, bar, or the character")
        parser.add_argument("--encoding", choices=list(ENCODINGS))
        parser.add_argument("--header-line", type=int, help="the line of the header; 0 where there is none")
        parser.add_argument("--by", metavar="EMAIL", help="who brings it in; else the workspace itself")
        parser.add_argument("--sort-by", metavar="EMAIL", help="who looks after the new leads")
        parser.add_argument("--sort-until", metavar="DATE", type=_day, help="until when they may wait to be sorted")

        parser.add_argument("--asleep-until", metavar="DATE", type=_day, help="let the new open leads sleep until then")
        parser.add_argument("--asleep-reason", metavar="WORDS", default="", help="why they sleep")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            import_ = self._prepared(options)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        import_ = actions.start_run(import_, by=None, at=timezone.now())
        assert import_.job is not None
        self._work(import_.job)
        self._sum_up(Import.objects.select_related("job").get(pk=import_.pk))

    def _prepared(self, options: dict[str, Any]) -> Import:
        by, sort_by = (_person(options[key]) for key in ("by", "sort_by"))
        with options["file"].open("rb") as file:
            import_ = actions.upload(File(file), name=options["file"].name, by=by, at=timezone.now())
        import_ = actions.look_again(
            import_,
            encoding=options["encoding"] or import_.encoding,
            delimiter=DELIMITERS.get(options["delimiter"], options["delimiter"]) or import_.delimiter,
            header_line=import_.header_line if options["header_line"] is None else options["header_line"],
            by=None,
        )
        agreed = Agreed(
            _mapping(import_, options),
            options["match"] or import_.match,
            options["mode"],
            sort_by,
            options["sort_until"],
            options["asleep_until"],
            options["asleep_reason"],
        )
        import_ = actions.agree(import_, agreed, by=None, at=timezone.now())
        # Whoever types the command has seen the file: it goes without the check, whose findings nobody would read.
        Import.objects.filter(pk=import_.pk).update(state=Import.State.CHECKED)
        return import_

    def _work(self, job: Job) -> None:
        """Work on the job in this process, or wait where a worker was quicker."""
        ended = threading.Event()
        teller = threading.Thread(target=self._tell, args=(job.pk, ended), daemon=True)
        teller.start()
        try:
            jobs.run(job.pk)
            while Job.objects.get(pk=job.pk).is_open and not ended.wait(POLL_SECONDS):
                pass
        finally:
            ended.set()
            teller.join()

    def _tell(self, job_id: int, ended: threading.Event) -> None:
        try:
            while not ended.wait(POLL_SECONDS):
                job = Job.objects.get(pk=job_id)
                if job.percent is not None and sys.stderr.isatty():
                    self.stderr.write(f"\r{job.percent} %", ending="")
        finally:
            connections.close_all()

    def _sum_up(self, import_: Import) -> None:
        assert import_.job is not None
        self.stdout.write(
            f"{import_.name}: {import_.created_count} created, {import_.updated_count} updated, "
            f"{import_.unchanged_count} left as they are, {import_.refused_count} refused."
        )
        if import_.refused_file:
            self.stdout.write(f"The refused rows, with their reasons: {_where(import_)}")
        if import_.job.state != Job.State.DONE:
            raise CommandError(import_.job.error or f"The job ended as {import_.job.state}.")


def _where(import_: Import) -> str:
    try:
        return import_.refused_file.path
    except NotImplementedError:  # a storage without folders
        return import_.refused_file.name or ""


def _mapping(import_: Import, options: dict[str, Any]) -> Mapping:
    """The suggested mapping with what the options say, column by column."""
    mapping = Mapping.from_json(import_.mapping)
    survey = Survey.from_json(import_.survey)
    own = own_fields()
    given = dict(_pair(text, "--map") for text in options["map"])
    for column, seen in zip(mapping.columns, survey.columns, strict=True):
        if options["unmapped"] != "suggest":
            is_kept = options["unmapped"] == "custom" and seen.filled
            column.target = own_field(column.name, seen, own) if is_kept else SKIP
            column.values = {}
        if options["date_format"]:
            column.date_order = Order(options["date_format"])
        column.decimal_comma = column.decimal_comma or options["decimal_comma"]
    for name, target in given.items():
        _column(mapping, name).target = _target(target)
    for text in options["value"]:
        where, meant = _pair(text, "--value")
        name, _colon, said = where.rpartition(":")
        _column(mapping, name).values[said] = meant
    mapping.empty = options["empty"]
    mapping.for_all = dict(_pair(text, "--set") for text in options["set"])
    if unknown := set(mapping.for_all) - set(FOR_ALL):
        raise CommandError(f"--set takes {', '.join(FOR_ALL)}; not {', '.join(sorted(unknown))}.")
    return mapping


def _target(name: str) -> str:
    if name not in {SKIP, NEW, *targets()}:
        raise CommandError(f"There is no field {name!r}; there are {', '.join(sorted({SKIP, NEW, *targets()}))}.")
    return name


def _column(mapping: Mapping, name: str) -> Column:
    column = mapping.column(name)
    if column is None:
        names = ", ".join(column.name for column in mapping.columns)
        raise CommandError(f"The file has no column {name!r}; it has {names}.")
    return column


def _pair(text: str, option: str) -> tuple[str, str]:
    left, equals, right = text.partition("=")
    if not equals or not left:
        raise CommandError(f"{option} wants NAME=VALUE, not {text!r}.")
    return left.strip(), right.strip()


def _person(email: str | None) -> Person | None:
    if not email:
        return None
    try:
        return Person.objects.active().get(email__iexact=email)
    except Person.DoesNotExist as error:
        raise CommandError(f"Nobody here has the address {email}.") from error


def _day(text: str) -> date:
    day = parse_date(text)
    if day is None:
        raise CommandError(f"{text!r} is no day, as 2026-11-22 is.")
    return day
