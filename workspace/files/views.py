"""Giving files: to be saved, never to be shown by the browser as a page of ours."""

from typing import Any

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from workspace.files import kinds
from workspace.http import SignedInRequest


@require_safe
def file(request: SignedInRequest, kind: str, pk: int) -> FileResponse:
    """The file of one record, for whom its kind allows; 404 also where it has been removed."""
    known = kinds.entries().get(kind)
    if known is None or known.visible_to is None:
        raise Http404
    record: Any = get_object_or_404(known.visible_to(request.user), pk=pk)
    stored = getattr(record, known.field)
    if not stored:
        raise Http404
    try:
        opened = stored.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(opened, as_attachment=True, filename=known.name(record), content_type=known.media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
