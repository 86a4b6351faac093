"""Stages of the funnel, reasons, and the definitions that leads refer to: sources, campaigns, tags, offerings, interests."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from workspace.people.models import Department


class StageQuerySet(models.QuerySet["Stage"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def on_path(self) -> Self:
        """The stages that a deal passes in order, up to the won one; without lost and disqualified."""
        return self.active().filter(kind__in=[Stage.Kind.OPEN, Stage.Kind.WON]).order_by("position", "pk")


class Stage(models.Model):
    """A step of the funnel. One department owns it; the other side's part in it is said in `other_side`."""

    class Part(models.TextChoices):
        TOP = "top", _("Top")
        MIDDLE = "middle", _("Middle")
        BOTTOM = "bottom", _("Bottom")

    class Kind(models.TextChoices):
        OPEN = "open", _("Open")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")
        DISQUALIFIED = "disqualified", _("Disqualified")

    name = models.CharField(_("name"), max_length=40)
    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), help_text=_("Order on the path, from the left."))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.OPEN)
    part = models.CharField(_("part of the funnel"), max_length=6, choices=Part)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="stages", verbose_name=_("owner department")
    )
    meaning = models.TextField(_("what it means"), blank=True, help_text=_("One sentence that both sides understand."))
    other_side = models.TextField(_("what the other side does here"), blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = StageQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="stage_name_is_unique"),
            models.UniqueConstraint(
                fields=["kind"],
                condition=~Q(kind="open") & Q(is_active=True),
                name="one_stage_a_closed_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.kind == self.Kind.OPEN

    @property
    def is_closed(self) -> bool:
        return not self.is_open


class Reason(models.Model):
    """Why a deal was lost, a lead disqualified, or a hand-off rejected: three lists that are never mixed."""

    class Kind(models.TextChoices):
        LOST = "lost", _("Lost")
        DISQUALIFIED = "disqualified", _("Disqualified")
        REJECTED = "rejected", _("Hand-off rejected")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    asks_text = models.BooleanField(
        _("asks for words"), default=False, help_text=_("As “Other” does: nobody may leave it unsaid.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        ordering = ["kind", "position", "pk"]
        constraints = [models.UniqueConstraint("kind", Lower("name"), name="reason_name_is_unique_a_kind")]

    def __str__(self) -> str:
        return self.name


class Definition(models.Model):
    """What leads refer to by name: created by hand, by an import or through the API; retired rather than deleted."""

    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(_("in use"), default=True)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        abstract = True
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(Lower("name"), name="%(class)s_name_is_unique")]

    def __str__(self) -> str:
        return self.name


class Source(Definition):
    """Where leads come from, as in search, fair, referral."""

    class Meta(Definition.Meta):
        verbose_name = _("source")
        verbose_name_plural = _("sources")


class Campaign(Definition):
    """A campaign with its days; costs and touches are kept by a room above."""

    starts_date = models.DateField(_("from"), null=True, blank=True)
    ends_date = models.DateField(_("to"), null=True, blank=True)

    class Meta(Definition.Meta):
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            *Definition.Meta.constraints,
            models.CheckConstraint(
                condition=Q(starts_date=None) | Q(ends_date=None) | Q(ends_date__gte=models.F("starts_date")),
                name="campaign_ends_after_its_start",
            ),
        ]


class Tag(Definition):
    """A free mark on leads."""

    class Meta(Definition.Meta):
        verbose_name = _("tag")
        verbose_name_plural = _("tags")


class Offering(Definition):
    """What the company sells."""

    class Meta(Definition.Meta):
        verbose_name = _("offering")
        verbose_name_plural = _("offerings")


class Interest(Definition):
    """What a lead showed an interest in."""

    class Meta(Definition.Meta):
        verbose_name = _("interest")
        verbose_name_plural = _("interests")


DEFINITIONS: tuple[type[Definition], ...] = (Source, Campaign, Tag, Offering, Interest)


def free_slug(name: str) -> str:
    """A slug for a stage's name that no stage has yet."""
    base = slugify(name)[:36] or "stage"
    taken = set(Stage.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 1_000))) if slug not in taken)
