"""Definitions as subjects of the journal, alike in this room and in those above."""

from django.db.models import Model, QuerySet
from django.urls import reverse

from workspace.people.models import Person
from workspace.subjects import Subject


def definition_subject(model: type[Model]) -> Subject:
    """The subject of definitions that are kept in the administration and seen by all who may see the model."""
    name = f"{model._meta.app_label}_{model._meta.model_name}"

    def visible_to(person: Person) -> QuerySet[Model]:
        rows = model._default_manager.all()
        return rows if person.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}") else rows.none()

    return Subject(
        kind=str(model._meta.model_name),
        model=model,
        label=model._meta.verbose_name or name,
        url=lambda row: reverse(f"admin:{name}_change", args=[row.pk]),
        title=str,
        visible_to=visible_to,
    )
