"""The step of a sign-in that asks for the second factor."""

from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest

from workspace.security import policies


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]  # allauth carries no types
    """Asks whoever has set one up, unless single sign-on has asked already and the operator counts that."""

    def _should_handle(self, request: HttpRequest) -> bool:
        if self.login.user is not None and policies.came_by_trusted_provider(request, self.login.user):
            return False
        return bool(super()._should_handle(request))
