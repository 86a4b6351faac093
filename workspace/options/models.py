"""One JSONB row per changed option; unchanged ones have their default."""

from django.conf import settings
from django.db import models


class StoredOption(models.Model):
    """The value an option was set to. Read through `Option.get`, written through `actions.change`."""

    key = models.CharField(max_length=100, primary_key=True)
    value = models.JSONField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
