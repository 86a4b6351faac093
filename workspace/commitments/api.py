"""Commitments by the API: promised and read, and done, paused, resumed, let go of."""

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from workspace.api.serializers import (
    GivenSerializer,
    NothingSerializer,
    PersonReferenceSerializer,
    ReferenceField,
    ShownSerializer,
    told_as,
)
from workspace.api.viewsets import ReadViewSet
from workspace.commitments import actions
from workspace.commitments.actions.making import LONGEST_TARGET
from workspace.commitments.filters import SORTING, CommitmentFilter, find_person
from workspace.commitments.models import Commitment
from workspace.commitments.policies import CHANGE
from workspace.errors import Conflict
from workspace.http import SignedInApiRequest
from workspace.people.models import Department


class CommitmentSubjectSerializer(serializers.Serializer[Any]):
    """The record that a commitment is about."""

    kind = serializers.CharField(source="subject_kind")
    id = serializers.IntegerField(source="subject_id")


class CommitmentSerializer(ShownSerializer[Commitment]):
    """What somebody owes: a promise of one department to the other, or a person's own next step."""

    debtor = PersonReferenceSerializer(allow_null=True)
    creditor = PersonReferenceSerializer(allow_null=True)
    owed_by = serializers.CharField(
        source="debtor_department.key", default=None, allow_null=True, help_text=_("M marketing, S sales.")
    )
    owed_to = serializers.CharField(source="creditor_department.key", default=None, allow_null=True)
    subject = serializers.SerializerMethodField()
    closed_by = PersonReferenceSerializer(allow_null=True)
    state = serializers.ChoiceField(Commitment.State.choices, help_text=_("Missed and warned are facts beside it."))

    class Meta:
        model = Commitment
        fields = (
            "id", "kind", "is_promise", "text", "debtor", "owed_by", "creditor", "owed_to", "subject", "state",
            "is_practice", "started_at", "due_at", "target_seconds", "warned_at", "breached_at", "escalation",
            "escalated_at", "paused_at", "remaining_seconds", "closed_at", "closed_by", "answer",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(CommitmentSubjectSerializer(allow_null=True))
    def get_subject(self, one: Commitment) -> dict[str, Any] | None:
        return None if one.subject is None else {"kind": one.subject[0], "id": one.subject[1]}


class NewPromiseSerializer(GivenSerializer):
    """A promise to the other department: within working time, or by a date; two working days where neither is said."""

    text = serializers.CharField(max_length=300)
    owed_by = serializers.ChoiceField(
        Department.Key.choices,
        required=False,
        help_text=_("M marketing, S sales; needed from somebody of both departments."),
    )
    debtor = ReferenceField(
        find_person,
        required=False,
        allow_null=True,
        help_text=_("Who keeps it, by id or e-mail; the caller unless said, null for the whole department."),
    )
    creditor = ReferenceField(
        find_person, required=False, allow_null=True, help_text=_("To whom; the whole other department unless said.")
    )
    target_seconds = serializers.IntegerField(
        required=False, min_value=1, max_value=LONGEST_TARGET, help_text=_("Seconds of working time.")
    )
    due_at = serializers.DateTimeField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "target_seconds" in attrs and "due_at" in attrs:
            raise serializers.ValidationError({"due_at": [_("Either a date or working time; not both.")]})
        return attrs


class FinishSerializer(GivenSerializer):
    """A word to whom it was owed."""

    text = serializers.CharField(required=False, allow_blank=True, max_length=2_000)


class WhySerializer(GivenSerializer):
    """Why; a promise asks for it."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=2_000)


class CommitmentViewSet(ReadViewSet[Commitment]):
    """Promises of both departments, and the caller's own next steps."""

    resource, written_with = "commitments", CHANGE
    serializer_class: type[serializers.BaseSerializer[Any]] = CommitmentSerializer
    filterset_class = CommitmentFilter
    sorting = SORTING

    def get_queryset(self) -> QuerySet[Commitment]:
        return Commitment.objects.visible_to(self.request.user).with_people()

    def present(self, conflict: Conflict) -> dict[str, object]:
        if isinstance(conflict, actions.AlreadyClosed | actions.Rewritten):
            return {"commitment": CommitmentSerializer(conflict.commitment).data}
        return {}

    @extend_schema(request=NewPromiseSerializer, responses={HTTPStatus.CREATED: CommitmentSerializer})
    def create(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Promise something to the other department."""
        given = {"debtor": request.user, **self.given(NewPromiseSerializer)}
        key = given.pop("owed_by", None)
        side = Department.objects.get(key=key) if key else None
        with told_as(debtor_department="owed_by", creditor_department="owed_by"):
            made = actions.promise(**given, side=side, by=request.user, at=timezone.now())
        return self.shown(made, HTTPStatus.CREATED, Location=request.build_absolute_uri(f"{made.pk}/"))

    @extend_schema(request=FinishSerializer, responses=CommitmentSerializer)
    @action(detail=True, methods=["post"])
    def done(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Say that it is done, with a word."""
        given = self.given(FinishSerializer)
        one = self.get_object()
        return self.shown(actions.finish(one, by=request.user, at=timezone.now(), text=given.get("text", "")))

    @extend_schema(request=WhySerializer, responses=CommitmentSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Stop the clock, with a reason; the working time that is left is kept."""
        given = self.given(WhySerializer)
        one = self.get_object()
        return self.shown(actions.pause(one, by=request.user, at=timezone.now(), reason=given.get("reason", "")))

    @extend_schema(request=NothingSerializer, responses=CommitmentSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Let a paused clock run on."""
        self.given(NothingSerializer)
        return self.shown(actions.resume(self.get_object(), by=request.user, at=timezone.now()))

    @extend_schema(request=WhySerializer, responses=CommitmentSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Let go of it, with a reason."""
        given = self.given(WhySerializer)
        one = self.get_object()
        return self.shown(actions.cancel(one, by=request.user, at=timezone.now(), reason=given.get("reason", "")))
