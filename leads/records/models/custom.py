"""Definitions of custom fields; their values lie in the `custom` column of leads and companies."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class CustomField(models.Model):
    """A field that this workspace defined for itself. `key` never changes; the label may."""

    class On(models.TextChoices):
        LEAD = "lead", _("Leads")
        COMPANY = "company", _("Companies")

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        MONEY = "money", _("Money")
        DATE = "date", _("Date")
        YES_NO = "yes_no", _("Yes or no")
        CHOICE = "choice", _("One of several")
        CHOICES = "choices", _("Several of several")
        PERSON = "person", _("Person")
        LINK = "link", _("Link")

    on = models.CharField(_("on"), max_length=7, choices=On, default=On.LEAD)
    key = models.CharField(
        _("key"), max_length=60, validators=[RegexValidator(r"^[a-z][a-z0-9_]*\Z", _("Small letters, digits and _."))]
    )
    label = models.CharField(_("label"), max_length=120)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.TEXT)
    help_text = models.CharField(_("help"), max_length=300, blank=True)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    # No longer offered; records hold them still, and are found by them.
    retired_choices = models.JSONField(_("retired choices"), default=list, blank=True, editable=False)
    is_required = models.BooleanField(_("required"), default=False)
    is_filterable = models.BooleanField(_("can be filtered"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        ordering = ["on", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["on", "key"], name="custom_field_key_is_unique")]

    def __str__(self) -> str:
        return self.label
