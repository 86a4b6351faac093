"""The project: settings, URLs, processes, the home page and the demo workspace."""

from smarketing.celery import app as celery_app

__all__ = ["celery_app"]
