"""The status line after a change: one sentence, and Undo where undo exists."""

from django.contrib import messages

from workspace.http import SignedInRequest


def tell(request: SignedInRequest, text: str, *, undo_url: str = "") -> None:
    """Say `text` on the next page that is drawn. `undo_url` takes a POST that takes the change back."""
    messages.success(request, text, extra_tags=undo_url)
