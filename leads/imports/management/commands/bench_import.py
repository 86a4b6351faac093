"""`manage.py bench_import`: how fast a generated file comes in, in a scratch database that is made for it and dropped."""

import csv
import os
import resource
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.core.files import File
from django.core.management.base import BaseCommand
from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone

from leads.imports import actions
from leads.imports.actions import running
from leads.imports.actions.preparing import Agreed
from leads.imports.mapping import Mapping
from leads.imports.models import Import
from workspace.jobs import actions as jobs
from workspace.jobs.models import Job

HEADER = (
    "Lead ID", "First name", "Last name", "E-mail", "Phone", "Job title", "Company", "Industry", "Country", "City",
    "Lead source", "Amount", "Employees", "Newsletter",
)  # fmt: skip
FIRST = ("Ada", "Bo", "Chloé", "Dmitri", "Eva", "Farid", "Gül", "Hiro", "Inès", "João", "Lars", "Mónica", "Søren")
LAST = ("Abadi", "Berg", "Costa", "Dubois", "Ek", "Fischer", "García", "Horváth", "Ito", "Müller", "Nowak")
TITLES = ("Head of sales", "Buyer", "Plant manager", "Engineer", "CEO", "Maintenance lead", "")
PLACES = (("Germany", "Köln"), ("France", "Lyon"), ("Poland", "Łódź"), ("Sweden", "Malmö"), ("Italy", "Torino"))
SOURCES = ("Fair", "Search", "Referral", "Webinar", "Newsletter", "Partner", "Outbound", "Direct")


class Command(BaseCommand):
    help = "Measure an import of generated rows into an empty workspace: rows a second, and memory."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rows", type=int, default=100_000)
        parser.add_argument("--times", type=int, default=1, help="how often, each time into a new database")

    def handle(self, *_args: Any, **options: Any) -> None:
        with tempfile.TemporaryDirectory(prefix="bench-import-") as folder:
            path = Path(folder) / "leads.csv"
            write_rows(path, options["rows"])
            size = path.stat().st_size / 1e6
            self.stdout.write(
                f"{options['rows']:,} rows, {len(HEADER)} columns, {size:.1f} MB, into an empty workspace"
            )
            for _ in range(options["times"]):
                with override_settings(MEDIA_ROOT=folder), scratch_database():
                    self._measure(path, options["rows"])

    def _measure(self, path: Path, rows: int) -> None:
        with path.open("rb") as file:
            import_ = actions.upload(File(file), name="leads.csv", by=None, at=timezone.now())

        import_ = actions.look_again(
            import_, encoding=import_.encoding, delimiter=import_.delimiter, header_line=import_.header_line, by=None
        )
        agreed = Agreed(Mapping.from_json(import_.mapping), "external_id", "both")
        import_ = actions.agree(import_, agreed, by=None, at=timezone.now())
        Import.objects.filter(pk=import_.pk).update(state=Import.State.CHECKED)
        import_ = actions.start_run(import_, by=None, at=timezone.now())
        assert import_.job is not None
        memory = psutil.Process(os.getpid()).memory_info().rss / 1e6
        began, worked, served = time.perf_counter(), time.process_time(), server_seconds()
        jobs.run(import_.job.pk)
        seconds, worked, served = (
            time.perf_counter() - began,
            time.process_time() - worked,
            server_seconds() - served,
        )
        job, done = Job.objects.get(pk=import_.job.pk), Import.objects.get(pk=import_.pk)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.stdout.write(
            f"{done.created_count:,} created, {done.refused_count:,} refused in {seconds:.2f} s "
            f"(job {job.state}): {rows / seconds:,.0f} rows a second"
        )
        self.stdout.write(f"the indexes of lists, made afterwards beside the users' work: {self._settle():.2f} s more")
        self.stdout.write(
            f"memory: {memory:.0f} MB before, {peak:.0f} MB at most; "
            f"processor: {worked:.1f} s here, {served:.1f} s in the database"
        )

    def _settle(self) -> float:
        began = time.perf_counter()
        running.settle(timezone.now())
        return time.perf_counter() - began


def server_seconds() -> float:
    """How long the database has worked for us; 0 where it runs on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        try:
            times = psutil.Process(cursor.fetchone()[0]).cpu_times()
        except psutil.Error:
            return 0.0
    return float(times.user + times.system)


def write_rows(path: Path, rows: int) -> None:
    """A file of people at companies, 20 to each, none of whom repeats."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            first, last = FIRST[number % len(FIRST)], LAST[number * 7 % len(LAST)]
            company = number // 20
            country, city = PLACES[company % len(PLACES)]
            writer.writerow(
                (
                    f"L-{number:08d}", first, last, f"lead.{number}@company{company}.example",
                    f"+49 30 {1_000_000 + number}", TITLES[number % len(TITLES)], f"Company {company} GmbH",
                    "Manufacturing", country, city, SOURCES[number % len(SOURCES)], number % 9_000 + 100,
                    company % 800 + 1, ("yes", "no")[number % 2],
                )
            )  # fmt: skip


@contextmanager
def scratch_database() -> Iterator[None]:
    """A migrated database of its own beside the workspace's, dropped at the end."""
    original = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"] = {**connection.settings_dict["TEST"], "NAME": f"smarketing_bench_{os.getpid()}"}
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(original, verbosity=0)
        settings.DATABASES["default"]["NAME"] = original
