"""Leads: people (or yet nameless inquiries) whom both departments work on."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leads.audience.models import BuyingRole, Persona
from leads.funnel.models import Campaign, Interest, Offering, Reason, Source, Stage, Tag
from leads.records.models.companies import Company
from leads.records.models.folding import Fold, FoldedWords
from workspace.money.currencies import validate_currency
from workspace.people.models import Person

# Searching starts at three characters; two find beginnings of names only.
SHORTEST_SEARCH = 3


class LeadQuerySet(models.QuerySet["Lead"]):
    def living(self) -> Self:
        """Neither in the bin nor merged into another."""
        return self.filter(deleted_at=None)

    def visible_to(self, person: Person) -> Self:
        """Everybody who works here sees every living lead: it is a shared database."""
        return self.living() if person.has_perm("leads_records.view_lead") else self.none()

    def in_bin(self) -> Self:
        """Taken out, and not yet for good; what was merged into another lead lies in no bin."""
        return self.filter(deleted_at__isnull=False, merged_into=None)

    def in_bin_visible_to(self, person: Person) -> Self:
        """What `person` would see if it were not in the bin."""
        return self.in_bin() if person.has_perm("leads_records.view_lead") else self.none()

    def survivor_of(self, pk: int) -> int | None:
        """The lead into which `pk` was merged; None where it was not. Costs one query."""
        return self.filter(pk=pk, merged_into__isnull=False).values_list("merged_into", flat=True).first()

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def owned_by(self, person: Person) -> Self:
        return self.filter(owner=person)

    def of(self, person: Person) -> Self:
        """Those that `person` looks after, as owner or as marketer."""
        return self.filter(Q(owner=person) | Q(marketer=person))

    def matching(self, text: str) -> Self:
        """Leads whose name, e-mail, company, telephone or external id contains each word of `text`.

        Case and Latin accents do not count. A single word of two characters finds beginnings of names only; fewer find all.
        """
        words = text.split()[:8]
        found = self
        if len(words) == 1 and len(words[0]) < SHORTEST_SEARCH:
            return found.filter(sort_name__startswith=Fold(Value(words[0]))) if len(words[0]) > 1 else found
        for word in words:
            found = found.filter(search_text__contains=Fold(Value(word)))
        return found

    def for_list(self) -> Self:
        """With what a row of the list shows."""
        return self.select_related("stage__department", "owner", "marketer", "to_sort_by")

    def for_page(self) -> Self:
        """With what the lead's page shows of single references."""
        return self.select_related(
            "stage__department", "company", "owner", "marketer", "source", "campaign", "persona", "offering",
            "lost_reason", "to_sort_by", "furthest_stage",
        )  # fmt: skip


class Lead(models.Model):
    """One lead. Stage, value and closing are a copy of its current deal's; `furthest_stage` is how far any deal came.

    It is recognised by e-mail, external id or telephone; a name with a company is enough to exist. The last block of columns
    is derived: written by `actions.set_derived` or by the database, never by a form.
    """

    external_id = models.CharField(_("external id"), max_length=120, blank=True)
    first_name = models.CharField(_("first name"), max_length=120, blank=True)
    last_name = models.CharField(_("last name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    job_title = models.CharField(_("job title"), max_length=160, blank=True)
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="leads", db_index=False, verbose_name=_("company")
    )
    industry = models.CharField(_("industry"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=80, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="leads", db_index=False, verbose_name=_("source")
    )
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        db_index=False,
        verbose_name=_("campaign"),
    )
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="leads", db_index=False, verbose_name=_("stage"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_leads",
        db_index=False,
        verbose_name=_("owner"),
    )
    marketer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="marketed_leads",
        db_index=False,
        verbose_name=_("marketer"),
    )
    persona = models.ForeignKey(
        Persona, models.PROTECT, null=True, blank=True, related_name="leads", db_index=False, verbose_name=_("persona")
    )
    buying_role = models.CharField(_("role in the buying"), max_length=8, choices=BuyingRole, blank=True)
    interests = models.ManyToManyField(Interest, related_name="leads", blank=True, verbose_name=_("interests"))
    tags = models.ManyToManyField(Tag, related_name="leads", blank=True, verbose_name=_("tags"))
    offering = models.ForeignKey(
        Offering,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        db_index=False,
        verbose_name=_("offering"),
    )
    value = models.DecimalField(
        _("value"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, validators=[validate_currency])
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_step_at = models.DateTimeField(_("next step on"), null=True, blank=True)
    asleep_until = models.DateField(_("asleep until"), null=True, blank=True)
    asleep_reason = models.CharField(_("why it sleeps"), max_length=200, blank=True)
    to_sort_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads_to_sort",
        db_index=False,
        verbose_name=_("sorted by"),
    )
    to_sort_until = models.DateField(_("to sort until"), null=True, blank=True)
    crm_url = models.URLField(_("link to the CRM"), max_length=500, blank=True)
    consent = models.JSONField(_("consent"), default=dict, blank=True, db_default=Value({}, models.JSONField()))
    consent_at = models.DateTimeField(_("consent given or refused"), null=True, blank=True)
    custom = models.JSONField(_("own fields"), default=dict, blank=True, db_default=Value({}, models.JSONField()))
    created_at = models.DateTimeField(_("created"), db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )
    deleted_at = models.DateTimeField(null=True, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", db_index=False, editable=False
    )
    is_demo = models.BooleanField(default=False, db_default=False, editable=False)

    # Derived
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    company_name = models.CharField(_("company"), max_length=200, blank=True, db_default="", editable=False)
    phone_key = models.CharField(max_length=20, blank=True, db_default="", editable=False)
    value_base = models.DecimalField(max_digits=14, decimal_places=2, null=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    lost_reason = models.ForeignKey(
        Reason, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("reason"), editable=False
    )
    stage_entered_at = models.DateTimeField(_("in this stage since"), editable=False)
    furthest_stage = models.ForeignKey(Stage, models.PROTECT, related_name="+", db_index=False, editable=False)
    last_activity_at = models.DateTimeField(_("active"), null=True, editable=False)
    fit = models.SmallIntegerField(_("fit"), null=True, editable=False)
    engagement = models.SmallIntegerField(_("engagement"), null=True, editable=False)
    grade = models.CharField(_("grade"), max_length=2, blank=True, db_default="", editable=False)
    care = models.CharField(_("who has it"), max_length=20, blank=True, db_default="", editable=False)
    sort_name = models.GeneratedField(
        expression=FoldedWords("first_name", "last_name", "company_name", "external_id"),
        output_field=models.TextField(),
        db_persist=True,
    )
    search_text = models.GeneratedField(
        expression=FoldedWords("first_name", "last_name", "email", "company_name", "phone", "phone_key", "external_id"),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=~Q(email="") & Q(deleted_at=None), name="lead_email_is_unique"
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~Q(external_id="") & Q(deleted_at=None),
                name="lead_external_id_is_unique",
            ),
            models.CheckConstraint(condition=Q(value=None) | ~Q(currency=""), name="lead_value_has_a_currency"),
            models.CheckConstraint(
                condition=Q(to_sort_until=None) | Q(to_sort_by__isnull=False), name="lead_to_sort_has_a_person"
            ),
            models.CheckConstraint(
                condition=Q(asleep_until=None, asleep_reason="")
                | (Q(asleep_until__isnull=False) & ~Q(asleep_reason="")),
                name="lead_sleep_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["stage", "-created_at", "-id"], name="lead_by_stage"),
            models.Index(
                fields=["owner", "-created_at", "-id"], name="lead_by_owner", condition=Q(owner__isnull=False)
            ),
            models.Index(
                fields=["source", "-created_at", "-id"], name="lead_by_source", condition=Q(source__isnull=False)
            ),
            models.Index(
                fields=["company", "-created_at", "-id"], name="lead_by_company", condition=Q(company__isnull=False)
            ),
            models.Index("phone_key", name="lead_by_phone", condition=~Q(phone_key="")),
            models.Index("created_at", "id", name="lead_by_creation"),
            models.Index("last_activity_at", "id", name="lead_by_activity"),
            models.Index("sort_name", "id", name="lead_by_name"),
            models.Index("value_base", "id", name="lead_by_value", condition=Q(value_base__isnull=False)),
            models.Index(fields=["merged_into"], name="lead_by_survivor", condition=Q(merged_into__isnull=False)),
            models.Index(
                fields=["deleted_at", "id"],
                name="lead_in_bin",
                condition=Q(deleted_at__isnull=False, merged_into__isnull=True),
            ),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="lead_search"),
        ]

    def __str__(self) -> str:
        """How a lead is called: by name, else by what is known."""
        name = f"{self.first_name} {self.last_name}".strip()
        return name or self.email or self.company_name or self.external_id or self.phone

    def get_absolute_url(self) -> str:
        return reverse("records:lead", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
