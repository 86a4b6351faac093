"""Conditional requests: an ETag on what is read, 304 for what the caller has already, 412 for what changed since.

A record's tag has two parts, `"7-5f0c…"`. The first is the version of what people write, the second a digest of the
answer. Reading compares all of it, so that a computed score or a colleague's new name is no 304. Writing compares the
version alone: a score that was renewed meanwhile refuses nobody's edit. The version alone is a tag for writing, too: it
stands in the rows of lists.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model
from django.http import HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

# A proxy that compresses answers marks their tags as weak; the version in them is as good as before.
_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_DIGEST_LENGTH = 20


class Stale(APIException):
    """The record is not the one that the caller has seen; `tag` names the version that is there now."""

    status_code = HTTPStatus.PRECONDITION_FAILED

    def __init__(self, version: str) -> None:
        super().__init__(_("It was changed since you read it. Read it again, then decide."))
        self.tag = f'"{version}"'


def version_of(record: Model) -> str:
    """The record's version: the count that it keeps itself, or a digest of what is stored in its row."""
    counted = getattr(record, "version", None)
    if counted is not None:
        return str(counted)
    hidden = record.get_deferred_fields()
    columns = [field.attname for field in record._meta.concrete_fields if field.attname not in hidden]
    row = {column: getattr(record, column) for column in columns}
    return _digest(json.dumps(row, cls=DjangoJSONEncoder, default=str).encode())


@contextmanager
def unchanged(view: Any) -> Iterator[None]:
    """A transaction in which the record of the view's address stays the one that `If-Match` names.

    The row is locked before it is judged, so that of two callers who have seen the same version one is refused. Without the
    header, or where the address names no record, it is no transaction at all.

    Raises:
        Stale: it is another one by now.
        Http404: there is none, or the caller may not see it.
    """
    wanted = view.request.headers.get("If-Match", "")
    if not wanted or view.request.method in SAFE_METHODS or "pk" not in view.kwargs:
        yield
        return
    with transaction.atomic():
        model: type[Model] = view.get_queryset().model
        list(model._default_manager.select_for_update(no_key=True).filter(pk=view.kwargs["pk"]).values_list("pk"))
        # Read after the lock: what was joined before the wait may be out of date.
        version = view.version_of(view.get_object())
        if wanted.strip() != "*" and version not in {tag.partition("-")[0] for tag in _TAG.findall(wanted)}:
            raise Stale(version)
        yield


def tagged(request: Request, response: HttpResponse) -> HttpResponse:
    """`response`, drawn, with its tag where it shows what is there; 304 where the caller has exactly this already."""
    version = getattr(response, "version", "")
    is_read = request.method in SAFE_METHODS
    if response.status_code not in (HTTPStatus.OK, HTTPStatus.CREATED) or not (version or is_read):
        return response
    digest = _digest(response.content)
    response["ETag"] = f'"{version}-{digest}"' if version else f'"{digest}"'
    if not is_read:
        return response
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Authorization", "Cookie"])
    had = request.headers.get("If-None-Match", "").strip()
    if had != "*" and response["ETag"].strip('"') not in _TAG.findall(had):
        return response
    return HttpResponseNotModified(headers={name: response[name] for name in ("ETag", "Cache-Control", "Vary")})


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_DIGEST_LENGTH]
