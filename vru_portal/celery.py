"""The Celery application and the one beat schedule."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vru_portal.settings")

app = Celery("vru_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Times are UTC, so that a change of the clocks never runs a job twice or not at all.
# Every job is safe to run twice: it recomputes, or it sends each notice once.
app.conf.beat_schedule = {
    "sweep": {"task": "funding.roll_up", "schedule": 30.0},
    "packs": {"task": "funding.make_packs", "schedule": 30.0},
    "mail": {"task": "funding.deliver", "schedule": 30.0},
    "watch": {"task": "funding.watch", "schedule": 300.0},
    "workbooks": {"task": "funding.read_workbooks", "schedule": 30.0},
    "nightly": {"task": "funding.recompute", "schedule": crontab(hour=2, minute=15)},
    "evidence": {"task": "funding.scan_evidence", "schedule": 60.0},
    "files": {"task": "funding.sweep_files", "schedule": crontab(hour=2, minute=45)},
    "reminders": {"task": "funding.remind", "schedule": crontab(hour=7, minute=0)},
}
