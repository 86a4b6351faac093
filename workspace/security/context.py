"""What the pages of signing in need to know of the workspace and of the address they were opened at."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from workspace.security import presenters


class Entrance:
    """The ways in. Costs no query."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def has_passwords(self) -> bool:
        return bool(settings.PASSWORD_SIGN_IN)

    @property
    def provider(self) -> str:
        """The name of the single sign-on, if there is one."""
        return str(settings.OIDC["name"]) if settings.OIDC else ""

    @property
    def provider_id(self) -> str:
        return str(settings.OIDC["provider_id"]) if settings.OIDC else ""

    @property
    def has_name(self) -> bool:
        """Whether passkeys work at this address."""
        return presenters.has_name(self._request)

    @property
    def named_address(self) -> str:
        """Where they work, when they do not here."""
        return presenters.named_address(self._request)

    @property
    def named_host(self) -> str:
        """The name itself, as one reads it: `localhost:8000`."""
        return urlsplit(self.named_address).netloc


def entrance(request: HttpRequest) -> dict[str, object]:
    """The context processor: `entrance`, made when a template looks."""
    return {"entrance": SimpleLazyObject(lambda: Entrance(request))}
