"""Wiring: settings, URLs, the Celery app and the launcher. No word of the grant lives here."""

from vru_portal.celery import app as celery_app

__all__ = ["celery_app"]
