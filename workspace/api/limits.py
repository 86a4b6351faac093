"""How often one caller may call: so many a minute, counted for all web processes together.

Counting is one statement, a row's lock long. A cache would not do: the database cache reads, adds and writes, so that calls at
the same time count as one (see `docs/decisions/calls-are-counted-in-a-table.md`).
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import ngettext
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from workspace.api.models import CallCount
from workspace.api.options import CALLS_OF_SESSION, CALLS_OF_TOKEN
from workspace.hooks.models import Token
from workspace.options.declared import Option
from workspace.options.models import StoredOption

WINDOW: Final = timedelta(minutes=1)

# The number of calls with this one, when their minute began, and the option's value where it was changed.
_COUNT: Final = f"""
INSERT INTO {CallCount._meta.db_table} AS known (caller, began_at, calls) VALUES (%(caller)s, %(now)s, 1)
ON CONFLICT (caller) DO UPDATE SET
  calls = CASE WHEN known.began_at > %(over)s THEN known.calls + 1 ELSE 1 END,
  began_at = CASE WHEN known.began_at > %(over)s THEN known.began_at ELSE excluded.began_at END
RETURNING calls, began_at, (SELECT value::text::integer FROM {StoredOption._meta.db_table} WHERE key = %(option)s)
"""  # noqa: S608 - names of our own tables


@dataclass(frozen=True)
class Allowance:
    """What a caller has left in this minute, and the seconds until the next one."""

    limit: int
    left: int
    seconds: int

    def tell(self, response: HttpResponse) -> None:
        """Put it into the headers of an answer."""
        response["RateLimit-Limit"] = str(self.limit)
        response["RateLimit-Remaining"] = str(max(self.left, 0))
        response["RateLimit-Reset"] = str(self.seconds)


class TooMany(APIException):
    """The caller used up this minute."""

    status_code = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, allowance: Allowance) -> None:
        words = ngettext(
            "%(limit)d calls a minute are possible. Come again in %(seconds)d second.",
            "%(limit)d calls a minute are possible. Come again in %(seconds)d seconds.",
            allowance.seconds,
        )
        super().__init__(words % {"limit": allowance.limit, "seconds": allowance.seconds})
        self.wait = allowance.seconds


class CallLimit(BaseThrottle):
    """Counts each call of a token, or of the person of a session; the view's `allowance` is what is left."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Always true: whoever calls too often is told by the exception.

        Raises:
            TooMany: this minute is used up.
        """
        option = CALLS_OF_TOKEN if isinstance(request.auth, Token) else CALLS_OF_SESSION
        view.allowance = count(caller_of(request), option, now=timezone.now())
        if view.allowance.left < 0:
            raise TooMany(view.allowance)
        return True


def caller_of(request: Request) -> str:
    """Who calls, in a word: a token, or the person of a session."""
    return f"token:{request.auth.pk}" if isinstance(request.auth, Token) else f"person:{request.user.pk}"


def count(caller: str, option: Option[int], *, now: datetime) -> Allowance:
    """Count one call; what is left is below zero for one too many. Costs one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"caller": caller, "now": now, "over": now - WINDOW, "option": option.key})
        calls, began_at, stored = cursor.fetchone()
    limit: int = option.default if stored is None else stored
    return Allowance(limit, limit - calls, max(math.ceil((began_at + WINDOW - now).total_seconds()), 1))
