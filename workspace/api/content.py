"""What goes over the wire: JSON in, JSON out, within the size that a request may have."""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, NotAcceptable, ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class TooLarge(APIException):
    """The body is larger than a request may be."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    def __init__(self) -> None:
        super().__init__(_("Up to %d bytes are possible in one request.") % settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


class JsonParser(JSONParser):
    """JSON whose every text can be stored: half of a surrogate pair cannot."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        request = (parser_context or {})["request"]
        if limit is not None and int(request.META.get("CONTENT_LENGTH") or 0) > limit:
            raise TooLarge
        try:
            parsed = super().parse(stream, media_type, parser_context)
            json.dumps(parsed, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise ParseError(_("A text of the body is no valid Unicode.")) from error
        except LookupError as error:  # `charset=` in the content type names none
            raise ParseError(_("The character set of the body is not known.")) from error
        except RecursionError as error:
            raise ParseError(_("The body is nested too deeply.")) from error
        return parsed


class JsonOnly(DefaultContentNegotiation):
    """Answers are JSON, whatever `?format=` says: on a list that is an unknown filter."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        accepted = self.get_accept_list(request)
        if not any(wanted.partition(";")[0].strip() in _WELCOME for wanted in accepted):
            raise NotAcceptable(_("Answers are application/json."))
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


_WELCOME = {"*/*", "application/*", "application/json", "application/problem+json"}
