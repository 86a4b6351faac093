"""`manage.py create_token EMAIL --scope leads:read [--days N]`: prints the token alone on its last line."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from workspace.hooks import actions
from workspace.people.models import Person


class Command(BaseCommand):
    help = "Make an access token for the API. It is shown once, alone on the last line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="whose token it is")
        parser.add_argument("--scope", action="append", required=True, help="leads:read, leads:write, …, or *")
        parser.add_argument("--days", type=int, help="how long it lasts; for good when left out")
        parser.add_argument("--name", default="", help="what it is for")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.active().filter(email__iexact=options["email"]).first()
        if person is None:
            raise CommandError(f"Nobody with the address {options['email']} is active here.")
        try:
            token, secret = actions.create(
                person, scopes=options["scope"], days=options["days"], name=options["name"], at=timezone.now()
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        ends = f"until {token.expires_at:%Y-%m-%d}" if token.expires_at else "for good"
        self.stderr.write(f"For {person}, {', '.join(token.scopes)}, {ends}. It is not shown again.")
        self.stdout.write(secret)
