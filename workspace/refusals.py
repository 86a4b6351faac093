"""What an action refuses, shown at the field of the form that it names."""

from collections.abc import Mapping

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm


def show(form: BaseForm, error: ValidationError, *, at_field: Mapping[str, str] | None = None) -> None:
    """Add the errors of an action to `form`; those of fields that it does not have stand above it.

    `at_field` says under which field an error stands, where form and action call it differently.
    """
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    for key, errors in by_field.items():
        field = (at_field or {}).get(key, key)
        for one in errors:
            form.add_error(field if field in form.fields else None, one)
