"""Companies: where leads work, and what the company bought over its life."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leads.records.models.folding import Fold, FoldedWords
from workspace.people.models import Person


class CompanyQuerySet(models.QuerySet["Company"]):
    def living(self) -> Self:
        return self.filter(deleted_at=None)

    def visible_to(self, person: Person) -> Self:
        """Everybody who works here sees every living company: it is a shared database."""
        return self.living() if person.has_perm("leads_records.view_company") else self.none()

    def matching(self, text: str) -> Self:
        """Companies whose name or domain contains each word of `text`, case and accents aside."""
        found = self
        for word in text.split()[:8]:
            found = found.filter(search_text__contains=Fold(models.Value(word)))
        return found


class Company(models.Model):
    """An organisation. `domain` (without `www.`) is unique among living companies where known."""

    name = models.CharField(_("name"), max_length=200)
    domain = models.CharField(_("domain"), max_length=253, blank=True)
    industry = models.CharField(_("industry"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=80, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    people_count = models.PositiveIntegerField(_("people"), null=True, blank=True)
    account_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="accounts",
        verbose_name=_("account owner"),
    )
    customer_since_date = models.DateField(_("customer since"), null=True, blank=True)
    renewal_date = models.DateField(_("renewal"), null=True, blank=True)
    custom = models.JSONField(_("own fields"), default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    deleted_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    is_demo = models.BooleanField(default=False, db_default=False, editable=False)
    sort_name = models.GeneratedField(expression=FoldedWords("name"), output_field=models.TextField(), db_persist=True)
    search_text = models.GeneratedField(
        expression=FoldedWords("name", "domain"), output_field=models.TextField(), db_persist=True
    )

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints = [
            models.UniqueConstraint(
                fields=["domain"], condition=~Q(domain="") & Q(deleted_at=None), name="company_domain_is_unique"
            ),
        ]
        indexes = [
            models.Index("sort_name", "id", name="company_by_name"),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="company_search"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("records:company", args=[self.pk])
