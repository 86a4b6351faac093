"""Reading the visitor of a request."""

from allauth.account.auth_backends import AuthenticationBackend

from workspace.people.models import Person
from workspace.security.factors import with_second_factors


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth carries no types
    """Sign-in by e-mail and password; whoever comes back by a session is read with their second factors."""

    def get_user(self, user_id: int) -> Person | None:
        person = with_second_factors(Person.objects.all()).filter(pk=user_id).first()
        return person if person is not None and self.user_can_authenticate(person) else None
