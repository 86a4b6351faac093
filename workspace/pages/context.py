"""What `base.html` needs of every request: nothing is read before the shell is drawn, so fragments cost no query."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise, SimpleLazyObject, cached_property
from django.utils.translation import gettext_lazy as _

from workspace.pages.navigation import Navigation, navigation_of
from workspace.pages.options import WORKSPACE_NAME
from workspace.people import demo
from workspace.people.models import Person


class Shell:
    """The shell of one page. Each property costs its queries when a template first asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def person(self) -> Person | None:
        """The visitor; None for somebody who has not signed in, and on error pages that know no visitor."""
        user = getattr(self._request, "user", None)
        return user if isinstance(user, Person) or (user is not None and user.is_authenticated) else None

    @cached_property
    def workspace_name(self) -> str:
        return WORKSPACE_NAME.get()

    @cached_property
    def navigation(self) -> Navigation:
        return navigation_of(self.person, self._request.path) if self.person else Navigation()

    @cached_property
    def theme(self) -> str:
        return self.person.theme if self.person else Person.Theme.AUTO

    @cached_property
    def themes(self) -> list[tuple[str, str | Promise]]:
        return list(Person.Theme.choices)

    @cached_property
    def is_demo(self) -> bool:
        return bool(settings.DEMO and self.person and self.person.is_demo)


@dataclass(frozen=True)
class DemoSignIn:
    """Somebody of the demo company, as whom a visitor may look around."""

    email: str
    name: str
    role: str | Promise
    letters: list[str]
    password: str = demo.PASSWORD


_DEMO_ROLES: Final = {
    "rep": _("Rep"),
    "marketer": _("Marketer"),
    "sales-lead": _("Head of sales"),
    "marketing-lead": _("Head of marketing"),
    "revenue": _("Revenue lead"),
    "admin": _("Administrator"),
}


def shell(request: HttpRequest) -> dict[str, object]:
    """The context processor: `shell`, and `demo_signins` for the sign-in page."""
    return {"shell": Shell(request), "demo_signins": SimpleLazyObject(demo_signins)}


def demo_signins() -> list[DemoSignIn]:
    """The people of the demo workspace; nobody where there is none. Costs two queries when a template looks."""
    if not settings.DEMO:
        return []
    addresses = [demo.address(key) for key in _DEMO_ROLES]
    people = {
        person.email: person
        for person in Person.objects.active().filter(is_demo=True, email__in=addresses).prefetch_related("departments")
    }
    return [
        DemoSignIn(address, people[address].name, role, people[address].department_keys)
        for address, role in zip(addresses, _DEMO_ROLES.values(), strict=True)
        if address in people
    ]
