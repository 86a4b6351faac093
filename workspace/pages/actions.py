"""What a person sets about their own pages."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from workspace.people.models import Person


def choose_theme(person: Person, *, theme: str) -> Person:
    """Show `person` light or dark pages, or what their device says. A taste, not an event: the journal hears nothing.

    Raises:
        ValidationError: there is no such theme.
    """
    if theme not in Person.Theme.values:
        raise ValidationError({"theme": _("There is no theme of this name.")})
    person.theme = theme
    person.save(update_fields=["theme"])
    return person
