"""How people shaped the list of leads for themselves."""

from django.conf import settings
from django.db import models

from leads.records.models.segments import Segment


class ListShape(models.Model):
    """The columns that a person chose, in order: pairs of key and size; none chosen is the workspace's own choice.

    The default is the saved list on which the list of leads opens.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="list_shape")
    columns = models.JSONField(default=list, blank=True)
    default = models.ForeignKey(Segment, models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.person_id}: {', '.join(key for key, _size in self.columns)}"
