"""Asking the worker to look for work, without ever making a page wait for the broker.

The question is only a hint: what there is to do stands in the database, and a sweep finds it within half a
minute. So the hint is given from a thread of its own, and dropped when the broker does not take it.
"""

from __future__ import annotations

import logging
import threading
from queue import Full, Queue

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)
_waiting: Queue[str] = Queue(maxsize=20)
_starting = threading.Lock()
_publisher: threading.Thread | None = None


def hint(task: str = "funding.roll_up") -> None:
    """After the transaction commits, asks for the task by name. Never raises, never waits."""
    transaction.on_commit(lambda: _offer(task))


def _offer(task: str) -> None:
    _start_publisher()
    try:
        _waiting.put_nowait(task)
    except Full:
        logger.warning("The broker does not answer; the sweep will do %s.", task)


def _start_publisher() -> None:
    # Started at the first use, so after gunicorn has forked.
    global _publisher  # noqa: PLW0603
    with _starting:
        if _publisher is None or not _publisher.is_alive():
            _publisher = threading.Thread(target=_publish, name="hints", daemon=True)
            _publisher.start()


def _publish() -> None:
    while True:
        task = _waiting.get()
        try:
            # A connection of its own each time: one that the broker has forgotten is never used again.
            with current_app.connection_for_write() as connection:
                current_app.send_task(task, connection=connection, retry=False, ignore_result=True)
        except Exception as problem:
            logger.warning("The broker did not take %s; the sweep will do it. %s", task, problem)
