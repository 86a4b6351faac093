"""Personas and buying roles; the pages on which both departments write them come with the message loop."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class BuyingRole(models.TextChoices):
    """The part a person plays in the decision to buy."""

    DECIDER = "decider", _("Decider")
    CHAMPION = "champion", _("Champion")
    USER = "user", _("User")
    FINANCE = "finance", _("Finance")
    BLOCKER = "blocker", _("Blocker")


class Persona(models.Model):
    """A kind of person whom the company wants to attract."""

    name = models.CharField(_("name"), max_length=80)
    buying_role = models.CharField(_("role in the buying"), max_length=8, choices=BuyingRole, blank=True)
    summary = models.TextField(_("in a sentence"), blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("persona")
        verbose_name_plural = _("personas")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(Lower("name"), name="persona_name_is_unique")]

    def __str__(self) -> str:
        return self.name
