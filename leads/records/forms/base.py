"""The form of an act: it draws controls and hands over what was given; the action judges it."""

from collections.abc import Mapping
from typing import NamedTuple

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.html import format_html_join
from django.utils.safestring import SafeString


class Taken(NamedTuple):
    """Another lead, which has the address already."""

    pk: int
    name: str


class ActForm(forms.Form):
    """A form whose values an action judges: what the action refuses is shown at the field that it names."""

    # Under which field an error of the action stands, where the two have different names.
    at_field: Mapping[str, str] = {}

    def take(self, error: ValidationError) -> None:
        """Show the errors of an action."""
        by_key = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for key, errors in by_key.items():
            name = self.at_field.get(key, key)
            for one in errors:
                self.add_error(name if name in self.fields else None, one)

    @property
    def taken_by(self) -> Taken | None:
        """The lead that has the e-mail address or external id already, where that is what was refused."""
        for errors in self.errors.as_data().values():
            for error in errors:
                if error.code == "taken" and error.params:
                    return Taken(error.params["lead"], error.params["name"])
        return None

    @property
    def hidden_initials(self) -> SafeString:
        """What stood in the fields when the form was drawn, so that only what this visitor changed is written."""
        shown = [bound for bound in self if bound.field.show_hidden_initial]
        return format_html_join("", "{}", ((bound.as_hidden(only_initial=True),) for bound in shown))
