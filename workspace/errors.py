"""Errors that pages and API answer in one place each."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Conflict(Exception):
    """A lost race or a stale record: answered with 409 and the present state.

    Subclasses carry the record as it is now and say in `title` what happened, in words a user reads.
    """

    title: str | Promise = _("Somebody was first")
