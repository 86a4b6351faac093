"""The keys that work on every page; a page adds its own with `data-key` on the control that the key presses."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GROUPS: Final[list[tuple[Promise, list[tuple[list[str], Promise]]]]] = [
    (
        _("Anywhere"),
        [
            (["Ctrl", "K"], _("Find anything")),
            (["C"], _("Create")),
            (["/"], _("Search in the list")),
            (["F"], _("Add a filter")),
            (["?"], _("All keys")),
            (["Esc"], _("Close what floats")),
        ],
    ),
    (
        _("In a list"),
        [
            (["J"], _("Next row")),
            (["K"], _("Previous row")),
            (["↵"], _("Open the row")),
        ],
    ),
    (
        _("In a form"),
        [
            (["Ctrl", "↵"], _("Save")),
        ],
    ),
]
