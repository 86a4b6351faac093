"""The form of a saved list: how it is called, and who sees it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.records import policies
from leads.records.forms.base import ActForm
from leads.records.models import Segment
from workspace.people.models import Department, Person


class SegmentForm(ActForm):
    """Name and sharing; only ways of sharing that are open to the visitor are offered, and the present one."""

    at_field = {"department": "shared_with"}

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    shared_with = forms.ChoiceField(label=gettext_lazy("Who sees it?"), widget=forms.RadioSelect)
    is_default = forms.BooleanField(
        label=gettext_lazy("Open Leads on this list"),
        required=False,
        help_text=gettext_lazy("For you alone; everybody has a list of their own choice."),
    )

    def __init__(
        self, person: Person, data: Any = None, *, segment: Segment | None = None, is_default: bool = False
    ) -> None:
        super().__init__(data)
        self._departments = {one.key: one for one in Department.objects.order_by("key")}
        field: Any = self.fields["shared_with"]
        field.choices = self._ways(person, segment)
        self.initial = {
            "name": segment.name if segment else "",
            "shared_with": _way(segment) if segment else Segment.Sharing.PRIVATE.value,
            "is_default": is_default,
        }

    def _ways(self, person: Person, segment: Segment | None) -> list[tuple[str, str]]:
        sharing = Segment.Sharing
        offered = [(sharing.PRIVATE.value, _("Only me"))]
        offered += [
            (key, _("Everybody in %s") % department.name)
            for key, department in self._departments.items()
            if policies.may_share(person, sharing.DEPARTMENT, department) or _way(segment) == key
        ]
        if policies.may_share(person, sharing.ALL, None) or _way(segment) == sharing.ALL:
            offered.append((sharing.ALL.value, _("Everybody")))
        if segment is not None and segment.owner_id != person.pk:
            offered[0] = (sharing.PRIVATE.value, _("Only %s") % segment.owner)
        return offered

    def values(self) -> dict[str, Any]:
        """What the form says, by the fields of a segment."""
        given = self.cleaned_data
        department = self._departments.get(given["shared_with"])
        sharing = Segment.Sharing.DEPARTMENT if department else given["shared_with"]
        return {"name": given["name"], "sharing": str(sharing), "department": department}


def _way(segment: Segment | None) -> str:
    """A sharing as the form offers it: departments by their letters."""
    if segment is None:
        return ""
    return segment.department.key if segment.department else segment.sharing
