"""Whether the workspace works, for load balancers and monitors."""

import logging
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import KombuError

from smarketing.celery import app

logger = logging.getLogger(__name__)


@login_not_required
@require_safe
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """200, or 503 without the database. A missing broker is told, and is no reason to send people elsewhere:
    what should have been sent waits in the database. Touches no session. Costs one query.
    """
    database, broker = _database_answers(), _broker_answers()
    status = HTTPStatus.OK if database else HTTPStatus.SERVICE_UNAVAILABLE
    words = {True: "ok", False: "unreachable"}
    return JsonResponse(
        {"status": "ok" if database else "down", "database": words[database], "broker": words[broker]}, status=status
    )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("The database does not answer")
        return False
    return True


def _broker_answers() -> bool:
    """Connects anew each time, as the next message would have to; gives up after two seconds."""
    try:
        with app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=0, timeout=2)
    except (OSError, KombuError):
        logger.warning("The broker does not answer", exc_info=True)
        return False
    return True
