"""Segments, which people call saved lists: a filter of the list of leads, with its order and columns."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workspace.people.models import Department, Person

LONGEST_QUERY = 2_000


class SegmentQuerySet(models.QuerySet["Segment"]):
    def visible_to(self, person: Person) -> Self:
        """One's own, those of one's departments, and those that are shared with all."""
        if not person.has_perm("leads_records.view_lead"):
            return self.none()
        departments = Department.objects.filter(members=person)
        return self.filter(
            Q(owner=person)
            | Q(sharing=Segment.Sharing.ALL)
            | Q(sharing=Segment.Sharing.DEPARTMENT, department__in=departments)
        )


class Segment(models.Model):
    """A saved list. `query` holds the filters as the address of the list does; “me” in it is whoever looks.

    `columns` are pairs of key and size; a list without any shows each reader's own.
    """

    class Sharing(models.TextChoices):
        PRIVATE = "private", _("only me")
        DEPARTMENT = "department", _("a department")
        ALL = "all", _("everybody")

    name = models.CharField(_("name"), max_length=60)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="segments", verbose_name=_("owner")
    )
    sharing = models.CharField(_("shared with"), max_length=10, choices=Sharing, default=Sharing.PRIVATE)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    query = models.TextField(_("filters"), blank=True, max_length=LONGEST_QUERY)
    ordering = models.CharField(_("order"), max_length=40, blank=True)
    columns = models.JSONField(_("columns"), default=list, blank=True)
    created_at = models.DateTimeField(_("created"))
    is_demo = models.BooleanField(default=False, editable=False)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved list")
        verbose_name_plural = _("saved lists")
        default_permissions = ()
        permissions = [("share_segment", _("Can share saved lists with everybody, and change shared ones"))]
        constraints = [
            models.UniqueConstraint("owner", Lower("name"), name="segment_name_is_unique_for_its_owner"),
            models.CheckConstraint(
                condition=Q(sharing="department", department__isnull=False)
                | (~Q(sharing="department") & Q(department=None)),
                name="segment_of_a_department_names_it",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('records:leads')}?segment={self.pk}"
