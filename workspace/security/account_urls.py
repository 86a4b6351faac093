"""Addresses of allauth's pages, below /accounts/, without those that this workspace does otherwise."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from allauth.account import urls as account_urls
from allauth.mfa import urls as mfa_urls
from allauth.socialaccount import urls as social_urls
from allauth.socialaccount.providers.openid_connect import urls as provider_urls
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from workspace.security import views

# Addresses of people are changed by administrators alone; accounts are linked by address, and none is made.
LEFT_OUT = {
    "account_email",
    "account_confirm_email",
    "account_email_verification_sent",
    "socialaccount_signup",
    "socialaccount_connections",
    "socialaccount_login_error",
}
# Lists that are parts of one page here. Their names stay, since allauth leads there after each change.
ON_ONE_PAGE = {"mfa_index", "mfa_list_webauthn"}
OURS = {
    "mfa_remove_webauthn": views.RemovePasskeyView.as_view(),
    "openid_connect_login": views.begin_single_sign_on,
    "openid_connect_callback": views.end_single_sign_on,
}
OF_PASSWORDS = {
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_reauthenticate",
}
View = Callable[..., HttpResponse]


def with_passwords(view: View) -> View:
    """`view`, or nothing at its address where nobody signs in by password."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.PASSWORD_SIGN_IN:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def chosen(patterns: list[Any]) -> Iterator[URLPattern | URLResolver]:
    """Those of allauth's `patterns` that are served, however deep they lie."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = list(chosen(pattern.url_patterns))
            yield URLResolver(pattern.pattern, inner, pattern.default_kwargs, pattern.app_name, pattern.namespace)
        elif pattern.name in LEFT_OUT | ON_ONE_PAGE:
            continue
        else:
            view = OURS.get(pattern.name, pattern.callback)
            view = with_passwords(view) if pattern.name in OF_PASSWORDS else view
            yield URLPattern(pattern.pattern, view, pattern.default_args, pattern.name)


accounts = [
    *chosen(account_urls.urlpatterns),
    path("2fa/", include(list(chosen(mfa_urls.urlpatterns)))),
    path("3rdparty/", include(list(chosen(social_urls.urlpatterns)))),
    *chosen(provider_urls.urlpatterns),
]

urlpatterns = [
    path("accounts/", include(accounts)),
    *(path("settings/security/", views.index, name=name) for name in sorted(ON_ONE_PAGE)),
]
