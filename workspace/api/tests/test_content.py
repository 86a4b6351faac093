"""Bodies are JSON that can be stored, within the size of a request; anything else is told."""

from http import HTTPStatus
from io import BytesIO
from typing import Any

import pytest
from django.test import RequestFactory
from pytest_django import Settings
from rest_framework.exceptions import APIException, ParseError
from rest_framework.request import Request

from workspace.api.content import JsonParser, TooLarge


def parsed(body: bytes, size: int | None = None) -> Any:
    request = RequestFactory().post("/", body, "application/json", CONTENT_LENGTH=str(size or len(body)))
    return JsonParser().parse(BytesIO(body), "application/json", {"request": Request(request), "encoding": "utf-8"})


def test_json_is_read() -> None:
    assert parsed('{"name": "Zoë \\ud83d\\ude00"}'.encode()) == {"name": "Zoë 😀"}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"{'a': 1}", b'{"a": NaN}', b'{"a": "\xff"}', b'{"a": "\\ud83d"}', b"[" * 100_000],
    ids=["nothing", "unfinished", "quotes", "NaN", "no UTF-8", "half a pair", "deep"],
)
def test_what_is_no_json_is_a_bad_request(body: bytes) -> None:
    with pytest.raises(ParseError):
        parsed(body)


def test_a_body_beyond_the_limit_is_not_even_read(settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    unread = b"{"

    with pytest.raises(TooLarge) as refusal:
        parsed(unread, size=11)

    assert isinstance(refusal.value, APIException)
    assert refusal.value.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
