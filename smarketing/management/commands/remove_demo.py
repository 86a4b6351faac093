"""`manage.py remove_demo`: removes the demo workspace in one act, and says how to come in when nobody is left."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from leads.records.models import Lead
from smarketing import demo
from workspace.people.models import Person
from workspace.staff import actions as staff


class Command(BaseCommand):
    help = "Remove the demo workspace: its people, its leads, and all that was added to them. Real leads stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not demo.is_loaded():
            raise CommandError("There is no demo workspace here.")
        leads, people = (model._default_manager.filter(is_demo=True).count() for model in (Lead, Person))
        if not options["yes"]:
            answer = input(
                f"{leads} demo leads and {people} demo people go, with all that was added to them. Go on? [y/N] "
            )
            if answer.strip().lower() not in ("y", "yes"):
                raise CommandError("Nothing was removed.")
        demo.remove(by=None, at=timezone.now())
        self.stdout.write(f"Removed {leads} demo leads and {people} demo people.")
        if not Person.objects.active().exists():
            self.stdout.write("Nobody can sign in any more. This link makes the first administrator, once:")
            self.stdout.write(f"  {staff.first_administrator_link(at=timezone.now())}")
