"""Leads by the API: read, made, edited, moved, talked to, and taken over from other systems."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from leads.records import actions
from leads.records.actions import binning, merging
from leads.records.api.given import (
    ChangedLeadSerializer,
    DoneSerializer,
    LogSerializer,
    MergeGivenSerializer,
    MoveSerializer,
    NewDealSerializer,
    NewLeadSerializer,
    NextStepSerializer,
    UpsertedLeadSerializer,
    UpsertResultsSerializer,
    UpsertSerializer,
    UpsertShapeSerializer,
)
from leads.records.api.shown import BinnedLeadSerializer, DealSerializer, LeadSerializer, MergeSerializer
from leads.records.filters import LEAD_SORTING, LeadFilter
from leads.records.models import Deal, Lead
from leads.records.presenters.bin import BIN_SORTING
from workspace.api.filtering import FilterBackend
from workspace.api.journal import JOURNAL_SORTING, JournalEntrySerializer, JournalFilter
from workspace.api.pagination import within
from workspace.api.problems import Errors, errors_of, flat
from workspace.api.serializers import NothingSerializer, told_as
from workspace.api.viewsets import ReadViewSet
from workspace.errors import Conflict
from workspace.http import SignedInApiRequest
from workspace.journal.models import JournalEntry
from workspace.sorting import Column, Sorting

DEAL_SORTING = Sorting({"number": Column("number")}, default="-number")
MERGE_SORTING = Sorting({"at": Column("at")}, default="-at")
LARGEST_CAP = 1_000_000


class CountSerializer(serializers.Serializer[Any]):
    """How many there are; not exact where they are more than the cap."""

    count = serializers.IntegerField()
    exact = serializers.BooleanField()


class LeadViewSet(ReadViewSet[Lead]):
    """Leads of both departments. Besides the filters listed, `custom.<key>` finds leads by an own field."""

    resource, written_with = "leads", "leads_records.change_lead"
    serializer_class = LeadSerializer
    filterset_class = LeadFilter
    sorting = LEAD_SORTING

    def get_queryset(self) -> QuerySet[Lead]:
        return Lead.objects.visible_to(self.request.user).for_page().prefetch_related("interests", "tags")

    @extend_schema(request=NewLeadSerializer)
    def create(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Make a lead. An unknown company, source, campaign, offering, interest or tag is made with it."""
        lead = actions.create(self.given(NewLeadSerializer), by=request.user, at=timezone.now())
        address = request.build_absolute_uri(f"{lead.pk}/")
        return self._shown(lead, status.HTTP_201_CREATED, Location=address)

    @extend_schema(request=ChangedLeadSerializer)
    def partial_update(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Change the fields that the body names; the stage is changed by moving."""
        lead = self.get_object()
        actions.change(lead, self.given(ChangedLeadSerializer), by=request.user, at=timezone.now())
        return self._shown(lead)

    @extend_schema(responses={204: None})
    def destroy(self, request: SignedInApiRequest, pk: int, **_url: Any) -> Response:
        """Put the lead into the bin, from which it comes back for 90 days; 409 for the id of a merged lead."""
        lead = self.get_object()
        if lead.pk != pk:  # who takes a duplicate out does not mean the other one
            raise merging.MergedMeanwhile(pk, lead)
        binning.put_into_bin(lead, by=request.user, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=BinnedLeadSerializer(many=True))
    @action(
        detail=False, url_path="bin", serializer_class=BinnedLeadSerializer, filterset_class=None, sorting=BIN_SORTING
    )
    def in_bin(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """What lies in the bin, the last first."""
        return self._page(Lead.objects.in_bin_visible_to(request.user))

    @extend_schema(request=MergeGivenSerializer, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    def merge(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Let the lead `with` go into this one; its id answers with this one's body from then on.

        409 with the lead into which one of the two went, where somebody was first.
        """
        survivor, given = self.get_object(), self.given(MergeGivenSerializer)
        other = Lead.objects.filter(pk=given["with"]).first()
        if other is None:
            raise ValidationError({"with": _("There is no such lead.")})
        choices = given.get("choices", {})
        merging.merge(survivor, other, by=request.user, at=timezone.now(), choices=choices)
        return self._shown(survivor)

    @extend_schema(responses=MergeSerializer(many=True))
    @action(detail=True, serializer_class=MergeSerializer, filterset_class=None, sorting=MERGE_SORTING)
    def merges(self, _request: SignedInApiRequest, **_url: Any) -> Response:
        """What was merged into the lead, the last first."""
        return self._page(self.get_object().merges.select_related("merged", "by"))

    @extend_schema(request=NothingSerializer, responses=LeadSerializer)
    @action(detail=True, methods=["post"], url_path="merges/undo")
    def unmerge(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Undo the last merge into the lead, and answer with the lead; 400 says why that is not possible."""
        survivor = self.get_object()
        self.given(NothingSerializer)
        made = survivor.merges.standing().select_related("merged").order_by("-pk").first()
        if made is None:
            raise ValidationError(_("Nothing was merged into this lead."))
        merging.undo(made, by=request.user, at=timezone.now())
        return self._shown(survivor)

    @extend_schema(request=NothingSerializer, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: SignedInApiRequest, pk: int, **_url: Any) -> Response:
        """Take a lead out of the bin; 400 where another lead has its e-mail address or external id by now."""
        self.given(NothingSerializer)
        lead = get_object_or_404(Lead.objects.in_bin_visible_to(request.user), pk=pk)
        return self._shown(binning.restore(lead, by=request.user, at=timezone.now()))

    @extend_schema(request=MoveSerializer, responses=LeadSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Move the lead to another stage.

        Lost and disqualified take a reason, moving back words. 409 with the lead as it is now, where somebody moved it first
        (it is not in `from`, or in `to` already) and where another step comes before the move.
        """
        lead, given = self.get_object(), self.given(MoveSerializer)
        with told_as(stage="to"):
            actions.move(
                lead,
                given["to"],
                by=request.user,
                at=timezone.now(),
                seen_in=given.get("from"),
                reason=given["reason"],
                reason_text=given.get("reason_text", ""),
            )
        return self._shown(lead)

    @extend_schema(request=LogSerializer, responses={201: JournalEntrySerializer})
    @action(detail=True, methods=["post"])
    def log(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Write down a call, mail, meeting or note."""
        lead, given = self.get_object(), self.given(LogSerializer)
        talk = actions.Talk(given.pop("talk"))
        entry = actions.log_talk(lead, talk, **given, by=request.user, at=timezone.now())
        entry.refresh_from_db(fields=["recorded_at"])
        return Response(JournalEntrySerializer(entry).data, status.HTTP_201_CREATED)

    @extend_schema(request=NextStepSerializer, responses=LeadSerializer)
    @action(detail=True, methods=["post"], url_path="next-step")
    def next_step(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Say what comes next, and when."""
        lead, given = self.get_object(), self.given(NextStepSerializer)
        actions.set_next_step(
            lead, given["next_step"], due_at=given["next_step_at"], by=request.user, at=timezone.now()
        )
        return self._shown(lead)

    @extend_schema(request=DoneSerializer, responses=LeadSerializer)
    @action(detail=True, methods=["post"], url_path="next-step/done")
    def finish_next_step(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Tick the next step off."""
        lead, given = self.get_object(), self.given(DoneSerializer)
        actions.finish_next_step(lead, text=given["text"], by=request.user, at=timezone.now())
        return self._shown(lead)

    @extend_schema(responses=DealSerializer(many=True))
    @action(detail=True, serializer_class=DealSerializer, filterset_class=None, sorting=DEAL_SORTING)
    def deals(self, _request: SignedInApiRequest, **_url: Any) -> Response:
        """The lead's deals with the stages they passed, the current one first."""
        return self._page(_with_passages(self.get_object().deals.all()))

    @extend_schema(request=NewDealSerializer, responses={201: DealSerializer})
    @deals.mapping.post
    def open_deal(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Open the next deal of a customer whose current one is closed."""
        lead, given = self.get_object(), self.given(NewDealSerializer)
        deal = actions.open_next_deal(lead, stage=given.get("stage"), by=request.user, at=timezone.now())
        stored = _with_passages(Deal.objects.all()).get(pk=deal.pk)
        return Response(self.get_serializer(stored).data, status.HTTP_201_CREATED)

    @extend_schema(responses=JournalEntrySerializer(many=True))
    @action(
        detail=True,
        serializer_class=JournalEntrySerializer,
        filterset_class=JournalFilter,
        sorting=JOURNAL_SORTING,
    )
    def journal(self, _request: SignedInApiRequest, **_url: Any) -> Response:
        """What happened to the lead, newest first."""
        return self._page(JournalEntry.objects.on_thread("lead", self.get_object().pk))

    @extend_schema(
        responses=CountSerializer,
        parameters=[OpenApiParameter("cap", int, description="Count no further; `exact` says whether there are more.")],
        filters=True,
    )
    @action(detail=False, parameters=frozenset({"cap"}), pagination_class=None)
    def count(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """How many leads the filters find: exactly, unless `cap` is given."""
        found = self.filter_queryset(Lead.objects.visible_to(request.user)).order_by()
        given = request.query_params.get("cap")
        if not given:
            return Response({"count": found.count(), "exact": True})
        cap = within("cap", given, LARGEST_CAP)
        number = found[: cap + 1].count()
        return Response({"count": min(number, cap), "exact": number <= cap})

    @extend_schema(request=UpsertShapeSerializer, responses=UpsertResultsSerializer)
    @action(detail=False, methods=["post"])
    def upsert(self, request: SignedInApiRequest, **_url: Any) -> Response:
        """Create or update up to 1,000 leads, recognised by `match`; results come in the order sent.

        Each row stands or falls alone. What a row does not name stays; a stage other than the lead's moves it; `created_at`
        counts for new leads only.
        """
        given = self.given(UpsertSerializer)
        read = [UpsertedLeadSerializer(data=row) for row in given["leads"]]
        rows = [row.validated_data for row in read if row.is_valid()]
        done = iter(actions.upsert(rows, match=given["match"], by=request.user, at=timezone.now()))
        results = [_refused(flat(row.errors)) if row.errors else _result(next(done)) for row in read]
        return Response({"results": results})

    def present(self, conflict: Conflict) -> dict[str, object]:
        """The lead as it is now, or where the step is done that comes first."""
        if isinstance(conflict, actions.MovedMeanwhile):
            return {"lead": self._told(conflict.lead)}
        if isinstance(conflict, merging.MergedMeanwhile):
            return {"lead": self._told(conflict.lead) if conflict.lead else None}
        if isinstance(conflict, actions.MovedElsewhere):
            return {"instead": self.request.build_absolute_uri(conflict.url)}
        return super().present(conflict)

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Before conditions lock the lead of the address, they are told which one that is."""
        if "pk" in kwargs and "If-Match" in request.headers:
            self.kwargs["pk"] = Lead.objects.survivor_of(kwargs["pk"]) or kwargs["pk"]
        super().initial(request, *args, **kwargs)

    def get_object(self) -> Lead:
        """The lead of the address; the id of a merged one means its survivor. Costs a query more only for such an id."""
        try:
            return super().get_object()
        except Http404:
            survivor = Lead.objects.survivor_of(self.kwargs["pk"])
            if survivor is None:
                raise
            self.kwargs["pk"] = survivor
            return super().get_object()

    def _told(self, lead: Lead) -> Any:
        return LeadSerializer(self.get_queryset().get(pk=lead.pk), context=self.get_serializer_context()).data

    def _shown(self, lead: Lead, code: int = status.HTTP_200_OK, **headers: str) -> Response:
        """The lead as stored, with all that an action changed."""
        return self.shown(self.get_queryset().get(pk=lead.pk), code, **headers)

    def _page(self, rows: QuerySet[Any]) -> Response:
        page = self.paginate_queryset(FilterBackend().filter_queryset(self.request, rows, self))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


def _result(done: actions.Upserted) -> dict[str, object]:
    if done.error is not None:
        return _refused(errors_of(done.error))
    return {"status": done.status, "id": done.lead, "errors": None}


def _refused(errors: Errors) -> dict[str, object]:
    return {"status": "refused", "id": None, "errors": errors}


def _with_passages(deals: QuerySet[Deal]) -> QuerySet[Deal]:
    passages = ("passages__stage", "passages__by")
    return deals.select_related("stage", "furthest_stage", "offering", "reason").prefetch_related(*passages)
