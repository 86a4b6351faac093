"""The forms of an import: the file, how it is read, what its columns mean."""

from leads.imports.forms.columns import MapForm
from leads.imports.forms.files import LookForm, UploadForm

__all__ = ["LookForm", "MapForm", "UploadForm"]
