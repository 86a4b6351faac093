"""How people shaped the list of leads for themselves."""

from django.conf import settings
from django.db import models


class ListShape(models.Model):
    """The columns that a person chose, in order: pairs of key and size. None chosen is the workspace's own choice."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="list_shape")
    columns = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return f"{self.person_id}: {', '.join(key for key, _size in self.columns)}"
