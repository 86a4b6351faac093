"""One JSONB row per changed option; unchanged ones have their default."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredOption(models.Model):
    """The value an option was set to. Read through `Option.get`, written through `actions.change`."""

    key = models.CharField(max_length=100, unique=True)
    value = models.JSONField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")

    def __str__(self) -> str:
        return self.key
