"""A caller of the API, with a token of a person."""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from workspace.api.problems import CONTENT_TYPE
from workspace.hooks import actions
from workspace.people.models import Person

ROOT = "/api/v1/"


class Caller:
    """Calls below /api/v1/ as `person`, with a token of these scopes; answers are the bodies, after a look at the status."""

    def __init__(self, person: Person, *scopes: str) -> None:
        self.person = person
        _token, self.secret = actions.create(person, scopes=list(scopes or ("*",)), at=timezone.now())
        self.client = Client(headers={"Authorization": f"Bearer {self.secret}"})

    def get(self, path: str, status: int = HTTPStatus.OK) -> Any:
        return told(self.client.get(address(path)), status)

    def post(self, path: str, body: Any = None, status: int = HTTPStatus.OK) -> Any:
        return told(self.client.post(address(path), json.dumps(body or {}), "application/json"), status)

    def patch(self, path: str, body: Any, status: int = HTTPStatus.OK) -> Any:
        return told(self.client.patch(address(path), json.dumps(body), "application/json"), status)


def address(path: str) -> str:
    return path if path.startswith("http") else f"{ROOT}{path}"


def told(response: Any, status: int) -> Any:
    """The body of an answer of this status; an error is a problem that tells its own status."""
    assert response.status_code == status, (response.status_code, response.content.decode())
    body = response.json()
    if status >= HTTPStatus.BAD_REQUEST:
        assert_is_problem(response)
    return body


def assert_is_problem(response: HttpResponse) -> None:
    body = json.loads(response.content)
    assert response["Content-Type"] == CONTENT_TYPE
    assert body["status"] == response.status_code
    assert {"type", "title", "status"} <= body.keys()
