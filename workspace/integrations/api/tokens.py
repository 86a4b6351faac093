"""Access tokens by the API: read and revoked. They are made in the settings, where a person says what one may do."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from workspace.api.people import YES_NO
from workspace.api.serializers import NothingSerializer, PersonReferenceSerializer, ShownSerializer
from workspace.api.viewsets import ReadViewSet
from workspace.filtering import ChoiceFilter, FilterSet, TextFilter
from workspace.hooks import actions
from workspace.hooks.models import Token
from workspace.http import SignedInApiRequest
from workspace.sorting import Column, Sorting


def _usable(answer: str) -> Q:
    usable = Q(pk__in=Token.objects.usable(timezone.now()))
    return usable if answer == "yes" else ~usable


class TokenFilter(FilterSet):
    """The filters of access tokens."""

    person = TextFilter(_("Person"), "person__email", help_text=_("By e-mail."))
    is_usable = ChoiceFilter(
        _("Usable"),
        YES_NO,
        _usable,
        help_text=_("Neither revoked nor expired, of somebody who is still here."),
    )


class TokenSerializer(ShownSerializer[Token]):
    """An access token. Its secret was shown when it was made, and is stored nowhere; `hint` is how it begins."""

    person = PersonReferenceSerializer()

    class Meta:
        model = Token
        fields = ("id", "name", "hint", "person", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at")
        read_only_fields = fields


class TokenViewSet(ReadViewSet[Token]):
    """One's own access tokens; an administrator's list is everybody's."""

    resource = "tokens"
    serializer_class = TokenSerializer
    filterset_class = TokenFilter
    sorting = Sorting({"created_at": Column("created_at")}, default="-created_at")

    def get_queryset(self) -> QuerySet[Token]:
        return Token.objects.visible_to(self.request.user).select_related("person")

    def version_of(self, record: Token) -> str:
        """A token is made, and ends. That it is used is no change that would refuse somebody's revoking."""
        return "1" if record.revoked_at is None else "2"

    @extend_schema(request=NothingSerializer, responses=TokenSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """End it: nobody comes in with it any more. One that has ended stays as it is."""
        self.given(NothingSerializer)
        token = self.get_object()
        actions.revoke(token, by=request.user, at=timezone.now())
        return self.shown(self.get_object())
