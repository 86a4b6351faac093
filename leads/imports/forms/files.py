"""A file, and how it is read."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leads.imports.models import Import
from leads.imports.reading.encodings import ENCODINGS
from workspace.pages import wording

DELIMITER_CHOICES = [
    (",", gettext_lazy("Comma ,")),
    (";", gettext_lazy("Semicolon ;")),
    ("\t", gettext_lazy("Tab")),
    ("|", gettext_lazy("Bar |")),
]


class UploadForm(forms.Form):
    """A file from somebody's disk."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,  # the action says in its own words what is wrong with it
        widget=forms.ClearableFileInput(
            attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xlsb,.xls,.ods,text/csv,text/plain"}
        ),
    )


class LookForm(forms.ModelForm[Import]):
    """How a file is read: what was detected, to be corrected."""

    encoding = forms.ChoiceField(label=gettext_lazy("Encoding"), choices=list(ENCODINGS.items()))
    # Without stripping: a tab is a delimiter too.
    delimiter = forms.ChoiceField(label=gettext_lazy("Cells are parted by"), choices=DELIMITER_CHOICES)
    header_line = forms.IntegerField(
        label=gettext_lazy("Line of the header"),
        min_value=0,
        max_value=1_000,
        help_text=gettext_lazy("0 where the first line is a lead already."),
    )

    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"))

    class Meta:
        model = Import
        fields = ("sheet", "encoding", "delimiter", "header_line")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        sheet = self.fields["sheet"]
        assert isinstance(sheet, forms.ChoiceField)
        sheet.choices = [(name, _sheet_label(name, rows, is_hidden)) for name, rows, is_hidden in self.instance.sheets]
        needless = ("encoding", "delimiter") if self.instance.is_workbook else ("sheet",)
        for name in needless:
            del self.fields[name]

    def chosen(self) -> dict[str, Any]:
        """How the file is to be read; what is not asked stays."""
        asked = {"encoding": self.instance.encoding, "delimiter": self.instance.delimiter}
        return asked | self.cleaned_data


def _sheet_label(name: str, rows: int | None, is_hidden: bool) -> str:
    told = [] if rows is None else [ngettext("%s row", "%s rows", rows) % wording.counted(rows)]
    if is_hidden:
        told.append(_("hidden"))
    return f"{name} ({', '.join(told)})" if told else name
