"""The workspace that is hurt: its server, its people, and the services that run on it."""

import http.client
import threading
from dataclasses import dataclass
from pathlib import Path
from random import Random

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from smarketing import starting
from smarketing.embedded.server import EmbeddedServer
from tests.faults import environment
from tests.faults.services import Services
from tests.faults.waiting import wait_until
from workspace.commitments.options import PRACTICE
from workspace.hooks import actions as hooks
from workspace.options import actions as options
from workspace.people.actions import add_person
from workspace.people.models import Person
from workspace.people.roles import Role
from workspace.worktime import actions as worktime
from workspace.worktime.models import Calendar

AROUND_THE_CLOCK = [[[0, 1440]]] * 7


@dataclass(frozen=True)
class Place:
    """Priya does marketing and owes promises, Leo leads her department, Mara sells and logs calls."""

    server: EmbeddedServer
    port: int
    rounds: int
    random: Random
    priya: Person
    leo: Person
    mara: Person

    @property
    def data_dir(self) -> Path:
        return self.server.data_dir

    def services(self, **given: str) -> Services:
        """The running services, with more of the environment; the web server answers already."""
        services = Services(self.data_dir, environment.of(self.server, self.port, **given))
        try:
            wait_until(self.answers, "the web server answers")
        except BaseException:
            services.__exit__()
            raise
        return services

    def answers(self) -> bool:
        """Whether the web server says that all is well."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def pause(self, least: float, most: float) -> None:
        """Let a random time go by."""
        threading.Event().wait(self.random.uniform(least, most))

    def times(self, each: int) -> int:
        """One for every so many rounds, at least one."""
        return max(1, self.rounds // each)


def make(server: EmbeddedServer, port: int, rounds: int, seed: int) -> Place:
    """Set the workspace up: somebody works at any hour, and the clocks of promises run for real."""
    starting.demand_free_port("127.0.0.1", port)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    starting.collect_static_files(lambda _line: None)
    starting.prepare_broker()
    now = timezone.now()
    worktime.save_calendar(Calendar.objects.of_workspace(), {"week": AROUND_THE_CLOCK}, by=None, at=now)
    options.change(PRACTICE, False, by=None, at=now)
    people = (
        add_person(f"{name}@faults.example", name=name.title(), role=role, departments=side, by=None, at=now)
        for name, role, side in (
            ("priya", Role.MARKETER, "M"),
            ("leo", Role.DEPARTMENT_LEAD, "M"),
            ("mara", Role.REP, "S"),
        )
    )
    return Place(server, port, rounds, Random(seed), *people)


def session_of(person: Person) -> str:
    """The cookie of a browser in which `person` is signed in."""
    browser = Client()
    browser.force_login(person)
    return browser.cookies["sessionid"].value


def token_of(person: Person) -> str:
    """A new token with which `person` may do everything that they may do."""
    return hooks.create(person, scopes=["*"], at=timezone.now(), name="faults")[1]
