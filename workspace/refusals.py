"""What an action refuses, shown at the field of the form that it names."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm


def show(form: BaseForm, error: ValidationError) -> None:
    """Add the errors of an action to `form`; those of fields that it does not have stand above it."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    for field, errors in by_field.items():
        for one in errors:
            form.add_error(field if field in form.fields else None, one)
